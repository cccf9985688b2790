"""What is said over the relation: host and port, as plain strings.

Pure functions; see README.md for who reads which key.
"""

from typing import Dict, Tuple

UNIT_KEYS = ("hostname", "port")
APPLICATION_KEYS: Tuple[str, ...] = ()


def encode(hostname: str, port: int) -> Tuple[Dict[str, str], Dict[str, str]]:
    """Return what a unit and what the application write: the latter nothing.

    hostname: a name or an IP address by which this very unit is reached.
    """
    return {"hostname": hostname, "port": str(port)}, {}
