"""How alerts and silences are shown."""

import pytest
from charms.layer.alertmanager.domain import alert_listing as listing

ALERT = {
    "labels": {"zone": "b", "alertname": "Fire", "a b": 'say "x"\\\n'},
    "annotations": {"summary": "ü"},
    "startsAt": "2026-11-22T08:00:00.123Z",
    "endsAt": "2026-11-22T10:00:00.123456789+01:00",
    "receivers": [{"name": "team"}, {"name": "duty"}],
    "status": {"state": "suppressed", "silencedBy": ["1"], "inhibitedBy": ["2", "3"]},
    "generatorURL": "http://prometheus/graph",
    "fingerprint": "f",
}


def test_an_alert():
    assert listing.show_alert(ALERT) == {
        "labels": 'alertname="Fire", "a b"="say \\"x\\"\\\\\\n", zone="b"',
        "annotations": 'summary="ü"',
        "state": "suppressed",
        "since": "2026-11-22T08:00:00Z",
        "until": "2026-11-22T09:00:00Z",
        "receivers": "team, duty",
        "source": "http://prometheus/graph",
        "silenced-by": "1",
        "inhibited-by": "2, 3",
    }


def test_a_silence():
    told = {
        "id": "1",
        "status": {"state": "active"},
        "matchers": [
            {"name": "a", "value": "x", "isRegex": False},
            {"name": "b", "value": "y|z", "isRegex": True, "isEqual": True},
            {"name": "c", "value": "", "isRegex": False, "isEqual": False},
            {"name": "d", "value": ".+", "isRegex": True, "isEqual": False},
        ],
        "startsAt": "2026-11-22T08:00:00Z",
        "endsAt": "nonsense",
        "createdBy": "ann",
        "comment": "",
    }
    assert listing.show_silence(told) == {
        "id": "1",
        "state": "active",
        "matchers": 'a="x", b=~"y|z", c!="", d!~".+"',
        "starts": "2026-11-22T08:00:00Z",
        "author": "ann",
    }


@pytest.mark.parametrize("odd", [None, 1, "x", [], {}, [[]], {"name": []}])
def test_answers_of_another_shape_do_not_trip_it(odd):
    for show in (listing.show_alert, listing.show_silence):
        show({})
        for key in [*ALERT, "matchers", "createdBy", "id"]:
            assert all(isinstance(value, str) for value in show({key: odd}).values())
    listing.show_alert({"receivers": [odd], "status": {"silencedBy": [odd]}})
    listing.show_silence({"matchers": [odd]})


@pytest.mark.parametrize("odd", [None, 5, "", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+01:00"])
def test_no_time_is_no_text(odd):
    assert listing.write_api_time(odd) == ""
