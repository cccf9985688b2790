"""Each hook tool: flags, output formats, exit codes, error texts.

After Juju 2.9's worker/uniter/runner/jujuc.
"""

import json

import pytest
import yaml

from sandbox.juju import Pod

# -- flags, formats, errors ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (
            'echo \'{"version": 3, "serviceAccount": {}}\' | pod-spec-set',
            "the sandbox does not model serviceAccount",
        ),
        (
            "relation-list --app=bogus",
            'invalid value "bogus" for option --app: strconv.ParseBool: parsing "bogus":'
            " invalid syntax",
        ),
        (
            "config-get -a=true",
            'invalid value "=true" for option -a: strconv.ParseBool: parsing "=true":'
            " invalid syntax",
        ),
        ("config-get --x", "option provided but not defined: -x"),
        (
            "config-get --format=xml",
            'invalid value "xml" for option --format: unknown format "xml"',
        ),
        ("is-leader now", 'unrecognized args: ["now"]'),
        ("relation-list -r db:+-0", 'invalid value "db:+-0" for option -r: invalid relation id'),
        (
            "relation-get --relation=7",
            'invalid value "7" for option --relation: relation not found',
        ),
        ("relation-set -r db:0 a=1 a=2", 'key "a" specified more than once'),
        (
            "status-set error",
            'invalid status "error", expected one of [maintenance blocked waiting active]',
        ),
        (
            "goal-state --format=smart",
            'invalid value "smart" for option --format: unknown format "smart"',
        ),
        *(
            (f"action-set {key}=1", f'cannot set reserved action key "{key}"')
            for key in ("stdout", "stderr", "stdout-encoding", "stderr-encoding")
        ),
        (
            "action-set Upper=1",
            'key "Upper" must start and end with lowercase alphanumeric, and contain only lowercase'
            " alphanumeric, hyphens and periods",
        ),
    ],
)
def test_wrong_usage_exits_2_and_says_what_is_wrong(asked, command, error):
    code, stdout, stderr = asked.tool(command)
    assert (code, stdout, stderr) == (2, "", f"ERROR {error}\n")


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("config-get name -o /nowhere/x", "open /nowhere/x: no such file or directory"),
        ("relation-set -r db:0 --file /nowhere/x", "open /nowhere/x: no such file or directory"),
        ("config-get name -o /", "open /: is a directory"),
        (
            "printf 'a: \\377' > f; relation-set -r db:0 --file f",
            "yaml: invalid leading UTF-8 octet",
        ),
        (
            "head -c 3000 /dev/zero | tr '\\0' '[' | relation-set -r db:0 --file -",
            "yaml: line 1: did not find expected node content",
        ),
    ],
)
def test_refusals_exit_1_with_the_text_of_juju(asked, command, error):
    assert asked.tool(command, unit="tiny/1") == (1, "", f"ERROR {error}\n")


def test_flags_and_arguments_may_be_mixed(asked):
    assert asked.tool("relation-get host --format json pg/0 -r db:0")[1] == '"a"\n'
    assert asked.tool("relation-get -rdb:0 -- host pg/0")[1] == "a\n"


@pytest.mark.parametrize("tool", ["relation-set", "pod-spec-set", "config-get", "goal-state"])
def test_help_is_printed_with_exit_code_0(asked, tool):
    code, stdout, stderr = asked.tool(f"{tool} --help")
    assert (code, stderr) == (0, "")
    assert stdout.startswith(f"Usage: {tool}")


