"""Whatever the options and the image are: one-line problems, or the pod spec that they call for."""

import base64
import json
import posixpath
import re
import shlex
import urllib.parse
from functools import lru_cache
from unittest import mock

import pytest
import yaml
from alertmanager_config.go import urls
from alertmanager_config.yaml import reader
from charmhelpers.core import hookenv
from charms.layer.alertmanager.domain import (
    charm_options,
    config_files,
    image_version,
    option_parsers,
    pod_spec_values,
)
from charms.layer.pod_spec import render
from conftest import SEED
from hypothesis import given, seed
from support import bus_harness, hostile_strategies
from support.option_plans import DEFAULT, plan_of
from support.pod_spec_check import checked_spec, deploy_check

from sandbox.kubernetes import podspec
from sandbox.kubernetes.objects import api_server_refusals

METADATA = yaml.safe_load((bus_harness.ROOT / "metadata.yaml").read_text())
RELOADER = (bus_harness.ROOT / "templates" / "reloader.sh").read_text()
PLACE = ("lma/alertmanager", "am-endpoints")
# Without one there is no pod spec to be made.
IMAGES = hostile_strategies.IMAGES.filter(bool)


def rendered(options, image, proxy=""):
    """Return what the options come to, and the pod spec's text; None if they are refused."""
    found = plan_of(options, image)
    if found.files is None:
        return found, None
    context = pod_spec_values.make_values(
        settings=found.settings,
        files=found.files,
        good=found.default,
        image=(image, "", ""),
        application="alertmanager",
        model="lma",
        headless="am-endpoints",
        version=found.version,
        reloader=RELOADER,
        login_probe="exit 0",
        proxy={"HTTP_PROXY": proxy},
        request={},
    )
    with mock.patch.object(
        hookenv, "charm_dir", return_value=str(bus_harness.ROOT)
    ), mock.patch.object(hookenv, "config", return_value=dict(options)):
        return found, render("pod-spec.yaml.j2", context)


def structure(value):
    """Return the shape of a spec: its keys, and how long its lists are; no values."""
    if isinstance(value, dict):
        return {key: structure(item) for key, item in value.items()}
    if isinstance(value, list):
        return [structure(item) for item in value]
    return type(value).__name__


def without_options(spec):
    """Return a spec less what options may add or take away; what they may be is looked at here."""
    (container,) = spec["containers"]
    args, command = container.pop("args"), container.pop("command", None)
    assert all(isinstance(arg, str) and arg.startswith("--") for arg in args)
    assert all(arg.isprintable() and len(arg) < 100_000 for arg in args)
    assert command in (None, ["/bin/sh", "-c", RELOADER, "alertmanager"])
    pod = spec["kubernetesResources"]["pod"]
    assert set(pod.pop("annotations", {})) <= {"alertmanager-configuration", "alertmanager-proxy"}
    for name in ("readinessProbe", "livenessProbe", "startupProbe"):
        assert set(container["kubernetes"].pop(name)) & {"httpGet", "exec", "tcpSocket"}
    for secret in spec["kubernetesResources"]["secrets"]:
        for name, content in secret.pop("data").items():
            assert "/" not in name
            assert name not in (".", "..")
            assert not name.startswith("..")
            base64.b64decode(content, validate=True)
    return spec


def check(options, image, proxy=""):
    """Look at what comes of options; return the pod spec's text, None if they are refused."""
    found, text = rendered(options, image, proxy)
    for problem in found.problems:
        assert hostile_strategies.one_line(str(problem))
    if text is None:
        assert found.refusals
        return None
    spec = yaml.safe_load(text)
    deploy_check(podspec.parse(text), METADATA)
    args = [arg.replace("$(POD_IP)", "").replace("$(POD_NAME)", "") for arg in args_of(spec)]
    assert not any("$(" in arg.replace("$$(", "") for arg in args)
    assert args_of(spec) == pod_spec_values.make_arguments(found.settings, *PLACE, found.version)
    main, *_ = spec["kubernetesResources"]["secrets"]
    assert {name: base64.b64decode(data) for name, data in main["data"].items()} == dict(
        found.files.files
    )
    assert spec["containers"][0]["imageDetails"] == {"imagePath": image}
    assert structure(without_options(spec)) == structure_of_the_template()
    return text


@lru_cache(maxsize=None)
def structure_of_the_template():
    """Return the shape of the pod spec that comes of no options."""
    _, plain = rendered({}, "am")
    return structure(without_options(yaml.safe_load(plain)))


def args_of(spec):
    return spec["containers"][0]["args"]


@given(hostile_strategies.OPTIONS, IMAGES, hostile_strategies.ANY)
@hostile_strategies.bounded(80)
def test_a_pod_spec_is_taken_and_has_the_structure_of_the_template_and_no_other(
    options, image, proxy
):
    text = check(options, image, proxy)
    if text:
        checked_spec(text)


@given(hostile_strategies.URLS)
@hostile_strategies.bounded(200)
def test_what_is_taken_for_a_url_is_one_to_alertmanager_and_to_a_kubelet(url):
    asked, problems = charm_options.parse_options({"external-url": url})
    if problems:
        return
    assert urls.find_url_faults(asked.external_url) == []  # as Alertmanager reads it
    # http.ServeMux sends whoever asks for another path elsewhere, and dies of spaces
    path = urllib.parse.unquote(pod_spec_values.make_probe(asked, "/-/ready")["httpGet"]["path"])
    assert posixpath.normpath(path) == path
    assert not re.search(r"\s", path)


