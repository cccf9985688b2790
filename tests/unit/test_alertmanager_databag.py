"""The values that go over the relation, against the bags that charms in use write and read."""

import contextlib
import dataclasses
import json
import subprocess

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from support import real_programs

from interfaces.alertmanager import alerting_config, databag

HTTP = databag.Address("http", "am-0.am-endpoints.lma.svc", 9093)
HTTPS = databag.Address("https", "am-1.am-endpoints.lma.svc", 9093, "/alerts")

CA = """-----BEGIN CERTIFICATE-----
MIIBdDCCARmgAwIBAgIUX2bC6cP1p2uPiHn3zS1j1Rz1h2cwCgYIKoZIzj0EAwIw
-----END CERTIFICATE-----"""

# what Juju itself writes into a unit's databag, juju-info style
JUJUS = {
    "private-address": "10.152.183.7",
    "ingress-address": "10.152.183.7",
    "egress-subnets": "10.152.183.7/32",
}


def one(unit, address=HTTP, **fields):
    return databag.Alertmanager(unit, address, **fields)


# what is written


def test_every_known_consumer_finds_its_keys():
    bag = databag.encode(
        databag.Published(
            HTTPS,
            headless="am-endpoints.lma.svc",
            external_labels={"team": "sre", "cost": "$5"},
            ca=CA,
            server_name="am.example.com",
            login=True,
        )
    )
    assert json.loads(bag.pop("alerting_config")) == {
        "alertmanagers": [
            {
                "scheme": "https",
                "path_prefix": "/alerts",
                "dns_sd_configs": [{"names": ["am-endpoints.lma.svc"], "type": "A", "port": 9093}],
                "tls_config": {"server_name": "am.example.com"},
            }
        ],
        "alert_relabel_configs": [
            {"target_label": "cost", "replacement": "$$5"},
            {"target_label": "team", "replacement": "sre"},
        ],
    }
    assert bag == {
        "url": "https://am-1.am-endpoints.lma.svc:9093/alerts",
        "public_address": "am-1.am-endpoints.lma.svc:9093/alerts",
        "scheme": "https",
        "hostname": "am-1.am-endpoints.lma.svc",
        "port": "9093",
        "external_labels": '{"cost": "$5", "team": "sre"}',
        "ca": CA,
        "server_name": "am.example.com",
        "login": "basic",
    }


def test_the_plainest_alertmanager_writes_no_empty_values():
    bag = databag.encode(databag.Published(databag.Address("http", "10.1.2.3", 9093)))
    assert json.loads(bag.pop("alerting_config")) == {
        "alertmanagers": [
            {
                "scheme": "http",
                "path_prefix": "/",
                "static_configs": [{"targets": ["10.1.2.3:9093"]}],
            }
        ]
    }
    assert bag == {
        "url": "http://10.1.2.3:9093",
        "public_address": "10.1.2.3:9093",
        "scheme": "http",
        "hostname": "10.1.2.3",
        "port": "9093",
    }


def test_nothing_that_juju_writes_is_written():
    assert not set(databag.KEYS) & set(JUJUS)


