"""Hook tools answer as Juju 2.9.52's own code did: tests/data/juju/hook-tools.txt."""

import copy
import itertools
import json
import re

import pytest
from support.juju_answers import Answer, hook_tool_answers
from support.manual_controller import ManualController

from sandbox.juju import Pod
from sandbox.juju.hooktools import NOT_MODELLED, NeedsStdin, Reply, run
from sandbox.juju.hooktools.hook_context import HookContext
from sandbox.juju.model.entities import Action, Hook, Status

FILES = {
    "bad.yaml": "a: [b\n",
    "badspec.yaml": "version: 3\ncontainers: []\n",
    "bin.yaml": "a: !!binary aGVsbG8=\nb: !!str 5\n",
    "dup.yaml": "a: 1\na: 2\n",
    "empty.yaml": "",
    "float.yaml": 'a: 1.50\nb: 0x10\nc: 2001-01-01\nd: 1e3\ne: ~\nf: "null"\n',
    "list.yaml": "- a\n",
    "multiline.yaml": "a: |\n  x\n  y\n",
    "nested.yaml": "a: {b: c}\n",
    "nokey.yaml": "a: b\n1: c\ntrue: d\n",
    "pairs.yaml": 'a: 1\nb: two\nc: ""\nd: yes\n',
    "res.yaml": "kubernetesResources:\n  secrets: []\n",
    "spec.yaml": "version: 3\ncontainers:\n- name: a\n  image: b\n",
}
PARAMETERS = {"a": {"b": 1, "c": ["p", "q"], "d.e": "dot"}, "f": 1.5, "l": [1, 2], "n": 1}
HOOKS = {
    "relation": Hook("relation-changed", "db-relation-changed", 0, "pg/0", "pg"),
    "action": None,
}
NOT_FOUND = (
    "ERROR could not download resource: HTTP request failed: Get https://API/resources/nosuch:"
    " resource#tiny/nosuch not found\n"
)
ANSWERS = {
    key: list(group)
    for key, group in itertools.groupby(
        sorted(hook_tool_answers(), key=lambda a: (a.context, a.argv[0])),
        lambda a: (a.context, a.argv[0]),
    )
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory, make_tiny):
    """The model that Juju's code was asked in: two units of tiny and two of pg, with data."""
    folder = tmp_path_factory.mktemp("asked")
    for name, text in FILES.items():
        (folder / name).write_text(text)
    with ManualController(folder / "juju", hook_timeout=60) as juju:
        tiny = make_tiny(juju, folder)
        juju.add_remote_app("pg", "server", "pgsql", units=2, role="provider")
        tiny.deploy(units=2)
        relation = juju.relate("tiny", "pg")
        juju.settle()
        for who, settings in {
            "pg/0": {"host": "a", "port": "1"},
            "pg": {"shared": "yes"},
            "tiny/0": {"mine": "1"},
            "tiny/1": {"mine": "1"},
            "tiny": {"ours": "2"},
        }.items():
            juju.write(relation, who, settings)
        juju.set_pods("tiny", [Pod("tiny-0", "10.1.0.5")], service="10.152.183.10")
        juju.settle()
        application = juju.application("tiny")
        application.status = Status("waiting", "w")
        application.leader_settings = {"k": "v", "multi": "a\nb"}
        juju.unit("tiny/0").workload = Status("active")
        juju.unit("tiny/1").workload = Status("waiting", "x")
        juju.unit("pg/0").workload = juju.unit("pg/1").workload = Status("active")
        for relation in juju.model.relations.values():
            for unit in ("tiny/0", "tiny/1"):
                relation.units[unit].settings = {"mine": "1"}
        juju.model.log.clear()
        yield juju, folder


