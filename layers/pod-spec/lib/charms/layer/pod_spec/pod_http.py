"""Ask pods over HTTP, from a hook or an action that must neither hang nor fail for it.

A pod may hang, lie or be somebody else. So every request has bounds, follows no redirect and heeds
no proxy, and whatever goes wrong becomes one exception whose text may be shown to anybody. To look
up a name is the one step that Python cannot limit in time: ``ask`` can.
"""

import socket
import ssl
import threading
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, TypeVar, Union

LONGEST_ANSWER = 16 * 1024 * 1024
"""Bytes."""

_PIECE = 64 * 1024

Pod = TypeVar("Pod")
Answer = TypeVar("Answer")


class PodError(Exception):
    """A pod does not do what it is asked."""


class Unreachable(PodError):
    """A pod gives no answer that is of use: no connection, no time, no trust, no admission.

    host: the pod. reason: a few words, without a full stop.
    """

    def __init__(self, host: str, reason: str):
        super().__init__(f"{host}: {reason}")
        self.host, self.reason = host, reason


def request(
    host: str,
    port: int,
    method: str,
    path: str,
    *,
    headers: Mapping[str, str],
    body: Optional[bytes] = None,
    find_stranger: Optional[Callable[[bytes], str]] = None,
    timeout: float = 2.0,
) -> Tuple[int, bytes]:
    """Make a request, and return the status code and the body of the answer.

    host: a name or an address. find_stranger: if there is one, TLS is spoken, and nothing is said
    to the pod before this function, to which the certificate is given that it serves (DER), has
    returned ""; what else it returns is the reason not to. Authorities, names and dates decide
    nothing: pods are asked under names that no certificate knows.
    timeout: seconds to wait for the connection, and for each piece of the answer.

    Raises Unreachable.
    """
    connection = _make_connection(host, port, timeout, bool(find_stranger))
    try:
        connection.connect()
        reason = find_stranger(connection.sock.getpeercert(True)) if find_stranger else ""
        if reason:
            raise Unreachable(host, reason)
        connection.request(method, path, body, dict(headers))
        response = connection.getresponse()
        answer = _read_body(response)
    except (OSError, HTTPException) as error:
        raise Unreachable(host, _find_reason(error)) from None
    finally:
        connection.close()
    if len(answer) > LONGEST_ANSWER:
        raise Unreachable(host, f"its answer is longer than {LONGEST_ANSWER} bytes")
    if response.length:  # what it announced and did not send
        raise Unreachable(host, "its answer breaks off")
    return response.status, answer


def _make_connection(host: str, port: int, timeout: float, has_tls: bool) -> HTTPConnection:
    if not has_tls:
        return HTTPConnection(host, port, timeout=timeout)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return HTTPSConnection(host, port, timeout=timeout, context=context)


def _read_body(response) -> bytes:
    """Read an answer, or the first pieces of one that is too long."""
    answer = bytearray()
    while len(answer) <= LONGEST_ANSWER:
        # Python 3.8 takes as much memory as might be read.
        piece = response.read(_PIECE)
        if not piece:
            break
        answer += piece
    return bytes(answer)


def ask(
    pods: Sequence[Pod], question: Callable[[Pod], Answer], within: float = 3.0
) -> List[Union[Answer, PodError]]:
    """Put a question to many pods at once.

    pods: have a ``host``. question: what to do with each. within: seconds after which nothing is
    waited for any more, neither an answer nor the look-up of a name.

    Returns for each pod, in their order, what question returned, or the PodError that it raised.
    Any other exception of question's is raised here.
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
    found = [answers.get(n, Unreachable(pod.host, missing)) for n, pod in enumerate(pods)]
    for answer in found:
        if isinstance(answer, BaseException) and not isinstance(answer, PodError):
            raise answer
    return found


def _find_reason(error: Exception) -> str:
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
