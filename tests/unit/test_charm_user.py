"""The charm's own user on the web port."""

import ctypes
import re

from charms.layer.alertmanager.domain import charm_user
from charms.layer.alertmanager.domain.charm_options import Settings
from charms.layer.alertmanager.domain.charm_user import derive_password
from charms.layer.alertmanager.domain.web_endpoint import WebEndpoint
from charms.layer.alertmanager.inputs import Inputs

USERS = (("ann", "$2y$10$" + "a" * 53),)


def test_the_hash_is_that_of_the_password():
    crypt = ctypes.CDLL("libcrypt.so.1").crypt
    crypt.restype = ctypes.c_char_p
    made = Inputs.hash_password(USERS)
    assert re.fullmatch(r"\$2b\$04\$[./A-Za-z0-9]{53}", made)
    assert crypt(derive_password(USERS).encode(), made.encode()) == made.encode()


def test_it_is_the_same_for_the_same_users_only():
    others = (*USERS, ("bob", "$2y$10$" + "b" * 53))
    assert derive_password(USERS) == derive_password(USERS)
    assert derive_password(USERS) != derive_password(others)
    assert Inputs.hash_password(USERS) == Inputs.hash_password(USERS)
    assert Inputs.hash_password(USERS) != Inputs.hash_password(others)


def test_the_charm_speaks_as_that_user_where_there_are_users():
    assert WebEndpoint.of_settings(Settings(web_users=USERS)).username == charm_user.USER
    assert WebEndpoint.of_settings(Settings(web_users=USERS)).password == derive_password(USERS)
    assert (
        WebEndpoint.of_settings(Settings()).username,
        WebEndpoint.of_settings(Settings()).password,
    ) == ("", "")
