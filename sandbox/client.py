"""``juju`` and ``kubectl``: send a command line to the daemon and print what comes back."""

from __future__ import annotations

import os
import sys

from sandbox import line_protocol


def main(program: str, argv: list[str]) -> int:
    """Runs one command line of ``juju`` or ``kubectl``; returns its exit code."""
    folder = line_protocol.state_dir()
    for stream in filter(None, (sys.stdin, sys.stdout, sys.stderr)):
        stream.reconfigure(errors="surrogateescape")  # bytes that are no text pass as they are
    try:
        line = line_protocol.Line(line_protocol.connect(folder))
    except OSError:
        print(f"ERROR no sandbox runs in {folder}: start one with make run", file=sys.stderr)
        return 1
    try:
        line.send(program=program, argv=argv, cwd=os.getcwd(), tty=sys.stdout.isatty())
        return _converse(line)
    except (EOFError, ConnectionError):
        print("ERROR the sandbox has ended", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        line.close()


def _converse(line: line_protocol.Line) -> int:
    while True:
        message = line.receive()
        if "code" in message:
            return message["code"]
        if "read" in message:
            whole = message["read"] == "all"
            line.send(stdin=sys.stdin.read() if whole else sys.stdin.readline())
        for stream, text in ((sys.stdout, message.get("out")), (sys.stderr, message.get("err"))):
            if text:
                _print(stream, text)


def _print(stream, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:  # the output went to head, less or the like
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        raise SystemExit(141) from None
