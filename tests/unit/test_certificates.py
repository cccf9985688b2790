"""Reading when a certificate ends."""

import base64
import subprocess
from datetime import datetime, timezone

import pytest
from charms.layer.alertmanager import certificates
from hypothesis import given
from hypothesis import strategies as st
from stories import self_signed

ALGORITHMS = (["rsa:2048"], ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], ["ed25519"])


@pytest.fixture(scope="module", params=ALGORITHMS, ids=str)
def made(request, tmp_path_factory):
    """A certificate, and when it ends as openssl reads it."""
    pem, _ = self_signed("am", tmp_path_factory.mktemp("tls"), request.param, days=40000)
    command = ["openssl", "x509", "-noout", "-enddate"]
    told = subprocess.run(command, input=pem.encode(), check=True, capture_output=True).stdout
    moment = datetime.strptime(told.decode().strip(), "notAfter=%b %d %H:%M:%S %Y GMT")
    return pem, moment.replace(tzinfo=timezone.utc)


def test_it_ends_when_openssl_says(made):
    pem, moment = made
    assert certificates.ends(pem) == moment
    assert certificates.ends("bag attributes\n" + pem + pem) == moment


def test_a_certificate_of_the_near_future():
    """UTCTime, which has two digits for the year."""
    pem = (
        "-----BEGIN CERTIFICATE-----\n"
        "MCswKQIBATAAMAAwHhcNMjYxMTIyMDgxMzM3WhcNMjYxMjIyMDgxMzM3WjAA\n"
        "-----END CERTIFICATE-----"
    )
    assert certificates.ends(pem) == datetime(2026, 12, 22, 8, 13, 37, tzinfo=timezone.utc)


@given(st.binary(max_size=200))
def test_rubbish_is_no_certificate(content):
    packed = base64.b64encode(content).decode()
    pem = f"-----BEGIN CERTIFICATE-----\n{packed}\n-----END CERTIFICATE-----"
    with pytest.raises(certificates.NoCertificate):
        certificates.ends(pem)
    with pytest.raises(certificates.NoCertificate):
        certificates.ends(content.decode("latin-1"))
