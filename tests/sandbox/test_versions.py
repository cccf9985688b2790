"""What the versions of Juju do differently: on what a charm runs, and what commands are called."""

import contextlib
import json
import os
import re
import time
from pathlib import Path

import pytest
import yaml
from support import charm_manifest
from support.juju_versions import on
from support.manual_controller import ManualController

from sandbox.juju import JujuError

INCONSISTENT = (
    "cannot deploy application: inconsistent values for series detected."
    ' argument: "kubernetes", charm origin series: "kubernetes",'
    ' charm origin base: "ubuntu@20.04/stable", charm url: "kubernetes"'
)
ON_FOCAL = 'series "focal" not supported by charm, supported series are: kubernetes'


@pytest.fixture
def deploy(tiny, type_):
    """Types juju deploy for the charm tiny, with more words."""
    return lambda *words: type_(["deploy", "./tiny", "--resource", "img=tiny:1", *words])


@pytest.fixture
def refresh(type_):
    """Types juju refresh for it, with more words."""
    return lambda *words: type_(["refresh", "tiny", "--path", "./tiny", *words])


@pytest.fixture
def bare(tiny):
    """The charm tiny without manifest.yaml, as release 0.1.0 was."""
    (tiny.charm / "manifest.yaml").unlink()
    return tiny


@pytest.mark.parametrize(
    ("given", "full"), [("2.9", "2.9.52"), ("3.6", "3.6.0"), ("2.9.52", "2.9.52")]
)
def test_hooks_see_the_full_version(tmp_path, given, full):
    with ManualController(tmp_path, juju=given) as juju:
        assert juju.juju_version == full


@pytest.mark.parametrize("given", ["4.0", "2.8.1", "3.7.0", "2.9.47", ""])
def test_other_versions_are_refused(tmp_path, given):
    with pytest.raises(JujuError, match="the sandbox does not behave like Juju"):
        ManualController(tmp_path, juju=given)


# -- deploy ----------------------------------------------------------------------------------------


def test_a_folder_without_manifest_is_refused_by_the_controller(bare, juju, deploy):
    refused = deploy()
    assert refused.code == 1
    assert refused.err.splitlines() == [
        'Located local charm "tiny", revision 0',
        'Deploying "tiny" from local charm "tiny", revision 0 on kubernetes',
        f"ERROR {INCONSISTENT}",
    ]
    assert deploy("--series", "kubernetes").err.endswith(f"ERROR {INCONSISTENT}\n")
    assert juju.model.applications == {}


def test_with_series_and_force_a_folder_without_manifest_is_deployed(bare, juju, deploy):
    assert deploy("--series", "focal").err == f"ERROR {ON_FOCAL}\n"
    assert deploy("--series", "focal", "--force").code == 0
    assert juju.application("tiny").base.series == "focal"


def test_the_manifest_decides_on_the_series(tiny, juju, deploy, type_):
    assert deploy().err.endswith(" on focal\n")
    shown = yaml.safe_load(type_("status --format yaml").out)["applications"]["tiny"]
    assert (shown["charm"], shown["series"], shown["os"]) == (
        "local:focal/tiny-0",
        "focal",
        "ubuntu",
    )


def test_the_first_base_of_the_manifest_is_taken(tiny, juju, deploy):
    charm_manifest.write(tiny.charm, "22.04", "20.04")
    refused = deploy("--series", "bionic")
    assert refused.err == (
        'ERROR series "bionic" not supported by charm, supported series are: jammy, focal\n'
    )
    assert deploy().err.endswith(" on jammy\n")
    assert deploy("other", "--series", "focal").err.endswith(" on focal\n")


@on("3.6")
def test_juju_3_names_a_base_and_warns_of_pod_specs(bare, deploy, type_):
    assert deploy().err.splitlines() == [
        'Located local charm "tiny", revision 0',
        'WARNING deploying podspec charm "tiny": podspec charms are deprecated.'
        " Support for them will be removed soon.",
        'Deploying "tiny" from local charm "tiny", revision 0 on ubuntu@20.04/stable',
    ]
    shown = yaml.safe_load(type_("status --format yaml").out)["applications"]["tiny"]
    assert (shown["charm"], shown["base"]) == (
        "local:tiny-0",
        {"name": "ubuntu", "channel": "20.04"},
    )
    assert "series" not in shown


