"""The configuration as a whole: its top level, and what its parts say of one another."""

from typing import Collection, Dict, Iterable, List, Optional, Set, Tuple

from ..problem import Problem
from ..routing import matchers
from ..version import EVERY, VersionSet, before, since
from ..yaml.nodes import Document, Items, Mapping, Node, Path, Scalar, is_null, shown
from . import file_references, receivers, routes, tracing
from .check_context import Context
from .notification_templates import Templates
from .problem_report import Report
from .value_types import BROKEN, Block, Listed, Text, Values, added, fields_of, nearest

# The option that a template file's problems are told of.
_FILES_OPTION = "templates"


class _Pattern(Text):
    """A glob of template files."""

    def judge(self, text: str, node: Node, path: Path, context: Context) -> None:
        if not file_references.is_glob(text):
            context.report.refuse(node, path, "is no pattern of file names", "look at its brackets")
            return
        matching = file_references.matching(text, context)
        if matching is None:
            context.templates.complete = False
        elif matching.folder:
            message = f"matches the folder {matching.folder}, which Alertmanager cannot read"
            hint = "write a pattern that only files match, such as *.tmpl"
            context.report.refuse(node, path, message, hint)
        elif not matching.names:
            message = f"matches none of the files in {file_references.DIRECTORY}"
            context.report.warn(node, path, message, "give the files in templates")
        else:
            context.template_files.update(matching.names)


CONFIG = Block(
    "the configuration",
    "config/config.go Config",
    {
        "event_recorder": added(33, tracing.EVENT_RECORDER),
        "global": receivers.GLOBAL,
        "inhibit_rules": Listed(routes.INHIBIT_RULE, "empty", crash=before(26)),
        "mute_time_intervals": added(22, Listed(routes.TIME_INTERVAL, "empty")),
        "receivers": receivers.Receivers(),
        "route": routes.ROUTE,
        "templates": Listed(_Pattern()),
        "time_intervals": added(24, Listed(routes.TIME_INTERVAL, "empty")),
        "tracing": added(30, tracing.TRACING),
    },
)


def check(
    document: Document,
    version: Optional[Tuple[int, ...]],
    strict: bool,
    known_files: Optional[Dict[str, Optional[bytes]]],
    features: Collection[str],
) -> List[Problem]:
    """Say what is wrong with a document that has a tree; see check_document()."""
    root = document.root
    if not isinstance(root, Mapping):
        message = "must be a mapping, with keys such as route and receivers"
        return [Problem(root.option, root.line, message=message)]
    report = Report(version)
    context = Context(report, strict, known_files, features)
    context.templates = Templates(report)
    context.global_block = receivers.GLOBAL
    context.homes = _homes()
    _Judge(root, context).judge()
    return report.problems()


def _homes() -> Dict[str, str]:
    """Say of each key of the top level and of global where it belongs."""
    homes = {key: "global" for key in receivers.GLOBAL.fields if key != "http_config"}
    homes.update(dict.fromkeys(receivers.INTEGRATIONS, "a receiver"))
    homes.update(dict.fromkeys(CONFIG.fields, "the top level"))
    homes.update(dict.fromkeys(["group_by", "group_wait", "matchers", "routes"], "a route"))
    return homes