def test_all_units_of_an_application_write_the_same_alerting_config():
    headless = "am-endpoints.lma.svc"
    bags = [
        databag.encode(
            databag.Published(dataclasses.replace(HTTP, host=f"am-{k}.{headless}"), headless)
        )
        for k in range(3)
    ]
    assert len({bag["alerting_config"] for bag in bags}) == 1
    assert len({bag["url"] for bag in bags}) == 3


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"external_labels": {"a-b": "c"}}, "external_labels: not the name of a label: 'a-b'"),
        ({"external_labels": {"__a": "c"}}, "external_labels: not the name of a label: '__a'"),
        ({"external_labels": {"a": 1}}, "external_labels: the value of a is not a text"),
        ({"headless": "http://am"}, "not a host name: 'http://am'"),
        ({"server_name": "a b"}, "not a host name: 'a b'"),
        ({"ca": CA.replace("CERTIFICATE", "PRIVATE KEY")}, "ca: holds something else"),
        ({"ca": "/etc/ssl/ca.pem"}, "ca: not certificates in PEM form"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_nobody_could_use_is_not_written(fields, message):
    with pytest.raises(databag.DecodeError, match=message):
        databag.Published(HTTP, **fields)


# what is read


@pytest.mark.parametrize(
    ("bag", "url"),
    [
        ({"url": "http://10.1.2.3:9093"}, "http://10.1.2.3:9093"),
        ({"url": "https://lb.example.com/cos-am/"}, "https://lb.example.com:443/cos-am"),
        ({"url": "http://lb/cos-am"}, "http://lb:80/cos-am"),
        (
            {"url": "http://a:1/x", "public_address": "b:2", "scheme": "https", "hostname": "c"},
            "http://a:1/x",
        ),
        ({"public_address": "10.1.2.3:9093"}, "http://10.1.2.3:9093"),
        ({"public_address": "a:9093/x", "scheme": "https"}, "https://a:9093/x"),
        ({"hostname": "10.1.2.3", "port": "9093"}, "http://10.1.2.3:9093"),
        ({"hostname": "fd00::3", "port": "9093"}, "http://[fd00::3]:9093"),
        ({"url": "http://[fd00::3]:9093/x"}, "http://[fd00::3]:9093/x"),
    ],
    ids=[
        "dispatch v1",
        "dispatch v1 behind https ingress",
        "dispatch v1 behind ingress",
        "all of them",
        "dispatch v0.1",
        "dispatch v0.8",
        "http",
        "http with IPv6",
        "IPv6",
    ],
)
def test_addresses_in_every_dialect(bag, url):
    assert databag.decode("am/0", {**JUJUS, **bag}) == one("am/0", databag.Address.parse(url))
    assert databag.decode("am/0", bag).url == url


@pytest.mark.parametrize(
    "bag",
    [
        {},
        JUJUS,
        {"url": ""},
        {"url": None},
        {"hostname": "a"},
        {"port": "9093"},
        {"scheme": "http"},
    ],
    ids=str,
)
def test_a_unit_that_has_not_published_yet_is_no_error(bag):
    assert databag.decode("am/0", bag) is None


@pytest.mark.parametrize(
    ("bag", "message"),
    [
        ({"url": "am-0:9093"}, "url: not the URL of an Alertmanager: 'am-0:9093'"),
        ({"url": "ftp://am-0:9093"}, "url: scheme is not http or https: 'ftp'"),
        ({"url": "http://am-0:x"}, "url: not a URL: "),
        ({"url": "http://am-0:70000"}, "url: not a URL: "),
        ({"url": "http://am-0:0"}, "url: not a port: 0"),
        ({"url": "http://:9093"}, "url: not the URL of an Alertmanager"),
        ({"url": "http://a b:9093"}, "url: not a host name or IP address: 'a b'"),
        ({"url": "http://[::1:9093"}, "url: not a URL: "),
        ({"url": "http://am:9093/?q=1"}, "url: not the URL of an Alertmanager"),
        ({"url": "http://am:9093/a b"}, "url: not a path: '/a b'"),
        ({"url": "[]"}, "url: not the URL of an Alertmanager"),
        ({"public_address": "http://am:9093"}, "public_address: "),
        ({"public_address": "am:9093", "scheme": "gopher"}, "public_address: scheme is not"),
        ({"hostname": "am", "port": "http"}, "hostname: not a URL"),
        ({"url": "http://am:1", "external_labels": "{"}, "external_labels: not JSON"),
        ({"url": "http://am:1", "external_labels": "[]"}, "external_labels: not a mapping"),
        ({"url": "http://am:1", "external_labels": '{"a": 1}'}, "external_labels: the value of a"),
        ({"url": "http://am:1", "ca": "x"}, "ca: not certificates in PEM form"),
        ({"url": "http://am:1", "ca": CA[:-5]}, "ca: holds something else than certificates"),
        ({"url": "http://am:1", "server_name": "a/b"}, "server_name: not a host name: 'a/b'"),
    ],
    ids=lambda value: " ".join(value.values()) if isinstance(value, dict) else "",
)
def test_rubbish_names_its_key(bag, message):
    with pytest.raises(databag.DecodeError) as refused:
        databag.decode("am/0", bag)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    "url",
    [
        "http://ann:secret@am:9093",
        "ann:secret@am",
        "http://ann:secret@am:x",
        "http://a:secret@\u2100",
    ],
)
def test_credentials_in_a_url_are_refused_and_not_repeated(url):
    with pytest.raises(databag.DecodeError) as refused:
        databag.decode("am/0", {"url": url})
    assert "secret" not in str(refused.value)


