"""What is said over the relation: one entry of karma's list of Alertmanagers from each unit.

Pure functions; see README.md for who reads which key.
"""

from typing import Dict, Tuple

UNIT_KEYS = ("name", "uri", "cluster", "proxy")
APPLICATION_KEYS: Tuple[str, ...] = ()


def encode(name: str, uri: str, cluster: str, proxy: bool) -> Tuple[Dict[str, str], Dict[str, str]]:
    """Return what a unit and what the application write: the latter nothing.

    name: how karma calls this Alertmanager; no other may have the same name.
    uri: where karma reaches it.
    cluster: equal for all Alertmanagers that gossip with each other: their alerts are shown once.
    proxy: whether karma sends the browser's requests, such as new silences, to Alertmanager by
        itself, because browsers cannot reach ``uri``.
    """
    bag = {"name": name, "uri": uri, "cluster": cluster, "proxy": "true" if proxy else "false"}
    return bag, {}
