"""Render the charm's templates."""

import json
import os
import re

from charmhelpers.core import hookenv


def render(template, context):
    """Return the text of a template in the charm's ``templates`` folder.

    template: its file name. context: its variables, by name; all options are there as ``config``.

    A variable that is not there is an error (jinja2.UndefinedError) instead of an empty string. The
    filter ``json`` writes any plain value so that YAML reads exactly that value back, wherever a
    YAML value may stand in one line.
    """
    # Here, because it takes 50 ms, and most hooks render nothing.
    from charms.templating import jinja2 as templating  # noqa: PLC0415
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415

    environment = Environment(
        loader=FileSystemLoader(os.path.join(hookenv.charm_dir(), "templates")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["json"] = to_json
    return templating.render(template=environment.get_template(template), context=context)


def to_json(value):
    """Return a plain value as one line of ASCII, the same for equal values, that YAML reads alike.

    It is JSON but for characters beyond U+FFFF: JSON writes those as two escapes, which YAML would
    take for two characters, so they get YAML's own long escape.
    """
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False, default=_refuse)
    return re.sub(r"[^ -~]", _escape, text)


def _escape(match):
    code = ord(match.group())
    return f"\\U{code:08x}" if code > 0xFFFF else f"\\u{code:04x}"


def _refuse(value):
    str(value)  # an undefined variable says its name here
    raise TypeError(f"no JSON for a {type(value).__name__}")
