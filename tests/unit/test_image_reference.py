"""What kubelets and Juju take for a reference to an image, and what not."""

import pytest
from charms.layer.alertmanager.domain import image_version
from charms.layer.pod_spec import find_reference_fault

DIGEST = "sha256:" + "0" * 64
RIGHT = [
    "am",
    "prom/alertmanager:v0.28.1",
    "quay.io/prometheus/alertmanager@" + DIGEST,
    "registry:5000/a/b/c:T_1.-2@" + DIGEST,
    "[::1]:5000/am",
    "a__b/c.d-e--f",
    "Registry/am",
    "a" * 237,
]
WRONG = [
    *(
        " am",
        "am ",
        "a m",
        "am\n",
        "AM",
        "prom/AM",
        "am:",
        "am:-1",
        "am:" + "1" * 129,
        "am@sha256:0",
    ),
    *(
        "/am",
        "am/",
        "a//b",
        "-am",
        "a..b",
        "a___b",
        "http://a/b",
        "a:b:c",
        "é",
        "a" * 238,
        "0" * 64,
    ),
]


@pytest.mark.parametrize("reference", ["", *RIGHT])
def test_takes(reference):
    assert find_reference_fault(reference) == ""


@pytest.mark.parametrize("reference", WRONG)
def test_refuses(reference):
    fault = find_reference_fault(reference)
    assert fault.endswith(" is not a valid image reference")
    assert fault.isprintable()


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
    assert image_version.version_of(image) == meaning