@pytest.mark.parametrize(
    ("version", "told"),
    [
        ("2.9", "pg"),
        ("3.6", {"related-application": "pg", "interface": "pgsql", "scope": "global"}),
    ],
)
def test_status_tells_names_of_related_applications_and_in_juju_3_more(tiny, juju, type_, told):
    tiny.write_charm(requires={"db": {"interface": "pgsql"}})
    juju.deploy(tiny.charm, resources={"img": "tiny:1"})
    juju.add_remote_app("pg", "db", "pgsql")
    juju.relate("tiny", "pg")
    shown = json.loads(type_("status --format json").out)["applications"]["tiny"]
    assert shown["relations"] == {"db": [told]}


@on("3.6")
def test_juju_3_prefers_its_default_base(tiny, deploy):
    charm_manifest.write(tiny.charm, "20.04", "22.04")
    assert deploy().err.endswith(" on ubuntu@22.04/stable\n")
    assert "the sandbox does not model --series" in deploy("--series", "focal").err


@pytest.mark.parametrize(
    ("manifest", "error"),
    [
        (
            "bases: [{name: debian, channel: '12'}]",
            "the sandbox does not model bases of debian: it knows ubuntu only",
        ),
        ("bases: [{name: ubuntu, channel: '9.04'}]", 'unknown series for version: "9.04"'),
        ("bases: []", "series not specified and charm does not define any"),
    ],
)
def test_a_wrong_manifest_is_refused(tiny, deploy, manifest, error):
    (tiny.charm / "manifest.yaml").write_text(manifest)
    assert deploy().err == f"ERROR {error}\n"


# -- refresh ---------------------------------------------------------------------------------------


def test_an_application_on_focal_takes_a_manifest_and_needs_force_series_to_go_back(
    tiny, juju, deploy, refresh
):
    deploy()
    assert refresh().code == 0
    (tiny.charm / "manifest.yaml").unlink()
    assert refresh().err == f"ERROR {ON_FOCAL}\n"
    assert refresh("--force-series").code == 0
    juju.settle()
    assert juju.application("tiny").base.series == "focal"


@on("3.6")
def test_juju_3_refreshes_with_and_without_manifest(bare, deploy, refresh):
    deploy()
    charm_manifest.write(bare.charm)
    assert refresh().code == 0
    (bare.charm / "manifest.yaml").unlink()
    assert refresh().code == 0
    charm_manifest.write(bare.charm, "22.04")
    assert refresh().err.splitlines() == [
        'Added local charm "tiny", revision 3, to the model',
        'ERROR cannot upgrade application "tiny" to charm "local:tiny-3": base "ubuntu@20.04" not'
        " supported by charm, the charm supported bases are: ubuntu@22.04",
    ]
    assert refresh("--force-series").code == 0


# -- commands --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "name"),
    [
        ("2.9", "integrate"),
        ("2.9", "show-task"),
        ("3.6", "run-action"),
        ("3.6", "show-action-output"),
        ("3.6", "add-relation"),
        ("3.6", "upgrade-charm"),
        ("3.6", "attach"),
    ],
)
def test_a_command_of_the_other_version_is_refused(juju, type_, name):
    assert type_(f"{name} tiny pg").err == (
        f'ERROR "{name}" is not a command of Juju {juju.juju_version}. See "juju help"\n'
    )


@on(["2.9", "3.6"])
def test_debug_log_finds_an_application_by_its_tag_in_every_version(tiny, juju, type_):
    tiny.deploy()
    tiny.run("juju-log here")
    assert "here" in type_("debug-log --replay --include application-tiny").out
    assert "here" in type_("debug-log --replay --include application-*").out


@pytest.mark.parametrize(("version", "found"), [("2.9", True), ("3.6", False)])
def test_juju_3_finds_no_application_by_its_name_in_debug_log(tiny, type_, found):
    tiny.deploy()
    tiny.run("juju-log here")
    assert ("here" in type_("debug-log --replay --include tiny").out) is found
    assert type_("debug-log --replay --include tiny/0").out == ""


@on("3.6")
def test_juju_3_would_ask_before_it_removes(tiny, juju, type_):
    tiny.deploy()
    for line in ("remove-application tiny", "destroy-model lma"):
        assert "Juju would ask first, which the sandbox does not" in type_(line).err
    assert juju.application("tiny").life == "alive"
    assert type_("destroy-model lma -y").err == ("ERROR option provided but not defined: -y\n")
    assert type_("remove-application tiny --no-prompt").code == 0
    assert juju.application("tiny").life == "dying"


