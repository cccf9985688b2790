"""One unit, three, two: everybody knows everybody, nobody is restarted, silences stay."""

import json

import pytest

pytestmark = pytest.mark.xdist_group("integration scaling")


def test_units_come_and_go(model, charms, images, seconds):
    alertmanager = model.application("alertmanager")
    with seconds("deploy, to active"):
        alertmanager.deploy(charms["alertmanager"], images.alertmanager)
        model.wait(alertmanager.is_live())
    silence = alertmanager.run("silence", matchers="alertname=Fire", comment="a test")["id"]
    running_since = alertmanager.process_start("alertmanager-0")

    with seconds("scale from 1 to 3, to active"):
        alertmanager.scale(3)
        model.wait(alertmanager.is_live(units=3))
    pods = alertmanager.pods()
    assert pods == [f"alertmanager-{number}" for number in range(3)]
    with seconds("then, to silences and members in each of 3"):
        model.wait(lambda _: all(members(alertmanager, pod) == 3 for pod in pods))
        model.wait(lambda _: all(silence in silences(alertmanager, pod) for pod in pods))
    assert alertmanager.process_start("alertmanager-0") == running_since

    survivors = {pod: alertmanager.process_start(pod) for pod in pods[:2]}
    with seconds("scale from 3 to 2, to active"):
        alertmanager.scale(2)
        model.wait(alertmanager.is_live(units=2))
    assert alertmanager.pods() == pods[:2]
    model.wait(lambda _: all(members(alertmanager, pod) == 2 for pod in pods[:2]))
    assert {pod: alertmanager.process_start(pod) for pod in pods[:2]} == survivors


def ask(alertmanager, pod, path):
    """Return what a pod answers to a GET."""
    return alertmanager.get(pod, f"http://127.0.0.1:9093{path}")


def members(alertmanager, pod):
    """Return how many members of the cluster a pod knows, itself among them."""
    return len(json.loads(ask(alertmanager, pod, "/api/v2/status"))["cluster"]["peers"])


def silences(alertmanager, pod):
    """Return the ids of a pod's silences."""
    return [silence["id"] for silence in json.loads(ask(alertmanager, pod, "/api/v2/silences"))]
