"""One network for all pods: a bridge with a namespace and an address for each pod.

The bridge lives in the node's own network namespace, which has no other interface: nothing of it
is seen from the machine, and two clusters may use the same addresses.
"""

import ipaddress
import itertools
import shlex
from collections import namedtuple

from sandbox.kubernetes.kubelet.subprocesses import run

POD_RANGE = ipaddress.ip_network("10.1.0.0/16")
SERVICE_RANGE = ipaddress.ip_network("10.152.183.0/24")
NODE_ADDRESS = str(POD_RANGE[1])  # gateway, DNS server, and where probes come from
_NODE_LINK = "02:00:00:00:00:01"

PodNetwork = namedtuple("PodNetwork", "ip path")


class Network:
    """The bridge and the pods' namespaces; ``folder`` (on a private mount) keeps the latter."""

    def __init__(self, folder):
        self._folder = folder
        self._numbers = itertools.count(10)
        self._services = itertools.count(10)
        self._pods = {}

    async def start(self):
        """Make the bridge."""
        self._folder.mkdir()
        await _ip(
            "link set lo up",
            # Left alone, its link address would change with the pods that come and go, and be
            # unknown to the others for seconds.
            f"link add br0 address {_NODE_LINK} type bridge",
            "link set br0 up addrgenmode none",
            f"addr add {NODE_ADDRESS}/{POD_RANGE.prefixlen} dev br0",
        )

    async def add_service(self):
        """Return a new address for a Service, reachable by every pod."""
        address = str(SERVICE_RANGE[next(self._services) % (SERVICE_RANGE.num_addresses - 2)])
        await _ip(f"addr add {address}/32 dev lo")
        return address

    async def remove_service(self, address):
        """Give an address of add_service back."""
        await _ip(f"addr del {address}/32 dev lo")

    async def add(self, pod):
        """Return the PodNetwork of a pod (by name): a namespace with eth0, lo and a new address."""
        number = next(self._numbers)
        address = str(POD_RANGE[number % (POD_RANGE.num_addresses - 2)])
        path = self._folder / str(number)
        path.touch()
        await run("unshare", f"--net={path}", "true")
        try:
            await self._connect(number, address, path)
        except BaseException:
            await _remove(path)
            raise
        self._pods[pod] = PodNetwork(address, path)
        return self._pods[pod]

    async def _connect(self, number, address, path):
        """Give a namespace its eth0 on the bridge."""
        await _ip(
            f"link add veth{number} type veth peer name eth0 netns {shlex.quote(str(path))}",
            f"link set veth{number} master br0 up addrgenmode none",
        )
        # Container runtimes let any user listen on low ports.
        await run(
            "nsenter",
            f"--net={path}",
            "sh",
            "-c",
            "echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start; exec ip -batch -",
            stdin="link set lo up\n"
            "link set eth0 up addrgenmode none\n"
            f"addr add {address}/{POD_RANGE.prefixlen} dev eth0\n"
            f"route add default via {NODE_ADDRESS}\n",
        )

    async def remove(self, pod):
        """Take a pod's network away."""
        await _remove(self._pods.pop(pod).path)


async def _remove(path):
    await run("umount", path)
    path.unlink()


async def _ip(*lines):
    await run("ip", "-batch", "-", stdin="\n".join(lines) + "\n")
