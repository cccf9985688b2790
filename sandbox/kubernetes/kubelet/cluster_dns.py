"""The cluster's DNS: dnsmasq with the names that Kubernetes gives to pods and Services."""

import asyncio
import signal

from sandbox.kubernetes.kubelet.cluster_types import ClusterError

DOMAIN = "cluster.local"


class Dns:
    """A DNS server on ``address``; ``folder`` keeps its file of names."""

    def __init__(self, folder, address):
        self._hosts = folder / "hosts"
        self._address = address
        self._process = None
        self._records = None
        self._reading = None

    async def start(self):
        """Start answering."""
        self._hosts.parent.mkdir()
        self._hosts.touch()
        self._process = await asyncio.create_subprocess_exec(
            "dnsmasq",
            "--no-daemon",
            "--conf-file=/dev/null",
            "--pid-file=",
            "--no-resolv",
            "--no-hosts",
            "--bind-interfaces",
            f"--listen-address={self._address}",
            f"--addn-hosts={self._hosts}",
            "--local=/#/",  # what is not in the file does not exist
            "--local-ttl=0",
            "--cache-size=0",
            stderr=asyncio.subprocess.PIPE,
        )
        # A signal before this line would end it.
        first = (await self._process.stderr.readline()).decode()
        if "started" not in first:
            raise ClusterError(f"the DNS server did not start: {first.strip()}")
        self._reading = asyncio.ensure_future(self._forget_messages())

    async def _forget_messages(self):
        """Read what it writes at every update, or it would stop when nobody did."""
        async for _ in self._process.stderr:
            pass

    def update(self, records):
        """Serve ``{full name: [address, ...]}`` from now on."""
        if records == self._records:
            return
        self._records = records
        lines = [
            f"{address} {name}\n"
            for name, addresses in sorted(records.items())
            for address in addresses
        ]
        scratch = self._hosts.with_suffix(".new")
        scratch.write_text("".join(lines))
        scratch.rename(self._hosts)
        self._process.send_signal(signal.SIGHUP)


def resolv_conf(namespace, server):
    """Return /etc/resolv.conf of a pod, as the kubelet writes it."""
    return (
        f"search {namespace}.svc.{DOMAIN} svc.{DOMAIN} {DOMAIN}\n"
        f"nameserver {server}\n"
        "options ndots:5\n"
    )


def full_name(*parts):
    """Return the full name of a Service (name, namespace) or a pod (pod, Service, namespace)."""
    return ".".join([*parts, "svc", DOMAIN])
