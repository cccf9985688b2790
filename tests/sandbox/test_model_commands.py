"""What the commands do to the model, and what they refuse with Juju's words."""

import re

import pytest

from sandbox.juju import Image, JujuError, Pod


@pytest.fixture
def refused():
    """Expects exactly this text."""
    return lambda text: pytest.raises(JujuError, match=f"^{re.escape(text)}$")


def test_deploy_refuses_a_second_application_of_the_same_name(tiny, juju, refused):
    tiny.deploy()
    with refused('cannot add application "tiny": application already exists'):
        tiny.deploy()
    tiny.deploy(app="other")
    with refused('cannot add application "other": application already exists'):
        juju.add_remote_app("other", "server", "pgsql")
    assert set(juju.model.applications) == {"tiny", "other"}


@pytest.mark.parametrize(
    "name", ["../../victim", "a/b", "Bad-Name", "bad_name", "tiny-0", "tiny--a", "7"]
)
def test_an_application_cannot_have_any_name(tiny, juju, refused, name):
    victim = tiny.scripts.parent / "victim"
    victim.mkdir()
    text = f'invalid application name "{name}"'
    with refused(text):
        juju.deploy(tiny.charm, name, resources={"img": "tiny:1"})
    with refused(text):
        juju.add_remote_app(name, "server", "pgsql")
    assert juju.model.applications == {}
    assert list(victim.parent.glob("**/victim")) == [victim]


def test_deploy_refuses_a_charm_that_wants_a_newer_juju(tiny, refused):
    tiny.write_charm(min_juju_version="3.1.0")
    with refused("charm's min version (3.1.0) is higher than this juju model's version (2.9.52)"):
        tiny.deploy()


def test_deploy_wants_every_resource_and_knows_no_other(tiny, refused):
    with refused("local charm missing OCI images for: img"):
        tiny.deploy(resources={})
    with refused('unrecognized resource "imge"'):
        tiny.deploy(resources={"img": "tiny:1", "imge": "x"})


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"series": None}, "charm with deployment metadata must declare at least one series"),
        ({"series": ["focal"]}, 'charms with deployment metadata only supported for "kubernetes"'),
        ({"containers": {}}, 'ambiguous metadata: keys "containers" cannot be used with "series"'),
        (
            {"storage": {"disk": {"type": "block"}}},
            'block storage "disk" is not supported for container charms',
        ),
        ({"requires": {"web": {"interface": "x"}}}, 'duplicated relation name: "web"'),
        (
            {"resources": {"img": {"type": "file"}}},
            'resource "img" is not an oci-image; the sandbox runs only those',
        ),
        ({"min-juju-version": "two"}, 'invalid version "two"'),
        ({"name": "Tiny"}, 'metadata: name: "Tiny" is not a valid charm name'),
        (
            {"storage": {"../../x": {"type": "filesystem"}}},
            'metadata: storage: "../../x" is not a valid storage name',
        ),
        (
            {"storage": {"data": {"type": "filesystem", "minimum-size": "much"}}},
            'metadata: storage.data.minimum-size: expected a size such as 1G, got string("much")',
        ),
        (
            {"deployment": {"mode": "operator"}},
            "the sandbox does not model charms of the deployment mode operator",
        ),
        (
            {"storage": {"data": {"type": "filesystem", "multiple": {"range": "0-"}}}},
            'the sandbox does not model multiple in storage "data"',
        ),
        ({"devices": {"gpu": {}}}, "the sandbox does not model devices in metadata.yaml"),
        ({"peers": {"ring": {}}}, "the sandbox does not model peers in metadata.yaml"),
    ],
)
def test_deploy_refuses_metadata_that_is_no_pod_spec_charm(tiny, refused, changes, text):
    tiny.write_charm(**changes)
    with refused(text):
        tiny.deploy()


ANOTHER_SHAPE = "a file of the charm at .* has another shape than Juju wants .*; run charm proof"


