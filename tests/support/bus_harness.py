"""Charms on the real charms.reactive bus, hook by hook, all in this process.

The sandbox's controller decides which hooks run and answers their tools, as in tests/charm. But the
charm is not built: ``assemble`` links its sources, its base layer and its interfaces into one
folder. And a hook is not a process: ``InProcess`` runs it here, with everything global that a new
process would have new. A hook costs a tenth of a real one, and coverage sees the sources.

Not for stories with a cluster: its threads start processes, and these must not inherit an
environment or a working directory that a hook is just changing.
"""

import copy
import gc
import importlib.machinery
import io
import json
import os
import pickle
import re
import shutil
import sqlite3
import subprocess
import sys
import traceback
import types
from functools import lru_cache
from pathlib import Path
from unittest import mock

import jinja2
import yaml
from support import charm_manifest
from support.manual_controller import ManualController
from support.story_beginnings import BusController

from sandbox.juju.hooktools import TOOLS

import charms  # isort: skip
from charmhelpers.core import hookenv, unitdata  # isort: skip
from charms.reactive import bus, endpoints, flags, relations, trace  # isort: skip

ROOT = Path(__file__).resolve().parents[2]

SHIPPED = (
    "actions",
    "actions.yaml",
    "bin",
    "config.yaml",
    "hooks",
    "layer.yaml",
    "lib",
    "manifest.yaml",
    "metadata.yaml",
    "monitoring",
    "reactive",
    "templates",
)
"""What a charm or layer puts into the assembled charm, if it has it."""

LIBRARIES = ("lib/alertmanager_config",)
"""Folders that no other layer adds to and no hook changes: one link leads to all their files."""

LIFECYCLE = (
    "config-changed",
    "install",
    "leader-elected",
    "leader-settings-changed",
    "start",
    "stop",
    "update-status",
    "upgrade-charm",
)
"""The hooks that every built charm has, besides those of its endpoints and storage."""

# What registers handlers when it is imported. Hooks of the same sources share these modules, too,
# but a hook that imports one has its handlers registered; a charm's own handlers are run anew.
REGISTERING = ("provides", "requires")


# Python's own: that of pytest looks at every import.
FINDERS = [each for each in sys.meta_path if isinstance(each, type)]

AT_START, AT_EXIT = list(hookenv._atstart), list(hookenv._atexit)


def controller(folder: Path, **options) -> BusController:
    """An empty model whose hooks run in this process; a context manager.

    watches: what the watchers were told that hooks have left behind, oldest first; none is started.
    """

    def process(*args, **keywords):
        return InProcess(*args, **keywords, ask=juju.server.answer, watches=juju.watches)

    juju = BusController(folder, hook_process=process, **options)
    return juju


def assemble(source: Path, target: Path) -> Path:
    """Make a charm of a charm layer without building it: links to the sources.

    source: the folder of the charm layer. target: the folder to make, anew. What ``includes`` in
    layer.yaml names is looked for in the repository.
    """
    shutil.rmtree(str(target), ignore_errors=True)
    _sources.cache_clear()
    metadata = _lay(source, target)
    (target / "metadata.yaml").unlink()
    (target / "metadata.yaml").write_text(yaml.safe_dump(metadata))
    if not (target / "manifest.yaml").exists():  # no layer of it has one
        charm_manifest.write(target)
    for hook in _hooks(metadata):
        (target / "hooks" / hook).symlink_to("hook.template")
    return target


def _lay(source, target):
    """Put a layer over those that it includes; return their metadata, merged."""
    metadata = {}
    for include in _yaml(source / "layer.yaml").get("includes", ()):
        kind, path = include.split(":")
        if kind == "interface":
            for module in (ROOT / path).glob("*.py"):
                _link(module, target / "hooks" / "relations" / Path(path).name / module.name)
        else:
            metadata.update(_lay(ROOT / path, target))
    _merge(source, target)
    own = _yaml(source / "metadata.yaml")
    endpoints = {**metadata.get("requires", {}), **own.get("requires", {})}
    return {**metadata, **own, **({"requires": endpoints} if endpoints else {})}


