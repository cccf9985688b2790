"""Reading when a certificate ends, and which key is its."""

import base64
import subprocess
from datetime import datetime, timezone

import pytest
from charms.layer.alertmanager.domain import pem as pem_texts
from hypothesis import given
from hypothesis import strategies as st
from support.charm_stories import self_signed

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
    assert pem_texts.read_first(pem).ends == moment
    assert pem_texts.read_first("bag attributes\n" + pem + pem).ends == moment


def test_a_certificate_of_the_near_future():
    """UTCTime, which has two digits for the year."""
    pem = (
        "-----BEGIN CERTIFICATE-----\n"
        "MC0wKwIBATAAMAAwHhcNMjYxMTIyMDgxMzM3WhcNMjYxMjIyMDgxMzM3WjAAMAA=\n"
        "-----END CERTIFICATE-----"
    )
    said = pem_texts.read_first(pem)
    assert said.begins == datetime(2026, 11, 22, 8, 13, 37, tzinfo=timezone.utc)
    assert said.ends == datetime(2026, 12, 22, 8, 13, 37, tzinfo=timezone.utc)
    assert said.public_key == b"\x30\x00"


def test_its_public_key_is_the_one_that_openssl_reads(made):
    command = "openssl x509 -noout -pubkey | openssl pkey -pubin -outform DER"
    told = subprocess.check_output(command, shell=True, input=made[0].encode())
    assert pem_texts.read_first(made[0]).public_key == told


def test_blocks_are_cleaned_and_told_apart(made):
    pem = made[0]
    twice = "Bag\r\n" + pem.replace("\n", "\r\n") + "x" + pem
    assert pem_texts.read_blocks(twice) == [("CERTIFICATE", pem), ("CERTIFICATE", pem)]
    same = (pem, "", pem.replace("\n", " \n"), pem.strip())
    assert pem_texts.find_certificates(*same) == [pem]


@given(st.binary(max_size=200))
def test_rubbish_is_no_certificate(content):
    packed = base64.b64encode(content).decode()
    pem = f"-----BEGIN CERTIFICATE-----\n{packed}\n-----END CERTIFICATE-----"
    with pytest.raises(pem_texts.NoCertificate):
        pem_texts.read_first(pem)
    with pytest.raises(pem_texts.NoCertificate):
        pem_texts.read_first(content.decode("latin-1"))
