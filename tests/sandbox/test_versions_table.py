"""The first table of docs/reference/juju-versions.md: 2.9.52 and 3.6.

Less bundles, and what only they deploy: applications that run as ``kubernetes``.
"""

import pytest
from support import charm_manifest
from support.juju_versions import on

VERSIONS = ("2.9", "3.6")
FOCAL_BY_FORCE = "--series focal --force"


def cells(*words):
    """Marks a test with what has to be typed, beyond the usual, in each of VERSIONS."""
    return pytest.mark.parametrize(("version", "words"), list(zip(VERSIONS, words)))


@pytest.fixture
def typed(type_):
    """Types a command as usual, and with ``words`` if there are any: then it needs them."""

    def both(line, words):
        usual = type_(line)
        assert (usual.code == 0) is (words == ""), usual.err
        if words:
            done = type_(f"{line} {words}")
            assert done.code == 0, done.err

    return both


@pytest.fixture
def runs_as(juju):
    """What the application runs as, as people see it."""

    def shown():
        base = juju.application("tiny").base
        return base.short_name if juju.juju_version.since(3) else base.series

    return shown


DEPLOY = "deploy ./tiny --resource img=tiny:1"
REFRESH = "refresh tiny --path ./tiny"


def without_manifest(tiny):
    """Makes it like release 0.1.0."""
    (tiny.charm / "manifest.yaml").unlink()


@pytest.mark.parametrize(("version", "series"), list(zip(VERSIONS, ("focal", "ubuntu@20.04"))))
def test_deploy_and_refresh_a_folder(tiny, typed, runs_as, series):
    typed(DEPLOY, "")
    assert runs_as() == series
    typed(REFRESH, "")


@cells(FOCAL_BY_FORCE, "")
def test_deploy_the_folder_of_0_1_0(tiny, typed, runs_as, words):
    without_manifest(tiny)
    typed(DEPLOY, words)
    assert runs_as() == ("focal" if words else "ubuntu@20.04")


@on(VERSIONS)
def test_refresh_0_1_0_that_runs_as_focal_and_go_back(tiny, juju, type_, typed):
    without_manifest(tiny)
    words = "" if juju.juju_version.since(3) else FOCAL_BY_FORCE
    assert type_(f"{DEPLOY} {words}").code == 0
    charm_manifest.write(tiny.charm)
    typed(REFRESH, "")
    without_manifest(tiny)
    typed(REFRESH, "" if juju.juju_version.since(3) else "--force-series")
