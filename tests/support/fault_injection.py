"""One thing going wrong at one moment of a story, at every moment, and what came of it in the end.

``World`` is a model that can be put back to any moment: this charm on the bus, pods that answer,
somebody who does things, time. ``rehearse`` lives through a story undisturbed and keeps each
moment; ``Trial`` puts the world back to a moment, lets something go wrong there, and lives on.

What follows from equal states is equal, so a fault that leaves the world behind as another one did
is not followed twice: most of the calls of a hook only read, and to be killed at any of those
comes to the same.
"""

import contextlib
import hashlib
import pickle
import shutil
import time
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple
from unittest import mock

from support import bus_harness, fake_alertmanager
from support.charm_stories import APP, files

from sandbox.juju import Pod

MOST_PODS = 3
FIVE_MINUTES = 300
LONGEST_LIFE = 600
"""Steps after which a story that has not come to rest never will."""

BEGINNING = 1700000000.0

AT_CALLS = {
    "fail": "the call fails",
    "kill": "the hook is killed before it",
    "kill-after": "the hook is killed after it",
    "pod dies": "the operator pod dies, and its disk with it",
    "lease lost": "another unit becomes the leader",
}
"""What may go wrong at each call of a hook tool."""

AT_HOOKS = {
    "commit lost": "Juju does not apply what the hook wrote",
    "done twice": "Juju applies it, and runs the hook again",
    "done twice, disk lost": "that, with an empty disk",
    "disk lost": "the operator's disk is lost before the hook",
    "pods silent": "no pod answers during the hook",
}
"""What may go wrong with each hook."""

KINDS = {**AT_CALLS, **AT_HOOKS}


class Story(NamedTuple):
    """begin: brings the world to where the story starts. acts: what somebody does then, one thing
    after the other has had all its consequences. answer: what a neighbour does whenever there is
    something to do; returns whether there was. outcome: what a fault must not change, in place of
    ``World.outcome``, where each life is different: keys are made by chance.
    """

    name: str
    begin: Callable[["World"], Any]
    acts: Sequence[Callable[["World"], Any]]
    answer: Callable[["World"], bool] = lambda _: False
    outcome: Optional[Callable[["World"], Dict[str, Any]]] = None


class Saved(NamedTuple):
    """All that a World's future depends on."""

    model: bytes
    disk: Tuple[Tuple[str, bytes], ...]
    pods: Tuple[Tuple[bytes, bytes, str, bool], ...]
    service: str
    own: Tuple[float, int, int, str]

    def digest(self) -> bytes:
        """Tell states apart."""
        return hashlib.sha256(pickle.dumps(tuple(self))).digest()


