"""HTTP servers that answer the charm as Alertmanager does; tests/workload has the real one."""

import contextlib
import itertools
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest import mock

from charms.layer.alertmanager.domain.config_files import ConfigFiles
from support.charm_stories import APP, files

from sandbox.juju import Pod

SENTENCE = "failed to reload config: `s3cret-thing...` is not loved here"
REAL_CONNECT = socket.create_connection
_STARTS = itertools.count(1_600_000_000)


class FakePod(ThreadingHTTPServer):
    """Serves /metrics and /-/reload of one pod, which refuses what has "unloved" in it.

    delivered: the configuration that the kubelet has put there. running: the one in force.
    """

    daemon_threads = True

    def __init__(self, delivered=b"", version="0.25.0"):
        super().__init__(("127.0.0.1", 0), Answer)
        self.delivered = self.running = delivered
        self.version, self.reloaded, self.asked = version, True, []
        self.started = float(next(_STARTS))
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def reload(self):
        """Do what Alertmanager does; return its sentence if it refuses."""
        self.reloaded = b"unloved" not in self.delivered
        if not self.reloaded:
            return SENTENCE
        self.running = self.delivered
        return ""

    def metrics(self):
        """Return what the charm reads of the metrics."""
        value = ConfigFiles((("alertmanager.yml", self.running),)).config_hash
        return (
            f'alertmanager_build_info{{goversion="go1",version="{self.version}"}} 1\n'
            f"alertmanager_config_hash {float(value)!r}\n"
            f"alertmanager_config_last_reload_successful {int(self.reloaded)}\n"
            "alertmanager_cluster_members 2\n"
            f"process_start_time_seconds {self.started}\n"
        )

    def end(self):
        """Answer no longer."""
        self.shutdown()
        self.server_close()


class Answer(BaseHTTPRequestHandler):
    """One request to a FakePod."""

    def do_GET(self):
        self.server.asked.append(self.path)
        self.reply(200, self.server.metrics())

    def do_POST(self):
        self.server.asked.append(self.path)
        sentence = self.server.reload()
        self.reply(500 if sentence else 200, sentence)

    def reply(self, status, text):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


def reached(pod_number):
    """Stand in for the cluster's DNS and network while the returned context lasts.

    pod_number: called with the ordinal of the pod that somebody connects to; returns its FakePod,
    None if nobody listens there.
    """

    def connect(address, *args, **kwargs):
        host, port = address[0], address[1]
        name, _, domain = host.partition(".")
        assert (domain, port) == ("alertmanager-endpoints.lma.svc", 9093)
        server = pod_number(int(name.rpartition("-")[2]))
        if server is None:
            raise ConnectionRefusedError(111, "Connection refused")
        return REAL_CONNECT(server.server_address, *args, **kwargs)

    stack = contextlib.ExitStack()
    stack.enter_context(mock.patch.object(socket, "create_connection", connect))
    return stack


class Pods:
    """The pods of a deployed charm, which a test brings up, and brings new files."""

    def __init__(self, juju):
        self.juju, self.servers = juju, []

    def start(self, count, running=None):
        """Start pods, which run what Juju holds now unless told otherwise."""
        delivered = files(self.juju)["alertmanager.yml"]
        self.servers = [FakePod(delivered) for _ in range(count)]
        for server in self.servers:
            server.running = running or delivered
        self.juju.set_pods(
            APP, [Pod(f"{APP}-{k}", ip=f"10.1.0.{k + 1}") for k in range(count)], "10.2.0.1"
        )
        self.juju.settle()

    def deliver(self, reload=True):
        """Do as the kubelet, and unless told otherwise as the reloader."""
        for server in self.servers:
            server.delivered = files(self.juju)["alertmanager.yml"]
            if reload:
                server.reload()

    def look(self):
        """Let the charm look."""
        self.juju.update_status(APP)
        self.juju.settle()

    def numbered(self, number):
        """Return the pod of an ordinal, None if nobody listens there."""
        return self.servers[number] if number < len(self.servers) else None
