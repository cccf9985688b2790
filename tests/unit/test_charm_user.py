"""The charm's own user on the web port."""

import ctypes
import json
import re

from charms.layer.alertmanager.domain.charm_user import derive_password
from charms.layer.alertmanager.inputs import Inputs
from charms.layer.alertmanager.state import State

USERS = (("ann", "$2y$10$" + "a" * 53),)


def hash_of(users):
    return Inputs(State(), options={"web-users": json.dumps(dict(users))}).own_hash


def test_the_hash_is_that_of_the_password():
    crypt = ctypes.CDLL("libcrypt.so.1").crypt
    crypt.restype = ctypes.c_char_p
    made = hash_of(USERS)
    assert re.fullmatch(r"\$2b\$04\$[./A-Za-z0-9]{53}", made)
    assert crypt(derive_password(USERS).encode(), made.encode()) == made.encode()


def test_it_is_the_same_for_the_same_users_only():
    others = (*USERS, ("bob", "$2y$10$" + "b" * 53))
    assert derive_password(USERS) == derive_password(USERS)
    assert derive_password(USERS) != derive_password(others)
    assert hash_of(USERS) == hash_of(USERS)
    assert hash_of(USERS) != hash_of(others)


def test_without_users_there_is_none():
    assert hash_of(()) == ""
