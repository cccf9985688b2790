"""The inside of a judge: a real Alertmanager, and a network in which every name answers.

config_judge.py starts this file where nothing else is: in a network of its own, with
/etc/alertmanager and /alertmanager to itself. It reads one question a line, and answers with one
line, both JSON.

Standard library only.
"""

import base64
import contextlib
import http.client
import http.server
import json
import os
import re
import shutil
import signal
import socket
import socketserver
import struct
import subprocess
import sys
import threading
import time
import urllib.parse

CONFIG = "/etc/alertmanager"
HOME = "/alertmanager"
LOG = f"{HOME}/log"
PORT = 9093
GOOD = b"route: {receiver: good}\nreceivers: [{name: good}]\n"
PATIENCE = 60
"""Seconds for whatever takes a moment."""
STAYS = 0.3
"""Seconds for which a new process has to stay."""
# The answers that Telegram, Rocket.Chat and Slack are asked for, all in one.
_SENT = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "group"}, "id": 1}
ANSWER = json.dumps({"ok": True, "success": True, "status": "success", "result": _SENT})


class Unaskable(Exception):
    """The server cannot be asked, which says nothing about a configuration; one line why."""


class Server:
    """An Alertmanager: start(), reload() and notify() are what may happen to it."""

    def __init__(self, binary, flags):
        own = [
            *(f"--config.file={CONFIG}/alertmanager.yml", f"--storage.path={HOME}/data"),
            *(f"--web.listen-address=127.0.0.1:{PORT}", "--cluster.listen-address="),
            # What one configuration was asked about is not to burden the next ones.
            "--alerts.gc-interval=1s",
        ]
        given = {flag.partition("=")[0] for flag in flags}
        own = [flag for flag in own if flag.partition("=")[0] not in given]
        self._command = [binary, *own, *flags]
        outside = [flag for flag in flags if flag.startswith("--web.external-url=")]
        url = outside[0].partition("=")[2] if outside else ""
        self._prefix = urllib.parse.urlsplit(url).path.rstrip("/")
        # Amazon's library would look for credentials on the network, again and again.
        self._environment = {"GOMAXPROCS": "2", "AWS_EC2_METADATA_DISABLED": "true"}
        self._process = None
        self._connection = None

    def start(self, text, files):
        """Start with these files; return (how, why)."""
        self.kill()
        put(text, files)
        shutil.rmtree(f"{HOME}/data", ignore_errors=True)
        with open(LOG, "wb") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, cwd=HOME, env=self._environment
            )
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self._process.poll() is not None:
                return "dies" if b"panic:" in said() else "refuses", reason()
            with contextlib.suppress(OSError, http.client.HTTPException):
                # Some versions are ready before they have read their configuration.
                if self._metric("alertmanager_config_last_reload_successful") == 1:
                    return "accepts", ""
            time.sleep(0.02)
        return "hangs", "not ready in time"

    def reload(self, text, files):
        """Reload with these files; return (how, why)."""
        if self._process is None or self._process.poll() is not None:
            how, why = self.start(GOOD, {})
            if how != "accepts":
                raise Unaskable(f"Alertmanager {how} the simplest configuration: {why}")
        put(text, files)
        with open(LOG, "wb"):
            pass
        try:
            status, body = self._ask("POST", "/-/reload")
        except (OSError, http.client.HTTPException):
            if self.is_gone(2):
                return "dies", reason()
            self.kill()
            return "hangs", "no answer to a reload"
        if status == 200:
            return "accepts", ""
        return "refuses", body.strip()

    def notify(self, labels, wanted, seconds):
        """Send an alert, and wait that long until as many integrations as wanted were tried.

        Returns (how, why, how many were tried). Raises Unaskable if it does not take the alert.
        """
        before = self._sent()
        alert = {"labels": labels, "endsAt": _in_seconds(2)}
        tried = 0
        with contextlib.suppress(OSError, http.client.HTTPException):
            self._send([alert])
            end = time.monotonic() + seconds
            pause = 0.01
            while time.monotonic() < end and self._process.poll() is None:
                time.sleep(pause)
                tried = self._sent() - before
                if tried >= wanted:
                    break
                pause = min(2 * pause, seconds / 4)
        if self.is_gone(0):
            return "dies later", reason(), int(tried)
        return "accepts", "", int(tried)

    def groups(self, text, alerts):
        """Start, and return what the API tells of the groups of some alerts, once all are in some.

        Raises Unaskable if it does not start.
        """
        how, why = self.start(text, {})
        if how != "accepts":
            raise Unaskable(f"{how} {why}")
        self._send(alerts)
        wanted = {json.dumps(alert["labels"], sort_keys=True) for alert in alerts}
        end = time.monotonic() + PATIENCE
        before = None
        while True:
            groups = json.loads(self._ask("GET", "/api/v2/alerts/groups")[1])
            found = sorted(
                [
                    json.dumps([group["receiver"], group["labels"]], sort_keys=True),
                    json.dumps(alert["labels"], sort_keys=True),
                ]
                for group in groups
                for alert in group["alerts"]
            )
            # An alert that goes to several groups comes to one after the other.
            is_settled = wanted <= {labels for _, labels in found} and found == before
            if is_settled or time.monotonic() > end:
                return groups
            before = found
            time.sleep(0.03)

    def _send(self, alerts):
        status, body = self._ask("POST", "/api/v2/alerts", json.dumps(alerts))
        if status != 200:
            raise Unaskable(f"Alertmanager answers {status} to an alert: {body.strip()}")

    def is_gone(self, seconds):
        """Whether the process ends within a time."""
        try:
            self._process.wait(seconds)
            return True
        except subprocess.TimeoutExpired:
            return False

    def kill(self):
        """End the process."""
        if self._connection:
            self._connection.close()
            self._connection = None
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _ask(self, method, path, body=None):
        for attempt in (0, 1):
            try:
                if self._connection is None:
                    self._connection = http.client.HTTPConnection(
                        "127.0.0.1", PORT, timeout=PATIENCE
                    )
                headers = {"Content-Type": "application/json"} if body else {}
                self._connection.request(method, self._prefix + path, body, headers)
                answer = self._connection.getresponse()
                return answer.status, answer.read().decode("utf-8", "replace")
            except (OSError, http.client.HTTPException):
                self._connection.close()
                self._connection = None
                if attempt or path == "/-/reload":
                    raise
        raise AssertionError("not reached")

    def _metric(self, name):
        _, text = self._ask("GET", "/metrics")
        return sum(
            float(value) for value in re.findall(rf"(?m)^{name}(?:\{{[^}}]*\}})? (\S+)$", text)
        )

    def _sent(self):
        try:
            return self._metric("alertmanager_notification_requests_total") or self._metric(
                "alertmanager_notifications_total"
            )
        except (OSError, http.client.HTTPException):
            return 0


