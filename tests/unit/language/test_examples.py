"""The examples in the docstrings are what comes out."""

import doctest

import alertmanager_config
from alertmanager_config import check


def test_the_examples_of_the_package_and_of_checking_are_true():
    names = {"check_text": check.check_text}
    for module in (alertmanager_config, check):
        found = doctest.testmod(module, extraglobs=names)
        assert found.attempted > 0
        assert found.failed == 0
