"""Trouble for a cluster under fire: what happens when, by a seed.

A plan is made before anything runs. A Trouble carries it out on a World and notes what it did.
"""

import contextlib
import json
import random
import time
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from support.monitoring_stack import ALERTMANAGER, PROMETHEUS

from sandbox.kubernetes.kubelet.cluster_types import ClusterError

KILL, PART, HEAL, SCALE = "kill", "part", "heal", "scale"
GOOD, WRONG, REFUSED = "configure", "configure wrongly", "configure what only Alertmanager refuses"
SILENCE = "silence"

_DECK = (KILL, KILL, KILL, PART, PART, SCALE, GOOD, GOOD, WRONG, REFUSED, SILENCE)
"""What happens, this often in each round and in any order."""


class Event(NamedTuple):
    """Something to happen.

    at: seconds after the beginning. kind: one of the above. pods: those that are killed, come or
    go. sides: the pods that still reach one another, for each side. units: how many there are from
    then on.
    """

    at: float
    kind: str
    pods: Tuple[str, ...] = ()
    sides: Tuple[Tuple[str, ...], ...] = ()
    units: int = 0

    def __str__(self):
        more = self.units or " ".join(self.pods) or " | ".join(map(" ".join, self.sides))
        return f"{self.at:6.1f} s  {self.kind} {more}".rstrip().replace(f"{ALERTMANAGER}-", "")


def plan(seed: int, seconds: float, units: int = 3, rounds: Sequence[str] = _DECK) -> List[Event]:
    """Return what happens within so many seconds, beginning with ``units`` pods.

    On each side of a partition one pod survives every kill: what only a side knows whose members
    all die at once, no cluster remembers. For the same reason there is no scaling while parted.
    """
    chance = random.Random(seed)
    events: List[Event] = []
    deck: List[str] = []
    sides: Tuple[Tuple[str, ...], ...] = ()
    now = heal_at = 0.0
    while True:
        now += chance.uniform(2, 6)
        if sides and now >= heal_at:
            events.append(Event(heal_at, HEAL))
            sides = ()
        if now >= seconds:
            return events
        deck = deck or chance.sample(rounds, len(rounds))
        kind = next((card for card in deck if not (sides and card in (PART, SCALE))), None)
        if kind is None:
            continue
        deck.remove(kind)
        pods = [f"{ALERTMANAGER}-{number}" for number in range(units)]
        event = Event(now, kind)
        if kind == KILL:
            event = event._replace(pods=_victims(chance, sides or (tuple(pods),)))
        elif kind == PART:
            event = event._replace(sides=_parted(chance, pods))
            sides, heal_at = event.sides, min(now + chance.uniform(5, 12), seconds)
        elif kind == SCALE:
            before, units = units, chance.choice([n for n in (2, 3, 4, 5) if n != units])
            fewer, more = sorted((before, units))
            changed = tuple(f"{ALERTMANAGER}-{number}" for number in range(fewer, more))
            event = event._replace(units=units, pods=changed)
        if kind != KILL or event.pods:
            events.append(event)


def _victims(chance, sides):
    mortal = []
    for side in sides:
        members = [pod for pod in side if pod != f"{PROMETHEUS}-0"]
        survivor = chance.choice(members)
        mortal += [pod for pod in members if pod != survivor]
    return tuple(sorted(chance.sample(mortal, chance.randint(1, len(mortal))))) if mortal else ()


def _parted(chance, pods):
    cut = chance.randint(1, len(pods) - 1)
    shuffled = chance.sample(pods, len(pods))
    sides = [shuffled[:cut], shuffled[cut:]]
    # on one side, or where it reaches all
    where = chance.choice([None, 0, 1])
    if where is not None:
        sides[where].append(f"{PROMETHEUS}-0")
    return tuple(tuple(sorted(side)) for side in sides)


class Done(NamedTuple):
    """An event that was carried out, and from when to when it lasted."""

    event: Event
    begin: float
    end: float


