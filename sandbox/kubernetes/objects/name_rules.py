"""Kubernetes' rules for names, and its words when one is broken.

Source: k8s.io/apimachinery ``pkg/util/validation/validation.go``.
"""

import re
from collections import namedtuple

Rule = namedtuple("Rule", "pattern longest message examples")

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_ENDS = "and must start and end with an alphanumeric character"

DNS_LABEL = Rule(
    _LABEL,
    63,
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
    + _ENDS,
    ("my-name", "123-abc"),
)
DNS_SUBDOMAIN = Rule(
    _LABEL + r"(\." + _LABEL + ")*",
    253,
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'"
    ", " + _ENDS,
    ("example.com",),
)
SERVICE_NAME = Rule(
    "[a-z]([-a-z0-9]*[a-z0-9])?",
    63,
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "
    "alphabetic character, and end with an alphanumeric character",
    ("my-name", "abc-123"),
)
CONFIG_KEY = Rule(
    "[-._a-zA-Z0-9]+",
    253,
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
    ("key.name", "KEY_NAME", "key-name"),
)
ENV_NAME = Rule(
    "[-._a-zA-Z][-._a-zA-Z0-9]*",
    None,
    "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or "
    "'.', and must not start with a digit",
    ("my.env-name", "MY_ENV.NAME", "MyEnvName1"),
)


def problems(rule, name):
    """Return what is wrong with ``name`` under ``rule``, in Kubernetes' words."""
    found = []
    if rule.longest and len(name) > rule.longest:
        found.append(f"must be no more than {rule.longest} characters")
    if not re.fullmatch(rule.pattern, name, re.ASCII):
        examples = " or ".join(f"'{example}', " for example in rule.examples)
        found.append(
            f"{rule.message} (e.g. {examples}regex used for validation is '{rule.pattern}')"
        )
    return found


def port_name_problems(name):
    """Return what is wrong with the name of a container or Service port."""
    checks = (
        (len(name) > 15, "must be no more than 15 characters"),
        (
            re.search("[^-a-z0-9]", name),
            "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
        ),
        (not re.search("[a-z]", name), "must contain at least one letter (a-z)"),
        ("--" in name, "must not contain consecutive hyphens"),
        (
            name.startswith("-") or name.endswith("-"),
            "must not begin or end with a hyphen",
        ),
    )
    return [message for wrong, message in checks if wrong]
