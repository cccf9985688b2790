"""Command line, probes and volumes: what the options come to in the pod."""

import base64

import pytest
from charms.layer.alertmanager.domain import pod_spec_values
from charms.layer.alertmanager.domain.charm_options import Settings
from charms.layer.alertmanager.domain.config_files import ConfigFiles

PLACE = ("lma/am", "am-endpoints")
FILES = ConfigFiles((("alertmanager.yml", b"route: {}\n"), ("web.yml", b"{}\n")))


def context(version=None, files=FILES, proxy=None, **settings):
    return pod_spec_values.make_values(
        settings=Settings(**settings),
        files=files,
        good=None,
        request={"tls.csr": b"asked"},
        image=("prom/alertmanager", "", ""),
        application="am",
        model="lma",
        headless="am-endpoints",
        version=version,
        reloader="true",
        login_probe="log in",
        proxy=proxy or {},
    )


def test_the_baseline_is_what_alertmanager_0_20_understands():
    assert pod_spec_values.make_arguments(Settings(), *PLACE, None) == [
        "--config.file=/run/alertmanager/config/alertmanager.yml",
        "--storage.path=/alertmanager",
        "--data.retention=120h",
        "--log.level=info",
        "--log.format=logfmt",
        "--web.listen-address=:9093",
        "--cluster.listen-address=[$(POD_IP)]:9094",
        "--cluster.reconnect-timeout=5m",
        "--cluster.peer=am-endpoints:9094",
    ]
    assert pod_spec_values.make_arguments(
        Settings(), *PLACE, (0, 20, 0)
    ) == pod_spec_values.make_arguments(Settings(), *PLACE, None)


@pytest.mark.parametrize(
    ("version", "has", "has_not"),
    [
        ((0, 21, 0), [], ["--web.config.file=/etc/alertmanager/web.yml"]),
        ((0, 22, 0), ["--web.config.file=/etc/alertmanager/web.yml"], ["--cluster.label=lma/am"]),
        ((0, 24, 0), [], ["--data.maintenance-interval=1m"]),
        ((0, 25, 0), ["--data.maintenance-interval=1m"], []),
        ((0, 26, 0), ["--cluster.label=lma/am"], ["--cluster.peer-name=$(POD_NAME)"]),
        ((0, 30, 0), ["--cluster.peer-name=$(POD_NAME)"], []),
    ],
)
def test_newer_flags_only_where_the_version_is_known_to_have_them(version, has, has_not):
    flags = pod_spec_values.make_arguments(Settings(), *PLACE, version)
    assert set(has) <= set(flags)
    assert not set(has_not) & set(flags)


@pytest.mark.parametrize(
    ("settings", "flag"),
    [
        ({"external_url": "https://a/am"}, "--web.external-url=https://a/am"),
        ({"external_url": "https://a/$$b"}, "--web.external-url=https://a/$$$$b"),
        ({"cluster_peers": ("b:1", "c:2")}, "--cluster.peer=c:2"),
        ({"cluster_label": "x$(POD_IP)"}, "--cluster.label=x$$(POD_IP)"),
        ({"tls_cert": "c", "tls_key": "k"}, "--web.config.file=/etc/alertmanager/web.yml"),
        ({"web_users": (("a", "b"),)}, "--web.config.file=/etc/alertmanager/web.yml"),
        ({"additional_args": ("--x=$(POD_IP)",)}, "--x=$$(POD_IP)"),
        ({"additional_args": ("--x=a$$b$$(POD_IP)",)}, "--x=a$$$$b$$$$(POD_IP)"),
        ({"log_level": "debug"}, "--log.level=debug"),
        ({"log_format": "json"}, "--log.format=json"),
        ({"data_retention": "1h"}, "--data.retention=1h"),
        ({"cluster_reconnect_timeout": "1h"}, "--cluster.reconnect-timeout=1h"),
    ],
)
def test_options_reach_the_command_line(settings, flag):
    assert flag in pod_spec_values.make_arguments(Settings(**settings), *PLACE, None)


def test_no_flag_is_given_twice_but_peers():
    flags = pod_spec_values.make_arguments(
        Settings(
            external_url="https://a/am",
            cluster_label="x",
            cluster_peers=("b:1",),
            additional_args=("--data.maintenance-interval=1h",),
        ),
        *PLACE,
        (0, 34, 0),
    )
    names = [flag.partition("=")[0] for flag in flags]
    assert [name for name in set(names) if names.count(name) > 1] == ["--cluster.peer"]
    assert "--data.maintenance-interval=1h" in flags