def test_help_of_relation_set_names_file_because_charmhelpers_looks_for_it(asked):
    assert "--file" in asked.tool("relation-set --help")[1]


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("config-get empty --format=json", '""\n'),
        ("config-get count --format=json", "null\n"),
        ("config-get count --format=yaml", ""),
        ("config-get debug --format=json", "false\n"),
        ("config-get nothing --format=json", "null\n"),
        ("relation-ids db --format=json", '["db:0"]\n'),
        ("relation-ids web", ""),
        ("relation-ids web --format=json", "[]\n"),
        ("relation-ids nothing --format=json", "[]\n"),
        ("relation-list -r 0 --format=json", '["pg/0","pg/1"]\n'),
        ("relation-list -r db:0 --app=T", "pg\n"),
        ("relation-list -r db:0 --app=False", "pg/0\npg/1\n"),
        ("relation-get -r db:0 --format=json - pg/0", '{"host":"a","port":"1"}\n'),
        ("relation-get -r db:0 --format=json nothing pg/0", "null\n"),
        ("relation-get -r db:0 --format=json --app - pg", '{"shared":"yes"}\n'),
        ("relation-get -r db:0 --format=json --app - pg/1", '{"shared":"yes"}\n'),
        ("is-leader --format=json", "true\n"),
        ("leader-get --format=json", "{}\n"),
        ("leader-get nothing --format=json", "null\n"),
    ],
)
def test_output_formats(asked, command, output):
    assert asked.tool(command) == (0, output, "")


def test_config_get_all_shows_options_without_value_as_null(asked):
    settings = json.loads(asked.tool("config-get --all --format=json")[1])
    assert settings == {"name": "joe", "empty": "", "count": None, "debug": False, "ratio": None}


def test_config_values_keep_their_types(unit, juju):
    juju.config("tiny", {"count": "3", "ratio": "0.5", "debug": "true"})
    juju.settle()
    settings = json.loads(unit.tool("config-get --format=json")[1])
    assert (settings["count"], settings["ratio"], settings["debug"]) == (3, 0.5, True)


def test_config_get_keeps_what_it_read_first_in_the_hook(unit, juju):
    juju.inject("tiny/0", lambda: juju.config("tiny", {"name": "ann"}), call=1)
    run = unit.run("config-get name; config-get name")
    assert [call.stdout for call in run.calls] == ["joe\n", "joe\n"]
    assert unit.tool("config-get name")[1] == "ann\n"


def test_output_goes_to_the_file_of_dash_o(unit):
    run = unit.run('config-get name -o "$PWD/out"; cat out')
    assert run.calls[-1].stdout == ""
    assert run.output == ["joe"]


# -- relations -------------------------------------------------------------------------------------


def test_relation_get_defaults_to_the_unit_of_the_hook(unit, juju):
    unit.hook("db-relation-changed", "relation-get --format=json; relation-get port")
    juju.write(juju.model.relations[0], "pg/1", {"port": "2"})
    juju.settle()
    calls = juju.runs("db-relation-changed", "tiny/0")[-1].calls
    assert [call.stdout for call in calls] == ['{"port":"2"}\n', "2\n"]


def test_relation_get_defaults_to_the_application_in_its_own_hook(unit, juju):
    unit.hook("db-relation-changed", "relation-get --format=json")
    juju.write(juju.model.relations[0], "pg", {"shared": "no"})
    juju.settle()
    assert juju.runs("db-relation-changed")[-1].calls[-1].stdout == '{"shared":"no"}\n'


def test_relation_tools_default_to_the_relation_of_the_hook(unit, juju):
    unit.hook("db-relation-changed", "relation-ids; relation-list; relation-set seen=yes")
    juju.write(juju.model.relations[0], "pg/1", {"port": "2"})
    juju.settle()
    calls = juju.runs("db-relation-changed", "tiny/0")[-1].calls
    assert [call.stdout for call in calls] == ["db:0\n", "pg/0\npg/1\n", ""]
    assert juju.databag(juju.model.relations[0], "tiny/0") == {"seen": "yes"}


def test_remote_data_stays_as_read_until_the_changed_hook_of_that_unit(unit, juju):
    assert unit.tool("relation-get -r db:0 host pg/0")[1] == "a\n"
    juju.model.relations[0].units["pg/0"].settings["host"] = "b"  # no version, so no hook yet
    assert unit.tool("relation-get -r db:0 host pg/0")[1] == "a\n"
    unit.hook("db-relation-changed", "relation-get host pg/0")
    juju.write(juju.model.relations[0], "pg/0", {"port": "9"})
    juju.settle()
    assert juju.runs("db-relation-changed", "tiny/0")[-1].calls[-1].stdout == "b\n"


