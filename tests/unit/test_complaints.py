"""What grafana-k8s and prometheus-k8s answer if they cannot use what they were told."""

import json

import pytest

from interfaces.grafana_dashboard.databag import complaint as grafanas
from interfaces.prometheus_scrape.databag import complaint as prometheuss


@pytest.mark.parametrize(
    ("complaint", "event", "line"),
    [
        (prometheuss, {"errors": "group x:\n  bad expr"}, "group x: bad expr"),
        (prometheuss, {"scrape_job_errors": "bad job"}, "bad job"),
        (prometheuss, {"errors": "one", "scrape_job_errors": "two"}, "one; two"),
        (
            grafanas,
            {"errors": [{"dashboard_id": "1", "error": "no title"}, {"error": "no"}]},
            "no title; no",
        ),
        (grafanas, {"errors": "all of it", "valid": False}, "all of it"),
        (grafanas, {"errors": ["a", "b"]}, "a; b"),
    ],
)
def test_what_is_said_becomes_one_line(complaint, event, line):
    assert complaint({"event": json.dumps(event)}) == line


@pytest.mark.parametrize("complaint", [prometheuss, grafanas])
@pytest.mark.parametrize(
    "event",
    ["", "}{", "[]", "5", "null", '{"errors": ""}', '{"errors": []}', '{"errors": [5, {}, ""]}'],
)
def test_what_makes_no_sense_is_no_complaint(complaint, event):
    assert complaint({"event": event}) == ""
    assert complaint({}) == ""
