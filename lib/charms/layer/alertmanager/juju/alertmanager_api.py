"""Speak to Alertmanager's pods over HTTP; no other code of the charm does.

Whatever goes wrong becomes one of two exceptions whose text may be shown to anybody: Unreachable,
or Refused. The paths and answers are those of Alertmanager 0.20 to 0.34 (api/v2/openapi.yaml).
"""

import base64
import json
from typing import Any, Dict, List, Sequence, Tuple
from urllib.parse import quote, urlencode

from alertmanager_config.go.certificates import read_certificate
from charms.layer.alertmanager.domain import charm_user, pem, pod_metrics
from charms.layer.alertmanager.domain.charm_options import WEB_PORT, Settings
from charms.layer.alertmanager.domain.pod_metrics import PodMetrics
from charms.layer.pod_spec import pod_http
from charms.layer.pod_spec.pod_http import PodError, Unreachable

_API = "/api/v2"
_LONGEST_SENTENCE = 1000


class Refused(PodError):
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
        return self._api(dict, "GET", f"/silence/{quote(identifier, safe='')}")

    def post_silence(self, silence: Dict[str, Any]) -> str:
        """Make a silence, or alter the one whose id is in it; return the id."""
        return str(self._api(dict, "POST", "/silences", silence).get("silenceID", ""))

    def expire_silence(self, identifier: str) -> None:
        """End a silence now."""
        self._request("DELETE", f"{_API}/silence/{quote(identifier, safe='')}")

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
        status, answer = pod_http.request(
            self.host,
            self.port,
            method,
            self._settings.route_prefix + path,
            headers=self._headers(),
            body=None if content is None else json.dumps(content).encode(),
            find_stranger=self._find_stranger if self._settings.tls_cert else None,
            timeout=self.timeout,
        )
        if status == 401:
            has_users = self._settings.web_users
            who = "the charm's password" if has_users else "requests without a password"
            raise Unreachable(self.host, f"it refuses {who}")
        if not 200 <= status < 300:
            raise Refused(self.host, status, _sentence(answer) or f"HTTP status {status}")
        return answer

    def _headers(self) -> Dict[str, str]:
        headers = {"Content-Type": "application/json", "Connection": "close"}
        users = self._settings.web_users
        if users:
            credential = f"{charm_user.USER}:{charm_user.derive_password(users)}"
            packed = base64.b64encode(credential.encode()).decode()
            headers["Authorization"] = f"Basic {packed}"
        return headers

    def _find_stranger(self, served: bytes) -> str:
        """Return why whoever serves a certificate, DER, is not this pod; "" if it is."""
        try:
            known = pem.read_first(self._settings.tls_cert)
        except pem.NoCertificate:
            return "nobody knows the certificate that it should serve"
        try:
            is_known = read_certificate(served).public_key == known.public_key
        except ValueError:
            return "it serves a certificate that cannot be read"
        return "" if is_known else "it serves another certificate than it should"


def read_metrics(pods: Sequence[Alertmanager]) -> List[Tuple[Alertmanager, PodMetrics]]:
    """Ask pods at the same time what they run; return those that answer, with what they say."""
    answers = zip(pods, pod_http.ask(pods, Alertmanager.metrics))
    return [
        (pod, pod_metrics.read_metrics(answer))
        for pod, answer in answers
        if isinstance(answer, str)
    ]


def _query(only: Dict[str, Any]) -> str:
    values = {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in sorted(only.items())
    }
    query = urlencode(values, doseq=True)
    return f"?{query}" if query else ""


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
