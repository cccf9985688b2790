"""Reading versions off images."""

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
        ("prom/alertmanager:v1.0.0", (1, 0, 0)),
        ("registry:5000/prom/alertmanager:v1.0.0", (1, 0, 0)),
        ("openshift/ose-prometheus-alertmanager:v4.15", None),
        ("registry.example/monitoring/alertmanager:4.14", None),
        ("example/alertmanager:2024.05.1", None),
        ("example/alertmanager:1.4.2", None),
        ("prom/alertmanager:v2.1.0", None),
        ("example/alertmanager:0.2024", None),
        ("example/bundle:0.4.2", None),
        ("example/bundle:0.28.1", (0, 28, 1)),
    ],
)
def test_version_of_an_image(image, meaning):
    assert version.of_image(image) == meaning
