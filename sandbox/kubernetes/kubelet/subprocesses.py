"""Runs the small programs of the node: ip, unshare, nsenter, ..."""

import asyncio
import contextlib
import os
import signal

from sandbox.kubernetes.kubelet.cluster_types import ClusterError


async def run(*argv, stdin="", check=True, timeout=None, env=None):
    """Run a program to its end; return (exit code, stdout, stderr), the latter as text.

    Raise ClusterError if it fails and ``check``, asyncio.TimeoutError after ``timeout`` seconds:
    then the program is killed.
    """
    process = await asyncio.create_subprocess_exec(
        *map(str, argv),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=env,
        start_new_session=True,
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(stdin.encode()), timeout)
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # nsenter has a child, and that is the program
        raise
    out, err = out.decode(errors="replace"), err.decode(errors="replace")
    if check and process.returncode:
        complaint = (err.strip() or out.strip() or "no reason given").splitlines()[-1]
        raise ClusterError(f"{' '.join(map(str, argv))}: {complaint}")
    return process.returncode, out, err
