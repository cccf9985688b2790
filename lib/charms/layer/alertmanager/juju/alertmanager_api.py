"""Speak to Alertmanager's pods over HTTP; no other code of the charm does.

A pod may hang, lie or be somebody else, and a hook must neither hang nor fail for it. So every
request has bounds, follows no redirect and heeds no proxy, and whatever goes wrong becomes one of
two exceptions whose text may be shown to anybody. To look up a name is the one step that Python
cannot limit in time: ``ask`` can.

The paths and answers are those of Alertmanager 0.20 to 0.34 (api/v2/openapi.yaml).
"""

import base64
import json
import socket
import ssl
import threading
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple, TypeVar, Union
from urllib.parse import quote, urlencode

from alertmanager_config.go.certificates import read_certificate
from charms.layer.alertmanager.domain import charm_user, pem
from charms.layer.alertmanager.domain.charm_options import WEB_PORT, Settings

LONGEST_ANSWER = 16 * 1024 * 1024
"""Bytes. A thousand alerts take about one million."""

_API = "/api/v2"
_LONGEST_SENTENCE = 1000
_PIECE = 64 * 1024

Answer = TypeVar("Answer")


class Unreachable(Exception):
    """A pod gives no answer that is of use: no connection, no time, no trust, no admission.

    host: the pod. reason: a few words, without a full stop.
    """

    def __init__(self, host: str, reason: str):
        super().__init__(f"{host}: {reason}")
        self.host, self.reason = host, reason


class Refused(Exception):
    """A pod says no.

    host: the pod. status: HTTP's status code. sentence: Alertmanager's own words, on one line;
    about a configuration they may quote what is in it.
    """

    def __init__(self, host: str, status: int, sentence: str):
        super().__init__(f"{host}: {sentence}")
        self.host, self.status, self.sentence = host, status, sentence


class Alertmanager:
    """One pod.

    host: a name or an address. settings: how its web port is reached. timeout: seconds to wait for
    the connection, and for each piece of the answer.

    With https, the pod must have the key of the first certificate in tls_cert. It may have expired
    or be made for another name: a pod is asked under names and addresses that no certificate knows,
    and whoever has that very key is the pod. It may also serve another certificate of that key, as
    it does for a while when one is renewed.
    """

    def __init__(
        self,
        host: str,
        port: int = WEB_PORT,
        settings: Settings = Settings(),  # noqa: B008 - nobody can change it
        timeout: float = 2.0,
    ):
        self.host, self.port, self.timeout = host, port, timeout
        self._settings = settings

    def __repr__(self) -> str:
        place = f"{self.host}:{self.port}{self._settings.route_prefix}"
        return f"Alertmanager({self._settings.scheme}://{place})"

    def metrics(self) -> str:
        """Return the metrics in Prometheus' text format."""
        return self._request("GET", "/metrics").decode(errors="replace")

    def reload(self) -> str:
        """Have the configuration read again; return "" if it is in force now, else why not.

        The reason is Alertmanager's own sentence. It may quote the configuration.
        """
        try:
            self._request("POST", "/-/reload")
        except Refused as refusal:
            if refusal.status != 500:
                raise
            return refusal.sentence
        return ""

    def status(self) -> Dict[str, Any]:
        """Return versionInfo, uptime, cluster and config; the last with secrets up to 0.25."""
        return self._api(dict, "GET", "/status")

    def alerts(self, **only: Any) -> List[Dict[str, Any]]:
        """Return alerts.

        only: which: active, silenced, inhibited, unprocessed (booleans, all true by default),
        filter (a list of matchers), receiver (a regular expression).
        """
        return self._api(list, "GET", "/alerts" + _query(only))

    def post_alerts(self, alerts: Sequence[Dict[str, Any]]) -> None:
        """Hand over alerts, as Prometheus does; labels, annotations, startsAt, endsAt."""
        self._request("POST", f"{_API}/alerts", list(alerts))

    def silences(self, **only: Any) -> List[Dict[str, Any]]:
        """Return silences, expired ones too; only: filter (a list of matchers)."""
        return self._api(list, "GET", "/silences" + _query(only))

    def silence(self, identifier: str) -> Dict[str, Any]:
        """Return one silence."""
        return self._api(dict, "GET", _silence(identifier))

    def post_silence(self, silence: Dict[str, Any]) -> str:
        """Make a silence, or alter the one whose id is in it; return the id."""
        return str(self._api(dict, "POST", "/silences", silence).get("silenceID", ""))

    def expire_silence(self, identifier: str) -> None:
        """End a silence now."""
        self._request("DELETE", _API + _silence(identifier))

    def _api(self, kind: type, method: str, path: str, content: Any = None) -> Any:
        """Make a request of API v2 and return what it answers: a dict, or a list of dicts."""
        answer = self._request(method, _API + path, content)
        try:
            meant = json.loads(answer.decode())
        except (ValueError, RecursionError):
            meant = None
        listed = meant if kind is list and isinstance(meant, list) else ()
        if not isinstance(meant, kind) or not all(isinstance(item, dict) for item in listed):
            raise Unreachable(self.host, "its answer is not Alertmanager's")
        return meant

    def _request(self, method: str, path: str, content: Any = None) -> bytes:
        """Make a request, with content as JSON, and return the body of a good answer."""
        body = None if content is None else json.dumps(content).encode()
        try:
            status, answer = self._exchange(method, self._settings.route_prefix + path, body)
        except (OSError, HTTPException) as error:
            raise Unreachable(self.host, _reason(error)) from None
        if status == 401:
            has_users = self._settings.web_users
            who = "the charm's password" if has_users else "requests without a password"
            raise Unreachable(self.host, f"it refuses {who}")
        if not 200 <= status < 300:
            raise Refused(self.host, status, _sentence(answer) or f"HTTP status {status}")
        return answer

    def _exchange(self, method: str, path: str, body: Optional[bytes]) -> Tuple[int, bytes]:
        connection = self._connection()
        try:
            connection.connect()
            self._recognise(connection)
            connection.request(method, path, body, self._headers())
            response = connection.getresponse()
            answer = _body(response)
            if len(answer) > LONGEST_ANSWER:
                raise Unreachable(self.host, f"its answer is longer than {LONGEST_ANSWER} bytes")
            if response.length:  # what it announced and did not send
                raise Unreachable(self.host, "its answer breaks off")
            return response.status, answer
        finally:
            connection.close()

    def _headers(self) -> Dict[str, str]:
        headers = {"Content-Type": "application/json", "Connection": "close"}
        users = self._settings.web_users
        if users:
            credential = f"{charm_user.USER}:{charm_user.derive_password(users)}"
            packed = base64.b64encode(credential.encode()).decode()
            headers["Authorization"] = f"Basic {packed}"
        return headers

    def _connection(self):
        if self._settings.scheme == "http":
            return HTTPConnection(self.host, self.port, timeout=self.timeout)
        # Not authorities, names and dates decide, but the certificate itself: see _recognise.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return HTTPSConnection(self.host, self.port, timeout=self.timeout, context=context)

    def _recognise(self, connection) -> None:
        """Raise Unreachable if this is not the pod, before anything is said to it."""
        if self._settings.scheme == "http":
            return
        try:
            known = pem.read_first(self._settings.tls_cert)
        except pem.NoCertificate:
            raise Unreachable(
                self.host, "nobody knows the certificate that it should serve"
            ) from None
        try:
            served = read_certificate(connection.sock.getpeercert(True))
        except ValueError:
            raise Unreachable(self.host, "it serves a certificate that cannot be read") from None
        if served.public_key != known.public_key:
            raise Unreachable(self.host, "it serves another certificate than it should")


