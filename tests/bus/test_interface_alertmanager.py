"""Both sides of the interface on the real bus, in the charms of the interface's README."""

import ast
import json
import re
import textwrap

import pytest
import yaml
from support import bus_harness
from support.bus_harness import ROOT

from interfaces.alertmanager import databag

INTERFACE = ROOT / "interfaces" / "alertmanager"
README = (INTERFACE / "README.md").read_text()
READY = "endpoint.alertmanager.ready"
JOINED = "endpoint.alertmanager.joined"
CHANGED = "endpoint.alertmanager.alertmanagers.changed"
AWAITING = "endpoint.prometheus.awaiting"


def files_in_readme(name):
    """The files of the example charm of this name: code blocks that begin with a file's name."""
    blocks = re.findall(r"```\w+\n# (\S+)\n(.*?)```", README, re.DOTALL)
    starts = [number for number, (file, _) in enumerate(blocks) if file == "layer.yaml"]
    for start, end in zip(starts, [*starts[1:], len(blocks)]):
        files = dict(blocks[start:end])
        if yaml.safe_load(files["metadata.yaml"])["name"] == name:
            return files
    raise LookupError(name)


@pytest.fixture
def charm(tmp_path):
    """Assemble an example charm of the README, with further handlers if any are given."""

    def charm(name, handlers=""):
        source = tmp_path / f"{name}-source"
        for file, content in files_in_readme(name).items():
            (source / file).parent.mkdir(parents=True, exist_ok=True)
            (source / file).write_text(content)
        (source / "reactive" / "more.py").write_text(textwrap.dedent(handlers))
        return bus_harness.assemble(source, tmp_path / name)

    return charm


def section(juju, unit="watcher/0"):
    """The alerting section that the example has written."""
    path = juju.operator.charm_dir(juju.unit(unit)) / "prometheus.yml"
    return yaml.safe_load(path.read_text())["alerting"]


def targets(juju, unit="watcher/0"):
    return [
        target
        for entry in section(juju, unit).get("alertmanagers", [])
        for static in entry["static_configs"]
        for target in static["targets"]
    ]


def writes(runs, tool="relation-set"):
    return [call for run in runs for call in run.calls_of(tool) if "--help" not in call.argv]


# both sides


def test_the_two_examples_find_each_other(juju, charm):
    juju.deploy(charm("pager"), units=2)
    juju.deploy(charm("watcher"), units=2)
    juju.relate("pager", "watcher")
    juju.settle()
    for unit in ("watcher/0", "watcher/1"):
        assert section(juju, unit) == {
            "alertmanagers": [
                {
                    "scheme": "http",
                    "path_prefix": "/",
                    "static_configs": [
                        {
                            "targets": [
                                "pager-0.pager-endpoints.lma.svc:9093",
                                "pager-1.pager-endpoints.lma.svc:9093",
                            ]
                        }
                    ],
                }
            ],
            "alert_relabel_configs": [{"target_label": "region", "replacement": "eu"}],
        }
        assert {JOINED, READY} <= bus_harness.flags_of(juju, unit)


def test_the_consumer_follows_scaling_and_the_end_of_the_relation(juju, charm):
    juju.deploy(charm("pager"))
    juju.deploy(charm("watcher"))
    juju.relate("pager", "watcher")
    for scale in (1, 3, 2):
        juju.scale("pager", scale)
        juju.settle()
        assert targets(juju) == [f"pager-{k}.pager-endpoints.lma.svc:9093" for k in range(scale)]
    juju.remove_relation("pager", "watcher")
    juju.settle()
    assert section(juju) == {}
    assert not {JOINED, READY} & bus_harness.flags_of(juju, "watcher/0")


# the side of Alertmanager