def _yaml(path):
    return yaml.safe_load(path.read_text()) if path.exists() else {}


def flags_of(juju: ManualController, unit: str) -> set:
    """The flags that are set in a unit's database, as the next hook will find them."""
    prefix = "reactive.states."
    return {key[len(prefix) :] for key in database_of(juju, unit) if key.startswith(prefix)}


def database_of(juju: ManualController, unit: str) -> dict:
    """What a unit has noted, flags and all."""
    path = juju.operator.charm_dir(juju.unit(unit)) / ".unit-state.db"
    if not path.exists():
        return {}
    store = unitdata.Storage(str(path))
    try:
        return store.getrange("")
    finally:
        store.close()


def lose_database(juju: ManualController, unit: str) -> None:
    """A unit forgets its flags and everything else that it has noted."""
    (juju.operator.charm_dir(juju.unit(unit)) / ".unit-state.db").unlink()


def _merge(source: Path, target: Path) -> None:
    libraries = [source / name for name in LIBRARIES if (source / name).is_dir()]
    for name in SHIPPED:
        for path in [source / name, *sorted((source / name).rglob("*"))]:
            is_linked = any(library in path.parents for library in libraries)
            if path in libraries or (
                path.is_file() and not is_linked and "__pycache__" not in path.parts
            ):
                _link(path, target / path.relative_to(source))


def _link(source: Path, link: Path) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    if link.is_symlink():
        link.unlink()
    link.symlink_to(source)


def _hooks(metadata: dict) -> list:
    hooks = list(LIFECYCLE)
    for role in ("provides", "requires"):
        for endpoint in metadata.get(role) or ():
            for event in ("created", "joined", "changed", "departed", "broken"):
                hooks.append(f"{endpoint}-relation-{event}")
    for storage in metadata.get("storage") or ():
        hooks += [f"{storage}-storage-attached", f"{storage}-storage-detaching"]
    return hooks


class _Killed(BaseException):
    """The controller has killed the hook."""


class InProcess:
    """One hook on the bus in this process; to the controller it looks like a process.

    ask: answers a tool call, as ToolServer.answer does. watches: takes what the watchers are told
    that the hook leaves behind. The other arguments are HookProcess's; the prefix changes nothing
    here.
    """

    def __init__(self, script, cwd, environment, on_line, prefix=(), *, ask, watches):
        self._ask, self._watches = ask, watches
        self._script, self._cwd, self._environment = script, cwd, environment
        self._on_line = on_line
        self._killed = False

    def kill(self):
        """End the hook at its next tool call, or now if it is in one."""
        self._killed = True

    def wait(self):
        """Run the hook to its end and return its exit code."""
        process = self

        class Popen(_Tool):
            hook = process

        before, path, home = _forget_modules(), list(sys.path), os.getcwd()
        with mock.patch.dict(os.environ, self._environment, clear=True), mock.patch.object(
            subprocess, "Popen", Popen
        ), mock.patch.object(sys, "argv", [str(self._script)]), mock.patch.object(
            sys, "meta_path", FINDERS
        ), mock.patch.object(
            importlib.machinery.SourceFileLoader, "exec_module", _execute
        ), mock.patch.object(bus, "_load_module", _load_module), mock.patch.object(
            yaml, "safe_load", _safe_load
        ), mock.patch.object(sqlite3, "connect", _connect), mock.patch.object(
            jinja2.Environment, "compile", _compile_template
        ), mock.patch.object(gc, "disable", _leave_garbage_alone), mock.patch.object(
            gc, "freeze", _leave_garbage_alone
        ), mock.patch.object(unitdata.Storage, "getrange", _get_range):
            os.chdir(str(self._cwd))
            try:
                _forget_everything()
                _lend_modules(self._cwd)
                return self._run()
            finally:
                os.chdir(home)
                _close_database()
                sys.path[:] = path
                _forget_modules()
                charms.__path__ = _charms_path(*path)
                sys.modules.update(before)
                if "charms.layer" in before:
                    charms.layer = before["charms.layer"]

    def _run(self):
        try:
            _import_from(self._cwd)
            main = {"__name__": "__main__", "__file__": str(self._script)}
            exec(_code(str(self._script), "__main__"), main)
        except _Killed:
            return -9
        except SystemExit as end:
            return end.code or 0
        except Exception:
            for line in traceback.format_exc().splitlines():
                self._on_line("stderr", line)
            return 1
        return 0

    def answer(self, words, stdin):
        """Answer a tool call: exit code, stdout, stderr."""
        reply = self._ask(os.environ["JUJU_CONTEXT_ID"], os.getcwd(), words, stdin.decode)
        if self._killed:
            raise _Killed
        return reply.code, reply.stdout.encode(), reply.stderr.encode()

    def leave_behind(self):
        """Stand in for a watcher's process."""
        return types.SimpleNamespace(stdin=_Told(self._watches))


