"""What is said over the relation: the ``alerting:`` section of prometheus.yml, as JSON.

Pure functions; see README.md for who reads it.
"""

import json
from typing import Any, Dict, Mapping, Tuple

UNIT_KEYS = ("alerting_config",)
APPLICATION_KEYS: Tuple[str, ...] = ()


def encode(alerting: Mapping[str, Any]) -> Tuple[Dict[str, str], Dict[str, str]]:
    """Return what a unit and what the application write: the latter nothing.

    alerting: an ``alerting`` object of prometheus.yml that covers all units of the application and
        is equal from each of them, as who reads it keeps one unit's and drops the others'.
    """
    return {"alerting_config": json.dumps(alerting, sort_keys=True)}, {}