@given(hostile_strategies.PRINTABLE, hostile_strategies.PRINTABLE)
@hostile_strategies.bounded(40)
def test_what_is_free_text_reaches_the_process_as_it_is(label, value):
    options = {
        "cluster-label": label,
        "additional-args": f"--my.flag={shlex.quote(value)}",
        "secret-files": json.dumps({"token": value, "other": label}, ensure_ascii=False),
    }
    found, text = rendered(options, "am")
    assert found.problems == ()
    # Kubernetes puts variables in where $(NAME) stands, and makes $$ a $ (third_party/expansion)
    expanded = {re.sub(r"\$\$", "$", arg) for arg in args_of(yaml.safe_load(text))}
    assert {f"--cluster.label={label}", f"--my.flag={value}"} <= expanded
    check(options, "am")


@pytest.mark.soak
@seed(SEED)
@given(hostile_strategies.OPTIONS, IMAGES)
@hostile_strategies.soaking(3000)
def test_the_pod_spec_has_that_structure_for_long(options, image):
    check(options, image)


@pytest.mark.parametrize("text", ["a\0b", "a\nb", "\x1b[31m"])
def test_no_argument_has_a_character_that_cannot_be_printed(text):
    options = {"cluster-label": text, "additional-args": f"--my.flag='{text}'"}
    _, problems = charm_options.parse_options(options)
    assert [str(problem) for problem in problems] == [
        f"{option}: has a character that cannot be printed; leave it out"
        for option in ("cluster-label", "additional-args")
    ]


@pytest.mark.parametrize("option", sorted(hostile_strategies.CHOICES))
def test_every_option_is_tried_and_has_a_limit(option):
    assert option in charm_options.PARSERS
    if option == "strict-config":
        return
    longest = charm_options.find_longest_length(option)
    _, problems = charm_options.parse_options({option: "x" * (longest + 1)})
    assert [str(problem) for problem in problems if "has more than" in str(problem)] == [
        f"{option}: has more than {longest} characters; shorten it"
    ]
    _, problems = charm_options.parse_options({option: "x" * longest})
    assert not [problem for problem in problems if "has more than" in str(problem)]


def test_the_readme_tells_the_limits():
    readme = (bus_harness.ROOT / "README.md").read_text()
    limits = readme.partition("## Limits")[2].partition("##")[0]
    for limit in (
        config_files.MOST_BYTES,
        reader.MAX_BYTES,
        charm_options.LONGEST_FILE,
        charm_options.LONGEST_WORDS,
        option_parsers.LONGEST_URL,
    ):
        assert f"{limit:,}" in limits


def test_no_option_is_left_out():
    assert set(hostile_strategies.CHOICES) == set(charm_options.PARSERS)


@pytest.mark.parametrize(("count", "longest"), [(1, 1), (1, 253), (1900, 250), (30_000, 5)])
def test_a_secret_that_the_charm_takes_is_taken_to_the_byte(count, longest):
    named = [(f"{number:0{longest}}", "x") for number in range(count)]

    def build(size):
        files = (*named[:-1], (named[-1][0], "x" * size))
        return config_files.build(charm_options.Settings(secret_files=files), DEFAULT, None, "")

    room = config_files.MOST_BYTES - config_files.measure(dict(build(1)[0].files)) + 1
    files, problems = build(room)
    assert problems == ()
    data = {name: base64.b64encode(content).decode() for name, content in files.files}
    name = {"name": "alertmanager-configuration", "namespace": "lma"}
    api_server_refusals.admit({"kind": "Secret", "metadata": name, "data": data})
    files, (problem,) = build(room + 1)
    assert files is None
    assert str(problem) == (
        "secret-files: all files together, names included, take "
        f"{config_files.MOST_BYTES + 1} bytes of the {config_files.MOST_BYTES} that a Kubernetes "
        "Secret holds; shorten it"
    )


def test_the_longest_words_make_a_command_line_that_linux_takes():
    longest = charm_options.LONGEST_WORDS
    asked, problems = charm_options.parse_options(
        {
            "additional-args": "--cluster.probe-interval=" + "0" * (longest - 28) + "1s",
            "cluster-peers": "a:1 " * (longest // 4),
        }
    )
    assert problems == ()
    args = pod_spec_values.make_arguments(asked, *PLACE, None)
    assert max(len(arg) for arg in args) < 131072
    assert sum(len(arg) + 1 for arg in args) < 1024 * 1024


def test_a_pem_text_with_a_million_beginnings_is_read_at_once():
    text = "-----BEGIN CERTIFICATE-----\n" * (charm_options.LONGEST_FILE // 28)
    _, problems = charm_options.parse_options({"tls-cert": text})
    assert "holds no PEM certificate" in str(problems[0])


@given(hostile_strategies.IMAGES)
@hostile_strategies.bounded(50)
def test_a_version_is_read_off_any_image_or_not(image):
    assert image_version.version_of(image) is None or len(image_version.version_of(image)) == 3
