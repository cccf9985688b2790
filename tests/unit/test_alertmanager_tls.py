"""Certificates and keys that do not belong together are found before a pod finds them."""

import pytest
from charms.layer import alertmanager_tls
from charms.layer.alertmanager.settings import Settings
from stories import self_signed


def problems(certificate, key):
    return alertmanager_tls.problems(Settings(tls_cert=certificate, tls_key=key))


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
    assert problem.option == "tls-cert"
    assert "AAAA" not in str(problem)


def test_days_are_counted_to_the_end(pair):
    end = alertmanager_tls.ends(pair[0])
    assert alertmanager_tls.days_left(end) == pytest.approx(30, abs=0.01)
    assert alertmanager_tls.days_left(0) < 0
    assert alertmanager_tls.days_left(alertmanager_tls.ends("")) is None
