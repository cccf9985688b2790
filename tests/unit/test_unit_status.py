"""One status from the facts: the first that applies."""

import itertools

import pytest
from charms.layer.alertmanager.domain.certificate_requests import CertificateRecord
from charms.layer.alertmanager.domain.configuration_choice import GivenConfiguration
from charms.layer.alertmanager.domain.pod_metrics import PodsSummary
from charms.layer.alertmanager.state import UnitRecord
from charms.layer.alertmanager.unit_status import RULES, Facts, decide

RELATED = CertificateRecord(is_related=True)


def given(refusal="", short_hash="3f2a1b"):
    return GivenConfiguration(short_hash=short_hash, refusal=refusal)


def pods(answering, live, **more):
    return PodsSummary(3, answering, live, 0, "3f2a1b", "0.25.0", **more)


def facts(*, leads=True, has_image=True, certificate_days=None, warning_days=21, **record):
    known = UnitRecord(**{"given": given(), "pods": PodsSummary(short_hash="3f2a1b"), **record})
    return Facts("am", "am-1", leads, has_image, known, certificate_days, warning_days)


@pytest.mark.parametrize(
    ("differences", "status"),
    [
        (
            {"has_image": False, "problems": ("x: bad",)},
            ("blocked", "image missing: run juju attach-resource am alertmanager-image=IMAGE"),
        ),
        ({"problems": ("x: bad",), "given": given("no")}, ("blocked", "x: bad")),
        (
            {"problems": ("x: bad", "y: bad", "z: bad")},
            ("blocked", "x: bad (and 2 more, see juju debug-log)"),
        ),
        (
            {"problems": ("x: bad",), "certificate_days": -1},
            ("blocked", "x: bad; tls-cert has ended"),
        ),
        (
            {"problems": ("x: bad",), "certificate_days": 2, "certificate": RELATED},
            ("blocked", "x: bad; the certificate ends in 2 days"),
        ),
        ({"problems": ("x: bad",), "certificate_days": 22}, ("blocked", "x: bad")),
        (
            {"given": given("no"), "certificate_days": 2},
            (
                "blocked",
                "Alertmanager refused the configuration, correct it (the last good one is back): "
                "no; tls-cert ends in 2 days",
            ),
        ),
        (
            {"given": given("no such receiver"), "pods": pods(3, 3)},
            (
                "blocked",
                "Alertmanager refused the configuration, correct it (the last good one is back): "
                "no such receiver",
            ),
        ),
        ({"pods": pods(2, 1)}, ("waiting", "waiting for pods: 2 of 3 answer")),
        ({"pods": pods(3, 1)}, ("waiting", "waiting for configuration 3f2a1b: live on 1 of 3")),
        ({"pods": pods(3, 3)}, ("active", "Alertmanager 0.25.0, configuration 3f2a1b live on 3/3")),
        (
            {"pods": pods(3, 3), "certificate_days": 22},
            ("active", "Alertmanager 0.25.0, configuration 3f2a1b live on 3/3"),
        ),
        (
            {"pods": pods(3, 3), "certificate_days": 2},
            (
                "active",
                "Alertmanager 0.25.0, configuration 3f2a1b live on 3/3, tls-cert ends in 2 days",
            ),
        ),
        (
            {"pods": pods(3, 3), "certificate_days": -1},
            ("blocked", "the certificate in tls-cert has ended: set a new one, with its key"),
        ),
        (
            {"pods": pods(3, 3), "certificate_days": 8.5, "warning_days": 8},
            ("active", "Alertmanager 0.25.0, configuration 3f2a1b live on 3/3"),
        ),
        (
            {
                "pods": pods(3, 3),
                "certificate_days": 7.9,
                "warning_days": 8,
                "certificate": RELATED,
            },
            (
                "active",
                "Alertmanager 0.25.0, configuration 3f2a1b live on 3/3, "
                "the certificate ends in 7 days",
            ),
        ),
        (
            {"certificate_days": -1, "certificate": RELATED},
            (
                "blocked",
                "the certificate from the relation certificates has ended: "
                "see the charm on the other side",
            ),
        ),
        (
            {"certificate": RELATED},
            ("waiting", "waiting for a certificate from the relation certificates"),
        ),
        (
            {"certificate": CertificateRecord(True, fault="certificates: bad")},
            ("blocked", "certificates: bad"),
        ),
        (
            {"certificate": CertificateRecord(True, fault="x"), "certificate_days": -1},
            ("blocked", "x; the certificate has ended"),
        ),
        ({}, ("active", "configuration 3f2a1b")),
        (
            {"pods": pods(0, 0, silent_since=1e9)},
            (
                "waiting",
                "no pod has answered since 2001-09-09 01:46 UTC: see kubectl describe pod am-1",
            ),
        ),
        (
            {"leads": False, "pods": PodsSummary(1, silent_since=1e9)},
            (
                "waiting",
                "its pod has not answered since 2001-09-09 01:46 UTC: "
                "see kubectl describe pod am-1",
            ),
        ),
        (
            {"pods": pods(2, 2, started=(10.0, 50.0)), "replacing": (10.0, 20.0, 30.0)},
            ("waiting", "1 of 3 pods replaced, 2 answer"),
        ),
        (
            {"pods": pods(3, 3, started=(40.0, 50.0, 31.0)), "replacing": (10.0, 20.0, 30.0)},
            ("waiting", "2 of 3 pods replaced, 3 answer"),
        ),
        (
            {"pods": pods(3, 3, started=(10.0, 20.0, 30.0)), "replacing": (10.0, 20.0, 30.0)},
            ("active", "Alertmanager 0.25.0, configuration 3f2a1b live on 3/3"),
        ),
        (
            {"pods": pods(3, 3), "complaints": ("p says of x: bad",)},
            ("active", "Alertmanager 0.25.0, configuration 3f2a1b live on 3/3; p says of x: bad"),
        ),
        (
            {"complaints": ("a" * 201, "b")},
            ("active", f"configuration 3f2a1b; {'a' * 197}... (and 1 more, see juju debug-log)"),
        ),
        ({"given": given(short_hash=""), "complaints": ("bad",)}, ("active", "bad")),
        ({"leads": False, "complaints": ("bad",)}, ("active", "configuration 3f2a1b")),
        ({"leads": False, "problems": ("x",)}, ("active", "configuration 3f2a1b")),
        ({"leads": False, "has_image": False, "pods": PodsSummary()}, ("active", "")),
    ],
)
def test_the_first_that_applies(differences, status):
    assert decide(facts(**differences)) == status