@on(["2.9", "3.6"])
@pytest.mark.parametrize("value", ["a: b", "[{a: b}]", "route: {receiver: x}"])
def test_a_parameter_that_is_a_yaml_mapping_cannot_be_sent(juju, tiny, type_, tmp_path, value):
    (tiny.charm / "actions.yaml").write_text("greet: {params: {workload-context: {}}}")
    tiny.deploy()
    run = "run" if juju.juju_version.since(3) else "run-action"
    unsupported = "ERROR json: unsupported type: map[interface {}]interface {}\n"
    assert type_([run, "tiny/0", "greet", f"x={value}"]).err == unsupported
    assert juju.model.actions == {}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump({"x": yaml.safe_load(value)}))
    words = ["--background"] if run == "run" else []
    typed = type_([run, "tiny/0", "greet", "--params", "params.yaml", *words])
    assert typed.code == 0
    typed = type_([run, "tiny/0", "greet", "--string-args", f"x={value}", *words])
    assert typed.code == 0
    assert juju.model.actions["2"].params["x"] == value


# -- hook tools ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("version", "code"), [("2.9", 0), ("3.6", 2)])
def test_relation_get_of_an_application_wants_app_in_juju_3(unit, code):
    found, _, err = unit.tool("relation-get -r db:0 shared pg")
    assert found == code
    if code:
        assert err == 'ERROR expected unit name, got application name "pg"\n'
    assert unit.tool("relation-get -r db:0 --app shared pg")[1] == "yes\n"


@pytest.mark.parametrize(
    ("version", "name", "other"),
    [("2.9", "juju-run", "juju-exec"), ("3.6", "juju-exec", "juju-run")],
)
def test_commands_cannot_be_run_from_within_a_hook(unit, name, other):
    run = unit.run(f"{name} --operator tiny/0 true; echo code $?; command -v {other} || echo none")
    context = run.environment["JUJU_CONTEXT_ID"]
    refusal = f'ERROR {name} cannot be called from within a hook, have context "{context}"'
    assert sorted(run.output) == sorted([refusal, "code 2", "none"])


DETACHED = """
env -u JUJU_CONTEXT_ID setsid sh -c '
    touch {out}; {name} --operator tiny/0 {words} >>{out} 2>&1; echo "code $?" >>{out}
' >/dev/null 2>&1 &
until [ -e {out} ]; do sleep 0.01; done
"""


@on(["2.9", "3.6"])
def test_a_process_that_no_hook_waits_for_has_commands_run_as_a_hook(unit, juju, tmp_path):
    out = tmp_path / "out"
    words = '"is-leader; env | grep ^JUJU_ACTION; status-set blocked said; exit 3"'
    unit.run(DETACHED.format(name=juju.runner, words=words, out=out))
    _settle_until(juju, lambda: "code" in out.read_text())
    assert out.read_text().splitlines() == ["True", "code 3"]
    assert juju.charm_status("tiny/0").message == "said"
    assert juju.runs("run-commands", "tiny/0")[-1].environment["JUJU_HOOK_NAME"] == ""
    assert juju.model.actions == {}


def _settle_until(juju, condition):
    """Let hooks run, as agents do, until something outside of them has come true."""
    for _ in range(600):
        seen = juju.changes()
        juju.settle(expect_errors=True)
        if condition():
            return
        juju.wait(seen, 0.1)
    raise AssertionError("it did not come true")


def restart(juju):
    juju.delete_operator("tiny")


def remove(juju):
    juju.remove_application("tiny")
    juju.settle()


@pytest.mark.parametrize("end", [restart, remove, ManualController.close])
def test_a_process_that_no_hook_waits_for_ends_with_the_operators_pod(unit, juju, tmp_path, end):
    out = tmp_path / "out"
    unit.run(
        f"setsid sh -c 'echo $$ >{out}.new; mv {out}.new {out}; exec sleep 1000' "
        f">/dev/null 2>&1 & until [ -e {out} ]; do sleep 0.01; done"
    )
    process = int(out.read_text())
    unit.run("true")
    os.kill(process, 0)
    end(juju)
    for _ in range(600):
        with contextlib.suppress(FileNotFoundError):
            if Path(f"/proc/{process}/stat").read_text().split()[2] != "Z":
                time.sleep(0.01)
                continue
        return
    raise AssertionError("it goes on")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("--operator", "missing unit-name"),
        ("--operator tiny/0", "missing commands"),
        ("--operator tiny/9 true", 'unit "tiny/9" not found'),
        ("tiny/0 true", "without --operator the commands run in the workload container"),
    ],
)
def test_commands_need_a_unit_and_run_in_the_operator_only(juju, unit, words, error):
    reply = juju.server.answer("-", "/", ["juju-run", *words.split()], lambda: "")
    assert reply.code in (1, 2)
    assert re.match(f"ERROR {re.escape(error)}", reply.stderr)
