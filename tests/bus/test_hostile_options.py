"""Whatever the options and the image are: one-line problems, or the pod spec that they call for."""

import base64
import json
import re
import shlex
from unittest import mock

import bus_harness
import hostile_input
import pytest
import yaml
from charmhelpers.core import hookenv
from charms.layer.alertmanager import (
    config_files,
    desired,
    parsers,
    settings,
    version,
    workload,
    yaml_text,
)
from charms.layer.pod_spec import render
from conftest import SEED
from hypothesis import given, seed

from sandbox import podspec

DEFAULT = (bus_harness.ROOT / "templates" / "alertmanager.yml.j2").read_text()
RELOADER = (bus_harness.ROOT / "templates" / "reloader.sh").read_text()
PLACE = workload.Place("alertmanager", "lma")
# The base layer lets no other through, see test_hostile_relations.
USABLE_IMAGES = hostile_input.IMAGES.filter(lambda image: image and image.isprintable())


def rendered(options, image):
    """Return what the options come to, and the pod spec's text; None if they are refused."""
    found = desired.work_out(options, image, DEFAULT)
    if found.files is None:
        return found, None
    context = workload.context(
        settings=found.settings,
        files=found.files,
        good=found.default,
        image=(image, "", ""),
        place=PLACE,
        version=found.version,
        reloader=RELOADER,
        proxy={"HTTP_PROXY": image},
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
    assert set(pod.pop("annotations", {})) <= {"alertmanager-configuration"}
    for name in ("readinessProbe", "livenessProbe", "startupProbe"):
        assert set(container["kubernetes"].pop(name)) & {"httpGet", "exec", "tcpSocket"}
    for secret in spec["kubernetesResources"]["secrets"]:
        for name, content in secret.pop("data").items():
            assert "/" not in name
            assert name not in (".", "..")
            assert not name.startswith("..")
            base64.b64decode(content, validate=True)
    return spec


def check(options, image):
    found, text = rendered(options, image)
    for problem in found.problems:
        assert hostile_input.one_line(str(problem))
    if text is None:
        assert found.refusals
        return
    spec = yaml.safe_load(text)
    assert podspec.parse(text) is not None
    _, plain = rendered({}, "am")
    args = [arg.replace("$(POD_IP)", "").replace("$(POD_NAME)", "") for arg in args_of(spec)]
    assert not any("$(" in arg.replace("$$(", "") for arg in args)
    assert args_of(spec) == workload.arguments(found.settings, PLACE, found.version)
    main, *_ = spec["kubernetesResources"]["secrets"]
    assert {name: base64.b64decode(data) for name, data in main["data"].items()} == dict(
        found.files.files
    )
    assert spec["containers"][0]["imageDetails"] == {"imagePath": image}
    assert structure(without_options(spec)) == structure(without_options(yaml.safe_load(plain)))


def args_of(spec):
    return spec["containers"][0]["args"]


@given(hostile_input.OPTIONS, USABLE_IMAGES)
@hostile_input.bounded(80)
def test_the_pod_spec_has_the_structure_of_the_template_and_no_other(options, image):
    check(options, image)


@given(hostile_input.PRINTABLE, hostile_input.PRINTABLE)
@hostile_input.bounded(40)
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
@given(hostile_input.OPTIONS, USABLE_IMAGES)
@hostile_input.soaking(3000)
def test_the_pod_spec_has_that_structure_for_long(options, image):
    check(options, image)


@pytest.mark.parametrize("text", ["a\0b", "a\nb", "\x1b[31m"])
def test_no_argument_has_a_character_that_cannot_be_printed(text):
    options = {"cluster-label": text, "additional-args": f"--my.flag='{text}'"}
    _, problems = settings.parse(options)
    assert [str(problem) for problem in problems] == [
        f"{option}: has a character that cannot be printed; leave it out"
        for option in ("cluster-label", "additional-args")
    ]


@pytest.mark.parametrize("option", sorted(hostile_input.CHOICES))
def test_every_option_is_tried_and_has_a_limit(option):
    assert option in settings.OPTIONS
    if option == "strict-config":
        return
    longest = settings.longest(option)
    _, problems = settings.parse({option: "x" * (longest + 1)})
    assert [str(problem) for problem in problems if "has more than" in str(problem)] == [
        f"{option}: has more than {longest} characters; shorten it"
    ]
    _, problems = settings.parse({option: "x" * longest})
    assert not [problem for problem in problems if "has more than" in str(problem)]


def test_the_readme_tells_the_limits():
    readme = (bus_harness.ROOT / "README.md").read_text()
    limits = readme.partition("## Limits")[2].partition("##")[0]
    for limit in (
        config_files.MOST_BYTES,
        yaml_text.MAX_BYTES,
        settings.LONGEST_FILE,
        settings.LONGEST_WORDS,
        parsers.LONGEST_URL,
    ):
        assert f"{limit:,}" in limits


def test_no_option_is_left_out():
    assert set(hostile_input.CHOICES) == set(settings.OPTIONS)


def test_the_limit_of_a_secret_is_kept_to_the_byte():
    # Kubernetes adds up what is in a Secret (MaxSecretSize, pkg/apis/core/validation)
    assert config_files.MOST_BYTES < 1024 * 1024
    known = config_files.build(settings.Settings(secret_files=(("a", "x"),)), DEFAULT, None)[0]
    room = config_files.MOST_BYTES - sum(len(content) for _, content in known.files) + 1
    fits = settings.Settings(secret_files=(("a", "x" * room),))
    files, problems = config_files.build(fits, DEFAULT, None)
    assert problems == ()
    assert sum(len(content) for _, content in files.files) == config_files.MOST_BYTES
    over = settings.Settings(secret_files=(("a", "x" * (room + 1)),))
    files, (problem,) = config_files.build(over, DEFAULT, None)
    assert files is None
    assert str(problem) == (
        f"secret-files: all files together have {config_files.MOST_BYTES + 1} bytes, "
        f"a Kubernetes Secret holds {config_files.MOST_BYTES}; shorten it"
    )


def test_the_longest_words_make_a_command_line_that_linux_takes():
    longest = settings.LONGEST_WORDS
    asked, problems = settings.parse(
        {
            "additional-args": "--cluster.probe-interval=" + "0" * (longest - 28) + "1s",
            "cluster-peers": "a:1 " * (longest // 4),
        }
    )
    assert problems == ()
    args = workload.arguments(asked, PLACE, None)
    assert max(len(arg) for arg in args) < 131072
    assert sum(len(arg) + 1 for arg in args) < 1024 * 1024


def test_a_pem_text_with_a_million_beginnings_is_read_at_once():
    text = "-----BEGIN CERTIFICATE-----\n" * (settings.LONGEST_FILE // 28)
    _, problems = settings.parse({"tls-cert": text})
    assert "holds no PEM certificate" in str(problems[0])


@given(hostile_input.IMAGES)
@hostile_input.bounded(50)
def test_a_version_is_read_off_any_image_or_not(image):
    assert version.of_image(image) is None or len(version.of_image(image)) == 3
