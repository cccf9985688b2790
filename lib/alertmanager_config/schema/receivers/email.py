"""E-mail."""

import re
from typing import Any, Dict

from ...version import before, since
from ...yaml.nodes import is_null, shown
from ..containers import Map, Object, Values, added
from ..field_rules import inherits, needs, one_of
from ..global_settings import MAIL_FILE, MAIL_SECRET_FILE, MAIL_TLS
from ..http_config import spell_header
from ..value_types import Bool, HostPort, Secret, Template, Text
from .inherited_from_global import is_nil, refuse_null


def _no_double_headers(values: Values) -> None:
    """Ask for each header once, however it is spelt."""
    headers = values.get("headers")
    if not isinstance(headers, dict):
        return
    # Until 0.24, Go's strings.Title made the names alike, which leaves capitals alone.
    for spell, which in ((_to_title, before(25)), (spell_header, since(25))):
        seen: Dict[str, str] = {}
        for name in headers:
            if seen.setdefault(spell(name), name) != name:
                message = f"the header {shown(spell(name))} is given twice, in different spellings"
                values.at("headers").refuse(message, "keep one of them", which)


# Behind what is no letter, digit or _ of ASCII; beyond ASCII, only behind blanks.
_WORD_START = re.compile(r"(?<![0-9A-Za-z_]|[^\x00-\x7f\s]).", re.DOTALL)


def _to_title(name: str) -> str:
    """Do what Go's strings.Title does, which changes a letter only into one other."""
    capitals = {char: char.title() for char in name if len(char.title()) == 1}
    return _WORD_START.sub(lambda start: capitals.get(start.group(), start.group()), name)


def _threading(values: Values) -> None:
    threading = values.get("threading")
    if not isinstance(threading, Values) or not threading.get("enabled"):
        return
    headers = values.get("headers")
    for name in headers if isinstance(headers, dict) else ():
        if spell_header(name) in ("References", "In-Reply-To"):
            message = f"the header {shown(name)} cannot be given while threading is enabled"
            values.at("headers").refuse(message)
    one_of("thread_by_date", "none", "daily", which=since(31), default=False)(threading)


def _mail_tls(values: Values) -> None:
    """Ask for a TLS client where the server is spoken to with TLS; 0.28 made it a pointer."""
    context = values.place.context
    if values.get("tls_config") is not None or not is_nil(context, "smtp_tls_config"):
        return
    implicit = _own_or_global(values, "force_implicit_tls")
    if implicit is None:
        address = values.get("smarthost") or context.globals.get("smtp_smarthost") or ""
        implicit = address.rpartition(":")[2] == "465"
    required = _own_or_global(values, "require_tls")
    if required is None:
        required = not is_null(context.globals.place.node)
    if implicit or required:
        refuse_null(values, "smtp_tls_config", which=since(28))


def _own_or_global(values: Values, key: str) -> Any:
    given = values.get(key)
    return values.place.context.globals.get(f"smtp_{key}") if given is None else given


_THREADING = Object(
    "threading",
    "config/notifiers.go ThreadingConfig",
    {Bool(): "enabled", Text(): "thread_by_date"},
)

EMAIL = Object(
    "an e-mail receiver",
    "config/notifiers.go EmailConfig",
    {
        Bool(): "require_tls send_resolved",
        HostPort(): "smarthost",
        MAIL_TLS: "tls_config",
        Map(Template()): "headers",
        Secret(): "auth_password auth_secret",
        Template(): "from html text to",
        Text(): "auth_identity auth_username hello",
        added(25, MAIL_FILE): "auth_password_file",
        added(30, _THREADING): "threading",
        added(31, Bool()): "force_implicit_tls",
        added(31, MAIL_SECRET_FILE): "auth_secret_file",
    },
    [
        needs("to"),
        _no_double_headers,
        _threading,
        _mail_tls,
        inherits("smarthost", from_global=("smtp_smarthost",)),
        inherits("from", from_global=("smtp_from",)),
    ],
)
