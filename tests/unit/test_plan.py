"""What keeps options from running together, and certificates whose key is another's."""

import base64
import re
import time

import pytest
from charms.layer.alertmanager.domain import certificate_requests
from support.charm_stories import self_signed
from support.option_plans import plan_of


def problems(certificate, key):
    return list(plan_of({"tls-cert": certificate, "tls-key": key}).problems)


@pytest.fixture
def pair(tmp_path):
    return self_signed("am", tmp_path)


@pytest.mark.parametrize("algorithm", [["rsa:2048"], ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"]])
def test_a_pair_is_sound(tmp_path, algorithm):
    assert problems(*self_signed("am", tmp_path, algorithm)) == []


def test_the_key_of_another_certificate_is_found_out(pair, tmp_path):
    (tmp_path / "other").mkdir()
    _, other = self_signed("am", tmp_path / "other")
    (problem,) = problems(pair[0], other)
    assert str(problem).startswith("tls-key: is not the key of the certificate in tls-cert")


@pytest.mark.parametrize("spoil", ["certificate", "key"])
def test_what_is_no_certificate_or_key_is_found_out(pair, spoil):
    certificate, key = pair
    body = "-----BEGIN {0}-----\nAAAA\n-----END {0}-----\n"
    if spoil == "certificate":
        certificate = body.format("CERTIFICATE")
    else:
        key = body.format("PRIVATE KEY")
    (problem,) = problems(certificate, key)
    assert problem.option == {"certificate": "tls-cert", "key": "tls-key"}[spoil]
    assert "AAAA" not in str(problem)


def test_the_end_of_a_certificate_is_read(pair):
    month = 30 * 86400
    assert certificate_requests.find_end(pair[0]) == pytest.approx(time.time() + month, abs=600)
    assert certificate_requests.find_end("") is None


def test_a_certificate_that_openssl_loads_and_nobody_can_read_is_found_out(pair):
    """One whose end is no time; Go reads the whole certificate when it starts."""
    der = base64.b64decode("".join(pair[0].splitlines()[1:-1]))
    end = re.search(rb"Z\x17\r(\d{12})Z", der)
    spoilt = der[: end.start(1)] + b"9" * 12 + der[end.end(1) :]
    packed = base64.encodebytes(spoilt).decode()
    certificate = f"-----BEGIN CERTIFICATE-----\n{packed}-----END CERTIFICATE-----\n"
    (problem,) = problems(certificate, pair[1])
    assert str(problem) == (
        "tls-cert: holds a certificate that cannot be read; set a PEM certificate"
    )


def test_a_key_of_another_kind_is_not_the_certificates_either(pair, tmp_path):
    (tmp_path / "other").mkdir()
    _, other = self_signed("am", tmp_path / "other", ["rsa:2048"])
    (problem,) = problems(pair[0], other)
    assert str(problem).startswith("tls-key: is not the key of the certificate in tls-cert")
