"""The user as whom the charm itself speaks to Alertmanager once the web port has users.

Its password need not be kept anywhere: it follows from the operator's users, whose password hashes
nobody knows who does not know the Kubernetes Secret already.
"""

import hashlib
import hmac
from typing import Tuple

USER = "juju-charm"

Users = Tuple[Tuple[str, str], ...]
"""The operator's: names and bcrypt hashes."""


def derive_password(users: Users) -> str:
    """Work out the password of USER."""
    return _derive(users, "password").hex()


def derive_salt(users: Users) -> bytes:
    """Work out the salt of that password's hash: always the same one."""
    return _derive(users, "salt")


def _derive(users: Users, purpose: str) -> bytes:
    key = "\0".join(f"{name}:{hashed}" for name, hashed in users)
    return hmac.new(key.encode(), f"alertmanager charm {purpose}".encode(), hashlib.sha256).digest()
