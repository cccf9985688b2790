"""The commands of ``juju``: what they change, what they print, what they refuse."""

import json
import re

import pytest
import yaml

from sandbox.juju import Pod


@pytest.fixture
def deployed(tiny, juju, type_):
    """The charm tiny, deployed by command."""
    assert type_("deploy ./tiny --resource img=tiny:1").code == 0
    juju.settle()
    return tiny


def test_deploy_takes_units_options_and_another_name(tiny, juju, type_, tmp_path):
    (tmp_path / "options.yaml").write_text("web: {name: ann}")
    done = type_(
        "deploy ./tiny web -n 2 --config count=3 --config options.yaml --resource img=tiny:1"
    )
    assert (done.code, done.out) == (0, "")
    assert done.err.splitlines() == [
        'Located local charm "tiny", revision 0',
        'Deploying "web" from local charm "tiny", revision 0 on focal',
    ]
    settings = juju.config("web")
    assert (settings["name"], settings["count"]) == ("ann", 3)
    assert sorted(juju.application("web").units) == ["web/0", "web/1"]


def test_deploy_says_when_the_charm_is_not_built(tiny, type_):
    (tiny.charm / "dispatch").unlink()
    refused = type_("deploy ./tiny --resource img=tiny:1")
    assert refused.code == 1
    assert "has neither hooks nor dispatch: build it first" in refused.err


def test_config_reads_one_value_or_all(deployed, type_):
    assert type_("config tiny name").out == "joe\n"
    assert type_("config tiny debug").out == "false\n"
    assert type_("config tiny count").out == "\n"
    shown = yaml.safe_load(type_("config tiny").out)
    assert (shown["application"], shown["charm"]) == ("tiny", "tiny")
    name = shown["settings"]["name"]
    assert (name["value"], name["source"], name["default"]) == ("joe", "default", "joe")
    assert shown["settings"]["count"]["source"] == "unset"


def test_config_sets_values_also_from_files_and_standard_input(deployed, juju, type_, tmp_path):
    (tmp_path / "value").write_text("two\nlines\n")
    assert type_("config tiny name=@value count=4").code == 0
    assert juju.config("tiny")["name"] == "two\nlines\n"
    (tmp_path / "options.yaml").write_text("tiny: {name: file, debug: true}")
    assert type_("config tiny --file options.yaml").code == 0
    assert (juju.config("tiny")["name"], juju.config("tiny")["debug"]) == ("file", True)
    assert type_("config tiny --file -", "tiny: {name: typed}").code == 0
    assert juju.config("tiny")["name"] == "typed"
    assert juju.config("tiny")["count"] == 4


def test_config_takes_blanks_off_the_ends_of_what_is_typed(deployed, juju, type_):
    assert type_(["config", "tiny", " name = two\nlines\n"]).code == 0
    assert juju.config("tiny")["name"] == "two\nlines"


def test_config_resets(deployed, juju, type_):
    type_("config tiny name=x count=1 debug=true")
    assert type_("config tiny --reset name,count").code == 0
    settings = juju.config("tiny")
    assert (settings["name"], settings["count"], settings["debug"]) == ("joe", None, True)


