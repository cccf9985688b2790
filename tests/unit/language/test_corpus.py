"""Every rule of the configuration language, in every version."""

import pytest
from alertmanager_config import check
from alertmanager_config import version as versions
from alertmanager_config.schema import configuration, global_settings, routes, tracing
from alertmanager_config.schema.receivers import receiver
from alertmanager_config.yaml import reader
from support import config_corpus

CASES = config_corpus.CASES
MINORS = range(versions.OLDEST, versions.NEWEST + 1)


def refusals(case, document, version):
    problems = check.check_document(document, version, files=case.files or None)
    return [problem for problem in problems if not problem.warning]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_each_version_refuses_what_it_should_and_says_why(case):
    document = reader.parse_yaml(case.text, "opt")
    for minor in MINORS:
        found = refusals(case, document, (0, minor, 0))
        assert bool(found) != bool(case.accepting & versions.only((0, minor))), (minor, found)
        if found:
            last, all_said = minor, [str(problem) for problem in found]
    refusing = versions.RELEASED & ~case.accepting
    if refusing and refusing >> (versions.NEWEST - versions.OLDEST):
        assert any(case.says in text for text in all_said), (last, all_said)
    # As long as nobody knows the version, what is right for one of them passes.
    assert bool(refusals(case, document, None)) == (not case.accepting & versions.RELEASED)


def test_problems_say_where():
    for case in CASES:
        document = reader.parse_yaml(case.text, "opt")
        for problem in refusals(case, document, (0, 34, 0)):
            assert problem.option in ("opt", "templates")
            assert problem.line > 0 or "route" in problem.message or "empty" in problem.message
            assert problem.line <= len(case.text.splitlines()) + 1
            assert "\n" not in str(problem)


def test_the_corpus_is_large_and_covers_every_block_and_integration():
    assert len(CASES) >= 600
    right = "\n".join(case.text for case in CASES if case.accepting)
    blocks = [global_settings.GLOBAL, routes.ROUTE, routes.INHIBIT_RULE, configuration.CONFIG]
    blocks += [tracing.TRACING, *(field.kind for field in receiver.INTEGRATIONS.values())]
    for block in blocks:
        missing = [key for key in block.fields if f"{key}:" not in right]
        assert not missing, block.name


def test_every_block_names_its_source():
    seen = []

    def walk(kind):
        if kind in seen:
            return
        seen.append(kind)
        if hasattr(kind, "fields"):
            assert ".go " in kind.source or kind.source.endswith(".go")
        for name in ("kind", "fields", "variants"):
            inner = getattr(kind, name, None)
            if name == "fields":
                for field in (inner or {}).values():
                    walk(field.kind)
            elif name == "variants":
                for _, one in inner or ():
                    walk(one)
            elif inner is not None:
                walk(inner)

    walk(configuration.CONFIG)
    walk(receiver.RECEIVER)
    assert len(seen) > 60
