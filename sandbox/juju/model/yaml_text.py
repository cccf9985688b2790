"""YAML that a person or a charm wrote, read as Juju reads it."""

from __future__ import annotations

from typing import Any

import yaml

from sandbox.juju.juju_errors import JujuError
from sandbox.kubernetes.podspec import yaml_v2


def parse_yaml(text: str, name: str) -> Any:
    """The value of the first document, mapping keys as text; JujuError begins with ``name``."""
    try:
        return yaml_v2.first_document(text)
    except yaml.YAMLError as error:
        raise JujuError(f"{name}: yaml: {' '.join(yaml_v2.problem(error).split())}") from None
