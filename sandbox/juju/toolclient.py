"""A hook tool as a charm calls it: hands its arguments to the controller and prints the answer.

It runs once for every call that a hook makes, as ``python -I -S``, so it imports nothing that takes
time. ``toolserver`` is the other end; a message is its length in eight hexadecimal digits, then its
bytes.
"""

import os
import sys
from _socket import AF_UNIX, SOCK_STREAM, socket


def _send(server, message):
    server.sendall(b"%08x" % len(message) + message)


def _receive(server):
    return _exactly(server, int(_exactly(server, 8), 16))


def _exactly(server, size):
    data = b""
    while len(data) < size:
        piece = server.recv(min(size - len(data), 65536))
        if not piece:
            raise OSError("the controller closed the connection")
        data += piece
    return data


def call(context, address, words, read_stdin):
    """One call; returns the exit code and what the tool printed on stdout and stderr, as bytes.

    words: the command line. read_stdin: called for the standard input, as bytes, if the tool
    wants it. OSError if nobody answers.
    """
    server = socket(AF_UNIX, SOCK_STREAM)
    try:
        server.connect(address)
        _send(server, b"\0".join(os.fsencode(word) for word in [context, os.getcwd(), *words]))
        code = _receive(server)
        if code == b"stdin":
            _send(server, read_stdin())
            code = _receive(server)
        return int(code), _receive(server), _receive(server)
    finally:
        server.close()


def main():
    """The tool that this file is called as; returns the exit code."""
    try:
        context = os.environ["JUJU_CONTEXT_ID"]
        address = os.environ["JUJU_AGENT_SOCKET_ADDRESS"]
    except KeyError as error:
        os.write(2, b"ERROR %s not set\n" % error.args[0].encode())
        return 1
    words = [os.path.basename(sys.argv[0]), *sys.argv[1:]]
    try:
        code, *printed = call(context, address, words, sys.stdin.buffer.read)
        for stream, text in zip((sys.stdout, sys.stderr), printed):
            stream.buffer.write(text)
            stream.flush()
    except OSError as error:
        os.write(2, b"ERROR %s\n" % str(error).encode())
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main())
