"""What integrations take from the block global, and what comes of it if that lacks it."""

from ...version import EVERY, VersionSet
from ...yaml.nodes import is_null
from ..containers import Values
from ..field_rules import makes_rules
from ..place import Context
from ..value_types import is_nothing


def is_nil(context: Context, key: str) -> bool:
    """Whether what Alertmanager presets in the global block has been set to nothing."""
    block = context.globals
    if not isinstance(block, Values):
        return False
    # A block that is read from one of the other nulls loses every preset.
    node = block.place.node
    return is_null(node) or (key in block and is_nothing(node.get(key)))


def refuse_null(
    values: Values, key: str, which: VersionSet = EVERY, always: VersionSet = 0
) -> None:
    """Say that a receiver takes from the global block what is null there.

    which: the versions in which it does. always: those that crash even if no route leads to it.
    """
    message = f"takes {key} from global, where it is null, and Alertmanager crashes"
    hint = f"take {key} out of global, or give it a value"
    if values.place.context.in_use:
        values.place.refuse(message, hint, which)
        return
    values.place.refuse(message, hint, which & always)
    values.place.warn(message, hint, which & ~always)


@makes_rules
def needs_preset(values: Values, key: str, from_global: str, which: VersionSet = EVERY) -> None:
    """Ask for what Alertmanager presets in the global block, unless there is an own value."""
    if values.get(key) is None and is_nil(values.place.context, from_global):
        refuse_null(values, from_global, which)


@makes_rules
def needs_client(values: Values, copied: VersionSet, beside: VersionSet) -> None:
    """Ask for an http_config in global where there is no own one.

    copied: the versions that copy the global one while they read the configuration.
    beside: those that look at it even beside an own one which has no proxy_url.
    """
    block, own = values.place.context.globals, values.get("http_config")
    inherited = block.get("http_config") if isinstance(block, Values) else None
    keys = ("proxy_url", "proxy_from_environment")
    has_proxy = isinstance(inherited, Values) and inherited.has(*keys)
    if has_proxy and isinstance(own, Values) and not own.has(*keys):
        message = "does without the proxy of the http_config under global"
        hint = "an http_config of its own replaces the global one; repeat the proxy in it"
        values.at("http_config").warn(message, hint, EVERY & ~beside)
    if not is_nil(values.place.context, "http_config"):
        return
    if own is None:
        refuse_null(values, "http_config", always=copied)
    elif beside and isinstance(own, Values) and own.get("proxy_url") is None:
        refuse_null(values, "http_config", which=beside, always=copied)
