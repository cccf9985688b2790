"""Real Prometheus sends real alerts to where the interface says, as the interface says."""

import base64
import contextlib
import json
import queue
import socket
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml
from support import real_programs

from interfaces.alertmanager import alerting_config, databag

RULES = {"groups": [{"name": "g", "rules": [{"alert": "Always", "expr": "vector(1)"}]}]}
SECONDS = 60


class Receiver:
    """Takes alerts like an Alertmanager and keeps them: (path, authorization, labels)."""

    def __init__(self):
        self.received = received = queue.Queue()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                alerts = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                login = self.headers.get("Authorization")
                for alert in alerts:
                    received.put((self.path, login, alert["labels"]))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receivers():
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(contextlib.closing(Receiver())) for _ in range(2)]


@contextlib.contextmanager
def prometheus(suite, folder, alerting):
    """Run Prometheus of a Debian suite with one alert that always fires."""
    program = real_programs.prometheus(suite)
    (folder / "rules.yml").write_text(yaml.safe_dump(RULES))
    config = folder / "prometheus.yml"
    config.write_text(
        yaml.safe_dump(
            {
                "global": {"evaluation_interval": "1s"},
                "rule_files": ["rules.yml"],
                "alerting": alerting,
            }
        )
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        str(program),
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        # the first time it sends, Prometheus may not have looked up its Alertmanagers yet
        "--rules.alert.resend-delay=1s",
    ]
    log = folder / "log"
    with log.open("w") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file)
    try:
        yield log
    finally:
        process.terminate()
        process.wait()


@pytest.mark.parametrize("suite", real_programs.SUITES)
def test_every_alertmanager_gets_the_alert_with_the_labels_it_asked_for(suite, tmp_path, receivers):
    labels = {"region": "eu", "price": "$5 ${1} $$"}
    units = [
        databag.Alertmanager(
            f"am/{number}",
            databag.Address("http", "127.0.0.1", receiver.port, path),
            external_labels=labels,
        )
        for number, (receiver, path) in enumerate(zip(receivers, ("", "/prefix")))
    ]
    login = {"username": "ann", "password": "se:cret"}
    alerting = alerting_config.make_alerting_config(units, basic_auth=login)
    with prometheus(suite, tmp_path, alerting) as log:
        for receiver, path in zip(receivers, ("", "/prefix")):
            try:
                asked, authorization, got = receiver.received.get(timeout=SECONDS)
            except queue.Empty:
                pytest.fail(log.read_text())
            assert asked == f"{path}/api/v2/alerts"
            assert authorization == "Basic " + base64.b64encode(b"ann:se:cret").decode()
            assert got == {"alertname": "Always", **labels}
