"""The user as whom the charm itself speaks to Alertmanager once the web port has users.

Its password need not be kept anywhere: it follows from the operator's users, whose password hashes
nobody knows who does not know the Kubernetes Secret already.
"""

import ctypes
import hashlib
import hmac
from functools import lru_cache
from typing import Tuple

USER = "juju-charm"

Users = Tuple[Tuple[str, str], ...]

# bcrypt's letters; a salt is 22 of them, the last of which stands for two bits only.
_LETTERS = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_LAST_LETTERS = ".Oeu"


def password(users: Users) -> str:
    """Work out the password of USER from the operator's users: names and bcrypt hashes."""
    return _derive(users, "password").hex()


@lru_cache(maxsize=4)
def password_hash(users: Users) -> str:
    """Return the bcrypt hash of that password, always the same one for the same users.

    The cost is the least that there is: guessing does not help against 256 random bits.

    Raises OSError where the C library's crypt() is missing or knows no bcrypt; Ubuntu 20.04 and
    later and Debian 11 and later have it (libxcrypt).
    """
    digest = _derive(users, "salt")
    salt = "".join(_LETTERS[byte % 64] for byte in digest[:21]) + _LAST_LETTERS[digest[21] % 4]
    crypt = ctypes.CDLL("libcrypt.so.1").crypt
    crypt.restype = ctypes.c_char_p
    made = crypt(password(users).encode(), f"$2b$04${salt}".encode())
    if made is None or not made.startswith(b"$2b$04$"):
        raise OSError("the C library's crypt() knows no bcrypt")
    return made.decode()


def _derive(users: Users, purpose: str) -> bytes:
    key = "\0".join(f"{name}:{hashed}" for name, hashed in users)
    return hmac.new(key.encode(), f"alertmanager charm {purpose}".encode(), hashlib.sha256).digest()
