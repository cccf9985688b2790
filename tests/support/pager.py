"""Who gets paged: a web server on this machine that keeps what Alertmanager sends to it."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Dict, List, NamedTuple


class Call(NamedTuple):
    """One request: its path, its headers, what the JSON in it means, and when it came."""

    path: str
    headers: Dict[str, str]
    content: Dict[str, Any]
    at: float  # seconds since 1970


class Pager:
    """Answers every POST with 200; ``calls`` are those so far, ``port`` is where it listens."""

    def __init__(self):
        self.calls: List[Call] = []
        calls = self.calls

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                content = self.rfile.read(int(self.headers["Content-Length"]))
                meant = json.loads(content.decode())
                calls.append(Call(self.path, dict(self.headers), meant, time.time()))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def pages(self, alertname: str, path: str = "/") -> List[str]:
        """Return what a webhook at a path was told of an alert, each time: firing or resolved."""
        return [
            alert["status"]
            for call in list(self.calls)
            if call.path == path
            for alert in call.content.get("alerts", ())
            if alert["labels"]["alertname"] == alertname
        ]
