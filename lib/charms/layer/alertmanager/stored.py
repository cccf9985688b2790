"""What a pod spec of this charm says, read back from Juju: that is what runs."""

import base64
import json
from dataclasses import dataclass
from typing import Any, Mapping, NamedTuple, Optional, Tuple
from urllib.parse import urlsplit

import yaml

from . import certificate_requests, credentials
from .config_files import WEB_FILE, ConfigFiles
from .served import Served

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Stored:
    """image: its reference. current: the files in force. good: those before, once all pods ran
    them, if any. external_url: the URL under which people reach them, "" if none was given.
    at_root: whether its path is taken off before requests come to them. kept: what is asked for
    through a relation. ca: that of the certificate in force if a relation brought it, else "".
    """

    image: str
    current: ConfigFiles
    good: Optional[ConfigFiles]
    external_url: str
    at_root: bool = False
    kept: Optional[certificate_requests.Kept] = None
    ca: str = ""

    @property
    def certified(self) -> Optional[certificate_requests.Certified]:
        """The certificate in force if a relation brought it."""
        files = dict(self.current.files)
        if not self.ca or "tls.crt" not in files:
            return None
        texts = files["tls.crt"].decode(), files["tls.key"].decode()
        return certificate_requests.Certified(*texts, self.ca)

    @property
    def served(self) -> Served:
        """How its pods are spoken to."""
        files = dict(self.current.files)
        web = json.loads(files[WEB_FILE])
        hashes = web.get("basic_auth_users", {}).items()
        users = tuple(sorted(item for item in hashes if item[0] != credentials.USER))
        prefix = "" if self.at_root else urlsplit(self.external_url).path.rstrip("/")
        if "tls_server_config" not in web:
            return Served("http", prefix, "", users, self.external_url)
        certificate = files["tls.crt"].decode()
        return Served("https", prefix, certificate, users, self.external_url, self.ca)


class Nothing(NamedTuple):
    """What stands in for a Stored where there is none."""

    kept: None = None
    certified: None = None


NOTHING = Nothing()


def read(text: Optional[str]) -> Optional[Stored]:
    """Read a pod spec; None if there is none, or none that this charm has rendered.

    Another charm's is there after `juju refresh --switch`, for example.
    """
    try:
        return _read(yaml.load(text, _LOADER)) if text else None
    except (
        *(AttributeError, LookupError, TypeError, ValueError, yaml.YAMLError),
        *(OverflowError, RecursionError),
    ):
        return None


def _read(spec: Any) -> Stored:
    (container,) = spec["containers"]
    secrets = {secret["name"]: secret["data"] for secret in spec["kubernetesResources"]["secrets"]}
    mounted = {
        volume["name"]: secrets[volume["secret"]["name"]]
        for volume in container["volumeConfig"]
        if "secret" in volume
    }
    good = _files(mounted["last-good"])
    requests = [data for name, data in secrets.items() if name.endswith("-certificate-request")]
    kept = certificate_requests.read(dict(_files(requests[0])) if requests else {})
    return Stored(
        container["imageDetails"]["imagePath"],
        ConfigFiles(_files(mounted["configuration"])),
        ConfigFiles(good) if good else None,
        _external_url(container["args"]),
        "--web.route-prefix=/" in container["args"],
        *kept,
    )


def _files(data: Mapping[str, Any]) -> Tuple[Tuple[str, bytes], ...]:
    return tuple(sorted((name, base64.b64decode(content)) for name, content in data.items()))


def _external_url(args: Tuple[str, ...]) -> str:
    for arg in args:
        name, _, value = arg.partition("=")
        if name == "--web.external-url":
            return value
    return ""