@pytest.mark.parametrize(
    ("line", "code", "error"),
    [
        ("dance", 2, '"dance" is not a command of the sandbox. See "juju help"'),
        ("deploy", 2, "no charm or bundle specified"),
        ("deploy prometheus", 1, 'no charm was found at "prometheus": the sandbox deploys folders'),
        ("deploy ./tiny ../../x", 2, 'invalid application name "../../x"'),
        ("deploy ./tiny --bogus", 2, "option provided but not defined: --bogus"),
        ("deploy ./tiny a --resource img=x -n two", 2, 'invalid value "two" for option'),
        ("config", 2, "no application name specified"),
        ("config web", 1, 'application "web" not found'),
        ("config tiny colour", 1, 'key "colour" not found in "tiny" application config or charm'),
        ("config tiny colour=red", 1, 'unknown option "colour"'),
        ("config tiny count=many", 1, 'option "count" expected int, got "many"'),
        ("config tiny name=\udcff", 1, 'value for option "name" contains non-UTF-8 sequences'),
        ("config tiny name=@dull", 1, 'value for option "name" contains non-UTF-8 sequences'),
        ("config tiny --file dull", 1, "dull: yaml: invalid leading UTF-8 octet"),
        ("config tiny name=@nowhere", 1, "open nowhere: no such file or directory"),
        ("config tiny name count", 2, "can only retrieve a single value, or all values"),
        ("config tiny name=x count", 2, "cannot set and retrieve values simultaneously"),
        ("config tiny --reset name count", 2, "cannot reset and retrieve values simultaneously"),
        ("config tiny --file f name=x", 2, "cannot specify --file and key=value arguments"),
        ("config tiny --file odd.yaml", 1, "odd.yaml: tiny: expected a YAML map"),
        ("deploy ./tiny tiny --config odd.yaml", 1, "odd.yaml: tiny: expected a YAML map"),
        ("run-action tiny/0 greet a=[", 1, "a: yaml: line 1: "),
        ("config tiny --file nowhere", 1, "open nowhere: no such file or directory"),
        ("relate tiny", 2, "a relation must involve two applications"),
        ("relate tiny web", 1, 'application "web" not found'),
        ("remove-relation tiny tiny", 1, 'relation matching "tiny tiny" not found'),
        ("scale-application tiny", 2, "no scale specified"),
        ("scale-application tiny many", 2, 'invalid scale "many": expected a number'),
        ("remove-unit tiny", 2, "specify the number of units to remove using --num-units"),
        ("remove-unit tiny/0", 1, "k8s models only support removing units by count"),
        ("remove-unit tiny --num-units 2", 1, "cannot remove more units than currently exist"),
        ("attach-resource tiny", 2, "no resource specified"),
        ("attach-resource tiny imge=x", 1, 'unrecognized resource "imge"'),
        ("refresh tiny", 1, "upgrading a local charm requires either --path or --switch"),
        ("run-action tiny/0", 2, "no action specified"),
        ("run-action greet", 2, "no unit specified"),
        ("run-action tiny/0 greet", 1, 'action "greet" not defined on unit "tiny/0"'),
        ("run-action tiny/7 greet", 1, 'unit "tiny/7" not found'),
        ("show-action-output 7", 1, 'action "7" not found'),
        ("exec ls", 2, "You must specify a target, either through --all, --machine"),
        ("resolved tiny/0", 1, 'unit "tiny/0" is not in an error state'),
        ("status web", 1, 'application "web" not found'),
        ("status --format xml", 2, 'invalid value "xml" for option --format: unknown format "xml"'),
        ("debug-log --level loud", 2, 'level value "loud" is not one of "TRACE", "DEBUG", "INFO"'),
        ("debug-log -n x", 2, 'invalid value "x" for option -n: strconv.ParseUint: parsing "x"'),
        ("debug-log --limit -1", 2, 'invalid value "-1" for option --limit: strconv.ParseUint'),
        ("show-unit", 2, "an unit name must be supplied"),
        ("remove-application web", 1, 'application "web" not found'),
        ("-m other status", 1, 'model "other" not found: the sandbox has one model, "lma"'),
        ("destroy-model other", 1, 'model "other" not found'),
        ("destroy-model", 2, "no model specified"),
        ("remove-application tiny --no-wait", 1, "--no-wait without --force not valid"),
        ("deploy ./tiny a --resource img=x --base ubuntu@20.04", 2, "option provided but not"),
        ("add-model other", 1, 'the sandbox has one model: juju destroy-model "lma" empties it'),
        ("switch other", 1, 'model "other" not found: the sandbox has one model, "lma"'),
        ("model-config default-space=x", 1, 'key "default-space" is not modelled'),
        ("expose tiny", 2, '"expose" is not a command of the sandbox'),
        ("set-constraints", 2, "no application name specified"),
    ],
)
def test_refusals_are_one_line(deployed, type_, line, code, error):
    (deployed.charm.parent / "odd.yaml").write_text("tiny: [name]")
    (deployed.charm.parent / "dull").write_bytes(b"\xff")
    refused = type_(line)
    assert refused.code == code
    if error:
        assert refused.out == ""
        assert refused.err.startswith(f"ERROR {error}")
        assert refused.err.count("\n") == 1