class _Told(io.BytesIO):
    """What a watcher reads."""

    def __init__(self, watches):
        super().__init__()
        self._watches = watches

    def close(self):
        if not self.closed:
            watch, period = pickle.loads(self.getvalue())
            self._watches.append(types.SimpleNamespace(period=period, **vars(watch)))
        super().close()


_RealPopen = subprocess.Popen


class _Tool:
    """Stands in for subprocess.Popen while a hook runs: hook tools are answered without a process.

    It can what charmhelpers and the layers make use of through run(), call() and their like.
    """

    hook: InProcess

    def __new__(cls, command, **options):
        if "charms.layer.pod_spec.watcher_process" in command:
            return cls.hook.leave_behind()
        if isinstance(command, str) or os.path.basename(command[0]) not in TOOLS:
            return _RealPopen(command, **options)
        return super().__new__(cls)

    def __init__(self, command, **options):
        self.args = command
        self.returncode = None
        self._options = options

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.wait()

    def communicate(self, input=None, timeout=None):
        del timeout
        stdin = input.encode() if isinstance(input, str) else input or b""
        code, *printed = self.hook.answer([str(word) for word in self.args], stdin)
        self.returncode = code
        if self._options.get("stderr") == subprocess.STDOUT:
            printed = [printed[0] + printed[1], b""]
        return tuple(
            self._given(stream, text) for stream, text in zip(("stdout", "stderr"), printed)
        )

    def _given(self, stream, text):
        """Return what the caller gets of an output: nothing unless it asked for a pipe."""
        if self._options.get(stream) != subprocess.PIPE:
            return None
        asked = ("text", "universal_newlines", "encoding")
        return text.decode() if any(self._options.get(name) for name in asked) else text

    def wait(self, timeout=None):
        del timeout
        if self.returncode is None:
            self.communicate()
        return self.returncode

    poll = wait

    def kill(self):
        """Do nothing: the tool has ended."""


def _forget_everything():
    """Bring what is global in the libraries into the state that a new process has."""
    hookenv.cache.clear()
    hookenv._cache_config = None
    hookenv._atstart[:] = AT_START
    hookenv._atexit[:] = AT_EXIT
    bus.Handler._HANDLERS = {}
    bus.Handler._CONSUMED_FLAGS = set()
    flags.TRIGGER_CALLBACKS.clear()
    endpoints.Endpoint._endpoints = {}
    relations.RelationFactory._factories = []
    trace._tracer = trace.NullTracer()
    unitdata._KV = None


def _load_module(root, path):
    """Import a module in which handlers may be; takes the place of bus._load_module."""
    name = os.path.basename(root) + path[len(root) : -len(".py")].replace(os.sep, ".")
    if name in _registering:
        _registering[name].register(path)
    elif name not in sys.modules:
        _real_load_module(root, path)


