"""How the pods that run are spoken to: by related applications, and by the charm."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any, Mapping
from urllib.parse import urlsplit

from . import credentials
from .config_files import WEB_FILE
from .settings import Settings


@dataclass(frozen=True)
class Served:
    """How a web port is spoken to.

    scheme: http or https. path_prefix: "" or "/am". certificate: PEM text, "" without TLS.
    users: the operator's, names and password hashes; none where nobody needs a password.
    """

    scheme: str
    path_prefix: str
    certificate: str
    users: credentials.Users = field(default=(), repr=False)

    @property
    def username(self) -> str:
        """The user as whom the charm speaks; "" where none is needed."""
        return credentials.USER if self.users else ""

    @property
    def password(self) -> str:
        """That user's password."""
        return credentials.password(self.users) if self.users else ""


def by(settings: Settings) -> Served:
    """Tell how pods with these settings are spoken to."""
    return Served(settings.scheme, settings.route_prefix, settings.tls_cert, settings.web_users)


def of(spec: Mapping[str, Any]) -> Served:
    """Tell how the pods of a pod spec are spoken to, which this charm rendered at some time.

    spec: the parsed text. While the options are invalid, the last good spec is what runs.
    """
    prefix = ""
    for arg in spec["containers"][0]["args"]:
        name, _, value = arg.partition("=")
        if name == "--web.external-url":
            prefix = urlsplit(value).path.rstrip("/")
    files = spec["kubernetesResources"]["secrets"][0]["data"]
    web = json.loads(base64.b64decode(files[WEB_FILE]))
    hashes = web.get("basic_auth_users", {})
    users = tuple(sorted(item for item in hashes.items() if item[0] != credentials.USER))
    if "tls_server_config" not in web:
        return Served("http", prefix, "", users)
    return Served("https", prefix, base64.b64decode(files["tls.crt"]).decode(), users)
