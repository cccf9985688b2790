"""One status from the facts: the first that applies."""

import dataclasses

import pytest
from charms.layer.alertmanager.unit_status import RULES, Facts, decide

WELL = Facts("am", True, True, configuration="3f2a1b", version="0.25.0", units=3)


def facts(**differences):
    return dataclasses.replace(WELL, **differences)


@pytest.mark.parametrize(
    ("differences", "status"),
    [
        (
            {"image": False, "problems": ("x: bad",)},
            ("blocked", "image missing: run juju attach-resource am alertmanager-image=IMAGE"),
        ),
        ({"problems": ("x: bad",), "refusal": "no"}, ("blocked", "x: bad")),
        (
            {"problems": ("x: bad", "y: bad", "z: bad")},
            ("blocked", "x: bad (and 2 more, see juju debug-log)"),
        ),
        (
            {"problems": ("x: bad",), "certificate_days": -1},
            ("blocked", "x: bad; tls-cert has ended"),
        ),
        (
            {"problems": ("x: bad",), "certificate_days": 2, "certificate_relation": True},
            ("blocked", "x: bad; the certificate ends in 2 days"),
        ),
        ({"problems": ("x: bad",), "certificate_days": 22}, ("blocked", "x: bad")),
        (
            {"refusal": "no", "certificate_days": 2},
            (
                "blocked",
                "Alertmanager refused the configuration, correct it (the last good one is back): "
                "no; tls-cert ends in 2 days",
            ),
        ),
        (
            {"refusal": "no such receiver", "answering": 3, "live": 3},
            (
                "blocked",
                "Alertmanager refused the configuration, correct it (the last good one is back): "
                "no such receiver",
            ),
        ),
        ({"answering": 2, "live": 1}, ("waiting", "waiting for pods: 2 of 3 answer")),
        (
            {"answering": 3, "live": 1},
            ("waiting", "waiting for configuration 3f2a1b: live on 1 of 3"),
        ),
        (
            {"answering": 3, "live": 3},
            ("active", "Alertmanager 0.25.0, configuration 3f2a1b live on 3/3"),
        ),
        (
            {"answering": 3, "live": 3, "certificate_days": 22},
            ("active", "Alertmanager 0.25.0, configuration 3f2a1b live on 3/3"),
        ),
        (
            {"answering": 3, "live": 3, "certificate_days": 2},
            (
                "active",
                "Alertmanager 0.25.0, configuration 3f2a1b live on 3/3, tls-cert ends in 2 days",
            ),
        ),
        (
            {"answering": 3, "live": 3, "certificate_days": -1},
            ("blocked", "the certificate in tls-cert has ended: set a new one, with its key"),
        ),
        (
            {"answering": 3, "live": 3, "certificate_days": 8.5, "certificate_notice": 8},
            ("active", "Alertmanager 0.25.0, configuration 3f2a1b live on 3/3"),
        ),
        (
            {
                "answering": 3,
                "live": 3,
                "certificate_days": 7.9,
                "certificate_notice": 8,
                "certificate_relation": True,
            },
            (
                "active",
                "Alertmanager 0.25.0, configuration 3f2a1b live on 3/3, "
                "the certificate ends in 7 days",
            ),
        ),
        (
            {"certificate_days": -1, "certificate_relation": True},
            (
                "blocked",
                "the certificate from the relation certificates has ended: "
                "see the charm on the other side",
            ),
        ),
        (
            {"certificate_relation": True},
            ("waiting", "waiting for a certificate from the relation certificates"),
        ),
        (
            {"certificate_relation": True, "certificate_fault": "certificates: bad"},
            ("blocked", "certificates: bad"),
        ),
        (
            {"certificate_relation": True, "certificate_fault": "x", "certificate_days": -1},
            ("blocked", "x; the certificate has ended"),
        ),
        ({"answering": 0}, ("active", "configuration 3f2a1b")),
        (
            {"answering": 3, "live": 3, "complaints": ("p says of x: bad",)},
            ("active", "Alertmanager 0.25.0, configuration 3f2a1b live on 3/3; p says of x: bad"),
        ),
        (
            {"complaints": ("a" * 201, "b")},
            (
                "active",
                f"configuration 3f2a1b; {'a' * 197}... (and 1 more, see juju debug-log)",
            ),
        ),
        ({"configuration": "", "complaints": ("bad",)}, ("active", "bad")),
        ({"leads": False, "complaints": ("bad",)}, ("active", "configuration 3f2a1b")),
        ({"leads": False, "problems": ("x",)}, ("active", "configuration 3f2a1b")),
        ({"leads": False, "image": False, "configuration": ""}, ("active", "")),
    ],
)
def test_the_first_that_applies(differences, status):
    assert decide(facts(**differences)) == status


def test_every_rule_says_what_to_do():
    assert all(rule.says and rule.remedy for rule in RULES)
    assert {rule.state for rule in RULES} == {"blocked", "waiting", "active"}