def ask(
    pods: Sequence[Alertmanager], question: Callable[[Alertmanager], Answer], within: float = 3.0
) -> List[Union[Answer, Unreachable, Refused]]:
    """Put a question to many pods at once.

    question: what to do with a pod, for example ``Alertmanager.metrics``. within: seconds after
    which nothing is waited for any more, neither an answer nor the look-up of a name.

    Returns for each pod, in their order, what question returned, or the Unreachable or Refused
    that it raised. Any other exception of question's is raised here.
    """
    answers: Dict[int, Any] = {}

    def put(number: int) -> None:
        try:
            answers[number] = question(pods[number])
        except BaseException as error:
            answers[number] = error

    # Daemons, so that the process can end while some of them still wait.
    threads = [threading.Thread(target=put, args=(n,), daemon=True) for n in range(len(pods))]
    for thread in threads:
        thread.start()
    end = time.monotonic() + within
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    missing = f"no answer within {within:g} s"
    given = [answers.get(n, Unreachable(pod.host, missing)) for n, pod in enumerate(pods)]
    for answer in given:
        if isinstance(answer, BaseException) and not isinstance(answer, (Unreachable, Refused)):
            raise answer
    return given


def _body(response) -> bytes:
    """Read an answer, or the first pieces of one that is too long."""
    answer = bytearray()
    while len(answer) <= LONGEST_ANSWER:
        # Python 3.8 takes as much memory as might be read.
        piece = response.read(_PIECE)
        if not piece:
            break
        answer += piece
    return bytes(answer)


def _query(only: Dict[str, Any]) -> str:
    pairs: List[Tuple[str, str]] = []
    for name, value in sorted(only.items()):
        if isinstance(value, bool):
            pairs.append((name, str(value).lower()))
        elif isinstance(value, str):
            pairs.append((name, value))
        else:
            pairs += [(name, item) for item in value]
    return "?" + urlencode(pairs) if pairs else ""


def _silence(identifier: str) -> str:
    return "/silence/" + quote(identifier, safe="")


def _sentence(answer: bytes) -> str:
    """Read what Alertmanager says about a refusal: plain text, a JSON string, or {"message"}."""
    text = answer.decode(errors="replace")
    try:
        meant = json.loads(text)
    except (ValueError, RecursionError):
        meant = text
    if isinstance(meant, dict):
        meant = meant.get("message", "")
    return " ".join(str(meant).split())[:_LONGEST_SENTENCE]


def _reason(error: Exception) -> str:
    """Say why there was no answer, in words that do not change from Python to Python."""
    if isinstance(error, ssl.SSLError) and error.reason:
        return f"no TLS: {error.reason.replace('_', ' ').lower()}"
    known = (
        ((socket.timeout, TimeoutError), "no answer in time"),
        (socket.gaierror, "its name does not resolve"),
        (ConnectionRefusedError, "nothing listens there"),
        (ConnectionError, "it breaks the connection off"),
        (ssl.SSLError, "no TLS"),
        (OSError, "it cannot be reached"),
    )
    return next(
        (words for kind, words in known if isinstance(error, kind)), "its answer is not HTTP"
    )