class _Judge:
    """Goes through a configuration in the order that its rules need."""

    def __init__(self, root: Mapping, context: Context):
        self.root = root
        self.context = context
        self.report = context.report
        self.values = Values(root, Path(), CONFIG)
        # By name; None where it cannot be said which there are.
        self.receivers: Optional[Dict[str, Tuple[Node, Path]]] = {}
        self.intervals: Optional[Set[str]] = set()

    def judge(self) -> None:
        """Apply every rule."""
        self.context.routed = _routed(self.root.get("route"))
        # What receivers inherit is to be known before them.
        for key, value in sorted(self.root.items(), key=lambda item: item[0].text != "global"):
            # Receivers say for each of them.
            self.context.in_use = (key.text == "tracing" and tracing.tracing_uses_tls(value)) or (
                key.text == "global" and self._global_client_is_used()
            )
            CONFIG.check_field(key, value, self.values, self.context)
            if key.text == "global":
                self.context.globals = self.values.get("global")
        self._name_receivers()
        self._name_intervals()
        self._route_all()
        self._read_template_files()

    def _global_client_is_used(self) -> bool:
        listed = self.root.get("receivers")
        return isinstance(listed, Items) and any(
            receivers.receiver_name(item) in self.context.routed
            and receivers.uses_global_client(item)
            for item in listed.items
        )

    # Names.

    def _name_receivers(self) -> None:
        listed = self.values.get("receivers")
        if listed is BROKEN or BROKEN in fields_of(listed):
            self.receivers = None
            return
        for index, receiver in enumerate(fields_of(listed)):
            path = Path().key("receivers").item(index)
            name = "" if receiver is None else receiver.get("name", "")
            place = receiver.place("name") if receiver else (self.root, path)
            if name in self.receivers and (name or receiver is None):
                message = f"the receiver {shown(name)} is defined for the second time"
                self.report.refuse(*place, message, "give it another name")
            self.receivers.setdefault(name, place)

    def _name_intervals(self) -> None:
        for key in ("mute_time_intervals", "time_intervals"):
            listed = self.values.get(key)
            if listed is BROKEN or BROKEN in fields_of(listed):
                self.intervals = None
                return
            for interval in fields_of(listed):
                name = "" if interval is None else interval.get("name", "")
                if name in self.intervals:
                    message = f"the time interval {shown(name)} is defined for the second time"
                    place = interval.place("name") if interval else self.values.place(key)
                    self.report.refuse(*place, message, "give it another name")
                self.intervals.add(name)

    # Routes.

    def _route_all(self) -> None:
        route = self.values.get("route")
        if route is BROKEN:
            return
        if route is None:
            self.report.refuse(_Nowhere(self.root), Path(), "has no route", "add route:")
            return
        self._judge_first_route(route)
        self._judge_route(route)
        for name, (node, path) in (self.receivers or {}).items():
            if name and name not in self.context.routed:
                self.report.warn(node, path, f"no route leads to the receiver {shown(name)}")

    def _judge_first_route(self, route: Values) -> None:
        if not route.get("receiver"):
            message = "the first route has no receiver"
            hint = "name one that takes every alert"
            self.report.refuse(route.node, route.path, message, hint)
        for key, which in _NOT_IN_FIRST_ROUTE.items():
            if _says_something(route, key):
                node, path = route.place(key)
                message = "cannot be in the first route, which takes every alert"
                self.report.refuse(node, path, message, "put it into one under routes", which)

    def _judge_route(self, route: Values) -> None:
        name = route.get("receiver")
        if name and self.receivers is not None and name not in self.receivers:
            hint = self._meant(name, self.receivers) or "define it under receivers"
            message = f"there is no receiver {shown(name)}"
            self.report.refuse(*route.place("receiver"), message, hint)
        for key in ("active_time_intervals", "mute_time_intervals"):
            for interval in fields_of(route.get(key)):
                if self.intervals is not None and interval not in self.intervals:
                    message = f"there is no time interval {shown(interval)}"
                    hint = self._meant(interval, self.intervals) or "define it in time_intervals"
                    self.report.refuse(*route.place(key), message, hint)
        children = [child for child in fields_of(route.get("routes")) if isinstance(child, Values)]
        for index, child in enumerate(children):
            self._judge_route(child)
            if index + 1 < len(children) and _takes_all(child):
                message = "takes every alert, so no alert comes to the routes after it"
                hint = "give it matchers, put it last, or set continue: true"
                self.report.warn(child.node, child.path, message, hint)

    def _meant(self, name: str, known: Iterable[str]) -> str:
        return nearest(name, filter(None, known)) if self.context.may_suggest() else ""

    def _read_template_files(self) -> None:
        context = self.context
        for name in sorted(context.template_files):
            content = (context.files or {}).get(name)
            if content is None:
                context.templates.complete = False
            else:
                option = self.root.option if name == file_references.CONFIG_FILE else _FILES_OPTION
                context.templates.file(name, content, option)
        if context.files is None:
            context.templates.complete = False
        context.templates.finish()


_NOT_IN_FIRST_ROUTE: Dict[str, VersionSet] = {
    "match": EVERY,
    "match_re": EVERY,
    # 0.22 and 0.23 forgot to look at these.
    "matchers": since(24),
    "mute_time_intervals": since(22),
    "active_time_intervals": since(24),
    "continue": EVERY,
}


def _takes_all(route: Values) -> bool:
    keys = ("match", "match_re", "matchers", "continue")
    return not any(_says_something(route, key) for key in keys)


def _says_something(route: Values, key: str) -> bool:
    value = route.get(key)
    if key == "matchers":
        # What is null or {} asks for nothing.
        return any(item is BROKEN or matchers.count(item) for item in fields_of(value))
    return bool(value)


def _routed(route: Optional[Node]) -> Set[str]:
    """Give the names of the receivers that a route and those below it lead to."""
    names: Set[str] = set()
    waiting = [route]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            name = node.get("receiver")
            if isinstance(name, Scalar) and not is_null(name):
                names.add(name.text)
            children = node.get("routes")
            waiting += children.items if isinstance(children, Items) else []
    return names


class _Nowhere:
    """The option as a whole, for the report."""

    def __init__(self, root: Node):
        self.option = root.option
        self.line = 0