def test_scaling_relating_refreshing_and_removing(deployed, juju, type_):
    juju.add_remote_app("pg", "server", "pgsql")
    for line in (
        "scale-application tiny 3",
        "remove-unit tiny --num-units 2",
        "add-unit tiny -n 1",
        "relate tiny:db pg",
        "attach-resource tiny img=tiny:2",
        "refresh tiny --path ./tiny --resource img=tiny:3",
    ):
        done = type_(line)
        assert (done.code, done.out) == (0, "")
        juju.settle()
    assert sorted(juju.application("tiny").units) == ["tiny/0", "tiny/3"]
    assert juju.application("tiny").resources["img"].path == "tiny:3"
    assert [relation.label("tiny") for relation in juju.model.relations.values()] == ["db:0"]
    assert type_("remove-relation tiny pg").code == 0
    juju.settle()
    assert juju.model.relations == {}
    assert type_("remove-application tiny --no-prompt").code == 0
    juju.settle()
    assert set(juju.model.applications) == {"pg"}


# -- status ----------------------------------------------------------------------------------------


def test_status_is_a_table_like_juju_prints_it(deployed, juju, type_, spec):
    deployed.run(f"pod-spec-set --file {spec}; status-set active fine; application-version-set 1.2")
    juju.set_pods("tiny", [Pod("tiny-0", "10.1.0.5")], service="10.152.0.9")
    juju.settle()
    assert type_("status").out == (
        "Model  Controller  Cloud/Region       Version  SLA          Timestamp\n"
        "lma    sandbox     sandbox/localhost  2.9.52   unsupported  00:00:00Z\n"
        "\n"
        "App   Version  Status  Scale  Charm  Channel  Rev  Address     Exposed  Message\n"
        "tiny  1.2      active      1  tiny              0  10.152.0.9  no       fine\n"
        "\n"
        "Unit     Workload  Agent  Address   Ports   Message\n"
        "tiny/0*  active    idle   10.1.0.5  80/TCP  fine\n"
    )


def test_status_of_an_empty_model_is_the_first_table_only(type_):
    assert type_("status").out.count("\n") == 2


def test_status_shows_units_that_are_not_up_in_the_scale(tiny, juju, type_):
    tiny.deploy(units=2)
    juju.scale("tiny", 3)
    assert "  2/3  " in type_("status").out


def test_status_shows_the_hook_that_runs(deployed, juju, type_):
    seen = []
    juju.inject("tiny/0", lambda: seen.append(type_("status").out))
    deployed.run("status-set blocked why; is-leader")
    assert "executing" in seen[0]
    assert "(update-status)" in seen[0]


def test_status_shows_a_failed_relation_hook_with_the_other_end(deployed, juju, type_):
    juju.add_remote_app("pg", "server", "pgsql")
    deployed.hook("db-relation-joined", "exit 1")
    juju.relate("tiny", "pg")
    juju.settle(expect_errors=True)
    line = type_("status").out.splitlines()[-1]
    assert line.endswith('  hook failed: "db-relation-joined" for pg:server')
    assert line.split()[1:3] == ["error", "idle"]


def test_status_as_yaml_and_json_say_the_same(deployed, type_):
    as_yaml = yaml.safe_load(type_("status --format yaml").out)
    assert as_yaml == json.loads(type_("status --format=json").out)
    unit = as_yaml["applications"]["tiny"]["units"]["tiny/0"]
    assert unit["workload-status"]["current"] == "unknown"
    assert unit["leader"] is True
    assert as_yaml["model"]["type"] == "caas"


def test_times_of_a_status_in_yaml_name_their_zone_as_go_does(deployed, type_):
    unit = yaml.safe_load(type_("status --format yaml").out)["applications"]["tiny"]
    assert re.search(r" \d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$", unit["application-status"]["since"])