class World:
    """A model with one application, which can be put back; a context manager.

    folder: where the controller keeps its files. charm: the assembled charm, or a built one with
    Controller as ``controller``: then there are no pods, which processes could not reach.
    ``juju`` is the controller; hooks run in ``step`` and ``run`` only.
    """

    def __init__(self, folder, charm, controller=bus_harness.controller):
        self.charm = charm
        self._agents = folder.resolve() / "agents"
        self.story: Optional[Story] = None
        self.silent = False
        self.specs: List[str] = []
        """The pod specs that Juju has held, in order."""
        self._now, self._looks, self._acts, self._last = 0.0, 0, 0, ""
        self._pods = 0
        self._service = ""
        self._stack = contextlib.ExitStack()
        self._has_pods = controller is bus_harness.controller
        self._servers = [fake_alertmanager.FakePod() for _ in range(MOST_PODS)]
        for server in self._servers:
            self._stack.callback(server.end)
        self.juju = self._stack.enter_context(controller(folder, clock=lambda: self._now))
        self._stack.enter_context(fake_alertmanager.reached(self._reached))
        self._stack.enter_context(mock.patch.object(time, "time", self._clock))
        self._kept = {"": self.save()}

    def __enter__(self) -> "World":
        return self

    def __exit__(self, *_) -> None:
        self._stack.close()

    def kept(self, name: str, bring_about: Callable[[], Any]) -> None:
        """Restore a state by its name; the first time, bring it about, settle, and keep it."""
        if name not in self._kept:
            bring_about()
            self.run()
            self._kept[name] = self.save()
        self.restore(self._kept[name])

    def _clock(self):
        return BEGINNING + self._now

    def _reached(self, number):
        return None if self.silent or number >= self._pods else self._servers[number]

    # -- to and fro --------------------------------------------------------------------------------

    def save(self) -> Saved:
        """Return what the world is like now."""
        model = self.juju.model
        model.log.clear()
        return Saved(
            pickle.dumps(vars(model)),
            tuple(self._disk()),
            tuple(
                (pod.delivered, pod.running, pod.version, pod.reloaded, pod.started)
                for pod in self._servers[: self._pods]
            ),
            self._service,
            (self._now, self._looks, self._acts, self._last),
        )

    def restore(self, saved: Saved) -> None:
        """Make the world what it was then."""
        vars(self.juju.model).update(pickle.loads(saved.model))
        self._restore_disk(dict(saved.disk))
        self._pods = len(saved.pods)
        for server, state in zip(self._servers, saved.pods):
            server.delivered, server.running, server.version, server.reloaded, server.started = (
                state
            )
        self._service = saved.service
        self.juju.cluster.set(APP, self._as_juju_sees_them(), saved.service)
        self._now, self._looks, self._acts, self._last = saved.own
        self.juju.history.clear()
        self.silent = False

    def _disk(self) -> Iterator[Tuple[str, bytes]]:
        """Yield the files that the units have beside the charm, which is links."""
        for pattern in ("unit-*/*", "unit-*/*/*"):
            for path in sorted(self._agents.glob(pattern)):
                if path.is_file() and not path.is_symlink():
                    yield str(path.relative_to(self._agents)), path.read_bytes()

    def _restore_disk(self, disk: Dict[str, bytes]) -> None:
        there = {name.partition("/")[0] for name in disk}
        for unit in self._agents.glob("unit-*"):
            if unit.name not in there:
                shutil.rmtree(unit)
        for unit in self.juju.units():
            if unit.tag in there:
                self.juju.operator.install(unit)
        for name in dict(self._disk()).keys() - disk.keys():
            (self._agents / name).unlink()
        for name, content in disk.items():
            path = self._agents / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    # -- life --------------------------------------------------------------------------------------

    def begin(self, story: Story) -> None:
        """Bring the story to where it starts."""
        self.restore(self._kept[""])
        self.story = None
        story.begin(self)
        self.run()
        self.story, self._acts, self._looks = story, 0, 2

    def run(self) -> None:
        """Live until nothing happens any more."""
        for _ in range(LONGEST_LIFE):
            if not self.step():
                return
        raise AssertionError("it has no end")

    def step(self) -> bool:
        """Let the next thing happen; return whether there was any.

        A hook that is due; else a neighbour answers; else Kubernetes brings what Juju holds to the
        pods; else five minutes pass, until a failed hook is retried or, twice, for the regular look
        at everything; else somebody does the next thing of the story.
        """
        happened = (
            self._hook() or self._answer() or self._kubernetes() or self._later() or self._act()
        )
        app = self.juju.model.applications.get(APP)
        if app and app.pod_spec and self.specs[-1:] != [app.pod_spec]:
            self.specs.append(app.pod_spec)
        return happened

    def _hook(self) -> bool:
        units = self.juju.units()
        after = [unit for unit in units if unit.name > self._last]
        for unit in [*after, *(unit for unit in units if unit not in after)]:
            if unit.app.charm and self.juju.step(unit):
                self._last = unit.name
                return True
        return False

    def _kubernetes(self) -> bool:
        app = self.juju.model.applications.get(APP)
        if not self._has_pods or app is None or app.pod_spec is None:
            return False
        (container,) = self.juju.pod_spec(APP)["containers"]
        version = container["imageDetails"]["imagePath"].rpartition(":v")[2]
        started = 1_600_000_000.0 + 60 * app.modified_version  # Juju replaces all pods for another
        wanted = [(files(self.juju)["alertmanager.yml"], version, started)] * app.scale
        found = [(pod.delivered, pod.version, pod.started) for pod in self._servers[: self._pods]]
        if wanted == found:
            return False
        self._pods = app.scale
        for pod, (delivered, version, started) in zip(self._servers, wanted):
            pod.delivered, pod.version, pod.started = delivered, version, started
            pod.reload()
        self._service, self._looks = "10.2.0.1", 0
        self.juju.set_pods(APP, self._as_juju_sees_them(), self._service)
        return True

    def _as_juju_sees_them(self) -> List[Pod]:
        return [Pod(f"{APP}-{k}", ip=f"10.1.0.{k + 1}") for k in range(self._pods)]

    def _later(self) -> bool:
        if APP not in self.juju.model.applications:
            return False
        if any(unit.failed for unit in self.juju.units()):
            self._now += FIVE_MINUTES
            self._looks = 0
            return True
        if self._looks == 2:
            return False
        self._now += FIVE_MINUTES
        self._looks += 1
        self.juju.update_status(APP)
        return True

    def repeat_actions(self) -> None:
        """Run each action again: Juju does not when one fails, but somebody will."""
        for action in self._actions():
            params = {k: v for k, v in action.params.items() if k != "workload-context"}
            self.juju.queue_action(action.unit, action.name, params)
        self.run()

    def _actions(self) -> list:
        """Return the last run of each action."""
        last = {(action.unit, action.name): action for action in self.juju.model.actions.values()}
        return list(last.values())

    def _answer(self) -> bool:
        return self.story is not None and self.story.answer(self)

    def _act(self) -> bool:
        if self.story is None or self._acts == len(self.story.acts):
            return False
        self.story.acts[self._acts](self)
        self._acts += 1
        self._looks = 0
        return True

    def look_again(self) -> None:
        """Let there be two regular looks at everything before it counts as settled."""
        self._looks = 0

    def other_leader(self) -> str:
        """Return a unit that could lead instead of the one that does, "" if there is none."""
        app = self.juju.model.applications[APP]
        alive = [unit.name for unit in app.units.values() if unit.life == "alive"]
        return next((name for name in sorted(alive) if name != app.leader), "")

    # -- what came of it ---------------------------------------------------------------------------

    def outcome(self) -> Dict[str, Any]:
        """Return everything that a fault must not change, once nothing happens any more."""
        app = self.juju.model.applications.get(APP)
        if app is None:
            return {"units": {}, "relations": len(self.juju.model.relations)}
        return {
            "leader": app.leader,
            "pod spec": app.pod_spec,
            "deployed": app.applied and app.applied[0],
            "leader settings": app.leader_settings,
            "units": {name: self._unit(unit) for name, unit in app.units.items()},
            "databags": {
                f"{relation.id} {who}": bag.settings
                for relation in self.juju.model.relations_of(APP)
                for who, bag in {**relation.units, **relation.apps}.items()
                if bag.settings
            },
            "pods": [(pod.running, pod.version) for pod in self._servers[: self._pods]],
            "idle hooks write": self.written_at_last(),
            "actions": {
                f"{action.unit} {action.name}": (action.status, action.results)
                for action in self._actions()
            },
        }

    def written_at_last(self) -> List[list]:
        """Return what the last regular look of each unit has changed: the tools' command lines."""
        looked = [run for run in self.juju.history if run.hook == "update-status"]
        last = looked[-len(self.juju.application(APP).units) :]
        return [call.argv for run in last for call in run.writes if call.tool != "juju-log"]

    def _unit(self, unit) -> Dict[str, Any]:
        return {
            "life": unit.life,
            "failed": unit.failed,
            "status": (unit.workload.state, unit.workload.message),
            "version": unit.version,
            "database": self._remembered(unit),
        }

    def _remembered(self, unit) -> Dict[str, Any]:
        """Return a unit's flags and notes, less those that only save it work when it has them."""
        notes = bus_harness.database_of(self.juju, unit.name)
        record = notes.get("alertmanager", {})
        if unit.name != unit.app.leader:  # what it noted when it led, if it did
            record.pop("given", None)
            for name in ("live", "config_hash"):
                record.get("pods", {}).pop(name, None)
            notes.pop("reactive.states.alertmanager.spec.applied", None)
        record.get("given", {}).pop("doubted_until", None)
        record.get("pods", {}).pop("unchanged_since", None)
        record.pop("digests", None)
        savings = ("reactive.data_changed.", "reactive.state_watch", "layer.pod-spec.unrelated.")
        return {name: value for name, value in notes.items() if not name.startswith(savings)}


