"""The rules for the configuration as a whole."""

from typing import Dict, List, Optional

from ..problems import Problem
from ..yaml_nodes import Document, Items, Mapping, Node, Path, Scalar, is_null, shown


def check(document: Document, version, strict, files) -> List[Problem]:
    """Say what is wrong with a document that has a tree; see validate()."""
    root = document.root
    if not isinstance(root, Mapping):
        message = "must be a mapping, with keys such as route and receivers"
        return [Problem(root.option, root.line, message=message)]
    problems: List[Problem] = []
    receivers = _receivers(root, problems)
    _routes(root, receivers, problems)
    return problems


def _problem(node: Node, path: Path, message: str, hint: str = "") -> Problem:
    return Problem(node.option, node.line, str(path), message, hint)


def _receivers(root: Mapping, problems: List[Problem]) -> Dict[str, Node]:
    """Give the receivers by name."""
    found: Dict[str, Node] = {}
    receivers = root.get("receivers")
    path = Path().key("receivers")
    if is_null(receivers):
        return found
    if not isinstance(receivers, Items):
        problems.append(_problem(receivers, path, "must be a list"))
        return found
    for index, receiver in enumerate(receivers.items):
        place = path.item(index)
        if not isinstance(receiver, Mapping):
            problems.append(_problem(receiver, place, "must be a mapping"))
            continue
        name = receiver.get("name")
        if not isinstance(name, Scalar) or is_null(name) or not name.text:
            problems.append(_problem(receiver, place, "has no name", "add name:"))
        elif name.text in found:
            message = f"the receiver {shown(name.text)} is defined for the second time"
            problems.append(_problem(name, place.key("name"), message, "give it another name"))
        else:
            found[name.text] = receiver
    return found


def _routes(root: Mapping, receivers: Dict[str, Node], problems: List[Problem]) -> None:
    route = root.get("route")
    path = Path().key("route")
    if route is None or is_null(route):
        where = root if route is None else route
        hint = "add route: with a receiver"
        problems.append(Problem(where.option, 0, "", "has no route", hint))
        return
    if isinstance(route, Mapping) and not _receiver_name(route):
        message = "the first route has no receiver"
        problems.append(_problem(route, path, message, "name one that takes every alert"))
    _route(route, path, receivers, problems)


def _receiver_name(route: Mapping) -> Optional[Scalar]:
    name = route.get("receiver")
    return name if isinstance(name, Scalar) and not is_null(name) and name.text else None


def _route(node: Node, path: Path, receivers: Dict[str, Node], problems: List[Problem]) -> None:
    if not isinstance(node, Mapping):
        problems.append(_problem(node, path, "must be a mapping"))
        return
    name = _receiver_name(node)
    if name is not None and name.text not in receivers:
        message = f"there is no receiver {shown(name.text)}"
        hint = "define it under receivers, or use one of those there"
        problems.append(_problem(name, path.key("receiver"), message, hint))
    routes = node.get("routes")
    if is_null(routes):
        return
    if not isinstance(routes, Items):
        problems.append(_problem(routes, path.key("routes"), "must be a list"))
        return
    for index, child in enumerate(routes.items):
        _route(child, path.key("routes").item(index), receivers, problems)