def test_every_relation_gets_the_address_and_only_what_differs_is_written(juju, charm):
    juju.deploy(charm("pager"))
    juju.settle()
    bags = []
    for name in ("one", "two"):
        juju.add_remote_app(name, "alertmanager", "alertmanager")
        relation = juju.relate("pager", name)
        juju.settle()
        bags.append(
            {k: v for k, v in juju.databag(relation, "pager/0").items() if k in databag.KEYS}
        )
    assert bags[0] == bags[1]
    assert databag.decode("pager/0", bags[0]).url == "http://pager-0.pager-endpoints.lma.svc:9093"
    assert len(writes(juju.history)) == 2
    juju.history.clear()
    juju.update_status("pager")
    juju.settle()
    assert not juju.history[-1].writes


def test_a_value_that_is_gone_is_removed_and_what_juju_wrote_stays(juju, charm):
    folder = charm("pager")
    juju.deploy(folder)
    juju.set_pods("pager", [], service="10.152.183.7")
    juju.add_remote_app("watcher", "alertmanager", "alertmanager")
    relation = juju.relate("pager", "watcher")
    juju.settle()
    before = juju.databag(relation, "pager/0")
    assert json.loads(before["external_labels"]) == {"region": "eu"}
    assert before["private-address"] == "10.152.183.7"

    handlers = folder / "reactive" / "pager.py"
    text = handlers.read_text().replace('{"region": "eu"}', "{}")
    handlers.unlink()
    handlers.write_text(text)
    juju.set_pods("pager", [], service="10.152.183.8")
    juju.refresh("pager", folder)
    juju.settle()
    after = juju.databag(relation, "pager/0")
    assert "external_labels" not in after
    assert after["private-address"] == "10.152.183.8"


PUBLISHES_WHEN_AWAITED = f"""
    from charms.reactive import endpoint_from_flag, when
    from relations.alertmanager import databag

    @when("{AWAITING}")
    def publish():
        published = databag.Published(databag.Address("http", "a", 9093))
        endpoint_from_flag("{AWAITING}").publish(published)
"""


def test_awaiting_is_set_from_the_creation_of_a_relation_until_something_is_published(juju, charm):
    folder = charm("pager")
    (folder / "reactive" / "pager.py").unlink()
    juju.deploy(folder)
    juju.settle()
    assert AWAITING not in bus_harness.flags_of(juju, "pager/0")
    juju.add_remote_app("watcher", "alertmanager", "alertmanager", units=0)
    relation = juju.relate("pager", "watcher")
    juju.settle()
    assert AWAITING in bus_harness.flags_of(juju, "pager/0")
    juju.scale("watcher", 1)
    juju.settle()
    folder = charm("pager", PUBLISHES_WHEN_AWAITED)
    (folder / "reactive" / "pager.py").unlink()
    juju.refresh("pager", folder)
    juju.settle()
    assert juju.databag(relation, "pager/0")["url"] == "http://a:9093"
    assert AWAITING not in bus_harness.flags_of(juju, "pager/0")


def test_awaiting_ends_with_the_relation(juju, charm):
    folder = charm("pager")
    (folder / "reactive" / "pager.py").unlink()
    juju.deploy(folder)
    juju.add_remote_app("watcher", "alertmanager", "alertmanager")
    juju.relate("pager", "watcher")
    juju.settle()
    juju.remove_relation("pager", "watcher")
    juju.settle()
    assert AWAITING not in bus_harness.flags_of(juju, "pager/0")


def test_nothing_is_written_into_a_relation_that_breaks(juju, charm):
    juju.deploy(charm("pager"))
    for name in ("one", "two"):
        juju.add_remote_app(name, "alertmanager", "alertmanager")
        juju.relate("pager", name)
    juju.settle()
    juju.history.clear()
    juju.remove_relation("pager", "one")
    juju.settle()
    assert [run.hook for run in juju.history][-1] == "prometheus-relation-broken"
    assert not writes(juju.history)


@pytest.mark.parametrize("effect", ["commit", "fail", "kill", "kill-after"])
def test_an_address_that_juju_lost_is_written_again(juju, charm, effect):
    juju.deploy(charm("pager"))
    juju.settle()
    juju.add_remote_app("watcher", "alertmanager", "alertmanager")
    relation = juju.relate("pager", "watcher")
    juju.inject("pager/0", effect, call=1, tool=None if effect == "commit" else "relation-set")
    juju.settle(expect_errors=True)
    assert "url" not in juju.databag(relation, "pager/0")
    juju.advance(5)
    juju.settle()
    assert "url" in juju.databag(relation, "pager/0")
    assert AWAITING not in bus_harness.flags_of(juju, "pager/0")


