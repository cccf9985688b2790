"""One container of a pod: a program in bubblewrap, with the paths, user and arguments of the spec.

Source of the rules: Kubernetes ``pkg/kubelet/kuberuntime`` and ``third_party/forked/golang``.
"""

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
from pathlib import PurePosixPath

from sandbox.kubernetes.kubelet.cluster_types import NOBODY, NotYet
from sandbox.kubernetes.kubelet.container_user import User
from sandbox.kubernetes.kubelet.subprocesses import run

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Container:
    """A container's process, started at most once; the pod makes a new one for each start.

    ``pod`` is the Pod it belongs to, ``spec`` the Kubernetes container, ``image`` an Image.
    """

    def __init__(self, pod, spec, image):
        self.pod = pod
        self.spec = spec
        self.name = spec["name"]
        self.image = image
        self.pid = None  # of the program, as the node sees it; inside it is 1
        self._process = None
        self._user = _user(spec, pod.template["spec"], image)

    async def start(self, log):
        """Start the program with its output appended to the file ``log``.

        Raise NotYet where a kubelet would not start it.
        """
        environment = self.environment()
        command = self._command(environment)
        prefix, options, descriptors = await self.pod.node.identities.command(self._user)
        options += ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--hostname", self.pod.name]
        options += ["--as-pid-1", "--die-with-parent", "--new-session"]
        options += self._root() + self._environment_options(environment)
        info, info_end = os.pipe()
        arguments = _memory_file([*options, "--info-fd", str(info_end)])
        try:
            with open(str(log), "ab") as output:
                self._process = await asyncio.create_subprocess_exec(
                    *("nsenter", f"--net={self.pod.network.path}"),
                    *prefix,
                    *("bwrap", "--args", str(arguments), "--"),
                    *command,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    pass_fds=[arguments, info_end, *descriptors],
                    env={"PATH": os.environ["PATH"]},
                )
        finally:
            os.close(arguments)
            os.close(info_end)
        try:
            pid = await _child_pid(info)
            await _wait_for_exec(pid)
        except BaseException:
            self._process.kill()  # and with it, by --die-with-parent, what it has started
            raise
        self.pid = pid

    async def wait(self):
        """Wait for the end of the program; return its exit code."""
        return await self._process.wait()

    def signal(self, number):
        """Send a signal to the program."""
        if self.pid and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def stop(self, grace):
        """Ask the program to end, make it end after ``grace`` seconds."""
        if self._process is None or self._process.returncode is not None:
            return
        if grace > 0:
            self.signal(signal.SIGTERM)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(asyncio.shield(self._process.wait()), grace)
        self.signal(signal.SIGKILL)
        await self._process.wait()

    async def exec(self, argv, timeout=None):
        """Run a further program in the container; return (exit code, stdout, stderr)."""
        if self.pid is None or self._process.returncode is not None:
            raise NotYet("ContainerNotRunning", f"container {self.name} is not running")
        prefix, _, _ = await self.pod.node.identities.command(self._user)
        spaces = ("--user", "--mount", "--pid", "--ipc", "--uts")
        return await run(
            *("nsenter", f"--net={self.pod.network.path}"),
            *prefix,
            *("nsenter", "--target", str(self.pid), *spaces, "--preserve-credentials", "--"),
            *argv,
            check=False,
            timeout=timeout,
            env=self.environment(),
        )

    def environment(self):
        """Return the variables of the program. Raise NotYet for one that has no value."""
        result = {"PATH": _PATH, "HOSTNAME": self.pod.name, "HOME": "/"}
        for variable in self.spec.get("env", []):
            if "valueFrom" in variable:
                value = self._referred(variable["valueFrom"])
            else:
                value = expand(variable.get("value", ""), result)
            result[variable["name"]] = value
        return result

    def _referred(self, source):
        if "fieldRef" in source:
            return self.pod.field(source["fieldRef"]["fieldPath"])
        name, key = source["secretKeyRef"]["name"], source["secretKeyRef"]["key"]
        data = self.pod.node.secrets.data(name)
        if data is None:
            raise NotYet("CreateContainerConfigError", f'secret "{name}" not found')
        if key not in data:
            why = f"couldn't find key {key} in Secret {self.pod.namespace}/{name}"
            raise NotYet("CreateContainerConfigError", why)
        return data[key].decode()

    def _command(self, environment):
        given = [expand(word, environment) for word in self.spec.get("command", [])]
        arguments = [expand(word, environment) for word in self.spec.get("args", [])]
        if not given and not arguments:
            arguments = self.image.command
        command = (given or self.image.entrypoint) + arguments
        if not command:
            raise NotYet("CreateContainerError", "no command specified")
        return command

    def _environment_options(self, environment):
        options = ["--clearenv"]
        for name, value in environment.items():
            options += ["--setenv", name, value]
        return [*options, "--chdir", self.spec.get("workingDir") or self.image.workdir]

    def _root(self):
        """Return the options that build the root file system."""
        security = self.spec.get("securityContext", {})
        read_only = security.get("readOnlyRootFilesystem", False)
        binds = [(target, source, False) for target, source in self.image.binds.items()]
        binds += [(f"/etc/{name}", path, False) for name, path in self.pod.etc_files().items()]
        mounted = {mount["mountPath"].rstrip("/") for mount in self.spec["volumeMounts"]}
        for path in self.image.volumes:
            if path not in mounted:
                folder = f"{self.name}{path.replace('/', '-')}.image"
                owner = (self._user.uid, self._user.gid)
                binds.append((path, self.pod.volumes.private(folder, owner), True))
        for mount in self.spec["volumeMounts"]:
            source, writable = self.pod.volumes.path(mount)
            writable = writable and not mount.get("readOnly")
            binds.append((mount["mountPath"], source, writable))
        binds.sort(key=lambda bind: len(PurePosixPath(bind[0]).parts))
        options = ["--perms", "1777", "--dir" if read_only else "--tmpfs", "/tmp"]
        for folder in _parents([bind[0] for bind in binds]):
            options += ["--perms", "0755", "--dir", folder]
        for target, source, writable in binds:
            options += ["--bind" if writable else "--ro-bind", str(source), target]
        options += ["--proc", "/proc", "--dev", "/dev"]
        # The top of the tree belongs to whoever made it here; in an image it belongs to root.
        if read_only or self._user.uid != 0:
            options += ["--remount-ro", "/"]
        return options


