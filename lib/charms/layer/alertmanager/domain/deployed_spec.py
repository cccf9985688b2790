"""What the pod spec that Juju holds says: that is what runs."""

import base64
import json
from dataclasses import dataclass
from typing import Any, Mapping, Optional, Set, Tuple

import alertmanager_config
import yaml

from . import certificate_requests, charm_user
from .certificate_requests import CertificateRequest, IssuedCertificate
from .charm_options import Settings
from .config_files import ConfigFiles
from .option_parsers import WEB_FILE
from .pod_spec_values import unescape


@dataclass(frozen=True)
class DeployedSpec:
    """image: its reference. current: the files in force. good: those before, once all pods ran
    them, if any. settings: as far as they decide how the pods are reached. request: for a
    certificate, if there is that relation.
    """

    image: str
    current: ConfigFiles
    good: Optional[ConfigFiles]
    settings: Settings
    request: Optional[CertificateRequest] = None

    @property
    def issued_certificate(self) -> Optional[IssuedCertificate]:
        """The certificate in force if a relation brought it."""
        settings = self.settings
        if not (settings.tls_ca and settings.tls_cert):
            return None
        return IssuedCertificate(settings.tls_cert, settings.tls_key, settings.tls_ca)

    @property
    def secrets(self) -> Set[str]:
        """What nobody is to see of the files in force."""
        document = alertmanager_config.parse_yaml(self.current.config.decode(), "")
        secrets = set(alertmanager_config.find_secrets(document))
        for name, content in self.current.routing.files:
            if not name.endswith((".yml", ".tmpl")):
                secrets.update(content.decode(errors="replace").split())
        return secrets


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
    current = ConfigFiles(_decode_files(mounted["configuration"]))
    return DeployedSpec(
        container["imageDetails"]["imagePath"],
        current,
        ConfigFiles(good) if good else None,
        _read_settings(container["args"], dict(current.files), ca),
        request,
    )


def _decode_files(data: Mapping[str, Any]) -> Tuple[Tuple[str, bytes], ...]:
    return tuple(sorted((name, base64.b64decode(content)) for name, content in data.items()))


def _read_settings(args: Tuple[str, ...], files: Mapping[str, bytes], ca: str) -> Settings:
    name = "--web.external-url="
    url = unescape(next((arg[len(name) :] for arg in args if arg.startswith(name)), ""))
    hashes = json.loads(files[WEB_FILE]).get("basic_auth_users", {}).items()
    return Settings(
        external_url=url,
        ingress_url=url if "--web.route-prefix=/" in args else "",
        tls_cert=files.get("tls.crt", b"").decode(),
        tls_key=files.get("tls.key", b"").decode(),
        tls_ca=ca,
        web_users=tuple(sorted(item for item in hashes if item[0] != charm_user.USER)),
    )
