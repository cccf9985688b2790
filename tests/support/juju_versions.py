"""Tests of what one version of Juju does, or each of several."""

import pytest


def on(version):
    """Mark a test as one of a version, or of each in a list; the fixture ``juju`` obeys it."""
    versions = [version] if isinstance(version, str) else version
    return pytest.mark.parametrize("version", versions)
