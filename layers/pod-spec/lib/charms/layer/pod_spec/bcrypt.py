"""Hash passwords by bcrypt, with the C library's crypt().

Python 3.13 has no module crypt any more, and the libraries that know bcrypt are compiled ones.
"""

import ctypes

# A salt is 22 of bcrypt's letters, the last of which stands for two bits only.
_LETTERS = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_LAST_LETTERS = ".Oeu"


def hash_password(password: str, salt: bytes) -> str:
    """Return the bcrypt hash of a password.

    password: a random one, as the cost is the least that there is. salt: at least 22 random bytes;
    the same ones give the same hash.

    Raises OSError where crypt() is missing or knows no bcrypt; Ubuntu 20.04 and later and Debian 11
    and later have it (libxcrypt).
    """
    letters = "".join(_LETTERS[byte % 64] for byte in salt[:21]) + _LAST_LETTERS[salt[21] % 4]
    crypt = ctypes.CDLL("libcrypt.so.1").crypt
    crypt.restype = ctypes.c_char_p
    made = crypt(password.encode(), f"$2b$04${letters}".encode())
    if made is None or not made.startswith(b"$2b$04$"):
        raise OSError("the C library's crypt() knows no bcrypt")
    return made.decode()
