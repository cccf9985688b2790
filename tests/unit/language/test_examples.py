"""The examples in the docstrings are what comes out."""

import doctest

import alertmanager_config


def test_the_examples_of_the_package_are_true():
    names = {"check_text": alertmanager_config.check_text}
    found = doctest.testmod(alertmanager_config, extraglobs=names)
    assert found.attempted > 0
    assert found.failed == 0