def _in_seconds(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def put(text, files):
    """Lay out the files as the kubelet mounts a Secret."""
    dated = time.strftime("..%Y_%m_%d_%H_%M_%S.", time.gmtime()) + "123456789"
    for name in os.listdir(CONFIG):
        path = f"{CONFIG}/{name}"
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)
    os.mkdir(f"{CONFIG}/{dated}")
    for name, content in {**files, "alertmanager.yml": text}.items():
        with open(f"{CONFIG}/{dated}/{name}", "wb") as file:
            file.write(content)
        os.symlink(f"..data/{name}", f"{CONFIG}/{name}")
    os.symlink(dated, f"{CONFIG}/..data")


def said():
    """Return what Alertmanager has written."""
    with open(LOG, "rb") as log:
        return log.read()


def reason():
    """Return the line that says why it ended."""
    lines = said().decode("utf-8", "replace").splitlines()
    for number, line in enumerate(lines):
        if line.startswith(("panic:", "fatal error:")):
            calls = (each for each in lines[number:] if "alertmanager/" in each and "(" in each)
            return f"{line}, in {next(calls, 'code of others')}"
    for line in lines:
        if re.search("level=error|level=ERROR|error:", line):
            return line
    return lines[-1] if lines else "it said nothing"


class _Http(http.server.BaseHTTPRequestHandler):
    """Answers whatever is asked."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER.encode())

    do_GET = do_PUT = do_POST

    def log_message(self, *_arguments):
        pass


class _Mail(socketserver.StreamRequestHandler):
    """A mail server that offers STARTTLS and passwords, and takes every mail."""

    def handle(self):
        self._say("220 mail")
        while True:
            line = self.rfile.readline().decode("utf-8", "replace").upper()
            if not line or line.startswith("STARTTLS"):
                return
            if line.startswith("EHLO"):
                self._say("250-mail\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN CRAM-MD5")
            elif line.startswith("DATA"):
                self._say("354 go on")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
                self._say("250 taken")
            else:
                self._say("235 welcome" if line.startswith("AUTH") else "250 fine")

    def _say(self, text):
        with contextlib.suppress(OSError):
            self.wfile.write(text.encode() + b"\r\n")


class _Names(socketserver.BaseRequestHandler):
    """A name server to which every name is this machine."""

    def handle(self):
        query, sock = self.request
        end = query.index(b"\0", 12) + 5
        kind = struct.unpack(">H", query[end - 4 : end - 2])[0]
        answers = 1 if kind == 1 else 0
        answer = query[:2] + b"\x81\x80" + struct.pack(">HHHH", 1, answers, 0, 0) + query[12:end]
        if answers:
            answer += b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + bytes([127, 0, 0, 1])
        sock.sendto(answer, self.client_address)


class _Threads(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, *_arguments):
        """Mind no client that is gone."""


def _serve():
    servers = [_Threads(("0.0.0.0", port), _Http) for port in (80, 8080, 9)]
    servers += [_Threads(("0.0.0.0", port), _Mail) for port in (25, 587)]
    servers.append(socketserver.ThreadingUDPServer(("127.0.0.1", 53), _Names))
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()


def _answer(server, question, text, files):
    way = question["way"]
    if way == "reload":
        return server.reload(text, files)
    if way == "notify":
        return server.notify(question["labels"], question["wanted"], question["seconds"])
    if way == "groups":
        return server.groups(text, question["alerts"])
    answer = server.start(text, files)
    if answer[0] == "accepts" and server.is_gone(STAYS):
        return "dies", reason()
    return answer


def main(binary, flags):
    """Answer questions until there are no more."""
    socket.setdefaulttimeout(PATIENCE)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    _serve()
    server = Server(binary, flags)
    try:
        for line in sys.stdin:
            question = json.loads(line)
            files = {
                name: base64.b64decode(content)
                for name, content in question.get("files", {}).items()
            }
            text = base64.b64decode(question.get("text", ""))
            try:
                answer = _answer(server, question, text, files)
            except Unaskable as error:
                answer = {"error": str(error)}
            print(json.dumps(answer), flush=True)
    finally:
        server.kill()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
