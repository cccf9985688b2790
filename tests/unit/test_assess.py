"""One status from the facts: the first that applies."""

import pytest
from charms.layer.alertmanager.assess import Facts, assess


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        (
            Facts("am", image=False, problems=("x: bad",)),
            ("blocked", "image missing: run juju attach-resource am alertmanager-image=IMAGE"),
        ),
        (Facts("am", image=True, problems=("x: bad",)), ("blocked", "x: bad")),
        (
            Facts("am", image=True, problems=("x: bad", "y: bad", "z: bad")),
            ("blocked", "x: bad (and 2 more, see juju debug-log)"),
        ),
        (Facts("am", image=True, configuration="3f2a1b"), ("active", "configuration 3f2a1b")),
    ],
)
def test_the_first_that_applies(facts, status):
    assert assess(facts) == status