@pytest.mark.parametrize(
    "changes",
    [
        {"name": None},
        {"min-juju-version": 2.9},
        {"storage": ["data"]},
        {"storage": {"data": None}},
        {"storage": {"data": {}}},
        {"resources": {"img": []}},
        {"requires": {"db": {"limit": 1}}},
        {"provides": ["web"]},
        {"provides": {"web": None}},
    ],
)
def test_deploy_refuses_metadata_of_another_shape(tiny, changes):
    tiny.write_charm(**changes)
    with pytest.raises(JujuError, match=ANOTHER_SHAPE):
        tiny.deploy()


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("metadata.yaml", "- a", ".*/metadata.yaml: expected a YAML map"),
        ("metadata.yaml", "name: [", ".*/metadata.yaml: yaml: line 1: "),
        ("metadata.yaml", "name: \udcff", ".*/metadata.yaml: yaml: invalid leading UTF-8 octet"),
        ("config.yaml", "options: [a]", ANOTHER_SHAPE),
        ("config.yaml", "options: {a: [b]}", ANOTHER_SHAPE),
        (
            "config.yaml",
            "options: {a: {type: text}}",
            'invalid config: option "a" has unknown type "text"',
        ),
        (
            "config.yaml",
            "options: {a: {type: int, default: .inf}}",
            r'invalid config default: option "a" expected int, got Infinity',
        ),
        ("actions.yaml", "greet: [a]", ANOTHER_SHAPE),
        ("actions.yaml", "greet: {params: 1}", ANOTHER_SHAPE),
        ("manifest.yaml", "bases: 3", ANOTHER_SHAPE),
    ],
)
def test_deploy_refuses_files_of_another_shape(tiny, name, content, text):
    (tiny.charm / name).write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(JujuError, match=f"^{text}"):
        tiny.deploy()


def test_a_charm_may_have_no_options(tiny, juju):
    (tiny.charm / "config.yaml").write_text("options:\n")
    tiny.deploy()
    assert juju.config("tiny") == {}


def test_deploy_refuses_what_is_no_charm(juju, tmp_path):
    with pytest.raises(JujuError, match="no charm was found"):
        juju.deploy(tmp_path / "nowhere")


def test_later_changes_to_the_built_charm_do_not_reach_units_without_refresh(tiny, juju):
    tiny.deploy()
    (tiny.charm / "dispatch").write_text("#!/bin/sh\nexit 1\n")
    juju.scale("tiny", 2)
    juju.settle()


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"nam": "x"}, 'unknown option "nam"'),
        ({"count": "many"}, 'option "count" expected int, got "many"'),
        ({"debug": "maybe"}, 'option "debug" expected boolean, got "maybe"'),
        ({"ratio": "half"}, 'option "ratio" expected float, got "half"'),
    ],
)
def test_config_refuses_unknown_options_and_wrong_types(tiny, juju, refused, wrong, text):
    tiny.deploy()
    with refused(text):
        juju.config("tiny", dict(wrong, name="ann"))
    assert juju.config("tiny")["name"] == "joe"


def test_reset_brings_the_default_back(tiny, juju):
    tiny.deploy(config={"name": "ann", "count": 3})
    juju.reset_config("tiny", "name")
    settings = juju.config("tiny")
    assert (settings["name"], settings["count"]) == ("joe", 3)


def test_relate_refusals(tiny, juju, refused):
    tiny.deploy()
    juju.add_remote_app("pg", "server", "pgsql")
    juju.add_remote_app("odd", "thing", "odd")
    with refused('application "nobody" not found'):
        juju.relate("tiny", "nobody")
    with refused('application "tiny" has no "dbs" relation'):
        juju.relate("tiny:dbs", "pg")
    with refused("no relations found"):
        juju.relate("tiny", "odd")
    juju.relate("tiny:db", "pg")
    key = "tiny:db pg:server"
    with refused(f'cannot add relation "{key}": relation {key} already exists'):
        juju.relate("pg", "tiny")
    with refused('relation matching "tiny odd" not found'):
        juju.remove_relation("tiny", "odd")


def test_relate_refuses_while_the_same_relation_is_going(tiny, juju, refused):
    tiny.deploy()
    juju.add_remote_app("pg", "server", "pgsql")
    juju.relate("tiny", "pg")
    juju.settle()
    juju.remove_relation("tiny", "pg")
    key = "tiny:db pg:server"
    with refused(f'cannot add relation "{key}": relation {key} is dying, but not yet removed'):
        juju.relate("tiny", "pg")
    juju.settle()
    juju.relate("tiny", "pg")


def test_relate_refuses_an_application_that_is_going(tiny, juju, refused):
    tiny.deploy()
    juju.add_remote_app("pg", "server", "pgsql")
    juju.remove_application("tiny")
    key = "tiny:db pg:server"
    with refused(f'cannot add relation "{key}": application "tiny" is not alive'):
        juju.relate("tiny", "pg")


def test_relate_refuses_to_guess(tiny, juju):
    tiny.write_charm(requires={"db": {"interface": "pgsql"}, "spare": {"interface": "pgsql"}})
    tiny.deploy()
    juju.add_remote_app("pg", "server", "pgsql", role="provider")
    with pytest.raises(JujuError, match='ambiguous relation: "tiny pg" could refer to "tiny:db pg'):
        juju.relate("tiny", "pg")


