"""Certificates and keys are taken as Go takes them."""

import shutil
import subprocess
from pathlib import Path

import pytest
from alertmanager_config.go import certificates

BESIDE = Path(__file__).parents[2] / "data" / "beside"
CERT, KEY, OTHER, CA, LOCKED = (
    (BESIDE / f"{name}.pem").read_bytes() for name in ("cert", "key", "other", "ca", "locked")
)
SHORT = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
NO_BASE64 = b"-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----\n"
NO_SEQUENCE = b"-----BEGIN PRIVATE KEY-----\nAgEA\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    "pem",
    [
        *(CERT, CA, b"text before\n" + CA, b"rubbish\n" + KEY + CERT),
        *(b"-----BEGIN A-----\n" + CA, CERT.replace(b"\n", b"\r\n"), CA.rstrip()),
    ],
)
def test_an_authority_is_any_certificate_that_can_be_read(pem):
    assert certificates.find_authority_fault(pem) is None


@pytest.mark.parametrize(
    "pem",
    [
        *(b"", b"x", KEY, CERT[:200], CERT.replace(b"CERTIFICATE", b"TRUSTED CERTIFICATE")),
        CERT.replace(b"-----\n", b"-----\nA: b\n\n", 1),
        SHORT,
    ],
)
def test_what_holds_no_certificate_is_no_authority(pem):
    assert certificates.find_authority_fault(pem) == "holds no certificate that can be read"


@pytest.mark.parametrize(
    ("certificate", "key", "fault"),
    [
        (CERT, KEY, None),
        (CA, OTHER, None),
        (CERT + CA, KEY, None),
        (CA + CERT, KEY, ("key", "is not the key of the certificate")),
        (CERT, OTHER, ("key", "is not the key of the certificate")),
        (KEY, CERT, ("certificate", "holds no PEM certificate")),
        (SHORT, KEY, ("certificate", "holds a certificate that cannot be read")),
        (CERT, NO_BASE64, ("key", "holds no PEM private key")),
        (CERT, NO_SEQUENCE, ("key", "holds a private key that cannot be read")),
        (CERT, CERT, ("key", "holds no PEM private key")),
        (CERT, b"", ("key", "holds no PEM private key")),
        (CA, LOCKED, ("key", "is encrypted, and Alertmanager cannot ask for the passphrase")),
        (
            CERT,
            b"-----BEGIN EC PRIVATE KEY-----\nMAMCAQE=\n-----END EC PRIVATE KEY-----\n",
            ("key", "holds a private key that cannot be read"),
        ),
    ],
)
def test_a_certificate_and_its_key(certificate, key, fault):
    assert certificates.find_pair_fault(certificate, key) == fault


@pytest.mark.parametrize(
    "kind",
    [
        *(
            ["-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:P-{size}"]
            for size in (224, 256, 384, 521)
        ),
        ["-algorithm", "ed25519"],
        ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    ],
    ids=["P-224", "P-256", "P-384", "P-521", "ed25519", "RSA"],
)
def test_keys_of_every_kind_belong_to_their_certificates(kind, tmp_path):
    openssl = shutil.which("openssl") or pytest.skip("there is no openssl here")

    def run(*words):
        subprocess.run([openssl, *words], check=True, capture_output=True, cwd=str(tmp_path))

    run("genpkey", *kind, "-out", "key.pem")
    run("req", "-x509", "-new", "-key", "key.pem", "-subj", "/CN=x", "-out", "cert.pem")
    certificate, key = ((tmp_path / name).read_bytes() for name in ("cert.pem", "key.pem"))
    assert certificates.find_pair_fault(certificate, key) is None
    if "ed25519" not in kind:
        # PKCS #1, or the form of elliptic curves.
        run("pkey", "-in", "key.pem", "-traditional", "-out", "old.pem")
        old = (tmp_path / "old.pem").read_bytes()
        assert certificates.find_pair_fault(certificate, old) is None
    assert certificates.find_pair_fault(certificate, OTHER) == (
        "key",
        "is not the key of the certificate",
    )
    assert certificates.find_authority_fault(certificate) is None
