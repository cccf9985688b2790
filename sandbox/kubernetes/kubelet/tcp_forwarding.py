"""Passes TCP connections on: to Services, and with a socket between the two halves.

A socket stays in the network it was made in, whoever holds it. So the outer half can listen on
the machine's 127.0.0.1 and hand that socket to the node, which accepts there and connects in the
cluster; and the other way round.
"""

import array
import asyncio
import contextlib
import itertools
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


class Service:
    """A Service of type ClusterIP; ``ready_pods`` is a function that returns their addresses."""

    def __init__(self, ready_pods):
        self.address = None
        self._ready_pods = ready_pods
        self._turn = itertools.count()
        self._servers = {}

    async def update(self, network, ports):
        """Listen on these ports ({Service port: pod port}) and no others."""
        if self.address is None:
            self.address = await network.add_service()
        for port in set(self._servers) - set(ports):
            self._servers.pop(port)[1].close()
        for port, target in ports.items():
            if port in self._servers and self._servers[port][0] == target:
                continue
            if port in self._servers:
                self._servers.pop(port)[1].close()
            listener = listen(self.address, port)
            server = await serve(listener, lambda target=target: self.connect(target))
            self._servers[port] = (target, server)

    async def connect(self, port):
        """Return (reader, writer) of a connection to a ready pod. Raise OSError."""
        pods = self._ready_pods()
        if not pods:
            raise ConnectionRefusedError("no pod is ready")
        return await asyncio.open_connection(pods[next(self._turn) % len(pods)], port)

    async def stop(self, network):
        """Stop listening and give the address back."""
        for _, server in self._servers.values():
            server.close()
        if self.address:
            await network.remove_service(self.address)


def ports_of(service):
    """Return {Service port: pod port} of a Kubernetes Service, TCP only."""
    return {
        port["port"]: port.get("targetPort") or port["port"]
        for port in service["spec"].get("ports", [])
        if port.get("protocol", "TCP") == "TCP"
    }
