"""What is said over the relation: one data source, and what Grafana has to know of it.

Pure functions; see README.md for who reads which key.
"""

import json
from typing import Any, Dict, Mapping, Optional, Tuple

UNIT_KEYS = ("grafana_source_host",)
APPLICATION_KEYS = ("grafana_source_data",)


def encode(
    *,
    kind: str,
    url: str,
    model: str,
    model_uuid: str,
    application: str,
    options: Optional[Mapping[str, Any]] = None,
    secure_options: Optional[Mapping[str, str]] = None,
) -> Tuple[Dict[str, str], Dict[str, str]]:
    """Return what a unit and what the application write.

    kind: Grafana's name for the type of data source.
    url: where Grafana reaches this unit. Every unit has to have one: see README.md.
    options, secure_options: ``jsonData`` and ``secureJsonData`` of Grafana's provisioning. They
        are readable for everybody who may look at the relation.
    """
    common = {
        "model": model,
        "model_uuid": model_uuid,
        "application": application,
        "type": kind,
        "extra_fields": dict(options) if options else None,
        "secure_extra_fields": dict(secure_options) if secure_options else None,
    }
    return (
        {"grafana_source_host": url},
        {"grafana_source_data": json.dumps(common, sort_keys=True)},
    )
