"""Relations: what ``juju relate`` and ``juju remove-relation`` change."""

from __future__ import annotations

from sandbox.juju.go_values import quote
from sandbox.juju.juju_errors import JujuError
from sandbox.juju.model.entities import Bag, End, Model, Relation, Settings, relation_key
from sandbox.juju.model.model_state import ModelState


class Relations(ModelState):
    """The commands about relations. Each checks first and changes then, or raises JujuError."""

    def relate(self, one: str, other: str) -> Relation:
        """``juju relate``: each side is an application or ``application:endpoint``."""
        with self.lock:
            pairs = [
                (a, b)
                for a in self._ends(one)
                for b in self._ends(other)
                if a.endpoint.fits(b.endpoint)
            ]
            if not pairs:
                raise JujuError("no relations found")
            if len(pairs) > 1:
                found = "; ".join(sorted(quote(relation_key(pair)) for pair in pairs))
                what = quote(f"{one} {other}")
                raise JujuError(f"ambiguous relation: {what} could refer to {found}")
            self._check_new(pairs[0])
            return self._add_relation(pairs[0])

    def _ends(self, spelled: str) -> list[End]:
        name, _, endpoint = spelled.partition(":")
        application = self.application(name)
        if endpoint and endpoint not in application.endpoints:
            raise JujuError(f"application {quote(name)} has no {quote(endpoint)} relation")
        wanted = [endpoint] if endpoint else list(application.endpoints)
        return [End(name, application.endpoints[key]) for key in wanted]

    def _check_new(self, ends: tuple) -> None:
        key = relation_key(ends)
        problems = [
            f"application {quote(end.app)} is not alive"
            for end in ends
            if self.model.applications[end.app].life != "alive"
        ]
        for known in self.model.relations.values():
            if set(ends) == set(known.ends):
                alive = known.life == "alive"
                what = "already exists" if alive else "is dying, but not yet removed"
                problems.append(f"relation {key} {what}")
        for problem in problems:
            raise JujuError(f"cannot add relation {quote(key)}: {problem}")

    def _add_relation(self, ends: tuple) -> Relation:
        relation = Relation(self.model.next_relation, ends)
        self.model.next_relation += 1
        self.model.relations[relation.id] = relation
        self.notify()
        return relation

    def remove_relation(self, one: str, other: str) -> None:
        """``juju remove-relation``: the units depart, then both sides see it broken."""
        with self.lock:
            for relation in self.model.relations.values():
                if _matches(relation, one, other):
                    self.break_relation(relation)
                    self.notify()
                    return
            raise JujuError(f"relation matching {quote(f'{one} {other}')} not found")

    def break_relation(self, relation: Relation) -> None:
        """Each side's agents leave by themselves."""
        relation.life = "dying"
        leave_scope(self.model, relation, [])


def _matches(relation: Relation, one: str, other: str) -> bool:
    def fits(end: End, spelled: str) -> bool:
        return spelled in (end.app, str(end))

    first, second = relation.ends
    return (fits(first, one) and fits(second, other)) or (fits(first, other) and fits(second, one))


def enter_scope(relation: Relation, unit: str, settings: Settings) -> None:
    """Lets a unit into a relation with its first settings; a bag it left behind there is
    replaced.
    """
    relation.units.setdefault(unit, Bag()).replace(settings)
    relation.scope.add(unit)


def leave_scope(model: Model, relation: Relation, units: list[str]) -> None:
    """Takes units out of a relation; a dying relation that nobody is in any more goes."""
    relation.scope.difference_update(units)
    if relation.life == "dying" and not relation.scope:
        model.relations.pop(relation.id, None)
        for end in relation.ends:
            bury(model, end.app)


def bury(model: Model, app: str) -> None:
    """Drops an application that is dying, once it has neither units nor relations any more."""
    application = model.applications.get(app)
    if application is None or application.life != "dying":
        return
    if not application.units and not model.relations_of(app):
        del model.applications[app]
