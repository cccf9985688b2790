"""Another Alertmanager, an image that cannot be had, the way back, and another charm."""

import pytest

PODS = ["alertmanager-0", "alertmanager-1"]
pytestmark = pytest.mark.xdist_group("integration upgrading")


def test_images_and_charms_are_replaced_and_silences_stay(model, charms, images, seconds):
    alertmanager = model.application("alertmanager")
    alertmanager.deploy(charms["alertmanager"], images.alertmanager, units=2)
    model.wait(alertmanager.is_live(units=2, version="0.28.1"))
    silence = alertmanager.run("silence", matchers="alertname=Fire", comment="a test")["id"]

    with seconds("attach a newer image, to active on both pods"):
        alertmanager.attach(images.newer)
        model.wait(alertmanager.is_live(units=2, version="0.33.1"))
    assert silence in str(alertmanager.run("list-silences"))

    with seconds("attach an image that cannot be had, to the status of its pod"):
        alertmanager.attach(images.absent)
        model.wait(lambda status: any(cannot_start(unit) for unit in units(status)))
    # The other pod goes on.
    assert silence in str(alertmanager.run("list-silences"))
    with seconds("attach the image before, to active on both pods"):
        alertmanager.attach(images.alertmanager)
        model.wait(alertmanager.is_live(units=2, version="0.28.1"))
    assert silence in str(alertmanager.run("list-silences"))

    revision = alertmanager.status().charm_rev
    before = {pod: alertmanager.process_start(pod) for pod in PODS}
    with seconds("refresh the charm, to active on both pods"):
        model.juju.refresh("alertmanager", path=charms["alertmanager"])
        model.wait(lambda status: status.apps["alertmanager"].charm_rev == revision + 1)
        # Juju replaces the pods with every refresh, although they are equal.
        model.wait(lambda _: all(since_other(alertmanager, pod, before[pod]) for pod in PODS))
        model.wait(alertmanager.is_live(units=2, version="0.28.1"))
    assert silence in str(alertmanager.run("list-silences"))


def since_other(alertmanager, pod, before):
    """Whether a pod runs, and has not done so since ``before``."""
    return alertmanager.process_start(pod) not in ("", before)


def units(status):
    """Return what a status says of every unit of Alertmanager."""
    return status.apps["alertmanager"].units.values()


def cannot_start(unit):
    """Whether Juju shows that a unit's image cannot be had."""
    shown = unit.workload_status
    return shown.current in ("error", "blocked", "waiting") and "image" in shown.message.lower()