@pytest.mark.parametrize("leads", [True, False])
@pytest.mark.parametrize("refused", [True, False])
def test_of_all_that_pods_may_say(leads, refused):
    """asked, answering, live, refused: each combination that there can be."""
    for asked, answering, live in itertools.combinations_with_replacement(range(3, -1, -1), 3):
        found = PodsSummary(asked, answering, live, 0, "3f2a1b", "0.25.0", silent_since=1e9)
        state, message = decide(facts(leads=leads, given=given("no" * refused), pods=found))
        if leads and refused:
            expected = "blocked", "Alertmanager refused the configuration"
        elif asked and not answering:
            expected = "waiting", "no pod has answered" if leads else "its pod has not answered"
        elif leads and answering < asked:
            expected = "waiting", f"waiting for pods: {answering} of {asked} answer"
        elif leads and live < asked:
            expected = "waiting", f"waiting for configuration 3f2a1b: live on {live} of {asked}"
        elif leads and asked:
            expected = (
                "active",
                f"Alertmanager 0.25.0, configuration 3f2a1b live on {asked}/{asked}",
            )
        else:
            expected = "active", "configuration 3f2a1b"
        assert state == expected[0]
        assert message.startswith(expected[1])


def test_every_rule_says_what_to_do():
    assert all(rule.says and rule.remedy for rule in RULES)
    assert {rule.state for rule in RULES} == {"blocked", "waiting", "active"}
