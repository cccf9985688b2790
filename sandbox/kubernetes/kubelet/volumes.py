"""The volumes of a pod, as folders on the node that are mounted into its containers.

Secrets are projected as the kubelet does it: the files lie in a folder named after
the time, ``..data`` points to that folder, and the visible names point through ``..data``, so that
one rename changes all files at once. Source: Kubernetes ``pkg/volume/util/atomic_writer.go`` and
``pkg/volume/volume_linux.go``.
"""

import base64
import datetime
import os
import shutil
import stat
from pathlib import Path

from sandbox.kubernetes.kubelet.cluster_types import NotYet

_READ_ONLY = 0o440  # what fsGroup adds to projected files, and to others:
_READ_WRITE = 0o660
_DEFAULT_MODE = 0o644


class Volumes:
    """The volumes of one Pod; ``folder`` is for what ends with it, claims stay."""

    def __init__(self, pod, folder):
        self._pod_name = pod.name
        self._spec = pod.template["spec"]
        self._folder = folder
        self._claims = pod.node.claims / pod.app
        self._store = pod.node.secrets
        self._can_own = can_own = pod.node.identities.can_own
        self._claimed = set()
        group = self._spec.get("securityContext", {}).get("fsGroup")
        self._group = group if group is not None and can_own(group) else None

    def prepare(self):
        """Make every volume. Raise NotYet while one refers to something that is not there."""
        for volume in self._spec.get("volumes", []):
            path = self._folder / volume["name"]
            if "emptyDir" in volume and not path.exists():
                _make(path, 0o777)
                self._own(path, _READ_WRITE)
        self.project()

    def project(self):
        """Bring the files of Secrets up to date. Raise NotYet like prepare()."""
        for volume in self._spec.get("volumes", []):
            if "secret" in volume:
                files = self._files(volume["name"], volume["secret"])
                self._write(self._folder / volume["name"], files)

    def uses(self, secret):
        """Tell whether a Secret is one of these volumes."""
        volumes = self._spec.get("volumes", [])
        return any(volume.get("secret", {}).get("secretName") == secret for volume in volumes)

    def path(self, mount):
        """Return (folder or file on the node, writable) for a volumeMount."""
        name = mount["name"]
        volume = next((item for item in self._spec["volumes"] if item["name"] == name), None)
        path = self.claim(name) if volume is None else self._folder / name
        if mount.get("subPath"):
            path = path / mount["subPath"]
            if not path.exists():
                _make(path, 0o755)
        projected = volume is not None and "secret" in volume
        return path, not projected

    def claim(self, name):
        """Return the folder of a claim by its template's name; it stays when the pod goes."""
        path = self._claims / f"{name}-{self._pod_name}"
        if path in self._claimed:
            return path
        self._claimed.add(path)
        if not path.exists():
            # Like the top of a fresh file system: only root may write.
            _make(path, 0o755)
        if self._group is not None:
            for place, folders, files in os.walk(str(path)):
                for item in [".", *folders, *files]:
                    self._own(Path(place, item), _READ_WRITE)
        return path

    def private(self, name, owner):
        """Return a folder for what an image declares as its own volume. ``owner`` is (uid, gid)."""
        path = self._folder / name
        if not path.exists():
            _make(path, 0o755)
            if self._can_own(owner[1]):
                os.chown(str(path), *owner)
        return path

    def remove(self):
        """Remove what ends with the pod."""
        shutil.rmtree(str(self._folder), ignore_errors=True)

    def _files(self, volume, source):
        """Return {file name: (content, mode)} that the volume shall show."""
        data = self._store.data(source["secretName"])
        if data is None:
            why = f'volume {volume}: secret "{source["secretName"]}" not found'
            raise NotYet("FailedMount", why)
        mode = source.get("defaultMode", _DEFAULT_MODE)
        return {key: (content, mode) for key, content in data.items()}

    def _write(self, folder, files):
        """Show exactly ``files`` in ``folder``."""
        if not folder.exists():
            _make(folder, 0o755)
            self._own(folder, _READ_ONLY)
        now, data = folder / "..data", {}
        if now.is_symlink():
            data = {str(path.relative_to(now)): path for path in now.rglob("*") if path.is_file()}
        if now.is_symlink() and {name: path.read_bytes() for name, path in data.items()} == {
            name: content for name, (content, _) in files.items()
        }:
            return
        stamp = datetime.datetime.now(datetime.timezone.utc).strftime("%Y_%m_%d_%H_%M_%S.%f")
        fresh = folder / (".." + stamp)
        _make(fresh, 0o755)
        for name, (content, mode) in files.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            path.chmod(mode)
            self._own(path, _READ_ONLY)
        self._own(fresh, _READ_ONLY)
        old = folder / os.readlink(str(now)) if now.is_symlink() else None
        scratch = folder / "..data_tmp"
        scratch.symlink_to(fresh.name)
        os.replace(str(scratch), str(now))
        _link_names(folder, files)
        if old:
            shutil.rmtree(str(old))

    def _own(self, path, mask):
        """Apply fsGroup to one file or folder."""
        if self._group is None or path.is_symlink():
            return
        mode = stat.S_IMODE(path.stat().st_mode)
        os.chown(str(path), -1, self._group)
        path.chmod(mode | mask | (stat.S_ISGID | 0o110 if path.is_dir() else 0))


class Secrets:
    """The Secrets of the cluster."""

    def __init__(self):
        self._secrets = {}

    def put(self, item):
        """Create or replace a Secret; return its data, {key: bytes}."""
        data = {key: base64.b64decode(text) for key, text in item.get("data", {}).items()}
        data.update((key, text.encode()) for key, text in item.get("stringData", {}).items())
        owner = item["metadata"]["labels"].get("app.kubernetes.io/name")
        self._secrets[item["metadata"]["name"]] = (owner, data)
        return data

    def data(self, name):
        """Return {key: bytes}, or None if there is no such Secret."""
        return self._secrets.get(name, (None, None))[1]

    def remove_all(self, app):
        """Forget the Secrets of an application."""
        self._secrets = {key: value for key, value in self._secrets.items() if value[0] != app}


def _make(path, mode):
    path.mkdir(parents=True)
    path.chmod(mode)


def _link_names(folder, files):
    """Let each visible name point through ..data, and no other name be there."""
    wanted = {name.split("/")[0] for name in files}
    for path in folder.iterdir():
        if not path.name.startswith("..") and path.name not in wanted:
            path.unlink()
    for name in wanted:
        link = folder / name
        if not link.is_symlink():
            link.symlink_to(Path("..data", name))
