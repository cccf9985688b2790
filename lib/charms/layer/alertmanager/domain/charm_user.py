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

# bcrypt's letters; a salt is 22 of them, the last of which stands for two bits only.
_LETTERS = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_LAST_LETTERS = ".Oeu"


def derive_password(users: Users) -> str:
    """Work out the password of USER."""
    return _derive(users, "password").hex()


def derive_salt(users: Users) -> str:
    """Work out the 22 letters of the salt of that password's bcrypt hash: always the same ones."""
    digest = _derive(users, "salt")
    return "".join(_LETTERS[byte % 64] for byte in digest[:21]) + _LAST_LETTERS[digest[21] % 4]


def _derive(users: Users, purpose: str) -> bytes:
    key = "\0".join(f"{name}:{hashed}" for name, hashed in users)
    return hmac.new(key.encode(), f"alertmanager charm {purpose}".encode(), hashlib.sha256).digest()
