"""HTTP probes follow redirects as the kubelet does (Kubernetes pkg/probe/http)."""

import http.server
import threading

import pytest

from sandbox.kubernetes.kubelet.probes import ask

TARGETS = {
    "/here": "/ok",
    "/relative": "ok",
    "/bad": "/broken",
    "/round": "/round",
    "/elsewhere": "http://other.example/broken",
}


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers by the path."""

    def do_GET(self):
        path = self.path.partition("?")[0]
        codes = {"/ok": 200, "/broken": 500, "/unchanged": 304, "/nowhere": 302}
        self.send_response(302 if path in TARGETS else codes.get(path, 404))
        if path in TARGETS:
            self.send_header("Location", TARGETS[path])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def port():
    """The port of a server on 127.0.0.1."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server.server_port
    server.shutdown()


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/ok", ""),
        ("/ok?a=b", ""),
        ("/broken", "HTTP probe failed with statuscode: 500"),
        ("/here", ""),
        ("/relative", ""),
        ("/bad", "HTTP probe failed with statuscode: 500"),
        ("/round", "stopped after 10 redirects"),
        ("/nowhere", "302 response missing Location header"),
        ("/unchanged", ""),
        ("/elsewhere", ""),
    ],
)
def test_what_a_probe_makes_of_an_answer(port, path, problem):
    assert ask({"path": path}, "127.0.0.1", port, 5) == problem