class Trouble:
    """Carries out plans on a World; ``history`` is what was done, ``silences`` the ids made."""

    def __init__(self, world):
        self.world = world
        self.history: List[Done] = []
        self.silences: List[str] = []
        self._parted: Optional[Tuple[Event, float]] = None
        self._looked = time.monotonic()
        self._paths = 0

    def happen(self, events: Sequence[Event], within: float):
        """Carry out a plan, or what of it can be begun within so many seconds.

        Hooks run all the time, and the leader looks after things.
        """
        began = time.monotonic()
        deeds = {
            KILL: self._kill,
            PART: self._part,
            HEAL: self._heal,
            SCALE: self._scale,
            SILENCE: self._silence,
        }
        for event in events:
            if time.monotonic() > began + within:
                return
            self._until(lambda due=began + event.at: time.monotonic() >= due, str(event))
            begin = time.time()
            deeds.get(event.kind, self._configure)(event)
            if event.kind not in (PART, HEAL):
                self.history.append(Done(event, begin, time.time()))

    def silence(self, matcher: str, pods: Sequence[str]):
        """Silence what matches, in the first of these pods that can, and wait for a second."""
        made = []

        def silenced():
            for pod in pods:
                with contextlib.suppress(ClusterError, AssertionError):
                    made.append(self.world.silence(pod, matcher))
                    return True
            return False

        self._until(silenced, f"a silence of {matcher}")
        self.silences += made
        self._until(
            lambda: sum(made[0] in self.world.silences(pod) for pod in pods) > 1,
            "a second member to know of a silence",
        )

    def written(self, pods: Sequence[str]):
        """Wait until the silences are on the disks of these pods, too."""

        def on_disk(pod):
            files = self.world.sh(pod, "cat /alertmanager/silences 2>/dev/null || true")
            return all(identifier in files for identifier in self.silences)

        self._until(lambda: all(map(on_disk, pods)), "the silences to be on the disk")

    def calm(self, units: int):
        """Heal, configure well and scale to so many; wait until all agree on everything."""
        self._heal(None)
        self._configure(Event(0, GOOD))
        self._all_know()
        self.world.juju.scale(ALERTMANAGER, units)
        self.world.live()
        self._all_know()

    def knows(self, pod: str) -> bool:
        """Tell whether a pod knows every silence."""
        return set(self.silences) <= set(self.world.silences(pod))

    def _all_know(self):
        self._until(lambda: all(map(self.knows, self._pods())), "all to know the silences")

    def _pods(self):
        return [pod.name for pod in self.world.cluster.pods(ALERTMANAGER)]

    def _until(self, condition, what):
        def met():
            if time.monotonic() - self._looked > 4:
                self.world.look()
                self._looked = time.monotonic()
            return condition()

        self.world.until(met, what)

    def _kill(self, event):
        # What only those know who die at once is forgotten but for the last snapshot.
        sides = self._parted[0].sides if self._parted else (tuple(self._pods()),)
        known = self.world.silences

        def others_know():
            for side in sides:
                left = [pod for pod in side if pod in self._pods() and pod not in event.pods]
                alive = set().union(*map(known, left))
                if not all(alive >= set(known(pod)) for pod in side if pod in event.pods):
                    return False
            return True

        self._until(others_know, "others to know the silences of those to be killed")
        restarts = {name: self.world.cluster.pod(name).restarts for name in event.pods}
        for name in event.pods:
            with contextlib.suppress(ClusterError):  # it is just being restarted
                self.world.cluster.kill(name, ALERTMANAGER, 9)

        def back(name):
            pod = self.world.cluster.pod(name)
            return pod.restarts > restarts[name] and pod.ready

        self._until(lambda: all(map(back, event.pods)), "what was killed to be back")

    def _part(self, event):
        self.world.cluster.partition(event.sides)
        self._parted = (event, time.time())

    def _heal(self, _):
        self.world.cluster.heal()
        if self._parted:
            self.history.append(Done(*self._parted, time.time()))
            self._parted = None

    def _scale(self, event):
        self._until(
            lambda: all(self.knows(f"{ALERTMANAGER}-{number}") for number in range(2)),
            "those that stay to know all silences",
        )
        self.world.juju.scale(ALERTMANAGER, event.units)
        self._until(
            lambda: len(self.world.ready_pods()) == event.units == len(self._pods()),
            f"{event.units} pods",
        )

    def _silence(self, _):
        sides = self._parted[0].sides if self._parted else (tuple(self._pods()),)
        largest = [pod for pod in max(sides, key=len) if pod.startswith(ALERTMANAGER)]
        if len(largest) > 1:
            self.silence(f"alertname=Other{len(self.silences)}", largest)

    def _configure(self, event):
        self._paths += 1
        text = self.team(f"/{self._paths}", **({"frobnicate": 1} if event.kind == REFUSED else {}))
        if event.kind == WRONG:
            text = text.replace('"receiver": "team"', '"receiver": "taem"')
        options = {"alertmanager-config": text, "strict-config": event.kind != REFUSED}
        self.world.juju.config(ALERTMANAGER, options)

    def team(self, path: str, **more) -> str:
        """Return a configuration that pages at a path, of each alert alone."""
        content = json.loads(self.world.team(path, **more))
        content["route"]["group_by"] = ["..."]
        return json.dumps(content)


def stream(hundreds: int, each_second: float, begin: float) -> str:
    """Return rules by which so many hundred different alerts start to fire, one after the other.

    begin: when the first does, in seconds since 1970. Each has a label ``hundred`` from 0 and one
    ``number`` that no other has. They do not end.
    """
    digits = "0123456789"
    rules: List[Dict] = [
        {"record": "digit", "labels": {"digit": digit}, "expr": f"vector({digit})"}
        for digit in digits
    ]
    rules += [
        {"record": "two_digits", "labels": {"ten": ten}, "expr": f"digit + {ten}0"}
        for ten in digits
    ]
    for hundred in range(hundreds):
        rules.append(
            {
                "alert": "Stream",
                "labels": {"hundred": str(hundred)},
                "expr": (
                    'label_join(two_digits, "number", "", "ten", "digit")'
                    f" + {hundred}00 < (time() - {begin:.0f}) * {each_second}"
                ),
                "annotations": {"summary": "{{ $value }}"},
            }
        )
    return json.dumps({"groups": [{"name": "stream", "rules": rules}]})
