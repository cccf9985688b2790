"""Passes TCP connections on, and sockets between the two halves.

A socket stays in the network it was made in, whoever holds it. So the outer half can listen on
the machine's 127.0.0.1 and hand that socket to the node, which accepts there and connects in the
cluster; and the other way round.
"""

import array
import asyncio
import contextlib
import socket

_CHUNK = 64 * 1024


async def serve(listener, connect):
    """Accept on ``listener`` and pass each connection on; return the asyncio server.

    ``connect`` is an async function that returns (reader, writer), or raises OSError: then the
    connection is closed.
    """

    async def accepted(reader, writer):
        try:
            far_reader, far_writer = await connect()
        except OSError:
            writer.transport.abort()
            return
        try:
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        finally:
            far_writer.close()
            writer.close()

    return await asyncio.start_server(accepted, sock=listener)


async def _pump(reader, writer):
    with contextlib.suppress(OSError):
        while True:
            data = await reader.read(_CHUNK)
            if not data:
                break
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.write_eof()


def listen(address, port):
    """Return a TCP socket that listens; port 0 takes a free one. Raise OSError."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def send_socket(channel, sock):
    """Hand ``sock`` over through the Unix socket ``channel``."""
    fds = array.array("i", [sock.fileno()])
    channel.sendmsg([b"s"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])


def receive_socket(channel):
    """Return the socket that the other side has handed over."""
    fds = array.array("i")
    _, ancillary, _, _ = channel.recvmsg(1, socket.CMSG_LEN(fds.itemsize))
    fds.frombytes(ancillary[0][2])
    return socket.socket(fileno=fds[0])
