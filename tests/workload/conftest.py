"""The built charms with real Alertmanager and Prometheus."""

import pytest
from support import charm_builds


@pytest.fixture(scope="session")
def charms(built_charm, tmp_path_factory):
    """The folders of the built charms, by application; not to be changed."""
    prometheus = charm_builds.compiled(tmp_path_factory, "examples/watchdog")  # which can do more
    return {"alertmanager": built_charm, "prometheus": prometheus}
