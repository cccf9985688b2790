"""Stories on the bus that begin with a copy of how another one began, so that its hooks run once.

Most stories begin with a charm that is deployed in one of a few ways, and to deploy it takes as
long as the rest of the story. A copy has everything that the original left: the model, the pods
that the test plays, the history, and what lies on the operator's disk.
"""

import copy
import os
import shutil
import tempfile
from pathlib import Path
from typing import Callable, Hashable

from support.manual_controller import ManualController

from sandbox.juju.model.operator_disk import OperatorDisk

AGENTS = "agents"
"""The folder of a controller's state that hooks and commands write into."""

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
"""Where files cost least, if it is there: a controller's are many, small and soon gone."""


class _LinkedCharms(OperatorDisk):
    """A disk on which a unit's charm is links to the folders of what was deployed.

    To copy a charm's files for each unit takes as long as a few hooks of it. No hook writes into
    these folders, and no test changes them once they are deployed.
    """

    def keep(self, charm, app, revision):
        """Leave a charm where it is."""
        return charm

    def install(self, unit):
        """Link the charm for a unit that has none on disk."""
        directory = self.charm_dir(unit)
        if not directory.exists():
            directory.mkdir(parents=True)
            for entry in unit.app.charm.directory.iterdir():
                (directory / entry.name).symlink_to(entry)

    def upgrade(self, unit):
        """Link another charm; files that hooks have made stay."""
        self.install(unit)
        directory = self.charm_dir(unit)
        for entry in directory.iterdir():
            if entry.is_symlink():
                entry.unlink()
        for entry in unit.app.charm.directory.iterdir():
            (directory / entry.name).symlink_to(entry)


class BusController(ManualController):
    """A controller that a story may begin on with a copy.

    folder: where its state is. watches: what the watchers were told that hooks have left behind,
    oldest first.
    """

    def __init__(self, folder: Path, **options):
        super().__init__(folder, **options)
        self.folder = Path(folder).resolve()
        self.operator = _LinkedCharms(self.folder, options.get("python"))
        self.watches = []
        self._names = self.model.name, self.model.uuid

    def begin(self, what: Hashable, story: Callable[["BusController"], object]) -> None:
        """Bring about what a story does, by a copy if it has been done twice on a new controller.

        what: the same for the same story. It must depend on nothing else, such as a clock of the
        test's, and leave nothing but what a controller has.
        """
        key = (what, self._names[0], self.juju_version)
        is_new = self._is_new()
        if is_new and key in _originals:
            _originals[key].repeat(self)
            return
        story(self)
        if is_new and key in _begun and all(fault.hit for fault in self._agent.faults):
            _originals[key] = _Original(self)
        _begun.add(key)

    def _is_new(self) -> bool:
        model = self.model
        happened = (model.applications, model.relations, model.proxy, self.now, self._agent.faults)
        is_named_anew = (model.name, model.uuid) != self._names
        return not (is_named_anew or any(happened) or any(vars(self.cluster).values()))


def forget_all() -> None:
    """Remove all copies; to be called before the process ends."""
    for original in _originals.values():
        original.remove()
    _originals.clear()


_begun = set()
_originals = {}  # of what has been begun twice


class _Original:
    """What the beginning of a story has left."""

    def __init__(self, juju: BusController):
        self._folder = Path(tempfile.mkdtemp(prefix="beginning-", dir=MEMORY))
        _copy_disk(juju.folder, self._folder)
        self._state = copy.deepcopy((vars(juju.model), vars(juju.cluster)))
        self._history, self._watches, self._now = [*juju.history], [*juju.watches], juju.now

    def remove(self) -> None:
        """Remove what it has on disk."""
        shutil.rmtree(str(self._folder))

    def repeat(self, juju: BusController) -> None:
        """Bring another controller to the same state."""
        _copy_disk(self._folder, juju.folder)
        model, cluster = copy.deepcopy(self._state)
        vars(juju.model).update(model)
        vars(juju.cluster).update(cluster)
        juju.history.extend(self._history)
        juju.watches.extend(self._watches)
        juju.advance(self._now)


def _copy_disk(source: Path, target: Path) -> None:
    shutil.copytree(str(source / AGENTS), str(target / AGENTS), symlinks=True)
