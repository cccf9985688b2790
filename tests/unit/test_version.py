"""Reading versions off images, and what a version understands."""

import pytest
from charms.layer.alertmanager import version


@pytest.mark.parametrize(
    ("image", "meaning"),
    [
        ("prom/alertmanager:v0.28.1", (0, 28, 1)),
        ("quay.io/prometheus/alertmanager:0.20.0", (0, 20, 0)),
        ("registry:5000/prom/alertmanager:v0.28.1", (0, 28, 1)),
        ("prom/alertmanager:v0.28.1@sha256:" + "0" * 64, (0, 28, 1)),
        ("prom/alertmanager:v0.29.0-rc.1", (0, 29, 0)),
        ("ubuntu/alertmanager:0.31-24.04_stable", (0, 31, 0)),
        ("prom/alertmanager", None),
        ("prom/alertmanager:latest", None),
        ("prom/alertmanager@sha256:" + "0" * 64, None),
        ("registry:5000/alertmanager", None),
        ("registry:0.1/alertmanager", None),
        ("", None),
    ],
)
def test_version_of_an_image(image, meaning):
    assert version.of_image(image) == meaning


@pytest.mark.parametrize(
    ("known", "flag", "verdict"),
    [
        ((0, 20, 0), "cluster.peer", True),
        (None, "cluster.peer", True),
        ((0, 25, 9), "cluster.label", False),
        ((0, 26, 0), "cluster.label", True),
        (None, "cluster.label", None),
        ((0, 34, 0), "nonsense", False),
    ],
)
def test_understands(known, flag, verdict):
    assert version.understands(known, flag) is verdict