def test_status_notes_what_the_cluster_does_differently(deployed, juju, type_):
    note = "Debian has no tiny 0.1: the sandbox runs 0.2"
    juju.set_pods("tiny", [Pod("tiny-0", message=note)])
    heading, values, *_ = type_("status").out.splitlines()
    assert heading.endswith("  Notes")
    assert values.endswith(f"  tiny: {note}")


def test_long_messages_are_cut(deployed, type_):
    deployed.run(f"status-set blocked {'x' * 200}")
    assert type_("status").out.splitlines()[-1].endswith("x" * 117 + "...")


# -- other views -----------------------------------------------------------------------------------


def test_debug_log_shows_the_last_lines_or_all(deployed, juju, type_):
    deployed.run("for n in 1 2 3 4 5 6 7 8 9 10 11 12; do juju-log line $n; done; exit 1")
    lines = type_("debug-log").out.splitlines()
    assert len(lines) == 10
    entity, stamp, *rest = lines[-1].split()
    assert (entity, len(stamp)) == ("application-tiny:", 8)
    assert " ".join(rest) == (
        'ERROR juju.worker.uniter.operation hook "update-status"'
        " (via hook dispatching script: dispatch) failed: exit status 1"
    )
    assert len(type_("debug-log --replay").out.splitlines()) == len(juju.model.log)
    assert len(type_("debug-log -n 3 --no-tail").out.splitlines()) == 3
    assert type_("debug-log -n 0 --no-tail").out == ""
    assert len(type_("debug-log --replay --limit 2").out.splitlines()) == 2


def test_debug_log_filters(deployed, type_):
    deployed.run("juju-log -l WARNING careful; juju-log plain")
    warnings = type_("debug-log --replay --level WARNING").out
    assert "unit.tiny/0.juju-log careful" in warnings
    assert "plain" not in warnings
    assert type_("debug-log --replay --include other").out == ""
    assert "careful" in type_("debug-log --replay --include tiny").out


def test_show_unit_has_the_bags_of_both_sides(deployed, juju, type_):
    juju.add_remote_app("pg", "server", "pgsql")
    relation = juju.relate("tiny", "pg")
    juju.write(relation, "pg/0", {"host": "a"})
    juju.write(relation, "pg", {"all": "b"})
    deployed.hook("db-relation-joined", "relation-set mine=c")
    juju.settle()
    [info] = yaml.safe_load(type_("show-unit tiny/0").out)["tiny/0"]["relation-info"]
    assert info["endpoint"] == "db"
    assert info["related-endpoint"] == "server"
    assert info["application-data"] == {"all": "b"}
    assert info["local-unit"] == {"in-scope": True, "data": {"mine": "c"}}
    assert info["related-units"] == {"pg/0": {"in-scope": True, "data": {"host": "a"}}}


def test_the_version_and_the_models_configuration(deployed, type_):
    assert re.fullmatch(r"2\.9\.52-sandbox-\w+\n", type_("version").out)
    assert type_("model-config update-status-hook-interval=10s").code == 0
    assert type_("model-config update-status-hook-interval").out == "10s\n"
    assert "update-status-hook-interval  model    10s" in type_("model-config").out
    assert type_("model-config --reset update-status-hook-interval").code == 0
    assert type_("model-config update-status-hook-interval").out == "5m\n"


def test_actions_has_whole_descriptions_and_schemas(deployed, juju, type_):
    params = {"workload-context": {"type": "boolean", "default": False}}
    greet = {"description": "Says hello.\nTo everybody.", "params": params, "required": []}
    (deployed.charm / "actions.yaml").write_text(yaml.safe_dump({"greet": greet, "mute": {}}))
    juju.refresh("tiny", deployed.charm)
    assert type_("actions tiny").out == (
        "Action  Description\ngreet   Says hello.\n        To everybody.\nmute    No description\n"
    )
    assert json.loads(type_("actions tiny --format json").out)["greet"] == greet["description"]
    shown = yaml.safe_load(type_("actions tiny --schema").out)
    assert shown["greet"] == {
        "title": "greet",
        "type": "object",
        "description": greet["description"],
        "properties": params,
        "required": [],
    }
    refused = type_("actions tiny --schema --format tabular")
    assert refused.err == "ERROR full schema not compatible with tabular output\n"


