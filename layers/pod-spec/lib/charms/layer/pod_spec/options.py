"""Tell by flags which options are set and which have changed.

What the options were is remembered as hashes beside the flags, under the same commit: a hook that
fails forgets both, and the options themselves, with their secrets, are never on the operator's
disk.
"""

import hashlib
import json
import os

import yaml
from charmhelpers.core import hookenv, unitdata
from charms.reactive import clear_flag, get_flags, set_flag, toggle_flag

_SEEN = "layer.pod-spec.options"


def establish():
    """Set the flags that start with ``config.`` to what the options are now."""
    options = hookenv.config()
    options.implicit_save = False  # or charmhelpers writes all of them into a file
    declared = _declared()
    now = {name: _hash(json.dumps(value).encode()) for name, value in options.items()}
    seen = unitdata.kv().get(_SEEN) or {"declared": "", "values": {}}
    before = seen["values"]
    changed = sorted(name for name in {*now, *before} if now.get(name) != before.get(name))
    if changed or _hash(declared) != seen["declared"]:
        _compare(options, declared, gone=before.keys() - now.keys())
        unitdata.kv().set(_SEEN, {"declared": _hash(declared), "values": now})
    for name in changed:
        set_flag(f"config.changed.{name}")
    if changed:
        set_flag("config.changed")


def retire():
    """Clear the flags that hold for one hook only."""
    for flag in get_flags():
        if flag == "config.changed" or flag.startswith("config.changed."):
            clear_flag(flag)


def _compare(options, declared, gone):
    defaults = (yaml.safe_load(declared) or {}).get("options") or {}
    for name, value in options.items():
        toggle_flag(f"config.set.{name}", bool(value))
        toggle_flag(f"config.default.{name}", value == defaults.get(name, {}).get("default"))
    for name in gone:
        clear_flag(f"config.set.{name}")
        clear_flag(f"config.default.{name}")


def _declared():
    try:
        with open(os.path.join(hookenv.charm_dir(), "config.yaml"), "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""


def _hash(data):
    return hashlib.sha256(data).hexdigest()
