"""Whatever is at the other end, the charm neither hangs nor trips nor tells secrets."""

import contextlib
import socket
import threading
import time
import tracemalloc

import pytest
from charms.layer.alertmanager.domain.charm_options import Settings
from charms.layer.alertmanager.domain.charm_user import derive_password
from charms.layer.alertmanager.juju.alertmanager_api import Alertmanager, Refused
from charms.layer.pod_spec import pod_http
from charms.layer.pod_spec.pod_http import Unreachable, ask

OK = b"HTTP/1.1 200 OK\r\n"


class Server:
    """A port that answers every request with given bytes, and keeps what it was asked."""

    def __init__(self, *pieces, pause=0.0):
        self._pieces, self._pause = pieces, pause
        self.requests = []
        self._end = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while True:
            connection, _ = self._socket.accept()
            with connection, contextlib.suppress(OSError):
                if self._end.is_set():
                    return
                self.requests.append(connection.recv(65536).decode("latin-1"))
                for piece in self._pieces:
                    connection.sendall(piece)
                    self._end.wait(self._pause)

    def close(self):
        self._end.set()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 5):
            pass
        self._thread.join(10)
        self._socket.close()

    def pod(self, **options):
        return Alertmanager("127.0.0.1", self.port, **options)


@pytest.fixture
def serve():
    servers = []

    def start(*pieces, **options):
        servers.append(Server(*pieces, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def with_length(body):
    return OK + b"Content-Length: %d\r\n\r\n" % len(body) + body


def refusal(status, body):
    return b"HTTP/1.1 %d No\r\nContent-Length: %d\r\n\r\n" % (status, len(body)) + body


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "it breaks the connection off"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "its answer is not HTTP"),
        (OK + b"X: " + b"x" * 70000, "its answer is not HTTP"),
        (OK + b"Content-Length: 100\r\n\r\n[]", "its answer breaks off"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n[]", "its answer is not HTTP"),
        (with_length(b"<html>"), "its answer is not Alertmanager's"),
        (with_length(b"{}"), "its answer is not Alertmanager's"),
        (with_length(b"[{}, 3]"), "its answer is not Alertmanager's"),
        (with_length(b"\xff"), "its answer is not Alertmanager's"),
        (with_length(b"[" * 100000), "its answer is not Alertmanager's"),
        (with_length(b""), "its answer is not Alertmanager's"),
        (refusal(401, b"Unauthorized"), "it refuses requests without a password"),
    ],
)
def test_answers_that_are_of_no_use(serve, answer, reason):
    with pytest.raises(Unreachable) as nothing:
        serve(answer).pod().alerts()
    assert str(nothing.value) == f"127.0.0.1: {reason}"


@pytest.mark.parametrize("length", [b"", b"Content-Length: 99999999999\r\n"])
def test_an_answer_without_end_is_not_read_to_its_end(serve, length, monkeypatch):
    monkeypatch.setattr(pod_http, "LONGEST_ANSWER", 1 << 20)
    server = serve(OK + length + b"\r\n", *([b"x" * (1 << 20)] * 50))
    with pytest.raises(Unreachable, match="longer than 1048576 bytes"):
        server.pod().metrics()


def test_a_short_answer_takes_little_memory(serve):
    pod = serve(with_length(b"up 1\n")).pod()
    tracemalloc.start()
    try:
        assert pod.metrics() == "up 1\n"
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < pod_http.LONGEST_ANSWER / 4


