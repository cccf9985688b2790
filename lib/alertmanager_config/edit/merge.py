"""Lay the secrets of one YAML document over another.

The rules, which the operator has to know as well:

* mappings merge key by key, however deep; where both have something else, the overlay wins;
* ``receivers`` merge by ``name``: an overlay's receiver completes the one of the same name,
  whatever the order, and a name that the base does not have is added at the end;
* within a receiver the ``*_configs`` lists merge item by item, in order. An overlay that has fewer
  items leaves the rest of the base's as they are, one that has more adds its own at the end, and
  an item that is null (or ``{}``) leaves the base's item alone;
* any other list is replaced by the overlay's.

Nodes keep the option and line they came from, so a problem in the merged document points to the
right option.
"""

from itertools import zip_longest
from typing import Dict, List, Optional

from ..problem import Problem
from ..yaml.nodes import Document, Items, Mapping, Node, get_text, is_null, join_path, shown

MAX_PROBLEMS = 100
"""How many problems of the merge itself are told."""


def merge(base: Document, overlay: Document) -> Document:
    """Give a new document: the overlay laid over the base. Neither is altered.

    The result's option is the base's, and its problems are those of both and of the merge. It has
    no root if one of the two could not be read.
    """
    problems = [*base.problems, *overlay.problems]
    if base.root is None or overlay.root is None:
        return Document(base.option, None, problems)
    message = "must be a mapping, with keys such as route and receivers"
    unfit = [
        Problem(document.option, document.root.line, message=message)
        for document in (base, overlay)
        if not isinstance(document.root, Mapping)
    ]
    if unfit:
        return Document(base.option, None, [*problems, *unfit])
    merged = _merge_nodes(base.root, overlay.root)
    receivers = base.root.get("receivers"), overlay.root.get("receivers")
    if all(isinstance(listed, Items) for listed in receivers):
        merged.values["receivers"] = _merge_receivers(*receivers, problems)
    return Document(base.option, merged, problems)


def _merge_nodes(base: Optional[Node], overlay: Node) -> Node:
    if not (isinstance(base, Mapping) and isinstance(overlay, Mapping)):
        return overlay
    merged = Mapping(base.option, base.line)
    for key, value in base.items():
        merged.put(key, value)
    for key, value in overlay.items():
        merged.put(key, _merge_nodes(base.get(key.text), value))
    return merged


def _merge_receivers(base: Items, overlay: Items, problems: List[Problem]) -> Items:
    named: Dict[str, Node] = {}
    most = len(problems) + MAX_PROBLEMS
    for index, receiver in enumerate(overlay.items):
        name = get_text(receiver, "name")
        if name and name not in named:
            named[name] = receiver
            continue
        message, hint = "has no name", "give the name of the receiver that it completes"
        if name:
            message = f"the receiver {shown(name)} is given twice; see line {named[name].line}"
            hint = "write its settings in one place"
        path = join_path("receivers", index)
        problems.append(Problem(receiver.option, receiver.line, path, message, hint))
        if len(problems) == most:
            break
    merged: List[Node] = []
    for receiver in base.items:
        completed_by = named.pop(get_text(receiver, "name"), None)
        merged.append(_merge_receiver(receiver, completed_by) if completed_by else receiver)
    return base._replace(items=[*merged, *named.values()])


def _merge_receiver(base: Mapping, overlay: Mapping) -> Mapping:
    merged = _merge_nodes(base, overlay)
    for key, value in overlay.items():
        below = base.get(key.text)
        if key.text.endswith("_configs") and isinstance(value, Items) and isinstance(below, Items):
            items = [
                one if one and is_null(other) else _merge_nodes(one, other)
                for one, other in zip_longest(below.items, value.items)
            ]
            merged.values[key.text] = below._replace(items=items)
    return merged
