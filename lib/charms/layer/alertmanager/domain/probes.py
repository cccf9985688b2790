"""How Kubernetes asks Alertmanager whether it has started, is ready and is alive."""

from typing import Any, Dict, Optional

from alertmanager_config.version import Version

from .charm_options import WEB_PORT, Settings

# Before it listens it asks every other member, and waits ten seconds (--cluster.tcp-timeout) for
# each that does not answer. Liveness alone would end it after twenty, again and again.
PATIENCE = {"periodSeconds": 5, "failureThreshold": 120}
# The first whose amtool can log in (--http.config.file).
LOGS_IN_SINCE: Version = (0, 24, 0)
# Seconds: to start a program takes longer than to open a connection.
PROBE_PROGRAM_SECONDS = 10


def make_probes(
    settings: Settings, login_probe: str, version: Optional[Version]
) -> Dict[str, Dict[str, Any]]:
    """Make the probes of a container, by name.

    login_probe: the shell script that asks as the charm's user, "" if the image cannot run it.
    """
    if not (version and version >= LOGS_IN_SINCE):
        login_probe = ""
    alive = _make_probe(settings, "/-/healthy", login_probe)
    ready = _make_probe(settings, "/-/ready", login_probe)
    return {"liveness": alive, "readiness": ready, "startup": {**alive, **PATIENCE}}


def _make_probe(settings: Settings, path: str, login_probe: str) -> Dict[str, Any]:
    """Say how Kubernetes asks Alertmanager how it is.

    With users, every path answers 401 to requests without a password, and a password has no place
    in a pod spec: a script logs in, or else an open port must do.
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