# the side of Prometheus, against units that the test plays

RECORDER = f"""
    import json
    from charms.reactive import clear_flag, endpoint_from_name, when

    @when("{CHANGED}")
    def record():
        endpoint = endpoint_from_name("alertmanager")
        urls = [each.url for each in endpoint.alertmanagers()]
        waiting, problems = endpoint.waiting(), [str(each) for each in endpoint.problems()]
        with open("records", "a") as file:
            file.write(json.dumps([urls, waiting, problems]) + "\\n")
        clear_flag("{CHANGED}")
"""


class Watcher:
    """The example consumer, and Alertmanagers that a test plays."""

    def __init__(self, juju, charm, handlers=RECORDER):
        self.juju = juju
        juju.deploy(charm("watcher", handlers))
        juju.settle()
        self.relations = {}

    def relate(self, application="am", units=1):
        self.juju.add_remote_app(application, "prometheus", "alertmanager", units)
        self.relations[application] = self.juju.relate("watcher", application)
        self.juju.settle()

    def write(self, unit, **settings):
        self.juju.write(self.relations[unit.split("/")[0]], unit, settings)
        self.juju.settle()

    @property
    def flags(self):
        return bus_harness.flags_of(self.juju, "watcher/0")

    def records(self):
        """What has been told since the last call: (URLs, waiting, problems) of each change."""
        path = self.juju.operator.charm_dir(self.juju.unit("watcher/0")) / "records"
        if not path.exists():
            return []
        lines = path.read_text().splitlines()
        path.unlink()
        return [json.loads(line) for line in lines]


@pytest.fixture
def watcher(juju, charm):
    return Watcher(juju, charm)


def test_nobody_related_is_not_news(watcher):
    assert watcher.records() == []
    assert not {JOINED, READY, CHANGED} & watcher.flags


def test_a_unit_that_has_said_nothing_is_waited_for(watcher, charm):
    watcher.relate(units=2)
    assert JOINED in watcher.flags
    assert READY not in watcher.flags
    watcher.write("am/1", url="http://b:9093")
    assert watcher.records() == [[["http://b:9093"], ["am/0"], []]]
    assert {JOINED, READY} <= watcher.flags


def test_each_change_is_told_once(watcher):
    watcher.relate()
    watcher.write("am/0", url="http://a:9093")
    watcher.write("am/0", url="http://a:9094")
    watcher.write("am/0", url="http://a:9094", unknown="key")
    watcher.juju.update_status("watcher")
    watcher.juju.settle()
    assert [urls for urls, _, _ in watcher.records()] == [["http://a:9093"], ["http://a:9094"]]


@pytest.mark.parametrize("field", ["external_labels", "ca", "server_name"])
def test_a_field_that_appears_and_disappears_is_a_change(watcher, field):
    pem = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----"
    value = {"external_labels": '{"a": "b"}', "ca": pem, "server_name": "am"}[field]
    watcher.relate()
    watcher.write("am/0", url="https://a:9093")
    watcher.records()
    watcher.write("am/0", **{field: value})
    assert len(watcher.records()) == 1
    watcher.write("am/0", **{field: ""})
    assert len(watcher.records()) == 1
    assert READY in watcher.flags


def test_an_address_that_is_removed_ends_readiness(watcher):
    watcher.relate()
    watcher.write("am/0", url="http://a:9093")
    watcher.write("am/0", url="")
    assert [urls for urls, _, _ in watcher.records()] == [["http://a:9093"], []]
    assert READY not in watcher.flags
    assert JOINED in watcher.flags
    assert section(watcher.juju) == {}