class Outcome:
    """One call in a model of its own, and what the model was like afterwards."""

    def __init__(self, juju, folder, before, answer):
        juju.model = copy.deepcopy(before)
        unit = juju.unit("tiny/1" if answer.context == "minion" else "tiny/0")
        if answer.argv[0] == "status-get" and "--application" not in answer.argv:
            unit.workload = Status("waiting", "installing agent")
        self.action = Action("1", "act", dict(PARAMETERS, nil=None, s="x", t=True), unit.name, 0.0)
        hook = HOOKS.get(answer.context, Hook("update-status", "update-status"))
        context = HookContext(juju, unit, hook, None if hook else self.action)
        directory = str(folder)
        try:
            reply = run(context, answer.argv, directory, None)
        except NeedsStdin:
            reply = Reply(1, "", "ERROR hook tool requires stdin, none supplied\n")
            if answer.stdin is not None:
                reply = run(context, answer.argv, directory, answer.stdin)
        self.code = reply.code
        self.out, self.err = (
            _without_folders(text).replace(directory, "DIR")
            for text in (reply.stdout, reply.stderr)
        )
        context.commit("update-status")
        self.unit, self.app, self.model = unit, unit.app, juju.model
        self.context = context

    def shows(self, effect):
        """Whether something that Juju's code has changed is changed here."""
        settings = re.fullmatch(r"(unit|app): (set|delete) (.*)", effect)
        if settings:
            of_app, what, pair = settings[1] == "app", settings[2], settings[3]
            bags = self.model.relations[0].apps if of_app else self.model.relations[0].units
            bag = bags[self.app.name if of_app else self.unit.name].settings
            key, value = _pair(pair) if what == "set" else (json.loads(pair), None)
            return bag.get(key) == value
        kind, _, rest = effect.partition(" ")
        return getattr(self, "_" + kind)(rest)

    def _status(self, rest):
        state, message = rest.split(" ", 1)
        status = self.unit.workload
        return (status.state, status.message) == (state, json.loads(message))

    def _app(self, rest):
        state, message = rest.split(" ", 2)[1:]
        return (self.app.status.state, self.app.status.message) == (state, json.loads(message))

    def _leader(self, rest):
        return all(self.app.leader_settings.get(k, "") == v for k, v in json.loads(rest).items())

    def _action(self, rest):
        if rest == "failed":
            return self.context.action_failed
        what, text = rest.split(" ", 1)
        return json.loads(text) in {"message": [self.action.message], "log": self.action.log}[what]

    def _result(self, rest):
        path, text = rest.split("=", 1)
        place = self.action.results
        for key in path.split("."):
            place = place[key]
        return place == json.loads(text) or len(self.action.results) == 1  # the last one stays

    def _log(self, rest):
        level, module, text = re.fullmatch(r"(\S+) (\S+): (.*)", rest, re.DOTALL).groups()
        told = [(line.level, line.module, line.message) for line in self.model.log]
        return (level, module, text.replace("\\n", "\n")) in told

    def _spec(self, rest):
        return len(self.app.pod_spec) == int(rest.split()[0])

    def _version(self, rest):
        return self.unit.version == json.loads(rest)


def _pair(text):
    key, end = json.JSONDecoder().raw_decode(text)
    return key, json.loads(text[end + 1 :])


def _expected(answer):
    """What the call must answer: exit code and both outputs."""
    err = answer.err
    if answer.argv == ["resource-get", "nosuch"]:
        err = NOT_FOUND  # what stood for the API there says it in other words
    return answer.code, _without_folders(answer.out), err


def _without_folders(text):
    """Leave out of a resource's path, and of an address of the API, what differs each time."""
    text = re.sub(r"/\S+/resources/\S*content.yaml", "CONTENT", text)
    return re.sub(r"https://\S+/resources/", "https://API/resources/", text)


@pytest.mark.parametrize(("context", "tool"), list(ANSWERS))
def test_a_tool_answers_as_jujus_own_code_did(asked, context, tool):
    juju, folder = asked
    before = juju.model
    wrong = []
    for answer in ANSWERS[context, tool]:
        found = Outcome(juju, folder, before, answer)
        if (found.code, found.out, found.err) != _expected(answer):
            wrong.append((answer.argv, _expected(answer), (found.code, found.out, found.err)))
        wrong += [(answer.argv, effect) for effect in answer.effects if not found.shows(effect)]
    juju.model = before
    assert wrong == []


@pytest.mark.parametrize("context", ["hook", "action"])
@pytest.mark.parametrize("tool", NOT_MODELLED)
def test_a_tool_that_is_not_modelled_says_so(asked, context, tool):
    juju, folder = asked
    before = juju.model
    found = [
        Outcome(juju, folder, before, Answer(context, [tool, *words], "a: b\n", 2, "", "", []))
        for words in ([], ["a=b"], ["--format", "xml"], ["--file", "-"])
    ]
    juju.model = before
    refusal = (2, "", f"ERROR the sandbox does not model {tool}\n")
    assert [(each.code, each.out, each.err) for each in found] == [refusal] * len(found)
