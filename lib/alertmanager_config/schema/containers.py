"""Values that hold others: lists, mappings, and the objects whose keys are Alertmanager's."""

from typing import Any, Callable, Dict, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from ..version import EVERY, VersionSet, before, describe_versions, since
from ..yaml.nodes import Items, Scalar, get_value, is_null, shown
from ..yaml.nodes import Mapping as MappingNode
from .place import Place
from .value_types import ValueType, is_nothing, suggest


class Array(ValueType):
    """A list.

    null_items: what Alertmanager makes of a null in it. "fine" where it is as good as empty
        text, "empty" where it stands for a value without any checks, "crash" where Alertmanager
        cannot do without a value, and "late" where it does until it sends the first notification.
    crash: the versions that cannot do without a value although null_items is "empty".
    """

    wants = "a list"

    def __init__(self, kind: ValueType, null_items: str = "fine", crash: VersionSet = 0):
        self.kind = kind
        self.null_items = null_items
        self.crash = EVERY if null_items == "crash" else crash

    def check(self, place: Place) -> Any:
        """Give the list of values."""
        if not isinstance(place.node, Items):
            return [] if is_null(place.node) else self._refuse_type(place)
        values = []
        for index, item in enumerate(place.node.items):
            if place.context.report.full:
                break
            values.append(self.check_item(place.step(index, item)))
        return values

    def check_item(self, place: Place) -> Any:
        """Give the value of an item."""
        if not is_nothing(place.node) or self.null_items == "fine":
            return self.kind.check(place)
        hint = "fill it in, or take it out"
        if self.null_items == "late":
            # A receiver that is never built never notifies.
            message = "is null, and Alertmanager crashes at the first notification"
            place.refuse_or_warn(place.context.in_use, message, hint)
            return None
        place.refuse("is null, which Alertmanager refuses", hint, self.crash)
        message = "is null: Alertmanager takes it as one without any settings"
        place.warn(message, hint, EVERY & ~self.crash)
        return None


class Map(ValueType):
    """A mapping with keys of the operator's choice.

    judge_key: says what is wrong with a key.
    """

    wants = "a mapping"

    def __init__(self, kind: ValueType, judge_key: Optional[Callable[[str, Place], None]] = None):
        self.kind = kind
        self.judge_key = judge_key

    def check(self, place: Place) -> Any:
        """Give the dict of values."""
        node = place.node
        if not isinstance(node, MappingNode):
            return {} if is_null(node) else self._refuse_type(place)
        values = {}
        for key, value in node.items():
            if place.context.report.full:
                break
            if self.judge_key:
                self.judge_key(key.text, place.step(key.text, key))
            values[key.text] = self.kind.check(place.step(key.text, value))
        for name in node.doubled:
            message = f"the key {shown(name)} is given here and in what << merges"
            Place(node.keys[name], place.path, place.context).refuse(message, "keep one of them")
        return values


class ByVersion(ValueType):
    """A value that changed its type from one version to another.

    variants: (versions, type) pairs that cover every version.
    """

    def __init__(self, *variants: Tuple[VersionSet, ValueType]):
        self.variants = variants

    def check(self, place: Place) -> Any:
        """Check it as each version would; give the newest one's value."""
        value = None
        for which, kind in self.variants:
            with place.context.report.narrowed(which) as remains:
                if remains:
                    value = kind.check(place)
        return value


class Field(NamedTuple):
    """A key of an object: what its value is, and which versions know it."""

    kind: ValueType
    which: VersionSet = EVERY


def added(minor: int, kind: ValueType) -> Field:
    """Give a field that 0.<minor> was the first to know."""
    return Field(kind, since(minor))


def dropped(minor: int, kind: ValueType) -> Field:
    """Give a field that 0.<minor> was the first not to know any more."""
    return Field(kind, before(minor))


# What keys of an object are, and their names with blanks between them.
Table = Mapping[Union[Field, ValueType], str]


class Values(Dict[str, Any]):
    """The values of an object by key, where it stands, and its table."""

    def __init__(self, place: Place, table: "Object"):
        super().__init__()
        self.place = place
        self.table = table

    def __bool__(self) -> bool:
        # An object that is there counts, even if it is empty.
        return True

    def at(self, key: str) -> Place:
        """Give where a key's value stands, or the object if the key is not there."""
        value = get_value(self.place.node, key)
        return self.place if value is None else self.place.step(key, value)

    def has(self, *keys: str) -> bool:
        """Whether any of these keys has a value that counts."""
        return any(self.get(key) for key in keys)


Rule = Callable[[Values], None]


class Object(ValueType):
    """A mapping whose keys are Alertmanager's.

    name: what a message calls it.
    source: where in Alertmanager's source it is written.
    fields: its keys, of a table. rules: what must hold between them.
    """

    wants = "a mapping"

    def __init__(self, name: str, source: str, table: Table, rules: Sequence[Rule] = ()):
        self.name = name
        self.source = source
        self.fields: Dict[str, Field] = {
            name: field if isinstance(field, Field) else Field(field)
            for field, names in table.items()
            for name in names.split()
        }
        self.rules = tuple(rules)

    def check(self, place: Place) -> Any:
        """Give the values; None for a null."""
        node = place.node
        if is_nothing(node):
            return None
        if not isinstance(node, MappingNode) and not is_null(node):
            return self._refuse_type(place)
        values = Values(place, self)
        if isinstance(node, MappingNode):
            for key, _ in node.items():
                if place.context.report.full:
                    return values
                self.check_field(key, values)
        for rule in self.rules:
            rule(values)
        return values

    def check_field(self, key: Scalar, values: Values) -> None:
        """Say what is wrong with a key and its value, and put the value among the others."""
        name, place = key.text, values.place
        report = place.context.report
        field = self.fields.get(name)
        if field is None:
            self._refuse_unknown(name, Place(key, place.path, place.context))
            return
        lacking = EVERY & ~field.which
        if lacking and report.covers(lacking):
            has = describe_versions(field.which)
            message = f"{self.name} has the key {shown(name)} only in Alertmanager {has}"
            problem = Place(key, place.path, place.context).problem(message)
            report.refuse_untimely(problem, lacking)
        with report.narrowed(field.which, lacking) as remains:
            if remains:
                values[name] = field.kind.check(values.at(name))

    def _refuse_unknown(self, name: str, place: Place) -> None:
        context = place.context
        hint, home = "", context.homes.get(name)
        if context.may_suggest():
            elsewhere = f"it belongs in {home}" if home and home != self.name else ""
            hint = suggest(name, self.fields) or elsewhere
        place.refuse_or_warn(
            context.strict,
            f"{self.name} has no key {shown(name)}",
            hint or "take it out, or look it up in Alertmanager's documentation",
        )