_real_load_module = bus._load_module


def _execute(loader, module):
    """Execute a module; takes the place of SourceFileLoader.exec_module."""
    if module.__name__ in _registering:
        _registering[module.__name__].register(loader.path)
        return
    known, others = len(bus.Handler._HANDLERS), _count_registered()
    exec(_code(loader.path, module.__name__), vars(module))
    if _is_registering(module.__name__):
        assert _count_registered() == others, f"{module.__name__} registers more than handlers"
        handlers = list(bus.Handler._HANDLERS.items())[known:]
        _registering[module.__name__] = _Registering(module, handlers)
    elif module.__name__.startswith(("charms.layer.", "relations.")):
        _lent[module.__name__] = _Lent(module)


def _count_registered():
    return len(flags.TRIGGER_CALLBACKS) + len(hookenv._atstart) + len(hookenv._atexit)


def _code(path, module):
    """Return the code of a module, which is compiled once and names the file of the sources."""
    identity = _identity(path)
    if identity not in _CODE:
        source = os.path.realpath(path)  # the file that coverage reports on
        _CODE[identity] = importlib.machinery.SourceFileLoader(module, source).get_code(module)
    return _CODE[identity]


_CODE = {}


def _identity(path):
    """Return what says which file a path or link leads to, and whether it was changed."""
    status = os.stat(path)
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size


def _safe_load(stream):
    """Return what a YAML text says; takes the place of yaml.safe_load, to read each text once."""
    return copy.deepcopy(_parsed(stream.read() if hasattr(stream, "read") else stream))


_parsed = lru_cache(maxsize=100)(yaml.safe_load)


def _compile_template(environment, source, name=None, filename=None):
    """Return the code of a template; takes the place of Environment.compile, to compile it once."""
    key = source, name, *sorted(environment.filters), environment.undefined
    if key not in _TEMPLATES:
        _TEMPLATES[key] = _real_compile(environment, source, name, filename)
    return _TEMPLATES[key]


_TEMPLATES = {}
_real_compile = jinja2.Environment.compile


def _connect(*arguments, **options):
    """Open a database that need not outlive this machine; takes the place of sqlite3.connect."""
    database = _real_connect(*arguments, **options)
    database.execute("PRAGMA synchronous=OFF")
    return database


_real_connect = sqlite3.connect


def _leave_garbage_alone():
    """Take the place of gc.disable and gc.freeze, which are for processes that end soon."""


def _get_range(storage, key_prefix, strip=False):
    """Return what a database has; takes the place of Storage.getrange, to read flags once a change.

    charms.reactive reads all flags whenever it looks at one.
    """
    if key_prefix != "reactive.states.":
        return _real_get_range(storage, key_prefix, strip)
    changes = storage.conn.total_changes
    if getattr(storage, "_known_flags", (None,))[0] != changes:
        storage.cursor.execute("select key, data from kv where key like 'reactive.states.%'")
        flags = {key: _known_value(data) for key, data in storage.cursor.fetchall()}
        stripped = {key[len(key_prefix) :]: value for key, value in flags.items()}
        storage._known_flags = changes, flags, stripped
    return dict(storage._known_flags[2 if strip else 1])


_real_get_range = unitdata.Storage.getrange
_known_value = lru_cache(maxsize=1000)(json.loads)


def _forget_modules():
    """Take what is a charm's out of Python's modules, and return it."""
    forgotten = {name: sys.modules.pop(name) for name in filter(_OWN.match, list(sys.modules))}
    if hasattr(charms, "layer"):
        del charms.layer
    return forgotten


_OWN = re.compile(r"(charms\.layer|reactive|relations)(\.|\Z)")