def test_what_config_prints_can_be_set_again(deployed, juju, type_, tmp_path):
    type_(["config", "tiny", "name=two\nlines: yes\n", "count=3"])
    printed = type_("config tiny").out
    assert "    value: |-\n      two\n      lines: yes\n" in printed
    (tmp_path / "printed.yaml").write_text(printed)
    before = juju.config("tiny")
    type_("config tiny --reset name,count")
    assert type_("config tiny --file printed.yaml").code == 0
    assert juju.config("tiny") == before


def test_an_image_may_be_described_by_a_file_with_the_registrys_password(
    tiny, juju, type_, tmp_path
):
    described = {"registrypath": "private/tiny:1", "username": "me", "password": "hunter2"}
    (tmp_path / "image.yaml").write_text(yaml.safe_dump(described))
    assert type_("deploy ./tiny --resource img=image.yaml").code == 0
    assert juju.application("tiny").resources["img"] == tuple(described.values())
    (tmp_path / "image.json").write_text('{"ImageName": "private/tiny:2"}')
    assert type_("attach-resource tiny img=image.json").code == 0
    assert juju.application("tiny").resources["img"] == ("private/tiny:2", "", "")
    (tmp_path / "image.txt").write_text("words")
    refused = type_("attach-resource tiny img=image.txt")
    assert refused.err.startswith("ERROR expected json or yaml file containing oci-image registry")


def test_constraints_are_taken_and_limit_nothing(deployed, type_):
    done = type_("set-constraints tiny mem=256M cores=1")
    assert (done.code, done.out) == (0, "")
    assert "containers run without limits" in done.err
    assert type_("set-constraints web mem=256M").code == 1


def test_the_models_proxy_reaches_hooks(deployed, type_):
    assert type_("model-config juju-https-proxy=http://proxy:3128").code == 0
    run = deployed.run("true")
    assert run.environment["JUJU_CHARM_HTTPS_PROXY"] == "http://proxy:3128"


def test_an_empty_model_takes_another_name(juju, type_):
    assert type_("add-model other-1 --config update-status-hook-interval=1m").code == 0
    assert type_("-m other-1 status").code == 0
    refused = type_("add-model Other")
    assert refused.err.startswith('ERROR "Other" is not a valid name: model names may only contain')
    assert type_("-m lma status").code == 1
    assert juju.update_status_interval == 60


def test_status_tells_versions(tiny, juju, type_):
    (tiny.charm / "version").write_text("1.2-3-gabc\n")
    tiny.deploy()
    juju.set_pods("tiny", [Pod("tiny-0")], service="10.152.0.9")
    juju.settle()
    app = json.loads(type_("status --format json").out)["applications"]["tiny"]
    assert (app["charm-version"], len(app["provider-id"])) == ("1.2-3-gabc", 36)


# -- kubectl ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "code", "error"),
    [
        ("get nodes", 1, 'the sandbox shows pods and services, not "nodes"'),
        ("-n other get pods", 1, 'namespaces "other" not found: the sandbox has one, "lma"'),
        ("logs", 2, "no pod specified"),
        (
            "logs tiny-0 --tail=x",
            2,
            'invalid value "x" for option --tail: strconv.ParseInt: parsing "x": invalid syntax',
        ),
        ("logs tiny-7", 1, 'pods "tiny-7" not found'),
        ("exec tiny-0", 2, "you must specify at least one command for the container"),
        ("exec -it web-operator-0 -- sh", 1, 'pods "web-operator-0" not found'),
        ("delete pod tiny-7", 1, 'pods "tiny-7" not found'),
        ("delete service tiny", 2, "name one pod: kubectl delete pod <pod>"),
        ("describe service tiny", 2, "name one pod: kubectl describe pod <pod>"),
        ("port-forward tiny-0", 2, "TYPE/NAME and list of ports are required for port-forward"),
        ("port-forward tiny-0 web", 1, 'error parsing port "web": write [LOCAL:]REMOTE'),
        ("apply", 2, '"apply" is not a command of the sandbox. See "kubectl help"'),
    ],
)
def test_kubectl_refuses_in_one_line(deployed, type_, line, code, error):
    refused = type_(line, program="kubectl")
    assert (refused.code, refused.out) == (code, "")
    assert refused.err.startswith(f"error: {error}")
    assert refused.err.count("\n") == 1


