"""Names of pods, and which unit publishes which."""

import pytest
from charms.layer.pod_spec import pod_addresses


def test_names_are_those_that_juju_gives_a_stateful_set():
    assert pod_addresses.headless_name("am") == "am-endpoints"
    assert pod_addresses.headless_host("am", "lma") == "am-endpoints.lma.svc"
    assert pod_addresses.pod_host("am", 2, "lma") == "am-2.am-endpoints.lma.svc"


@pytest.mark.parametrize(
    ("unit", "units", "ordinal"),
    [
        ("am/0", ["am/0"], 0),
        ("am/0", [], 0),
        ("am/10", ["am/2", "am/10", "am/9"], 2),
        ("am/3", ["am/5", "am/3"], 0),
    ],
)
def test_units_ranked_by_number_cover_the_ordinals(unit, units, ordinal):
    assert pod_addresses.ordinal_of(unit, units) == ordinal
