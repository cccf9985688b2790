"""Probes: what decides that a container has started, is alive and is ready.

Source: Kubernetes ``pkg/kubelet/prober`` and ``pkg/probe/http``. One thing differs: as long as a
container has not been ready (or started), it is asked as often as ``Timing.eager_probe`` says, so
that nobody waits ten seconds for a program that is up after one.
"""

import asyncio
import http.client
import ssl
import urllib.parse

from sandbox.kubernetes.kubelet.cluster_types import NotYet

MOST_REDIRECTS = 10


class Probes:
    """The probes of one running container; ``changed`` is called when ``ready`` changes.

    ``kill`` is called once, with a reason, when the container must be restarted.
    """

    def __init__(self, container, changed, kill):
        self.ready = False
        self._container = container
        self._eager = container.pod.node.timing.eager_probe
        self._changed = changed
        self._kill = kill

    async def run(self):
        """Probe until cancelled."""
        spec = self._container.spec
        startup = spec.get("startupProbe")
        if startup and not await self._started(startup):
            return
        tasks = []
        if "livenessProbe" in spec:
            tasks.append(self._alive(spec["livenessProbe"]))
        if "readinessProbe" in spec:
            tasks.append(self._readiness(spec["readinessProbe"]))
        else:
            self._set(True)
        await asyncio.gather(*tasks)

    async def _started(self, probe):
        """Return True at the first success; kill after failureThreshold failures."""
        await asyncio.sleep(probe.get("initialDelaySeconds", 0))
        loop = asyncio.get_running_loop()
        end = loop.time() + _period(probe) * (_failures(probe) - 1)
        while True:
            problem = await check(self._container, probe)
            if not problem:
                return True
            if loop.time() >= end:
                self._kill(f"Startup probe failed: {problem}")
                return False
            await asyncio.sleep(min(self._eager, _period(probe)))

    async def _alive(self, probe):
        """Kill after failureThreshold failures in a row."""
        await asyncio.sleep(probe.get("initialDelaySeconds", 0))
        failures = 0
        while True:
            problem = await check(self._container, probe)
            failures = failures + 1 if problem else 0
            if failures >= _failures(probe):
                self._kill(f"Liveness probe failed: {problem}")
                return
            await asyncio.sleep(_period(probe))

    async def _readiness(self, probe):
        await asyncio.sleep(probe.get("initialDelaySeconds", 0))
        period = _period(probe)
        wanted = {True: probe.get("successThreshold") or 1, False: _failures(probe)}
        last, row, was_ready = None, 0, False
        while True:
            good = not await check(self._container, probe)
            row = row + 1 if good == last else 1
            last = good
            if row >= wanted[good]:
                self._set(good)
            was_ready = was_ready or self.ready
            await asyncio.sleep(period if was_ready else min(self._eager, period))

    def _set(self, ready):
        if ready != self.ready:
            self.ready = ready
            self._changed()


async def check(container, probe):
    """Run a probe once; return "" or what is wrong."""
    timeout = probe.get("timeoutSeconds") or 1
    try:
        if "exec" in probe:
            return await _exec(container, probe["exec"]["command"], timeout)
        port = _port(container, probe.get("httpGet") or probe["tcpSocket"])
        if "tcpSocket" in probe:
            return await _tcp(probe["tcpSocket"].get("host") or container.pod.ip, port, timeout)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            None, ask, probe["httpGet"], container.pod.ip, port, timeout
        )
    except asyncio.TimeoutError:
        return f"timed out after {timeout} s"
    except (OSError, http.client.HTTPException, NotYet) as error:
        return str(error) or type(error).__name__


async def _exec(container, command, timeout):
    code, out, err = await container.exec(command, timeout=timeout)
    return "" if code == 0 else (out + err).strip() or f"exit code {code}"


async def _tcp(host, port, timeout):
    _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), timeout)
    writer.close()
    return ""


def ask(get, ip, port, timeout):
    """Ask as the kubelet does: it follows redirects within the host, and takes one to elsewhere."""
    host = get.get("host") or ip
    scheme = (get.get("scheme") or "HTTP").lower()
    url = f"{scheme}://{host}:{port}/{(get.get('path') or '').lstrip('/')}"
    headers = {header["name"]: header["value"] for header in get.get("httpHeaders", [])}
    headers.setdefault("User-Agent", "kube-probe/sandbox")
    for _ in range(MOST_REDIRECTS):
        status, target = _get(url, headers, timeout)
        if status not in (301, 302, 303, 307, 308):
            return "" if 200 <= status < 400 else f"HTTP probe failed with statuscode: {status}"
        if not target:
            return f"{status} response missing Location header"
        url = urllib.parse.urljoin(url, target)
        if urllib.parse.urlsplit(url).hostname != host:
            return ""
    return f"stopped after {MOST_REDIRECTS} redirects"


def _get(url, headers, timeout):
    """Return the status of an address, and where it points to."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme == "https":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # a kubelet does not verify either
        connection = http.client.HTTPSConnection(parts.netloc, timeout=timeout, context=context)
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=timeout)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}".rstrip("?"), headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location")
    finally:
        connection.close()


def _port(container, target):
    port = target["port"]
    if isinstance(port, int):
        return port
    for declared in container.spec.get("ports", []):
        if declared.get("name") == port:
            return declared["containerPort"]
    raise OSError(f"couldn't find port: {port}")


def _period(probe):
    return probe.get("periodSeconds") or 10


def _failures(probe):
    return probe.get("failureThreshold") or 3