def expand(text, variables):
    """Replace $(NAME) where NAME is known, and $$ by $, as Kubernetes does in arguments."""

    def replace(match):
        if match.group(0) == "$$":
            return "$"
        return variables.get(match.group(1), match.group(0))

    return re.sub(r"\$\$|\$\(([^()]*)\)", replace, text)


def _user(spec, pod_spec, image):
    """Return the User of a container. Raise NotYet where runAsNonRoot forbids it."""
    security = dict(pod_spec.get("securityContext", {}), **spec.get("securityContext", {}))
    by_name = {"nobody": NOBODY, "": 0, "root": 0}
    uid = security.get("runAsUser", by_name.get(image.user, 0))
    if security.get("runAsNonRoot") and (uid == 0 or "runAsUser" not in security):
        why = f"container has runAsNonRoot, and its user may be root: {image.user or uid}"
        raise NotYet("CreateContainerConfigError", why)
    gid = security.get("runAsGroup", uid if uid in (0, NOBODY) else 0)
    groups = [security["fsGroup"]] if "fsGroup" in security else []
    return User(uid, gid, groups, security.get("capabilities"))


def _parents(paths):
    """Return the folders that must exist above these paths, outermost first."""
    found = {str(parent) for path in paths for parent in PurePosixPath(path).parents} - {"/"}
    return sorted(found - set(paths))


def _memory_file(options):
    """Return a descriptor of a file with bubblewrap's options, which may hold secrets."""
    descriptor = os.memfd_create("bwrap-options")
    with open(descriptor, "wb", closefd=False) as file:
        file.write(b"".join(option.encode() + b"\0" for option in options))
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.set_inheritable(descriptor, True)
    return descriptor


async def _child_pid(info):
    """Return the program's process id from bubblewrap's report, None if there is none."""
    text = await asyncio.get_running_loop().run_in_executor(None, _read, info)
    return json.loads(text)["child-pid"] if text.strip() else None


async def _wait_for_exec(pid):
    """Wait until bubblewrap's child has become the program: until then it is not in its root."""
    program = None
    with contextlib.suppress(OSError):
        while pid and program in (None, shutil.which("bwrap")):
            await asyncio.sleep(0.002)
            program = os.readlink(f"/proc/{pid}/exe")


def _read(descriptor):
    with open(descriptor) as file:
        return file.read()
