"""Rules between the fields of a block, to be put into the tables."""

from typing import Callable, Optional, Tuple

from ..version import EVERY, VersionSet
from ..yaml.nodes import is_null
from .check_context import Context
from .value_types import BROKEN, Block, Rule, Values, is_set, nearest


def _names(keys: Tuple[str, ...], last: str) -> str:
    return keys[0] if len(keys) == 1 else ", ".join(keys[:-1]) + f" {last} {keys[-1]}"


def _known(keys: Tuple[str, ...], block: Block, context: Context) -> Tuple[str, ...]:
    """Give those of the keys that a version in question has."""
    known = [key for key in keys if context.report.covers(block.fields[key].which)]
    return tuple(known) or keys


def needs(*keys: str, which: VersionSet = EVERY) -> Rule:
    """Ask for at least one of these keys."""

    def rule(values: Values, context: Context) -> None:
        if not is_set(values, *keys):
            message = f"needs {_names(_known(keys, values.block, context), 'or')}"
            context.report.refuse(values.node, values.path, message, which=which)

    return rule


def one_at_most(*keys: str, which: VersionSet = EVERY) -> Rule:
    """Ask for no more than one of these keys."""

    def rule(values: Values, context: Context) -> None:
        given = [key for key in keys if values.get(key)]
        if len(given) > 1:
            node, path = values.place(given[-1])
            message = f"only one of {_names(tuple(given), 'and')} may be given"
            context.report.refuse(node, path, message, "take the others out", which)

    return rule


def excludes(key: str, *others: str, which: VersionSet = EVERY) -> Rule:
    """Ask for none of the others if a key is there."""

    def rule(values: Values, context: Context) -> None:
        given = [other for other in others if values.get(other)]
        if values.get(key) and given:
            node, path = values.place(given[0])
            message = f"cannot be given together with {key}"
            context.report.refuse(node, path, message, "take one of them out", which)

    return rule


def asks_for(key: str, *others: str, which: VersionSet = EVERY) -> Rule:
    """Ask for at least one of the others if a key is there."""

    def rule(values: Values, context: Context) -> None:
        if values.get(key) and not is_set(values, *others):
            node, path = values.place(key)
            message = f"needs {_names(_known(others, values.block, context), 'or')} as well"
            context.report.refuse(node, path, message, which=which)

    return rule


def chosen(key: str, *words: str, which: VersionSet = EVERY, default: bool = True) -> Rule:
    """Ask for one of a few words.

    default: whether Alertmanager has one itself when the key is not there; given, but empty, it
        must be one of the words all the same.
    """

    def rule(values: Values, context: Context) -> None:
        value = values.get(key)
        if value is BROKEN or (value is None and default) or value in words:
            return
        node, path = values.place(key)
        message = f"{key} must be {_names(words, 'or')}"
        context.report.refuse(node, path, message, nearest(value or "", words), which)

    return rule


def inherits(
    *keys: str,
    from_global: Tuple[str, ...],
    which: VersionSet = EVERY,
    preset: bool = False,
) -> Rule:
    """Ask for at least one of these keys here, or of the others in the global block.

    preset: whether Alertmanager itself brings the global one, which an operator can only null.
    """

    def rule(values: Values, context: Context) -> None:
        if is_set(values, *keys) or is_set_globally(context, *from_global, preset=preset):
            return
        message = f"needs {_names(_known(keys, values.block, context), 'or')}"
        known = _known(from_global, context.global_block, context)
        hint = f"or set {_names(known, 'or')} under global"
        context.report.refuse(values.node, values.path, message, hint, which)

    return rule


def is_set_globally(context: Context, *keys: str, preset: bool = False) -> bool:
    """Whether the global block sets any of these keys, or leaves it to Alertmanager's preset."""
    values: Optional[Values] = context.globals
    if values is None or values is BROKEN:
        # Without a block, or with one that could not be read, nothing can be missed.
        return preset or values is BROKEN
    # Presets are lost if the block is one of the nulls that are read as a block.
    preset = preset and not is_null(values.node)
    return any(values.get(key) or (preset and key not in values) for key in keys)


def when(condition: Callable[[Values], bool], rule: Rule) -> Rule:
    """Apply a rule only where a condition holds."""

    def conditional(values: Values, context: Context) -> None:
        if condition(values):
            rule(values, context)

    return conditional