@given(st.text(max_size=80), st.sampled_from([*databag.KEYS, "url", "url"]), st.booleans())
def test_any_text_is_an_alertmanager_or_an_error(text, key, complete):
    bag = {"url": "http://am:9093"} if complete else {}
    bag[key] = text
    with contextlib.suppress(databag.DecodeError):
        alertmanager = databag.decode("am/0", bag)
        assert (
            alertmanager is None or databag.Address.parse(alertmanager.url) == alertmanager.address
        )


names = st.from_regex(r"[a-z]([a-z0-9.-]{0,20}[a-z0-9])?", fullmatch=True)
published = st.builds(
    databag.Published,
    address=st.builds(
        databag.Address,
        scheme=st.sampled_from(["http", "https"]),
        host=st.one_of(names, st.ip_addresses().map(lambda address: address.compressed)),
        port=st.integers(1, 65535),
        path=st.from_regex(r"(/[a-z0-9._-]{1,8}){0,3}", fullmatch=True),
    ),
    headless=st.one_of(st.just(""), names),
    external_labels=st.dictionaries(
        st.from_regex(r"[a-zA-Z][a-zA-Z0-9_]{0,8}", fullmatch=True), st.text()
    ),
    ca=st.sampled_from(["", CA, f"{CA}\n{CA}"]),
    server_name=st.one_of(st.just(""), names),
    login=st.booleans(),
)


@given(published)
def test_what_is_written_is_read_back(published):
    alertmanager = databag.decode("am/0", databag.encode(published))
    for field in ("address", "external_labels", "ca", "server_name", "login"):
        assert getattr(alertmanager, field) == getattr(published, field)


# what Prometheus is told


def test_units_are_grouped_by_how_they_are_reached():
    section = alerting_config.make_alerting_config(
        [
            one("am/10", databag.Address("http", "am-2", 9093)),
            one("am/2", databag.Address("http", "am-1", 9093)),
            one("am/0", databag.Address("http", "am-0", 9093)),
            one("tls/0", HTTPS, ca=CA, server_name="am.example.com"),
            one("public/0", databag.Address("https", "public", 443)),
            one("twice/0", databag.Address("http", "am-0", 9093)),
        ],
        ca_file="/etc/prometheus/ca.pem",
        basic_auth={"username": "ann", "password_file": "/etc/prometheus/password"},
    )
    login = {"username": "ann", "password_file": "/etc/prometheus/password"}
    assert section["alertmanagers"] == [
        {
            "scheme": "http",
            "path_prefix": "/",
            "basic_auth": login,
            "static_configs": [{"targets": ["am-0:9093", "am-1:9093", "am-2:9093"]}],
        },
        {
            "scheme": "https",
            "path_prefix": "/",
            "basic_auth": login,
            "static_configs": [{"targets": ["public:443"]}],
        },
        {
            "scheme": "https",
            "path_prefix": "/alerts",
            "basic_auth": login,
            "tls_config": {"ca_file": "/etc/prometheus/ca.pem", "server_name": "am.example.com"},
            "static_configs": [{"targets": ["am-1.am-endpoints.lma.svc:9093"]}],
        },
    ]


def test_the_order_of_units_changes_nothing():
    units = [one(f"am/{k}", databag.Address("http", f"am-{k}", 9093)) for k in range(12)]
    assert alerting_config.make_alerting_config(units) == alerting_config.make_alerting_config(
        reversed(units)
    )
    targets = alerting_config.make_alerting_config(units)["alertmanagers"][0]["static_configs"][0][
        "targets"
    ]
    assert targets == [f"am-{k}:9093" for k in range(12)]


def test_no_alertmanager_is_an_empty_section():
    assert alerting_config.make_alerting_config([]) == {}


def test_a_certificate_is_named_only_where_there_is_a_file_and_tls():
    units = [one("am/0", HTTPS, ca=CA), one("am/1", HTTP, ca=CA)]
    for entry in alerting_config.make_alerting_config(units)["alertmanagers"]:
        assert "tls_config" not in entry
    http, https = alerting_config.make_alerting_config(units, ca_file="ca.pem")["alertmanagers"]
    assert "tls_config" not in http
    assert https["tls_config"] == {"ca_file": "ca.pem"}


def test_the_bundle_has_each_certificate_once():
    other = CA.replace("MIIB", "MIIC")
    units = [one("b/0", HTTPS, ca=other), one("a/1", HTTPS, ca=CA), one("a/0", HTTPS, ca=CA)]
    assert alerting_config.make_ca_bundle(units) == f"{CA}\n{other}\n"
    assert alerting_config.make_ca_bundle([one("a/0", HTTP, ca=CA), one("a/1", HTTPS)]) == ""


