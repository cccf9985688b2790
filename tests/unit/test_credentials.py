"""The charm's own user on the web port."""

import ctypes
import re

from charms.layer.alertmanager import credentials, served
from charms.layer.alertmanager.settings import Settings

USERS = (("ann", "$2y$10$" + "a" * 53),)


def test_the_hash_is_that_of_the_password():
    crypt = ctypes.CDLL("libcrypt.so.1").crypt
    crypt.restype = ctypes.c_char_p
    made = credentials.password_hash(USERS)
    assert re.fullmatch(r"\$2b\$04\$[./A-Za-z0-9]{53}", made)
    assert crypt(credentials.password(USERS).encode(), made.encode()) == made.encode()


def test_it_is_the_same_for_the_same_users_only():
    others = (*USERS, ("bob", "$2y$10$" + "b" * 53))
    assert credentials.password(USERS) == credentials.password(USERS)
    assert credentials.password(USERS) != credentials.password(others)
    assert credentials.password_hash(USERS) == credentials.password_hash(USERS)
    assert credentials.password_hash(USERS) != credentials.password_hash(others)


def test_the_charm_speaks_as_that_user_where_there_are_users():
    assert served.by(Settings(web_users=USERS)).username == credentials.USER
    assert served.by(Settings(web_users=USERS)).password == credentials.password(USERS)
    assert (served.by(Settings()).username, served.by(Settings()).password) == ("", "")