class _Lent:
    """A module that hooks share; each of them finds it as it was when it had just been imported.

    But for its classes: no module here alters one.
    """

    def __init__(self, module):
        self.module = module
        self._values = dict(vars(module))
        self._contents = {
            name: copy.copy(value)
            for name, value in self._values.items()
            if type(value) in (dict, list, set) and not name.startswith("__")
        }

    def lend(self, charm):
        """Let a hook of the charm in this folder have it."""
        vars(self.module).update(self._values)
        for name, content in self._contents.items():
            value = self._values[name]
            value.clear()
            value.extend(content) if isinstance(value, list) else value.update(content)
        if hasattr(self.module, "__path__"):
            self.module.__path__ = [
                os.path.join(str(charm), "lib", *self.module.__name__.split("."))
            ]
        sys.modules[self.module.__name__] = self.module


class _Registering(_Lent):
    """One that registers handlers whenever a hook imports it."""

    def __init__(self, module, handlers):
        super().__init__(module)
        self._handlers = [(name, _renew(handler)) for name, handler in handlers]

    def register(self, path):
        """Take the place of the module that is being imported from this path."""
        self.lend(Path(path).parents[3])
        for name, handler in self._handlers:
            bus.Handler._HANDLERS[name] = _renew(handler)
            bus.Handler._CONSUMED_FLAGS.update(handler._flags)


def _renew(handler):
    """Copy a handler that has not been called: its arguments come from iterators, once."""
    renewed = copy.copy(handler)
    renewed._args = copy.deepcopy(handler._args)
    return renewed


_FAMILIES = {}  # the sources of a charm: {name of a module: _Lent}, and those _Registering
_lent, _registering = {}, {}  # those of the charm whose hook runs


def _lend_modules(charm):
    """Let a hook have the modules of earlier hooks of the same sources."""
    global _lent, _registering
    folders = (os.path.realpath(str(charm / place)) for place in ("lib", "hooks"))
    # The names of endpoints decide which handlers there are.
    sources = _sources(*folders), (charm / "metadata.yaml").read_bytes()
    if sources not in _FAMILIES and len(_FAMILIES) == 4:
        _FAMILIES.pop(next(iter(_FAMILIES)))
    _lent, _registering = _FAMILIES.setdefault(sources, ({}, {}))
    for module in _lent.values():
        module.lend(charm)
    # They have no files of their own, for which all of Python's path would be searched.
    for folder in [*charm.glob("hooks/relations"), *charm.glob("hooks/relations/*")]:
        name = ".".join(folder.relative_to(charm / "hooks").parts)
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [str(folder)]
    # charms.reactive looks for each endpoint's there first.
    if not (charm / "reactive" / "relations").exists():
        sys.modules["reactive.relations"] = None


@lru_cache(maxsize=100)
def _sources(*places):
    """Return the identities of all sources in folders of a charm."""
    return frozenset(
        _identity(os.path.join(folder, name))
        for place in places
        for folder, _, names in os.walk(place)
        for name in names
        if name.endswith(".py")
    )


def _is_registering(name):
    package, _, module = name.rpartition(".")
    return package.startswith("relations.") and module in REGISTERING


def _import_from(charm):
    """Let the charm's modules be found, and none of the repository's beside them."""
    sys.path[:] = [str(charm / "lib"), *(path for path in sys.path if not _of_repository(path))]
    charms.__path__ = _charms_path(*sys.path)


@lru_cache(maxsize=1000)
def _charms_path(*folders):
    """Return the folders of the package, which several distributions share, in these folders."""
    return [
        path for path in (os.path.join(each, "charms") for each in folders) if os.path.isdir(path)
    ]


@lru_cache(maxsize=100)
def _of_repository(path):
    path = Path(path or ".").absolute()
    return ROOT in (path, *path.parents) and Path(sys.prefix) not in path.parents


def _close_database():
    """Drop what a hook that failed has not saved, as the end of its process does."""
    if unitdata._KV is not None:
        unitdata._KV.conn.close()
        unitdata._KV = None
