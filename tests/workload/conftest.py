"""The built charms with real Alertmanager and Prometheus."""

import building
import pytest


@pytest.fixture(scope="session")
def charms(built_charm, tmp_path_factory):
    """The folders of the built charms, by application; not to be changed."""
    prometheus = building.compiled(tmp_path_factory, "examples/watchdog")  # which can do more
    return {"alertmanager": built_charm, "prometheus": prometheus}
