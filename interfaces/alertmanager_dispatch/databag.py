"""What is said over the relation: each unit's own Alertmanager, in every dialect there ever was.

Pure functions; see README.md for who reads which key.
"""

from typing import Dict, Tuple
from urllib.parse import urlsplit

UNIT_KEYS = ("url", "public_address", "scheme")
APPLICATION_KEYS: Tuple[str, ...] = ()


def encode(url: str) -> Tuple[Dict[str, str], Dict[str, str]]:
    """Return what a unit and what the application write: the latter nothing.

    url: where this unit's own Alertmanager is reached, ``http://host:9093/prefix``; never a load
        balancer's address, as every alert has to be sent to every Alertmanager of a cluster.
    """
    parts = urlsplit(url)
    bag = {"url": url, "public_address": f"{parts.netloc}{parts.path}", "scheme": parts.scheme}
    return bag, {}
