"""What kubelets and Juju take for a reference to an image, and what not."""

import pytest
from charms.layer.alertmanager import image_reference

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
    assert image_reference.problems("an-image", reference) == ()


@pytest.mark.parametrize("reference", WRONG)
def test_refuses(reference):
    (problem,) = image_reference.problems("an-image", reference)
    assert str(problem).startswith("an-image: ")
    assert str(problem).isprintable()