SRE, WEB = {"team": "sre", "site": "here"}, {"team": "web", "site": "here"}


def labels_of(section):
    return {
        each["target_label"]: each["replacement"]
        for each in section.get("alert_relabel_configs", [])
    }


@pytest.mark.parametrize("version", [(), (2, 42, 0), (3, 5, 3), (3, 7, 0)], ids=str)
def test_labels_that_one_application_wants_reach_every_version(version):
    units = [one("am/0", external_labels=SRE), one("am/1", external_labels=SRE)]
    section = alerting_config.make_alerting_config(units, prometheus=version)
    assert labels_of(section) == SRE
    assert "alert_relabel_configs" not in section["alertmanagers"][0]


@pytest.mark.parametrize("version", [(), (2, 50, 1), (2, 51, 0), (3, 6, 9)], ids=str)
def test_labels_that_applications_disagree_on_are_left_out_where_they_would_leak(version):
    units = [
        one("sre/0", HTTP, external_labels=SRE),
        one("web/0", HTTPS, external_labels=WEB),
        one("other/0", databag.Address("http", "other", 9093)),
    ]
    section = alerting_config.make_alerting_config(units, prometheus=version)
    assert labels_of(section) == {"site": "here"}
    assert not [each for each in section["alertmanagers"] if "alert_relabel_configs" in each]
    assert alerting_config.find_conflicting_labels(units) == ("team",)


def test_each_application_gets_its_own_labels_where_prometheus_can_do_it():
    units = [
        one("sre/0", HTTP, external_labels=SRE),
        one("web/0", HTTPS, external_labels=WEB),
        one("other/0", databag.Address("http", "other", 9093)),
    ]
    section = alerting_config.make_alerting_config(units, prometheus=(3, 7, 0))
    assert "alert_relabel_configs" not in section
    assert {
        each["static_configs"][0]["targets"][0]: labels_of(each)
        for each in section["alertmanagers"]
    } == {"am-0.am-endpoints.lma.svc:9093": SRE, HTTPS.target: WEB, "other:9093": {}}


def test_units_that_disagree_for_a_moment_get_equal_alerts():
    units = [one("am/0", HTTP, external_labels=SRE), one("am/1", HTTPS, external_labels=WEB)]
    for version in ((), (3, 7, 0)):
        assert labels_of(alerting_config.make_alerting_config(units, prometheus=version)) == SRE
    assert alerting_config.find_conflicting_labels(units) == ()


# the oracle


def promtool_check(suite, tmp_path, section):
    (tmp_path / "ca.pem").write_text(CA)
    file = tmp_path / "prometheus.yml"
    file.write_text(yaml.safe_dump({"alerting": section}))
    done = subprocess.run(
        [str(real_programs.promtool(suite)), "check", "config", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("suite", real_programs.SUITES)
def test_promtool_accepts_every_section(suite, tmp_path):
    units = [
        one("sre/0", HTTP, external_labels={"team": "$1 {{ x }}: '\"\n", "empty": ""}),
        one("web/0", HTTPS, ca=CA, server_name="am.example.com"),
        one("six/0", databag.Address("http", "fd00::3", 9093)),
    ]
    login = {"username": "ann", "password": "p: {"}
    promtool_check(suite, tmp_path, alerting_config.make_alerting_config(units, "ca.pem", login))
    promtool_check(suite, tmp_path, alerting_config.make_alerting_config([]))


@pytest.mark.parametrize("suite", real_programs.SUITES[1:])
def test_promtool_accepts_labels_of_each_alertmanager(suite, tmp_path):
    units = [one("sre/0", HTTP, external_labels=SRE), one("web/0", HTTPS, external_labels=WEB)]
    promtool_check(suite, tmp_path, alerting_config.make_alerting_config(units, prometheus=(3, 7)))


@pytest.mark.parametrize("suite", real_programs.SUITES)
def test_promtool_accepts_what_a_unit_publishes(suite, tmp_path):
    for address in (HTTP, HTTPS):
        bag = databag.encode(
            databag.Published(address, "am-endpoints.lma.svc", SRE, CA, "am.example.com")
        )
        promtool_check(suite, tmp_path, json.loads(bag["alerting_config"]))
