"""Actions: parameters, results, failure, and where they run."""

import pytest
import yaml

from sandbox.juju import JujuError

ON_OPERATOR = {"workload-context": {"type": "boolean", "default": False}}
ACTIONS = {
    "greet": {
        "params": dict(ON_OPERATOR, name={"type": "string", "default": "you"}),
        "additionalProperties": False,
        "required": [],
    },
    "wake": {"params": dict(ON_OPERATOR, hour={"type": "integer"}), "required": ["hour"]},
    "inside": {},
}


@pytest.fixture
def unit(tiny):
    """tiny/0 with actions."""
    (tiny.charm / "actions.yaml").write_text(yaml.safe_dump(ACTIONS))
    tiny.deploy()
    return tiny


def test_parameters_with_defaults_and_results(unit, juju):
    unit.hook("greet", 'action-set who="$(action-get name)" a.b=1 a.c=2; echo done; echo oh >&2')
    action = juju.run_action("tiny/0", "greet")
    assert (action.status, action.message) == ("completed", "")
    assert action.results["who"] == "you"
    assert action.results["a"] == {"b": "1", "c": "2"}
    assert (action.results["Stdout"], action.results["Stderr"]) == ("done\n", "oh\n")
    assert juju.run_action("tiny/leader", "greet", {"name": "me"}).results["who"] == "me"


def test_action_set_without_arguments_is_fine(unit, juju):
    unit.hook("greet", "action-set")
    assert juju.run_action("tiny/0", "greet").status == "completed"
    assert [call.code for call in juju.history[-1].calls] == [0]


def test_action_get_formats(unit, juju):
    unit.hook("greet", "action-get --format=json; action-get nothing --format=json")
    juju.run_action("tiny/0", "greet")
    calls = juju.history[-1].calls
    assert calls[0].stdout == '{"name":"you","workload-context":false}\n'
    assert calls[1].stdout == "null\n"


def test_action_fail_lets_the_action_go_on_and_keeps_its_results(unit, juju):
    unit.hook("greet", "action-fail 'no way'; action-set got=here")
    action = juju.run_action("tiny/0", "greet")
    assert (action.status, action.message) == ("failed", "no way")
    assert action.results["got"] == "here"


def test_action_fail_without_reason(unit, juju):
    unit.hook("greet", "action-fail")
    message = juju.run_action("tiny/0", "greet").message
    assert message == "action failed without reason given, check action for errors"


def test_an_action_that_exits_badly_fails_without_failing_the_unit(unit, juju, spec):
    unit.hook("greet", f"action-set got=here; pod-spec-set --file {spec}; exit 4")
    action = juju.run_action("tiny/0", "greet")
    assert (action.status, action.message) == ("failed", "exit status 4")
    assert action.results["Code"] == "4"
    assert juju.unit("tiny/0").failed is None
    assert juju.application("tiny").pod_spec is None


def test_an_action_may_set_the_pod_spec_like_a_hook(unit, juju, spec):
    unit.hook("greet", f"pod-spec-set --file {spec}")
    juju.run_action("tiny/0", "greet")
    assert juju.application("tiny").pod_spec == spec.read_text()


def test_an_action_whose_commit_fails_has_failed(unit, juju):
    unit.hook("greet", "is-leader")
    juju.inject("tiny/0", "commit")
    action = juju.run_action("tiny/0", "greet")
    assert action.status == "failed"
    assert action.message == "committing requested changes failed"
    assert action.results["Code"] == "1"
    assert "cannot apply changes" in action.results["Stderr"]


def test_the_environment_of_an_action(unit, juju):
    unit.hook("greet", "true")
    action = juju.run_action("tiny/0", "greet")
    environment = juju.history[-1].environment
    assert environment["JUJU_ACTION_NAME"] == "greet"
    assert environment["JUJU_ACTION_UUID"] == action.id
    assert environment["JUJU_HOOK_NAME"] == ""
    assert environment["JUJU_DISPATCH_PATH"] == "actions/greet"


def test_actions_run_while_a_hook_has_failed(unit, juju):
    unit.hook("config-changed", "exit 1")
    juju.config("tiny", {"name": "x"})
    juju.settle(expect_errors=True)
    unit.hook("greet", "true")
    assert juju.run_action("tiny/0", "greet").status == "completed"


def test_without_workload_context_false_the_action_belongs_into_the_workload(unit, juju):
    action = juju.run_action("tiny/0", "inside")
    assert action.status == "failed"
    assert "workload-context" in action.message


@pytest.mark.parametrize(
    ("name", "params", "error"),
    [
        ("nothing", {}, 'action "nothing" not defined on unit "tiny/0"'),
        ("greet", {"nam": "x"}, 'additional property "nam" is not allowed'),
        ("greet", {"name": 3}, "must be of type string"),
        ("wake", {}, '"hour" property is missing and required'),
        ("wake", {"hour": True}, "must be of type integer"),
    ],
)
def test_wrong_actions_are_refused(unit, juju, name, params, error):
    with pytest.raises(JujuError, match=error):
        juju.run_action("tiny/0", name, params)