def test_data_of_a_unit_that_left_stays_readable(unit, juju):
    juju.remove_unit("pg")
    juju.settle()
    juju.scale("pg", 1)
    assert unit.tool("relation-list -r db:0 --format=json")[1] == '["pg/0"]\n'
    assert unit.tool("relation-get -r db:0 --format=json - pg/1")[0] == 0


def test_relation_list_lacks_the_unit_whose_departed_hook_runs(unit, juju):
    unit.hook("db-relation-departed", "relation-list --format=json")
    juju.remove_unit("pg")
    juju.settle()
    assert juju.runs("db-relation-departed")[-1].calls[-1].stdout == '["pg/0"]\n'


def test_relation_list_is_empty_in_the_broken_hook(unit, juju):
    unit.hook("db-relation-broken", "relation-list --format=json; relation-ids --format=json")
    juju.remove_relation("tiny", "pg")
    juju.settle()
    calls = juju.runs("db-relation-broken")[-1].calls
    assert [call.stdout for call in calls] == ["[]\n", '["db:0"]\n']


def test_relation_list_has_the_unit_whose_joined_hook_runs(unit, juju):
    unit.hook("db-relation-joined", "relation-list --format=json")
    juju.add_unit("pg")
    juju.settle()
    assert juju.runs("db-relation-joined")[-1].calls[-1].stdout == '["pg/0","pg/1","pg/2"]\n'


def test_own_settings_show_pending_changes_and_hide_removed_keys(unit, juju):
    unit.run("relation-set -r db:0 a=1 b=2")
    run = unit.run("relation-set -r db:0 a= c=3; relation-get -r db:0 --format=json - tiny/0")
    assert run.calls[-1].stdout == '{"b":"2","c":"3"}\n'
    assert juju.databag(juju.model.relations[0], "tiny/0") == {"b": "2", "c": "3"}


def test_relation_set_reads_a_file_of_strings_under_the_arguments(unit, juju):
    run = unit.run(
        "printf 'a: one\\nb: null\\nc: 3\\nd: yes\\n' > f;"
        " relation-set -r db:0 b=old; relation-set -r db:0 --file f a=two;"
        " printf 'e: five' | relation-set -r db:0 --file -"
    )
    assert run.code == 0
    bag = juju.databag(juju.model.relations[0], "tiny/0")
    assert bag == {"a": "two", "c": "3", "d": "yes", "e": "five"}


def test_relation_set_refuses_nested_values_in_a_file(unit):
    code, _, stderr = unit.tool("printf 'a: [1]' | relation-set -r db:0 --file -")
    assert code == 1
    assert stderr == "ERROR yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into string\n"


def test_relation_set_ignores_a_format_and_says_so(unit, juju):
    done = unit.tool("relation-set -r db:0 --format=json a=1")
    assert done == (0, "", '--format flag deprecated for command "relation-set"')
    assert juju.databag(juju.model.relations[0], "tiny/0") == {"a": "1"}


def test_application_settings_are_for_the_leader(unit, juju):
    assert unit.tool("relation-set -r db:0 --app a=1", unit="tiny/1") == (
        1,
        "",
        "ERROR cannot write relation settings\n",
    )
    run = unit.run(
        "relation-set -r db:0 --app a=1; relation-get -r db:0 --app - tiny --format=json"
    )
    assert run.calls[-1].stdout == '{"a":"1"}\n'
    assert juju.databag(juju.model.relations[0], "tiny") == {"a": "1"}
    refused = unit.tool("relation-get -r db:0 --app - tiny", unit="tiny/1")
    assert refused == (1, "", "ERROR permission denied\n")


# -- status, leadership, logs ----------------------------------------------------------------------


def test_status_set_and_get(unit, juju):
    unit.run("status-set blocked 'no luck'")
    assert (juju.charm_status("tiny/0").state, juju.charm_status("tiny/0").message) == (
        "blocked",
        "no luck",
    )
    assert unit.tool("status-get")[1] == "blocked\n"
    assert unit.tool("status-get --format=json")[1] == '{"status":"blocked"}\n'
    details = json.loads(unit.tool("status-get --format=json --include-data")[1])
    assert details == {"status": "blocked", "message": "no luck", "status-data": {}}