def test_refresh_refuses_to_break_a_relation_or_to_change_the_charm(tiny, juju, refused):
    tiny.deploy()
    juju.add_remote_app("pg", "server", "pgsql")
    juju.relate("tiny", "pg")
    tiny.write_charm(requires=None)
    with refused(
        'cannot upgrade application "tiny" to charm "local:focal/tiny-1":'
        ' would break relation "tiny:db pg:server"'
    ):
        juju.refresh("tiny", tiny.charm)
    tiny.write_charm(name="small")
    with refused('cannot refresh "tiny" to "small"'):
        juju.refresh("tiny", tiny.charm)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"deployment": {"type": "stateless", "service": "cluster"}},
            "deployment info for services. The new charm's metadata contains updated deployment"
            " info.",
        ),
        (
            {"storage": {"data": {"type": "filesystem", "location": "/other"}}},
            "storage on a statefulset. The new charm's metadata contains updated storage"
            " declarations.",
        ),
    ],
)
def test_refresh_refuses_what_a_stateful_set_cannot_change(tiny, juju, refused, changes, text):
    metadata = {"storage": {"data": {"type": "filesystem", "location": "/data"}}}
    tiny.write_charm(**metadata)
    tiny.deploy()
    tiny.write_charm(**dict(metadata, **changes))
    hint = "You'll need to deploy a new charm rather than upgrading if you need this change."
    with refused(f"Juju on containers does not support updating {text} {hint}"):
        juju.refresh("tiny", tiny.charm)
    assert juju.application("tiny").revision == 0


def test_refresh_keeps_options_that_still_exist(tiny, juju):
    tiny.deploy(config={"name": "ann", "count": 3})
    config = tiny.charm / "config.yaml"
    config.write_text("options: {name: {type: string}, fresh: {type: int, default: 1}}")
    juju.refresh("tiny", tiny.charm)
    assert juju.config("tiny") == {"name": "ann", "fresh": 1}


def test_attach_resource_keeps_credentials_out_of_sight(tiny, juju):
    tiny.deploy()
    juju.attach_resource("tiny", "img", Image("private/tiny:1", "me", "hunter2"))
    juju.settle()
    assert "hunter2" not in repr(juju.application("tiny").resources)
    assert "password: hunter2" in tiny.run('cat "$(resource-get img)"').output


def test_scaling_down_takes_the_units_of_the_highest_pods(tiny, juju):
    tiny.deploy(units=2)
    juju.set_pods("tiny", [Pod("tiny-0"), Pod("tiny-1")])
    juju.unit("tiny/0").pod, juju.unit("tiny/1").pod = "tiny-1", "tiny-0"
    juju.remove_unit("tiny")
    juju.settle()
    assert list(juju.application("tiny").units) == ["tiny/1"]


def test_removing_more_units_than_there_are_is_refused(tiny, juju, refused):
    tiny.deploy()
    with refused("cannot remove more units than currently exist: 1 < 2"):
        juju.remove_unit("tiny", 2)


def test_storage_is_attached_after_start_when_there_is_a_pod(tiny, juju):
    tiny.write_charm(storage={"data": {"type": "filesystem", "location": "/data"}})
    tiny.deploy()
    tiny.order()
    tiny.hook("data-storage-attached", "true")
    juju.set_pods("tiny", [Pod("tiny-0")])
    juju.settle()
    run = juju.runs("data-storage-attached")[0]
    assert run.environment["JUJU_STORAGE_ID"] == "data/0"
    assert run.environment["JUJU_STORAGE_LOCATION"] == "/data"
    juju.remove_application("tiny")
    juju.settle()
    assert tiny.order() == ["data-storage-attached", "data-storage-detaching", "stop", "remove"]


def test_two_charms_of_one_model_meet(tiny, juju, tmp_path):
    tiny.deploy()
    other = type(tiny)(juju, tmp_path / "b")
    other.write_charm(name="server", provides={"port": {"interface": "pgsql"}}, requires=None)
    other.hook("port-relation-joined", "relation-set host=here")
    tiny.hook("db-relation-changed", "relation-get host")
    other.deploy()
    juju.relate("tiny", "server")
    juju.settle()
    assert juju.runs("db-relation-changed")[-1].calls[0].stdout == "here\n"


def test_a_unit_without_installed_charm_goes_without_hooks(tiny, juju):
    juju.deploy(tiny.charm, resources={"img": "tiny:1"}, units=1)
    juju.remove_application("tiny")
    juju.settle()
    assert juju.runs() == []
    assert juju.model.applications == {}