def test_kubectl_says_when_there_is_nothing(deployed, juju, type_):
    nothing = type_("-n lma get pods", program="kubectl")
    assert nothing.err == "No resources found in lma namespace.\n"
    juju.set_pods("tiny", [], service="10.152.0.9")
    assert type_("get services", program="kubectl").out == (
        "NAME            TYPE       CLUSTER-IP\n"
        "tiny            ClusterIP  10.152.0.9\n"
        "tiny-endpoints  ClusterIP  None\n"
    )


def test_run_action_queues_and_says_how_to_ask(deployed, juju, type_):
    (deployed.charm / "actions.yaml").write_text("greet: {params: {workload-context: {}}}")
    juju.refresh("tiny", deployed.charm)
    juju.settle()
    line = ["run-action", "tiny/0", "greet", "workload-context=false", "who.name=me", "n=3"]
    queued = type_(line)
    assert queued.out == 'Action queued with id: "1"\n'
    juju.settle()
    shown = yaml.safe_load(type_("show-action-output 1").out)
    assert (shown["UnitId"], shown["status"]) == ("tiny/0", "completed")
    assert juju.model.actions["1"].params["who"] == {"name": "me"}
    assert juju.model.actions["1"].params["n"] == 3


def test_run_action_waits_as_long_as_it_is_told(deployed, juju, type_):
    (deployed.charm / "actions.yaml").write_text("greet: {params: {workload-context: {}}}")
    juju.refresh("tiny", deployed.charm)
    juju.settle()
    over = type_("run-action tiny/0 greet workload-context=false --wait=20ms")
    assert (over.code, over.err) == (1, "ERROR timeout reached\n")
    refused = type_("run-action tiny/0 greet --wait=soon")
    assert refused.code == 2
    assert 'invalid value "soon" for option --wait: time: invalid duration "soon"' in refused.err


def test_programs_can_ask_for_the_version_and_the_models_configuration(juju, type_):
    assert json.loads(type_("version --format json").out) == type_("version").out.strip()
    shown = json.loads(type_("model-config --format json").out)
    assert shown["update-status-hook-interval"]["Value"] == "5m"
    assert type_(["add-model", "--no-switch", juju.model.name]).code == 0


@pytest.mark.parametrize("words", ["pod tiny-operator-0", "pod/tiny-operator-0"])
def test_kubectl_delete_starts_an_operator_on_an_empty_disk(deployed, juju, type_, words):
    charm = juju.operator.charm_dir(juju.unit("tiny/0"))
    assert charm.exists()
    done = type_(f"delete {words}", program="kubectl")
    assert (done.code, done.out) == (0, 'pod "tiny-operator-0" deleted from lma namespace\n')
    assert not charm.exists()


def test_kubectl_runs_commands_in_the_operator(deployed, type_):
    done = type_(["exec", "tiny-operator-0", "--", "sh", "-c", "ls; exit 3"], program="kubectl")
    assert done.out == "unit-tiny-0\n"
    assert (done.code, done.err) == (3, "command terminated with exit code 3\n")


def test_status_with_relations(deployed, juju, type_):
    juju.add_remote_app("pg", "server", "pgsql")
    juju.relate("tiny", "pg")
    juju.settle()
    assert type_("status --relations").out.endswith(
        "Relation provider  Requirer  Interface  Type     Message\n"
        "pg:server          tiny:db   pgsql      regular\n"
    )
