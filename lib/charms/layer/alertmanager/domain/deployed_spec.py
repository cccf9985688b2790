"""What the pod spec that Juju holds says: that is what runs."""

import base64
import json
from dataclasses import dataclass
from typing import Any, Mapping, Optional, Set, Tuple
from urllib.parse import urlsplit

import alertmanager_config
import yaml

from . import certificate_requests, charm_user
from .certificate_requests import CertificateRequest, IssuedCertificate
from .config_files import WEB_FILE, ConfigFiles
from .web_endpoint import WebEndpoint


@dataclass(frozen=True)
class DeployedSpec:
    """image: its reference. current: the files in force. good: those before, once all pods ran
    them, if any. external_url: the URL under which people reach them, "" if none was given.
    is_at_root: whether its path is taken off before requests come to them. request: for a
    certificate, if there is that relation. ca: that of the certificate in force if a relation
    brought it, else "".
    """

    image: str
    current: ConfigFiles
    good: Optional[ConfigFiles]
    external_url: str
    is_at_root: bool = False
    request: Optional[CertificateRequest] = None
    ca: str = ""

    @property
    def issued_certificate(self) -> Optional[IssuedCertificate]:
        """The certificate in force if a relation brought it."""
        files = dict(self.current.files)
        if not self.ca or "tls.crt" not in files:
            return None
        texts = files["tls.crt"].decode(), files["tls.key"].decode()
        return IssuedCertificate(*texts, self.ca)

    def find_secrets(self) -> Set[str]:
        """Return what Alertmanager must not be quoted with: the secrets in its files."""
        document = alertmanager_config.parse_yaml(self.current.config.decode(), "")
        found = set(alertmanager_config.find_secrets(document))
        for name, content in self.current.routing:
            if not name.endswith((".yml", ".tmpl")):
                found.update(content.decode(errors="replace").split())
        return found

    @property
    def web_endpoint(self) -> WebEndpoint:
        """How its pods are reached."""
        files = dict(self.current.files)
        web = json.loads(files[WEB_FILE])
        hashes = web.get("basic_auth_users", {}).items()
        users = tuple(sorted(item for item in hashes if item[0] != charm_user.USER))
        prefix = "" if self.is_at_root else urlsplit(self.external_url).path.rstrip("/")
        if "tls_server_config" not in web:
            return WebEndpoint("http", prefix, "", users, self.external_url)
        certificate = files["tls.crt"].decode()
        return WebEndpoint("https", prefix, certificate, users, self.external_url, self.ca)


def parse(text: Optional[str]) -> Optional[DeployedSpec]:
    """Read a pod spec; None if there is none, or none that this charm has rendered.

    Another charm's is there after `juju refresh --switch`, for example.
    """
    try:
        return _read(yaml.safe_load(text)) if text else None
    except (
        *(AttributeError, LookupError, TypeError, ValueError, yaml.YAMLError),
        *(OverflowError, RecursionError),
    ):
        return None


def _read(spec: Any) -> DeployedSpec:
    (container,) = spec["containers"]
    secrets = {secret["name"]: secret["data"] for secret in spec["kubernetesResources"]["secrets"]}
    mounted = {
        volume["name"]: secrets[volume["secret"]["name"]]
        for volume in container["volumeConfig"]
        if "secret" in volume
    }
    good = _decode_files(mounted["last-good"])
    requests = [data for name, data in secrets.items() if name.endswith("-certificate-request")]
    request, ca = certificate_requests.from_files(
        dict(_decode_files(requests[0])) if requests else {}
    )
    return DeployedSpec(
        container["imageDetails"]["imagePath"],
        ConfigFiles(_decode_files(mounted["configuration"])),
        ConfigFiles(good) if good else None,
        _find_external_url(container["args"]),
        "--web.route-prefix=/" in container["args"],
        request,
        ca,
    )


def _decode_files(data: Mapping[str, Any]) -> Tuple[Tuple[str, bytes], ...]:
    return tuple(sorted((name, base64.b64decode(content)) for name, content in data.items()))


def _find_external_url(args: Tuple[str, ...]) -> str:
    name = "--web.external-url="
    return next((arg[len(name) :] for arg in args if arg.startswith(name)), "")
