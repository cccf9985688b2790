"""What is said over the relation: a configuration and its templates.

Pure functions; see README.md for who writes which key.
"""

import json
from typing import Mapping, NamedTuple, Optional

ANSWER_KEYS = ("alertmanager_config", "alertmanager_templates")
"""What the other application writes; this side writes nothing."""


class DecodeError(ValueError):
    """What was said is no configuration; says why."""


class Configuration(NamedTuple):
    """config: alertmanager.yml, YAML or JSON. templates: the text of a template file, or ""."""

    config: str
    templates: str

    def __repr__(self) -> str:
        return "Configuration(...)"  # receivers hold passwords


def decode(bag: Mapping[str, str]) -> Optional[Configuration]:
    """Return what the other application's databag says, None if it has said nothing yet.

    Whether the configuration makes sense is not looked at. Raises DecodeError, which repeats
    nothing of what was said: it may be secret.
    """
    config = (bag.get("alertmanager_config") or "").strip()
    if config in ("", "null", "{}"):
        return None
    text = bag.get("alertmanager_templates") or "[]"
    try:
        templates = json.loads(text, parse_int=float) or []  # int takes minutes for a megabyte
    except (ValueError, RecursionError):
        raise DecodeError("alertmanager_templates is not JSON") from None
    if not isinstance(templates, list) or not all(isinstance(one, str) for one in templates):
        raise DecodeError("alertmanager_templates is not a list of texts")
    return Configuration(config, "\n".join(templates))
