"""Rules between the fields of an object, to be put into the tables."""

from functools import wraps
from typing import Any, Callable, Mapping, Optional, Sequence, Tuple

from ..version import EVERY, VersionSet
from ..yaml.nodes import is_null
from .containers import Field, Rule, Values
from .place import Context
from .value_types import BROKEN, join_words, suggest


def makes_rules(check: Callable[..., None]) -> Callable[..., Rule]:
    """Have a function give a rule when it is called without the values, its first argument."""

    @wraps(check)
    def make_rule(*others: Any, **options: Any) -> Rule:
        return lambda values: check(values, *others, **options)

    return make_rule


def _known(keys: Sequence[str], fields: Mapping[str, Field], context: Context) -> str:
    """Name those of the keys that a version in question has."""
    known = [key for key in keys if context.report.covers(fields[key].which)]
    return join_words(known or keys, "or")


@makes_rules
def needs(values: Values, *keys: str, which: VersionSet = EVERY) -> None:
    """Ask for at least one of these keys."""
    if not values.has(*keys):
        known = _known(keys, values.table.fields, values.place.context)
        values.place.refuse(f"needs {known}", which=which)


@makes_rules
def one_at_most(values: Values, *keys: str, which: VersionSet = EVERY) -> None:
    """Ask for no more than one of these keys."""
    given = [key for key in keys if values.get(key)]
    if len(given) > 1:
        message = f"only one of {join_words(given, 'and')} can be given"
        values.at(given[-1]).refuse(message, "take the others out", which)


def text_or_file(keys: str, which: VersionSet = EVERY) -> Tuple[Rule, ...]:
    """Ask of each of these keys, which blanks part, that it is not beside its _file."""
    return tuple(one_at_most(key, f"{key}_file", which=which) for key in keys.split())


def one_source(keys: str) -> Tuple[Rule, ...]:
    """Ask of each of these keys, which blanks part, for one of it, its _file and its _ref."""
    return tuple(one_at_most(key, f"{key}_file", f"{key}_ref") for key in keys.split())


@makes_rules
def excludes(values: Values, key: str, *others: str, which: VersionSet = EVERY) -> None:
    """Ask for none of the others if a key is there."""
    given = [other for other in others if values.get(other)]
    if values.get(key) and given:
        message = f"cannot be given together with {key}"
        values.at(given[0]).refuse(message, "take one of them out", which)


@makes_rules
def asks_for(values: Values, key: str, *others: str, which: VersionSet = EVERY) -> None:
    """Ask for at least one of the others if a key is there."""
    if values.get(key) and not values.has(*others):
        known = _known(others, values.table.fields, values.place.context)
        values.at(key).refuse(f"needs {known} as well", which=which)


@makes_rules
def one_of(
    values: Values, key: str, *words: str, which: VersionSet = EVERY, default: bool = True
) -> None:
    """Ask for one of a few words.

    default: whether Alertmanager has one itself when the key is not there; given, but empty, it
        must be one of the words all the same.
    """
    value = values.get(key)
    if value is BROKEN or (value is None and default) or value in words:
        return
    message = f"{key} must be {join_words(words, 'or')}"
    values.at(key).refuse(message, suggest(value or "", words), which)


@makes_rules
def inherits(
    values: Values,
    *keys: str,
    from_global: Tuple[str, ...],
    which: VersionSet = EVERY,
    preset: bool = False,
) -> None:
    """Ask for at least one of these keys here, or of the others in the global block.

    preset: whether Alertmanager itself brings the global one, which an operator can only null.
    """
    context = values.place.context
    if values.has(*keys) or is_set_globally(context, *from_global, preset=preset):
        return
    hint = f"or set {_known(from_global, context.global_fields, context)} under global"
    message = f"needs {_known(keys, values.table.fields, context)}"
    values.place.refuse(message, hint, which)


@makes_rules
def inherits_secret(values: Values, key: str, from_global: str, which: VersionSet = EVERY) -> None:
    """Ask for a key or its _file here, or for another and its _file in the global block.

    Versions whose global block does not have that ask for it here.
    """
    known = values.place.context.global_fields[from_global].which
    twins = (from_global, f"{from_global}_file")
    needs(key, f"{key}_file", which=which & ~known)(values)
    inherits(key, f"{key}_file", from_global=twins, which=which & known)(values)


def is_set_globally(context: Context, *keys: str, preset: bool = False) -> bool:
    """Whether the global block sets any of these keys, or leaves it to Alertmanager's preset."""
    values: Optional[Values] = context.globals
    if values is None or values is BROKEN:
        # Without a block, or with one that could not be read, nothing can be missed.
        return preset or values is BROKEN
    # Presets are lost if the block is one of the nulls that are read as a block.
    preset = preset and not is_null(values.place.node)
    return any(values.get(key) or (preset and key not in values) for key in keys)


@makes_rules
def when(values: Values, condition: Callable[[Values], bool], *rules: Rule) -> None:
    """Apply rules only where a condition holds."""
    for rule in rules if condition(values) else ():
        rule(values)
