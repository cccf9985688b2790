"""When the cluster is asked to run something, and what happens when it cannot."""

import pytest
from support.manual_controller import ManualController, PlayedCluster

from sandbox.juju import Pod


@pytest.fixture
def asked(tiny, juju, spec, monkeypatch):
    """Deploys; returns the list of workloads that the cluster was asked for."""
    workloads = []
    apply = juju.cluster.apply
    monkeypatch.setattr(juju.cluster, "apply", lambda w: (workloads.append(w), apply(w)))
    tiny.deploy()
    return workloads


def test_nothing_is_deployed_before_there_is_a_spec(asked, juju):
    juju.scale("tiny", 2)
    juju.settle()
    assert asked == []


def test_a_spec_is_deployed_with_scale_and_kind(asked, tiny, juju, spec):
    tiny.run(f"pod-spec-set --file {spec}")
    [workload] = asked
    assert (workload.app, workload.scale, workload.kind) == ("tiny", 1, "stateful")
    assert workload.spec["containers"][0]["name"] == "tiny"
    assert (workload.model, workload.modified_version) == ("lma", 0)
    assert workload.juju_version == juju.juju_version
    assert workload.charm_folder == str(juju.application("tiny").charm.directory)


def test_the_same_text_again_changes_nothing(asked, tiny, spec):
    for _ in range(2):
        tiny.run(f"pod-spec-set --file {spec}")
    assert len(asked) == 1


def test_new_scale_refresh_and_resource_are_handed_on(asked, tiny, juju, spec):
    tiny.run(f"pod-spec-set --file {spec}")
    juju.scale("tiny", 2)
    juju.settle()
    assert asked[-1].scale == 2
    juju.refresh("tiny", tiny.charm)
    juju.settle()
    assert asked[-1].modified_version == 1
    juju.attach_resource("tiny", "img", "tiny:2")
    juju.settle()
    assert asked[-1].modified_version == 2
    assert len(asked) == 4


def test_a_resource_is_handed_on_with_the_upgrade_charm_of_the_leader(asked, tiny, juju, spec):
    tiny.run(f"pod-spec-set --file {spec}")
    juju.scale("tiny", 2)
    juju.settle()
    before = len(asked)
    juju.attach_resource("tiny", "img", "tiny:2")
    while juju.step(juju.unit("tiny/1")):
        pass
    assert tiny.order("tiny/1")[-2:] == ["upgrade-charm", "config-changed"]
    assert len(asked) == before
    juju.settle()
    assert [workload.modified_version for workload in asked[before:]] == [1]


def test_a_spec_that_cannot_be_deployed_is_an_error_of_the_application(asked, tiny, juju, spec):
    text = spec.read_text()
    spec.write_text(text.replace("ports: [{containerPort: 80, name: web}]", ""))
    tiny.run(f"pod-spec-set --file {spec}")
    status = juju.application_status(juju.application("tiny"))
    assert status.state == "error"
    assert status.message == 'ports are required for kubernetes service "tiny"'
    tiny.run(f"pod-spec-set --file {spec}")
    assert len(asked) == 1
    spec.write_text(text)
    tiny.run(f"pod-spec-set --file {spec}")
    assert juju.application_status(juju.application("tiny")).state != "error"


@pytest.mark.parametrize(
    ("spec_text", "error"),
    [
        ("version: 3", "require at least one container spec"),
        ("version: 3\nbogus: 1\ncontainers: []", 'json: unknown field "bogus"'),
    ],
)
def test_an_invalid_spec_is_refused_by_the_tool_at_once(asked, tiny, spec_text, error):
    code, _, stderr = tiny.tool(f"printf '{spec_text}' | pod-spec-set")
    assert (code, stderr) == (1, f"ERROR {error}\n")


def test_a_unit_keeps_its_pod_and_the_first_free_unit_gets_the_first_free_pod(tiny, juju):
    tiny.deploy(units=2)
    juju.set_pods("tiny", [Pod("tiny-1")])
    juju.set_pods("tiny", [Pod("tiny-0"), Pod("tiny-1")])
    assert [juju.unit(f"tiny/{n}").pod for n in (0, 1)] == ["tiny-1", "tiny-0"]
    juju.set_pods("tiny", [Pod("tiny-0")])
    assert juju.unit("tiny/0").pod == "tiny-1"


def test_removing_the_application_removes_its_workload(asked, tiny, juju, spec):
    tiny.run(f"pod-spec-set --file {spec}")
    assert "tiny" in juju.cluster.workloads
    juju.remove_application("tiny")
    juju.settle()
    assert juju.cluster.workloads == {}


@pytest.fixture
def clustered(tiny, tmp_path):
    """tiny in a model that has a cluster; the test says which pods it runs."""
    folder, cluster = tmp_path / "clustered", PlayedCluster()
    with ManualController(folder, cluster=cluster, hook_timeout=60) as controller:
        tiny.juju = controller
        tiny.deploy()
        yield tiny


def pods(*ordinals, **fields):
    return [Pod(f"tiny-{ordinal}", **fields) for ordinal in ordinals]


def units(juju):
    return {unit.name: unit.pod for unit in juju.application("tiny").units.values()}


def test_a_new_unit_comes_with_its_pod_and_an_old_one_goes_after_its_pod(clustered):
    juju = clustered.juju
    juju.set_pods("tiny", pods(0))
    juju.scale("tiny", 3)
    assert units(juju) == {"tiny/0": "tiny-0"}
    juju.set_pods("tiny", pods(0, 1, 2))
    assert units(juju) == {"tiny/0": "tiny-0", "tiny/1": "tiny-1", "tiny/2": "tiny-2"}
    juju.settle()
    juju.scale("tiny", 1)
    juju.settle()
    assert set(units(juju)) == {"tiny/0", "tiny/1", "tiny/2"}
    juju.set_pods("tiny", pods(0, 1))
    juju.settle()
    assert set(units(juju)) == {"tiny/0", "tiny/1"}
    juju.set_pods("tiny", pods(0))
    juju.settle()
    juju.scale("tiny", 2)
    juju.set_pods("tiny", pods(0, 1))
    assert units(juju) == {"tiny/0": "tiny-0", "tiny/3": "tiny-1"}


def test_a_pod_that_is_replaced_keeps_its_unit(clustered):
    juju = clustered.juju
    juju.set_pods("tiny", pods(0))
    juju.set_pods("tiny", [])
    juju.settle()
    juju.set_pods("tiny", pods(0))
    assert units(juju) == {"tiny/0": "tiny-0"}


def test_scaling_to_nothing_removes_every_unit(clustered):
    juju = clustered.juju
    juju.set_pods("tiny", pods(0))
    juju.scale("tiny", 0)
    juju.set_pods("tiny", [])
    juju.settle()
    assert units(juju) == {}


def test_actions_wait_until_the_pod_runs(clustered):
    (clustered.charm / "actions.yaml").write_text(
        "greet: {params: {workload-context: {default: false}}}"
    )
    juju = clustered.juju
    juju.refresh("tiny", clustered.charm)
    juju.settle()
    assert juju.run_action("tiny/0", "greet").status == "pending"
    juju.set_pods("tiny", pods(0, ready=False, phase="Pending"))
    juju.settle()
    action = juju.model.actions["1"]
    assert action.status == "pending"
    juju.set_pods("tiny", pods(0, ready=False))
    juju.settle()
    assert action.status == "completed"