class Moment(NamedTuple):
    """A hook of the undisturbed story: what was before it, whose and which it was, its calls."""

    before: Saved
    unit: str
    hook: str
    calls: Tuple[str, ...]
    others: bool
    """Whether another unit could have become the leader."""

    def faults(self) -> Iterator[Tuple[str, int]]:
        """Yield everything that may go wrong here: the kind, and at which call."""
        for number in range(len(self.calls)):
            for kind in AT_CALLS:
                if kind != "lease lost" or self.others:
                    yield kind, number
        for kind in AT_HOOKS:
            if self.calls or kind == "disk lost":  # without calls there is no such hook
                yield kind, 0


class Rehearsal(NamedTuple):
    """A story without faults: its hooks, what came of it, and all pod specs there were."""

    story: Story
    moments: List[Moment]
    outcome: Dict[str, Any]
    specs: Tuple[str, ...]


def rehearse(world: World, story: Story) -> Rehearsal:
    """Live through a story, and keep each moment before a hook."""
    world.begin(story)
    del world.specs[:-1]
    world.juju.history.clear()
    moments = []
    while True:
        before, began = world.save(), len(world.juju.history)
        if not world.step():
            break
        for run in world.juju.history[began:]:
            assert not run.error, (run.error, run.output)
            others = APP in world.juju.model.applications and bool(world.other_leader())
            calls = tuple(call.tool for call in run.calls)
            moments.append(Moment(before, run.unit, run.hook, calls, others))
    outcome = (story.outcome or World.outcome)(world)
    return Rehearsal(story, moments, outcome, tuple(world.specs))