def test_nobody_there(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(Unreachable, match="nothing listens there"):
        Alertmanager("127.0.0.1", port).metrics()

    def knows_nobody(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", knows_nobody)
    with pytest.raises(Unreachable, match="its name does not resolve"):
        Alertmanager("no.such.host", port).metrics()


def test_silence_at_the_other_end(serve):
    server = serve(b"", pause=60)
    with pytest.raises(Unreachable, match="no answer in time"):
        server.pod(timeout=0.1).metrics()


def test_tls_wanted_and_not_given(serve):
    certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    pod = serve(b"HTTP/1.0 400 Bad Request\r\n\r\n").pod(settings=Settings(tls_cert=certificate))
    with pytest.raises(Unreachable, match="no TLS: "):
        pod.metrics()


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b'"bad\\n matcher"\n', "bad matcher"),
        (b'{"code":602,"message":"matchers in body is required"}', "matchers in body is required"),
        (b"plain\nwords\n", "plain words"),
        (b"", "HTTP status 400"),
        (b"x" * 5000, "x" * 1000),
    ],
)
def test_refusals_in_alertmanagers_words(serve, body, sentence):
    with pytest.raises(Refused) as refused:
        serve(refusal(400, body)).pod().post_silence({})
    assert (refused.value.status, refused.value.sentence) == (400, sentence)


def test_reload(serve):
    server = serve(with_length(b""))
    assert server.pod(settings=Settings(external_url="http://alerts/am")).reload() == ""
    assert server.requests[0].startswith("POST /am/-/reload HTTP/1.1\r\n")
    assert serve(refusal(500, b"failed to reload config: x\n")).pod().reload() == (
        "failed to reload config: x"
    )
    assert serve(refusal(500, b"")).pod().reload() == "HTTP status 500"
    with pytest.raises(Refused):
        serve(refusal(404, b"not found")).pod().reload()


def test_no_redirect_is_followed_and_no_proxy_heeded(serve, monkeypatch):
    elsewhere = serve(with_length(b"{}"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{elsewhere.port}")
    moved = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"
    server = serve(moved + b"Location: http://127.0.0.1:%d/\r\n\r\n" % elsewhere.port)
    with pytest.raises(Refused, match="HTTP status 302"):
        server.pod().status()
    assert len(server.requests) == 1
    assert elsewhere.requests == []


def test_parameters_are_escaped(serve):
    server = serve(with_length(b"[]"))
    server.pod().alerts(filter=['a="b&c"', "d=~e"], silenced=False, receiver="x y")
    server.pod().silences()
    assert [request.split()[1] for request in server.requests] == [
        "/api/v2/alerts?filter=a%3D%22b%26c%22&filter=d%3D~e&receiver=x+y&silenced=false",
        "/api/v2/silences",
    ]


def test_the_password_goes_to_the_pod_and_into_no_text(serve):
    users = (("ann", "$2y$10$" + "a" * 53),)
    settings = Settings(external_url="http://alerts/am", web_users=users)
    server = serve(refusal(401, b"Unauthorized"))
    pod = server.pod(settings=settings)
    with pytest.raises(Unreachable, match="refuses the charm's password") as nothing:
        pod.metrics()
    assert "Authorization: Basic " in server.requests[0]
    for text in (repr(pod), repr(nothing.value), repr(settings)):
        assert derive_password(users) not in text
        assert users[0][1] not in text


def test_many_are_asked_at_once_and_waited_for_no_longer_than_told(serve, monkeypatch):
    stuck = threading.Event()
    look_up = socket.getaddrinfo

    def hangs(host, *rest, **options):
        if host == "hangs.invalid":
            stuck.wait(60)
        return look_up(host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    good = serve(with_length(b"m 1\n")).pod()
    drip = serve(OK + b"\r\n", *[b"x"] * 600, pause=0.1).pod()
    began = time.monotonic()
    answers = ask([Alertmanager("hangs.invalid"), good, drip], Alertmanager.metrics, within=1)
    assert time.monotonic() - began < 10
    stuck.set()
    assert answers[1] == "m 1\n"
    assert [str(answers[0]), str(answers[2])] == [
        "hangs.invalid: no answer within 1 s",
        "127.0.0.1: no answer within 1 s",
    ]


def test_a_mistake_in_the_question_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        ask([Alertmanager("127.0.0.1")], lambda pod: 1 / 0)
    assert ask([], Alertmanager.metrics) == []