@pytest.mark.parametrize(
    ("settings", "readiness"),
    [
        ({}, {"httpGet": {"path": "/-/ready", "port": 9093, "scheme": "HTTP"}}),
        (
            {"external_url": "https://a/am"},
            {"httpGet": {"path": "/am/-/ready", "port": 9093, "scheme": "HTTP"}},
        ),
        (
            {"tls_cert": "c", "tls_key": "k"},
            {"httpGet": {"path": "/-/ready", "port": 9093, "scheme": "HTTPS"}},
        ),
        ({"web_users": (("a", "b"),)}, {"tcpSocket": {"port": 9093}}),
    ],
)
def test_probes_follow_prefix_tls_and_users(settings, readiness):
    assert context(**settings)["readiness"] == readiness


@pytest.mark.parametrize(
    ("settings", "version", "url"),
    [
        ({}, (0, 24, 0), "http://localhost:9093"),
        (
            {"external_url": "http://a/am", "tls_cert": "c", "tls_key": "k"},
            (0, 35, 0),
            "https://localhost:9093/am",
        ),
    ],
)
def test_with_users_probes_log_in(settings, version, url):
    values = context(web_users=(("a", "b"),), version=version, **settings)
    program = {
        "exec": {"command": ["/bin/sh", "-c", "log in", "login-probe", url]},
        "timeoutSeconds": 10,
    }
    assert values["readiness"] == values["liveness"] == program
    assert values["startup"] == {**program, "periodSeconds": 5, "failureThreshold": 120}


@pytest.mark.parametrize(
    ("reload", "version"), [("reload", (0, 23, 0)), ("reload", None), ("restart", (0, 35, 0))]
)
def test_with_users_an_open_port_does_where_nothing_can_log_in(reload, version):
    values = context(web_users=(("a", "b"),), version=version, config_reload=reload)
    assert values["readiness"] == {"tcpSocket": {"port": 9093}}


def test_another_proxy_is_another_hash_and_none_is_none():
    proxies = [{"HTTP_PROXY": url} for url in ("http://a:b@c", "http://a:d@c")]
    one, same, other = (context(proxy=each)["proxy"] for each in (proxies[0], *proxies))
    assert one == same
    assert one["files"] == {"HTTP_PROXY": base64.b64encode(b"http://a:b@c").decode()}
    assert one["secret"] == "am-proxy"
    assert one["hash"] != other["hash"]
    assert context()["proxy"] == {"files": {}, "hash": None, "secret": "am-proxy"}


def test_the_secret_holds_the_files():
    files = context()["files"]
    assert {name: base64.b64decode(content) for name, content in files.items()} == {
        "alertmanager.yml": b"route: {}\n",
        "web.yml": b"{}\n",
    }


def test_what_is_asked_for_is_kept_in_a_secret_that_no_pod_mounts():
    kept = context()["request"]
    assert kept == {"secret": "am-certificate-request", "files": {"tls.csr": "YXNrZWQ="}}


def test_a_configuration_rolls_the_pods_only_where_asked_to():
    assert context()["restart_hash"] is None
    assert context()["reloader"] == "true"
    one, renewed = (
        ConfigFiles((*FILES.files, ("tls.crt", each), ("tls.key", each))) for each in (b"1", b"2")
    )
    other = ConfigFiles((("alertmanager.yml", b"route: {receiver: a}\n"),))
    rolls = [context(config_reload="restart", files=each) for each in (one, renewed, other)]
    assert rolls[0]["restart_hash"] == rolls[1]["restart_hash"] != rolls[2]["restart_hash"]
    assert context(config_reload="restart")["reloader"] is None


def test_pods_are_replaced_when_tls_comes_or_goes_with_and_without_users():
    """Alertmanager decides when it starts whether it serves TLS."""
    users = (("ann", "$2y$hash"),)
    tls = {"tls_cert": "CERTIFICATE", "tls_key": "KEY"}
    for rest in ({}, {"web_users": users}):
        plain, secured = context(**rest), context(**rest, **tls)
        keys = ("args", "readiness", "scheme_of_users")
        assert [plain[key] for key in keys] != [secured[key] for key in keys]


def test_credentials_of_a_private_registry_go_with_the_image():
    details = pod_spec_values.make_values(
        settings=Settings(),
        files=FILES,
        good=None,
        request={"tls.csr": b"asked"},
        image=("registry/am", "ann", "s3cret"),
        application="am",
        model="lma",
        headless="am-endpoints",
        version=None,
        reloader="true",
        login_probe="",
        proxy={},
    )["image"]
    assert details == {"imagePath": "registry/am", "username": "ann", "password": "s3cret"}
    assert context()["image"] == {"imagePath": "prom/alertmanager"}