def test_rubbish_is_skipped_and_told(watcher):
    watcher.relate(units=2)
    watcher.write("am/0", url="http://a:9093")
    watcher.write("am/1", url="http://ann:secret@b:9093")
    assert watcher.records()[-1][0] == ["http://a:9093"]
    assert targets(watcher.juju) == ["a:9093"]
    logged = "\n".join(watcher.juju.log_lines())
    assert "secret" not in logged
    watcher.write("am/0", url="nonsense")
    urls, _, problems = watcher.records()[-1]
    assert urls == []
    assert problems == [
        "am/0: url: not the URL of an Alertmanager: 'nonsense'",
        "am/1: url: a URL with credentials",
    ]
    assert READY not in watcher.flags


def test_units_that_depart_and_relations_that_break(watcher):
    watcher.relate("am", units=2)
    watcher.relate("other")
    for unit, host in (("am/0", "a"), ("am/1", "b"), ("other/0", "c")):
        watcher.write(unit, url=f"http://{host}:9093")
    watcher.records()
    watcher.juju.remove_unit("am")
    watcher.juju.settle()
    assert [urls for urls, _, _ in watcher.records()] == [["http://a:9093", "http://c:9093"]]
    watcher.juju.remove_relation("watcher", "am")
    watcher.juju.settle()
    assert [urls for urls, _, _ in watcher.records()] == [["http://c:9093"]]
    assert {JOINED, READY} <= watcher.flags
    watcher.juju.remove_relation("watcher", "other")
    watcher.juju.settle()
    assert [urls for urls, _, _ in watcher.records()] == [[]]
    assert not {JOINED, READY} & watcher.flags


def test_a_unit_that_comes_back_with_the_same_address_is_news_again(watcher):
    watcher.relate()
    watcher.write("am/0", url="http://a:9093")
    watcher.juju.remove_relation("watcher", "am")
    watcher.juju.settle()
    watcher.relations["am"] = watcher.juju.relate("watcher", "am")
    watcher.juju.settle()
    watcher.write("am/0", url="http://a:9093")
    assert [urls for urls, _, _ in watcher.records()] == [["http://a:9093"], [], ["http://a:9093"]]


def test_a_trigger_fires_at_each_change_though_nobody_clears_the_flag(juju, charm):
    watcher = Watcher(juju, charm, handlers="")
    watcher.relate()
    for port in (9093, 9094, 9095):
        watcher.write("am/0", url=f"http://a:{port}")
        assert targets(juju) == [f"a:{port}"]
    assert CHANGED in watcher.flags


@pytest.mark.parametrize("effect", ["fail", "kill", "kill-after", "commit"])
def test_a_change_arrives_whichever_call_of_the_hook_goes_wrong(watcher, effect):
    watcher.relate()
    watcher.write("am/0", url="http://a:9000")
    calls = 1 if effect == "commit" else len(watcher.juju.history[-1].calls)
    for call in range(calls):
        watcher.juju.inject("watcher/0", effect, call, hook="alertmanager-relation-changed")
        watcher.juju.write(watcher.relations["am"], "am/0", {"url": f"http://a:{9001 + call}"})
        watcher.juju.settle(expect_errors=True)
        watcher.juju.advance(300)
        watcher.juju.settle()
        assert targets(watcher.juju) == [f"a:{9001 + call}"]
        assert watcher.records()[-1] == [[f"http://a:{9001 + call}"], [], []]
        assert READY in watcher.flags
        assert CHANGED not in watcher.flags


def test_losing_the_database_between_any_two_hooks_changes_nothing(watcher):
    def lose():
        bus_harness.lose_database(watcher.juju, "watcher/0")

    watcher.relate(units=2)
    lose()
    watcher.write("am/0", url="http://a:9093")
    lose()
    watcher.write("am/1", url="http://b:9093")
    assert targets(watcher.juju) == ["a:9093", "b:9093"]
    lose()
    watcher.juju.update_status("watcher")
    watcher.juju.settle()
    assert {JOINED, READY} <= watcher.flags
    assert targets(watcher.juju) == ["a:9093", "b:9093"]
    lose()
    watcher.juju.remove_relation("watcher", "am")
    watcher.juju.settle()
    assert not {JOINED, READY} & watcher.flags
    assert section(watcher.juju) == {}


