"""The values of templates/pod-spec.yaml.j2: what the pod runs, and how Kubernetes looks at it."""

import base64
import hashlib
import json
from typing import Any, Dict, Iterable, List, Mapping, Optional, Tuple

from alertmanager_config.command_line_flags import understands
from alertmanager_config.version import Version

from .charm_options import WEB_PORT, Settings
from .config_files import ConfigFiles
from .option_parsers import CONFIG_FILE, DIRECTORY, WEB_FILE

GOSSIP_PORT = 9094
# Killed before that, it has lost what came after the snapshot before: up to 15 minutes, left alone.
SNAPSHOT_EVERY = ("data.maintenance-interval", "1m")
# Before it listens it asks every other member, and waits ten seconds (--cluster.tcp-timeout) for
# each that does not answer. Liveness alone would end it after twenty, again and again.
PATIENCE = {"periodSeconds": 5, "failureThreshold": 120}
CONFIG_LINK = "/run/alertmanager/config"
# The first whose amtool can log in (--http.config.file).
LOGS_IN_SINCE: Version = (0, 24, 0)
# Seconds: to start a program takes longer than to open a connection.
PROBE_PROGRAM_SECONDS = 10


def make_values(
    *,
    settings: Settings,
    files: ConfigFiles,
    good: Optional[ConfigFiles],
    request: Mapping[str, bytes],
    image: Tuple[str, str, str],
    application: str,
    model: str,
    headless: str,
    version: Optional[Version],
    reloader: str,
    login_probe: str,
    proxy: Mapping[str, str],
) -> Dict[str, Any]:
    """Work out every value of the pod spec.

    good: the configuration to fall back to, if there is one.
    request: the files of the request for a certificate, by name; none without one.
    image: its reference, and user name and password for a private registry, or "".
    reloader: the shell script that starts Alertmanager and has it read changed files again.
    login_probe: the shell script that asks Alertmanager how it is as the charm's user.
    proxy: variables such as HTTP_PROXY for receivers that say proxy_from_environment.
    headless: the name of the Service that resolves to every pod.
    Equal arguments give equal values, so that Juju sees no change where there is none.
    """
    reloads = settings.config_reload == "reload"
    if not (reloads and version and version >= LOGS_IN_SINCE):
        login_probe = ""
    return {
        "application": application,
        "args": make_arguments(settings, f"{model}/{application}", headless, version),
        "directory": DIRECTORY,
        "files": _encode_files(files.files),
        "image": _image_details(*image),
        "last_good": {
            "files": _encode_files(good.routing.files) if good else {},
            "secret": f"{application}-last-good",
        },
        "liveness": make_probe(settings, "/-/healthy", login_probe),
        "port": WEB_PORT,
        "proxy": {
            "files": _encode_files(
                (name, value.encode("utf-8", "surrogateescape")) for name, value in proxy.items()
            ),
            # Nothing else tells that a process has another one than its Secret.
            "hash": _hash_proxy(proxy) if proxy else None,
            "secret": f"{application}-proxy",
        },
        "readiness": make_probe(settings, "/-/ready", login_probe),
        "reloader": reloader if reloads else None,
        "request": {
            "files": _encode_files(request.items()),
            "secret": f"{application}-certificate-request",
        },
        "restart_hash": None if reloads else files.routing.digest,
        # Alertmanager looks once, when it starts, whether it serves TLS, and with users no probe
        # says so: without this, pods would go on without TLS.
        "scheme_of_users": "https" if settings.web_users and settings.tls_cert else None,
        "secret": f"{application}-configuration",
        "startup": {**make_probe(settings, "/-/healthy", login_probe), **PATIENCE},
    }


def _encode_files(files: Iterable[Tuple[str, bytes]]) -> Dict[str, str]:
    return {name: base64.b64encode(content).decode() for name, content in files}


def _image_details(path: str, username: str, password: str) -> Dict[str, str]:
    details = {"imagePath": path}
    if password:
        details.update(username=username, password=password)
    return details


def make_arguments(
    settings: Settings, label: str, headless: str, version: Optional[Version]
) -> List[str]:
    """Give the command line: the same at every scale, so that scaling restarts nothing.

    label: what tells the cluster from others. headless: the name that resolves to all its pods.
    """
    # With a shell, a link that can point to the last good one as well.
    folder = DIRECTORY if settings.config_reload == "restart" else CONFIG_LINK
    flags = [
        f"--config.file={folder}/{CONFIG_FILE}",
        "--storage.path=/alertmanager",
        f"--data.retention={settings.data_retention}",
        f"--log.level={settings.log_level}",
        f"--log.format={settings.log_format}",
        f"--web.listen-address=:{WEB_PORT}",
        # an address that Alertmanager need not guess: guessing fails outside the private ranges
        f"--cluster.listen-address=[$(POD_IP)]:{GOSSIP_PORT}",
        f"--cluster.reconnect-timeout={settings.cluster_reconnect_timeout}",
        f"--cluster.peer={headless}:{GOSSIP_PORT}",
    ]
    flags += [f"--cluster.peer={peer}" for peer in settings.cluster_peers]
    if settings.web_url:
        flags.append(f"--web.external-url={escape(settings.web_url)}")
    if settings.ingress_url:
        flags.append("--web.route-prefix=/")
    if settings.tls_cert or settings.web_users or understands(version, "web.config.file"):
        flags.append(f"--web.config.file={DIRECTORY}/{WEB_FILE}")
    if settings.cluster_label:
        flags.append(f"--cluster.label={escape(settings.cluster_label)}")
    elif understands(version, "cluster.label"):
        flags.append(f"--cluster.label={label}")
    if understands(version, "cluster.peer-name"):
        flags.append("--cluster.peer-name=$(POD_NAME)")
    name, value = SNAPSHOT_EVERY
    given = {arg.partition("=")[0] for arg in settings.additional_args}
    if understands(version, name) and f"--{name}" not in given:
        flags.append(f"--{name}={value}")
    return [*flags, *(escape(arg) for arg in settings.additional_args)]


def escape(arg: str) -> str:
    """Keep Kubernetes from putting variables into what the operator wrote.

    It replaces $(NAME), and everywhere $$ by $.
    """
    return arg.replace("$", "$$")


def unescape(arg: str) -> str:
    """Return what escape() made an argument of."""
    return arg.replace("$$", "$")


def _hash_proxy(proxy: Mapping[str, str]) -> str:
    """Make a hash that is slow to guess passwords by: everybody may read a pod's annotations."""
    text = json.dumps(proxy, sort_keys=True).encode()
    return hashlib.pbkdf2_hmac("sha256", text, b"alertmanager-proxy", 20_000).hex()[:16]


def make_probe(settings: Settings, path: str, login_probe: str = "") -> Dict[str, Any]:
    """Say how Kubernetes asks Alertmanager how it is.

    With users, every path answers 401 to requests without a password, and a password has no place
    in a pod spec: a script logs in. login_probe: the script, "" if the image cannot run it; then an
    open port must do.
    """
    if settings.web_users and login_probe:
        url = f"{settings.scheme}://localhost:{WEB_PORT}{settings.route_prefix}"
        command = ["/bin/sh", "-c", login_probe, "login-probe", url]
        return {"exec": {"command": command}, "timeoutSeconds": PROBE_PROGRAM_SECONDS}
    if settings.web_users:
        return {"tcpSocket": {"port": WEB_PORT}}
    return {
        "httpGet": {
            "path": settings.route_prefix + path,
            "port": WEB_PORT,
            "scheme": settings.scheme.upper(),
        }
    }
