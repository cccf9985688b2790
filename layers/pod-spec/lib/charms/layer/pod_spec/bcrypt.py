"""Hash passwords by bcrypt, with the C library's crypt().

Python 3.13 has no module crypt any more, and the libraries that know bcrypt are compiled ones.
"""

import ctypes


def hash_password(password: str, salt: str) -> str:
    """Return the bcrypt hash of a password.

    salt: 22 of bcrypt's letters. The cost is the least that there is: guessing does not help
    against 256 random bits.

    Raises OSError where crypt() is missing or knows no bcrypt; Ubuntu 20.04 and later and Debian 11
    and later have it (libxcrypt).
    """
    crypt = ctypes.CDLL("libcrypt.so.1").crypt
    crypt.restype = ctypes.c_char_p
    made = crypt(password.encode(), f"$2b$04${salt}".encode())
    if made is None or not made.startswith(b"$2b$04$"):
        raise OSError("the C library's crypt() knows no bcrypt")
    return made.decode()