def test_status_get_keeps_what_it_read_first_in_the_hook(unit):
    unit.run("status-set active")
    run = unit.run("status-get; status-set waiting; status-get")
    assert [call.stdout for call in run.calls_of("status-get")] == ["active\n", "active\n"]


def test_application_status_is_for_the_leader(unit, juju):
    refused = unit.tool("status-set --application active", unit="tiny/1")
    assert refused == (1, "", "ERROR this unit is not the leader\n")
    refused = unit.tool("status-get --application", unit="tiny/1")
    text = "finding application status: this unit is not the leader"
    assert refused == (1, "", f"ERROR {text}\n")
    unit.run("status-set --application blocked all; status-set active one")
    status = json.loads(unit.tool("status-get --application --format=json --include-data")[1])
    status = status["application-status"]
    assert (status["status"], status["message"]) == ("blocked", "all")
    assert status["units"]["tiny/0"]["message"] == "one"


def test_leader_settings_are_written_by_the_leader_and_read_by_all(unit, juju):
    refused = unit.tool("leader-set a=1", unit="tiny/1")
    text = "cannot write leadership settings: cannot write settings: not the leader"
    assert refused == (1, "", f"ERROR {text}\n")
    unit.order("tiny/1")
    unit.run("leader-set a=1 b=2; leader-set b=")
    assert unit.order("tiny/1") == ["leader-settings-changed"]
    assert unit.tool("leader-get --format=json", unit="tiny/1")[1] == '{"a":"1"}\n'
    assert unit.tool("leader-get a", unit="tiny/1")[1] == "1\n"


def test_not_leading_once_means_not_leading_for_the_rest_of_the_hook(unit, juju):
    juju.inject("tiny/0", lambda: juju.set_leader("tiny", "tiny/1"), call=1)
    juju.inject("tiny/0", lambda: juju.set_leader("tiny", "tiny/0"), call=2)
    run = unit.run("is-leader; is-leader; is-leader")
    assert [call.stdout for call in run.calls] == ["True\n", "False\n", "False\n"]


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("juju-log hello big world", "INFO hello big world"),
        ("juju-log -l warning hello", "WARNING hello"),
        ("juju-log -l WARN hello", "WARNING hello"),
        ("juju-log --log-level=ERROR hello", "ERROR hello"),
        ("juju-log --debug hello", "DEBUG hello"),
        ("juju-log -l loud hello", "INFO hello"),
    ],
)
def test_juju_log(unit, juju, command, line):
    unit.run(command)
    assert juju.log_lines("tiny/0")[-1] == line


def test_juju_log_warns_of_an_unknown_level(unit, juju):
    unit.run("juju-log -l loud hello")
    assert 'WARNING Specified log level of "loud" is not valid' in juju.log_lines("tiny/0")


def test_juju_log_names_the_relation_in_its_hooks(unit, juju):
    unit.hook("db-relation-changed", "juju-log hello")
    juju.write(juju.model.relations[0], "pg/0", {"port": "2"})
    juju.settle()
    assert juju.log_lines("tiny/0")[-1] == "INFO db:0: hello"


def test_application_version_set(unit, juju):
    unit.run("application-version-set 1.2.3")
    assert juju.unit("tiny/0").version == "1.2.3"


# -- resources, goal state, network ----------------------------------------------------------------


def test_resource_get_prints_the_path_without_newline_and_three_keys_are_in_it(unit, juju):
    run = unit.run('resource-get img; cat "$(resource-get img)"')
    path = run.calls[0].stdout
    assert path.endswith("/unit-tiny-0/resources/content.yaml")
    assert run.output[-3:] == [f"{path}registrypath: tiny:1", "username: ''", "password: ''"]


def test_resource_file_is_written_anew_on_every_call(unit, juju):
    juju.attach_resource("tiny", "img", "tiny:2")
    juju.settle()
    assert "registrypath: tiny:2" in unit.run('cat "$(resource-get img)"').output


