"""Pod specs are taken and refused as Juju 2.9.52's own code did: tests/data/juju/pod-specs.yaml."""

import pytest
from support.juju_answers import pod_spec_answers

from sandbox.kubernetes.podspec import NotModelled, PodSpecError, parse

ANSWERS = pod_spec_answers()
MOST_NOT_MODELLED = 61
"""So many specs at most are neither taken nor refused; sandbox/README.md says what is in them."""


def verdict(text):
    """Return why a spec is refused, None if it is taken; NotModelled passes."""
    try:
        parse(text)
    except PodSpecError as error:
        return str(error)
    return None


@pytest.mark.parametrize(("text", "refused"), [answer[1:] for answer in ANSWERS])
def test_a_spec_is_taken_or_refused_with_jujus_words(text, refused):
    try:
        found = verdict(text)
    except NotModelled:
        return
    assert found == refused


def test_few_specs_are_not_modelled():
    found = []
    for name, text, _ in ANSWERS:
        try:
            verdict(text)
        except NotModelled as error:
            found.append((name, str(error)))
    assert len(found) <= MOST_NOT_MODELLED, found