class Trial:
    """Faults in one story, one at a time, each from the moment before it."""

    def __init__(self, world: World, rehearsal: Rehearsal):
        self._world, self._rehearsal = world, rehearsal
        self._known: Dict[bytes, List[str]] = {}
        self.lives = 0
        """How many different states faults have left behind."""

    def differences(self, moment: Moment, kind: str, call: int) -> List[str]:
        """Let a fault happen; return how the end differs from the undisturbed one, a line each."""
        world = self._world
        world.restore(moment.before)
        world.specs[:] = []
        self._go_wrong(moment, kind, call)
        left = world.save().digest()
        if left not in self._known:
            self.lives += 1
            self._known[left] = self._live_on()
        return self._known[left]

    def _go_wrong(self, moment: Moment, kind: str, call: int) -> None:
        world, juju = self._world, self._world.juju
        effect = {
            "fail": "fail",
            "kill": "kill",
            "kill-after": "kill-after",
            "pod dies": "kill",
            "lease lost": lambda: juju.set_leader(APP, world.other_leader()),
            "commit lost": "commit",
            "done twice": "forget",
            "done twice, disk lost": "forget",
        }.get(kind)
        if kind == "disk lost":
            juju.restart_operator(APP)
        world.silent = kind == "pods silent"
        fault = juju.inject(moment.unit, effect, call=call) if effect else None
        world.step()
        world.silent = False
        world.look_again()
        assert not fault or fault.hit, (moment.unit, moment.hook, kind, call)
        if kind in ("pod dies", "done twice, disk lost") and APP in juju.model.applications:
            juju.restart_operator(APP)

    def _live_on(self) -> List[str]:
        world, expected = self._world, self._rehearsal.outcome
        try:
            world.run()
            world.repeat_actions()
            leader = expected.get("leader")
            if leader and world.juju.model.applications[APP].leader != leader:
                world.juju.set_leader(APP, leader)
                world.look_again()
                world.run()
        except AssertionError as error:
            return [str(error)]
        outcome = self._rehearsal.story.outcome
        if outcome:
            return list(_compare("", expected, outcome(world)))
        found = list(_compare("", expected, world.outcome()))
        others = [text for text in world.specs if text not in self._rehearsal.specs]
        return found + [
            f"a pod spec that there never was without faults:\n{text}" for text in others
        ]


def _compare(place: str, expected: Any, found: Any) -> Iterator[str]:
    """Yield what is different, each with its place."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted({*expected, *found}):
            yield from _compare(f"{place}/{key}", expected.get(key), found.get(key))
    elif expected != found:
        yield f"{place}: {expected!r} became {found!r}"