def test_goal_state_has_self_and_remote_units(unit, juju):
    juju.scale("tiny", 1)
    goal = json.loads(unit.tool("goal-state --format=json")[1])
    assert set(goal) == {"units", "relations"}
    assert goal["units"]["tiny/0"]["status"] == "unknown"
    assert set(goal["relations"]) == {"db"}
    assert set(goal["relations"]["db"]) == {"pg", "pg/0", "pg/1"}
    assert goal["relations"]["db"]["pg"]["status"] == "joined"


def test_goal_state_shows_a_relation_that_nobody_has_entered_as_joining(tiny, juju):
    juju.add_remote_app("pg", "server", "pgsql", units=0, role="provider")
    tiny.deploy()
    juju.inject("tiny/0", lambda: juju.relate("tiny", "pg"))
    goal = json.loads(tiny.tool("goal-state --format=json")[1])
    assert goal["relations"]["db"]["pg"]["status"] == "joining"
    goal = json.loads(tiny.tool("goal-state --format=json")[1])
    assert goal["relations"]["db"]["pg"]["status"] == "joined"


def test_goal_state_shows_a_unit_that_is_going_as_dying(unit, juju):
    run_while_dying = "goal-state --format=json"
    unit.hook("stop", run_while_dying)
    juju.scale("tiny", 1)
    juju.settle()
    goal = json.loads(juju.runs("stop")[-1].calls[-1].stdout)
    assert goal["units"]["tiny/1"]["status"] == "dying"
    goal = json.loads(unit.tool(run_while_dying)[1])
    assert set(goal["units"]) == {"tiny/0"}


def test_addresses_appear_with_service_and_pod(unit, juju):
    none = (1, "", "ERROR private address not found\n")
    assert unit.tool("unit-get private-address") == none
    empty = '{"bind-addresses":[{"mac-address":"","interface-name":"","addresses":[]}]}\n'
    assert unit.tool("network-get db --format=json")[1] == empty
    juju.set_pods("tiny", [Pod("tiny-0", "10.1.0.5")], service="10.152.0.9")
    juju.settle()
    info = json.loads(unit.tool("network-get db --format=json")[1])
    assert info["bind-addresses"][0]["addresses"] == [
        {"hostname": "", "value": "10.1.0.5", "cidr": ""}
    ]
    assert info["ingress-addresses"] == ["10.152.0.9"]
    assert info["egress-subnets"] == ["10.152.0.9/32"]
    assert unit.tool("network-get db --ingress-address")[1] == "10.152.0.9\n"
    assert unit.tool("network-get db --bind-address")[1] == "10.1.0.5\n"
    both = unit.tool("network-get db --bind-address --ingress-address --format=json")[1]
    assert json.loads(both) == {"bind-address": "10.1.0.5", "ingress-address": "10.152.0.9"}
    assert unit.tool("unit-get private-address")[1] == "10.1.0.5\n"


def test_network_get_has_older_keys_too_in_yaml_but_not_in_json(unit, juju):
    juju.set_pods("tiny", [Pod("tiny-0", "10.1.0.5")])
    juju.settle()
    for style in ("", "--format=yaml"):
        [bound] = yaml.safe_load(unit.tool(f"network-get db {style}")[1])["bind-addresses"]
        assert set(bound) == {
            *("addresses", "interface-name", "interfacename", "mac-address", "macaddress")
        }
        assert bound["addresses"] == [
            {"address": "10.1.0.5", "cidr": "", "hostname": "", "value": "10.1.0.5"}
        ]
    [bound] = json.loads(unit.tool("network-get db --format=json")[1])["bind-addresses"]
    assert set(bound) == {"addresses", "interface-name", "mac-address"}
    assert set(bound["addresses"][0]) == {"cidr", "hostname", "value"}


def test_the_primary_address_is_the_pods_and_asked_for_alone(unit, juju):
    none = (1, "", 'ERROR no addresses attached to space for binding "db"\n')
    assert unit.tool("network-get db --primary-address") == none
    juju.set_pods("tiny", [Pod("tiny-0", "10.1.0.5")], service="10.152.0.9")
    juju.settle()
    assert unit.tool("network-get db --primary-address")[1] == "10.1.0.5\n"
    refused = unit.tool("network-get db --primary-address --ingress-address")
    assert refused == (1, "", "ERROR --primary-address must be the only flag specified\n")


