"""What is said over the relation: one entry in the catalogue.

Pure functions; see README.md for who reads which key.
"""

from typing import Dict, Tuple

UNIT_KEYS: Tuple[str, ...] = ()
APPLICATION_KEYS = ("name", "url", "icon", "description")


def encode(
    name: str, url: str, icon: str, description: str
) -> Tuple[Dict[str, str], Dict[str, str]]:
    """Return what a unit and what the application write: the former nothing.

    url: where people reach the page. icon: a name out of Material Design Icons, ``bell-alert``.
    """
    return {}, {"name": name, "url": url, "icon": icon, "description": description}
