"""How the pods that run are spoken to: what related applications have to know."""

import base64
import json
from dataclasses import dataclass
from typing import Any, Mapping
from urllib.parse import urlsplit

from .config_files import WEB_FILE
from .settings import Settings


@dataclass(frozen=True)
class Served:
    """scheme: http or https. path_prefix: "" or "/am". certificate: PEM text, "" without TLS."""

    scheme: str
    path_prefix: str
    certificate: str


def by(settings: Settings) -> Served:
    """Tell how pods with these settings are spoken to."""
    return Served(settings.scheme, settings.route_prefix, settings.tls_cert)


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
    if "tls_server_config" not in web:
        return Served("http", prefix, "")
    return Served("https", prefix, base64.b64decode(files["tls.crt"]).decode())