def test_every_unit_gets_the_service_address_in_its_bag_after_config_changed(unit, juju):
    relation = juju.model.relations[0]
    assert juju.databag(relation, "tiny/0") == {}
    juju.set_pods("tiny", [], service="10.152.0.9")
    juju.settle()
    written = {
        "egress-subnets": "10.152.0.9/32",
        "ingress-address": "10.152.0.9",
        "private-address": "10.152.0.9",
    }
    assert juju.databag(relation, "tiny/0") == written
    assert juju.databag(relation, "tiny/1") == written


# -- pod spec and the rest -------------------------------------------------------------------------


@pytest.mark.parametrize("tool", ["pod-spec-set", "k8s-spec-set"])
def test_a_follower_may_not_set_a_spec_and_is_told_so_before_the_text_is_read(unit, juju, tool):
    refused = unit.tool(f"echo nonsense | {tool}", unit="tiny/1")
    assert refused == (1, "", "ERROR this unit is not the leader\n")
    lines = [line.message for line in juju.model.log if line.level == "ERROR"]
    assert '"tiny/1" is not the leader but is setting application k8s spec' in lines


def test_an_empty_spec_is_refused(asked):
    text = "no k8s spec specified: pipe k8s spec to command, or specify a file with --file"
    assert asked.tool("pod-spec-set < /dev/null") == (1, "", f"ERROR {text}\n")


def test_the_last_spec_of_a_hook_counts(unit, juju, spec):
    unit.run(f"pod-spec-set --file {spec}; sed s/80/81/ {spec} | pod-spec-set")
    [container] = juju.pod_spec("tiny")["containers"]
    assert container["ports"][0]["containerPort"] == 81


def test_spec_get_shows_the_stored_spec_not_the_pending_one(unit, spec):
    unit.run(f"pod-spec-set --file {spec}")
    run = unit.run(f"sed s/80/81/ {spec} | k8s-spec-set; k8s-spec-get")
    assert run.calls[-1].stdout == spec.read_text()


def test_k8s_resources_are_joined_to_the_spec_byte_by_byte(unit, juju, spec):
    unit.run(
        f"echo 'kubernetesResources: {{pod: {{terminationGracePeriodSeconds: 5}}}}' > more;"
        f" pod-spec-set --file {spec} --k8s-resources more"
    )
    assert juju.pod_spec("tiny")["kubernetesResources"] == {
        "pod": {"terminationGracePeriodSeconds": 5}
    }


def test_a_command_that_juju_does_not_know_is_refused_by_the_agent(asked):
    run = asked.run('cp "$(command -v config-get)" nonsense; ./nonsense')
    assert run.output == ['ERROR bad request: unknown command "nonsense"']
    assert run.code == 1


def test_a_spec_that_is_not_utf8_is_refused(asked):
    for command in ("printf '\\377' | pod-spec-set", "printf '\\377' > f; pod-spec-set --file f"):
        refused = asked.tool(command)
        assert refused == (1, "", "ERROR yaml: invalid leading UTF-8 octet\n")


def test_a_mistake_of_the_sandbox_fails_the_call_and_is_logged(unit, juju):
    juju.application("tiny").leader_settings = None
    run = unit.run("is-leader; leader-get")
    line = "ERROR the sandbox has made a mistake (TypeError: 'NoneType' object is not iterable)"
    assert run.output[-1] == f"{line}: see juju debug-log"
    assert [(call.tool, call.code) for call in run.calls] == [("is-leader", 0), ("leader-get", 1)]
    (logged,) = [line.message for line in juju.model.log if line.module == "sandbox"]
    assert logged.startswith("Traceback")


def test_a_tool_that_is_not_modelled_says_so(asked):
    run = asked.run("payload-register a b c")
    assert run.output == ["ERROR the sandbox does not model payload-register"]
    assert run.code == 2
