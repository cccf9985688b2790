"""What a certificate is asked for, what is kept, when it is renewed; and the program openssl."""

import json
import subprocess
from datetime import datetime, timedelta, timezone

import pytest
from charms.layer.alertmanager.domain import certificate_requests as requests
from charms.layer.pod_spec import openssl
from support import real_programs
from support.certificate_authority import Authority, read_request
from support.charm_stories import self_signed


def find_names(application, model, url):
    """Return the names of an application in a model."""
    service, headless = (
        f"{name}.{model}.svc" for name in (application, f"{application}-endpoints")
    )
    return requests.find_names(application, service, headless, url)


NAMES = find_names("am", "lma", "")
HOST = "am-2.am-endpoints.lma.svc"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """Somebody whose certificates everybody trusts."""
    return Authority(tmp_path_factory.mktemp("authority") / "ca")


@pytest.fixture(scope="module")
def key():
    """A private key, as it is made for a relation."""
    real_programs.openssl()
    return openssl.make_key()


def test_pods_and_services_are_among_the_names():
    assert NAMES.common == "am.lma.svc"
    assert {"am.lma.svc", "am-endpoints.lma.svc", "*.am-endpoints.lma.svc"} < set(NAMES.dns)
    assert {name for name in NAMES.dns if name.endswith(".svc")} == {
        name[: -len(".cluster.local")] for name in NAMES.dns if name.endswith(".cluster.local")
    }


@pytest.mark.parametrize(
    ("url", "name", "address"),
    [
        ("", (), ()),
        ("https://alerts.example:8443/am", ("alerts.example",), ()),
        ("https://Alerts.Example", ("alerts.example",), ()),
        ("http://am.lma.svc", (), ()),
        ("http://10.1.2.3/lma-am", (), ("10.1.2.3",)),
        ("http://[2001:db8::1]:80", (), ("2001:db8::1",)),
    ],
)
def test_where_people_reach_it_is_among_the_names(url, name, address):
    found = find_names("am", "lma", url)
    assert found == NAMES._replace(dns=NAMES.dns + name, ip=address)


def test_no_common_name_is_too_long():
    assert find_names("a" * 60, "lma", "").common == "a" * 60
    assert find_names("a" * 60, "l", "").dns[0] == f"{'a' * 60}.l.svc"
    assert find_names("a" * 70, "l", "").common == "a" * 64


def test_openssl_takes_what_is_asked_for(key):
    names = find_names("am", "lma", "https://[2001:db8::1]/am")
    request = openssl.make_request(key, *names)
    text = read_request(request)
    assert "Subject: CN = am.lma.svc\n" in text
    (listed,) = [line for line in text.splitlines() if "DNS:" in line]
    assert listed.split() == [
        *(f"DNS:{name}," for name in NAMES.dns),
        "IP",
        "Address:2001:DB8:0:0:0:0:0:1",
    ]
    assert openssl.make_request(key, *names) != request
    with pytest.raises(openssl.Failed) as failure:
        openssl.make_request("no key", *names)
    assert "\n" not in str(failure.value)


def test_the_key_is_one_that_every_provider_signs_for(key):
    words = ["openssl", "pkey", "-noout", "-text"]
    told = subprocess.run(words, input=key, check=True, capture_output=True, text=True).stdout
    assert "Private-Key: (2048 bit, 2 primes)" in told


def test_distrust_is_what_a_client_would_say(key, authority, tmp_path):
    certificate = authority.sign(openssl.make_request(key, *NAMES))
    stranger, between = (
        Authority(tmp_path / "stranger", "stranger"),
        authority.intermediate(tmp_path / "b"),
    )
    indirect = between.sign(openssl.make_request(key, *NAMES))
    client = authority.sign(openssl.make_request(key, *NAMES), extensions="client")
    root = authority.certificate
    for said in (
        openssl.find_distrust(certificate, "", root, HOST),
        openssl.find_distrust(certificate, "", stranger.certificate + root, HOST),
        openssl.find_distrust(indirect, between.certificate, root, HOST),
        openssl.find_distrust(indirect, "", between.certificate, HOST),
        openssl.find_distrust(
            authority.sign(openssl.make_request(key, *NAMES), 9, 9), "", root, HOST
        ),
    ):
        assert said == ""
    for said, why in (
        (openssl.find_distrust(certificate, "", stranger.certificate, HOST), "issuer"),
        (openssl.find_distrust(indirect, "", root, HOST), "issuer"),
        (openssl.find_distrust(certificate, "", root, "am.elsewhere.svc"), "mismatch"),
        (openssl.find_distrust(client, "", root, HOST), "purpose"),
        (openssl.find_distrust(certificate, "", "rubbish", HOST), "openssl verify"),
    ):
        assert why in said
        assert "\n" not in said


def test_what_is_kept_is_read_back(key):
    kept = requests.CertificateRequest(key, openssl.make_request(key, *NAMES), NAMES, "abc")
    assert requests.from_files(requests.to_files(kept, "")) == (kept, "")
    assert requests.from_files(requests.to_files(kept, "PEM\n")) == (kept, "PEM\n")
    assert requests.from_files(requests.to_files(None, "")) == (None, "")
    assert key not in repr(kept)
    about = json.loads(requests.to_files(kept, "")["about.json"].decode())
    assert about["replaces"] == "abc"


@pytest.mark.parametrize(("days", "warned"), [(1, 0.25), (40, 10), (84, 21), (365, 21)])
def test_it_is_renewed_once_and_in_time(days, warned, tmp_path):
    certificate, key = self_signed("am", tmp_path, days=days)
    kept = requests.CertificateRequest(key, "", NAMES)
    now = datetime.now(timezone.utc)

    renewal = requests.find_renewal(kept, certificate)
    lifetime = timedelta(days=days).total_seconds()
    assert 0.6 * lifetime < renewal - now.timestamp() < 0.7 * lifetime
    asked = requests.CertificateRequest(key, "", NAMES, requests.digest(certificate))
    assert requests.find_renewal(asked, certificate) is None
    assert requests.find_renewal(None, certificate) is None
    assert requests.find_renewal(kept, "") is None
    seconds = requests.find_warning_period(certificate, "ca")
    assert seconds == timedelta(days=warned).total_seconds()
    end = now + timedelta(days=days, seconds=-seconds)
    assert renewal < end.timestamp()