def test_a_refreshed_charm_looks_at_what_it_did_not_understand(juju, charm, tmp_path):
    old = charm("watcher", RECORDER)
    module = old / "hooks" / "relations" / "alertmanager" / "databag.py"
    text = module.read_text().replace('"public_address"', '"not_yet_known"')
    module.unlink()
    module.write_text(text)
    juju.deploy(old)
    juju.add_remote_app("am", "prometheus", "alertmanager")
    relation = juju.relate("watcher", "am")
    juju.write(relation, "am/0", {"public_address": "a:9093"})
    juju.settle()
    assert READY not in bus_harness.flags_of(juju, "watcher/0")
    juju.refresh("watcher", charm("watcher", RECORDER))
    juju.settle()
    assert READY in bus_harness.flags_of(juju, "watcher/0")
    assert targets(juju) == ["a:9093"]


def test_nothing_piles_up_in_the_database(watcher):
    watcher.relate(units=3)
    for unit in ("am/0", "am/1", "am/2"):
        watcher.write(unit, url="http://a:9093")
    watcher.juju.remove_relation("watcher", "am")
    watcher.juju.settle()
    endpoint = {flag for flag in watcher.flags if flag.startswith("endpoint.alertmanager")}
    assert endpoint == set()
    store = bus_harness.database_of(watcher.juju, "watcher/0")
    assert "reactive.endpoints.departed.alertmanager" not in store


def test_an_idle_hook_does_not_read_the_relation(watcher):
    watcher.relate()
    watcher.write("am/0", url="http://a:9093")
    watcher.juju.history.clear()
    watcher.juju.update_status("watcher")
    watcher.juju.settle()
    (run,) = watcher.juju.history
    assert not run.calls_of("relation-get")
    assert not run.writes


# what is written about it


def table_of(docstring):
    """The first column of the flag table of a docstring."""
    return set(re.findall(r"^(endpoint\.\{endpoint_name\}\.[\w.]+) ", docstring, re.MULTILINE))


def flags_in_code(path):
    """The flags that a module sets, clears or toggles, less what is the framework's own."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("set_flag", "toggle_flag", "clear_flag")
            and isinstance(node.args[0], ast.Call)
        ):
            names.add(node.args[0].args[0].value)
    return names - {"changed", "departed"}


@pytest.mark.parametrize("side", ["provides", "requires"])
def test_the_flag_tables_are_complete(side):
    path = INTERFACE / f"{side}.py"
    wanted = {f"endpoint.{{endpoint_name}}.{name}" for name in flags_in_code(path) | {"joined"}}
    assert table_of(ast.get_docstring(ast.parse(path.read_text()))) == wanted
    rows = re.findall(r"^\| `endpoint\.\{endpoint\}\.([\w.]+)` \| (\w+) \|", README, re.MULTILINE)
    listed = {f"endpoint.{{endpoint_name}}.{name}" for name, of in rows if of in (side, "both")}
    assert listed == wanted


@pytest.mark.parametrize("side", ["provides", "requires"])
def test_the_readme_knows_every_method(side):
    (endpoint,) = (
        node
        for node in ast.parse((INTERFACE / f"{side}.py").read_text()).body
        if isinstance(node, ast.ClassDef) and node.name.startswith("Alertmanager")
    )
    framework = {"all_units", "is_joined", "manage_flags", "register_triggers"}
    for method in endpoint.body:
        if isinstance(method, ast.FunctionDef) and not method.name.startswith("_"):
            arguments = ", ".join(argument.arg for argument in method.args.args[1:])
            assert method.name in framework or f"| `{method.name}({arguments})` |" in README


def test_the_readme_knows_every_key():
    table = README.partition("## What goes over the relation")[2]
    first_column = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    assert re.findall(r"`(\w+)`", " ".join(first_column)) == list(databag.KEYS)


@pytest.mark.parametrize("module", ["alerting_config", "databag"])
def test_values_need_neither_juju_nor_the_framework(module):
    imports = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse((INTERFACE / f"{module}.py").read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imports <= {"databag", "dataclasses", "json", "re", "typing", "urllib"}
