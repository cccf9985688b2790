"""The configuration language of Alertmanager: check, route, merge, redact.

    >>> from alertmanager_config import check_text
    >>> for problem in check_text("route: {receiver: x}", "alertmanager.yml", "0.28.1"):
    ...     print(problem)
    alertmanager.yml line 1, route.receiver: receiver x is not defined; define it under receivers

Each name below says in its own docstring what goes in and what comes out.
"""

from importlib import import_module

_MODULES = {
    "Document": "yaml.nodes",
    "Matcher": "routing.matchers",
    "Problem": "problem",
    "RouteMatch": "routing.tree",
    "UndecidableRoute": "routing.tree",
    "check_cluster_tls": "schema.cluster_tls",
    "check_document": "check",
    "check_text": "check",
    "count_integrations": "routing.tree",
    "find_routes": "routing.tree",
    "find_secrets": "edit.redact",
    "format_version": "version",
    "merge": "edit.merge",
    "parse_version": "version",
    "parse_yaml": "yaml.reader",
    "redact": "edit.redact",
    "redact_sentence": "edit.redact",
    "to_one_line": "problem",
    "write_yaml": "yaml.writer",
}

__all__ = list(_MODULES)


def __getattr__(name: str) -> object:
    """Load a name's module when it is asked for: all of them take 100 ms, a Problem takes 1 ms."""
    if name not in _MODULES:
        raise AttributeError(f"alertmanager_config has no {name}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
