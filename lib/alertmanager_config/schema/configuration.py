"""The configuration as a whole: its top level, and what its parts say of one another."""

from typing import Collection, Dict, Iterable, List, Mapping, Optional, Tuple

from ..go.file_patterns import parse_pattern
from ..problem import Problem
from ..routing.matchers import count_matchers
from ..routing.tree import find_used_receivers
from ..version import EVERY, VersionSet, before, since
from ..yaml.nodes import Mapping as MappingNode
from ..yaml.nodes import Node, Scalar, is_true, shown
from ..yaml.scalars import STR
from .check_context import Context
from .containers import Array, Object, Values, added
from .event_recorder import EVENT_RECORDER
from .file_references import CONFIG_FILE, DIRECTORY, find_matching_files
from .global_settings import GLOBAL
from .notification_templates import Templates
from .place import Place
from .receivers.receiver import INTEGRATIONS, Receivers, use_global_client
from .routes import INHIBIT_RULE, ROUTE
from .time_intervals import TIME_INTERVAL
from .tracing import TRACING
from .value_types import BROKEN, Text, items_of, suggest

# The option that a template file's problems are told of.
_FILES_OPTION = "templates"


class TemplatePattern(Text):
    """A glob of template files."""

    def judge(self, text: str, place: Place) -> None:
        """Say what is wrong with what it matches."""
        context = place.context
        if parse_pattern(text) is None:
            place.refuse("must be a pattern of file names", "check its brackets")
            return
        found = find_matching_files(text, context)
        if found is None:
            context.templates.complete = False
        elif found.folder:
            message = f"matches the folder {found.folder}, which Alertmanager cannot read"
            place.refuse(message, "write a pattern that only files match, such as *.tmpl")
        elif not found.names:
            message = f"matches none of the files in {DIRECTORY}"
            place.warn(message, "give the files in templates")
        else:
            context.template_files.update(found.names)


CONFIG = Object(
    "the configuration",
    "config/config.go Config",
    {
        added(33, EVENT_RECORDER): "event_recorder",
        GLOBAL: "global",
        Array(INHIBIT_RULE, "empty", crash=before(26)): "inhibit_rules",
        added(22, Array(TIME_INTERVAL, "empty")): "mute_time_intervals",
        Receivers(): "receivers",
        ROUTE: "route",
        Array(TemplatePattern()): "templates",
        added(24, Array(TIME_INTERVAL, "empty")): "time_intervals",
        added(30, TRACING): "tracing",
    },
)


def check_tree(
    root: Node,
    version: Optional[Tuple[int, ...]],
    strict: bool,
    files: Optional[Mapping[str, Optional[bytes]]],
    features: Collection[str],
) -> List[Problem]:
    """Say what is wrong with a document's tree; see check_document()."""
    if not isinstance(root, MappingNode):
        message = "must be a mapping, with keys such as route and receivers"
        return [Problem(root.option, root.line, message=message)]
    context = Context(version, strict, files, features)
    context.global_fields = GLOBAL.fields
    context.homes = _list_homes()
    context.templates = Templates()
    _Check(root, context).run()
    return context.report.problems()


def _list_homes() -> Dict[str, str]:
    """Say of each key of the top level and of global where it belongs."""
    homes = {key: "global" for key in GLOBAL.fields if key != "http_config"}
    homes.update(dict.fromkeys(INTEGRATIONS, "a receiver"))
    homes.update(dict.fromkeys(CONFIG.fields, "the top level"))
    homes.update(dict.fromkeys(["group_by", "group_wait", "matchers", "routes"], "a route"))
    return homes


class _Check:
    """Goes through a configuration in the order that its rules need."""

    def __init__(self, root: MappingNode, context: Context):
        self.root = root
        self.context = context
        self.values = Values(Place(root, "", context), CONFIG)
        # By name; None where it cannot be said which there are.
        self.receivers: Optional[Dict[str, Place]] = None
        self.intervals: Optional[Dict[str, Place]] = None

    def run(self) -> None:
        """Apply every rule."""
        context = self.context
        context.used_receivers = find_used_receivers(self.root.get("route"))
        # What receivers inherit is to be known before them.
        for key, value in sorted(self.root.items(), key=lambda item: item[0].text != "global"):
            # Receivers say for each of them; tracing that is insecure needs no TLS client.
            context.in_use = (key.text == "tracing" and not is_true(value, "insecure")) or (
                key.text == "global" and use_global_client(self.root, context.used_receivers)
            )
            CONFIG.check_field(key, self.values)
            if key.text == "global":
                context.globals = self.values.get("global")
        self.receivers = self._name("receiver", "receivers")
        self.intervals = self._name("time interval", "mute_time_intervals", "time_intervals")
        self._check_routes()
        self._read_template_files()

    # Names.

    def _name(self, what: str, *keys: str) -> Optional[Dict[str, Place]]:
        """Give the names that the lists of these keys define, and where; None if one is unclear."""
        names: Dict[str, Place] = {}
        for key in keys:
            listed = self.values.get(key)
            if listed is BROKEN or BROKEN in items_of(listed):
                return None
            for index, item in enumerate(items_of(listed)):
                name, place = "", self.values.at(key).step(index, self.root.get(key).items[index])
                if item is not None:
                    name, place = item.get("name", ""), item.at("name")
                # What has no name is told of already, unless it is null.
                if name in names and (name or item is None):
                    message = f"the {what} {shown(name)} is defined twice"
                    place.refuse(message, "give it another name")
                names.setdefault(name, place)
        return names

    # Routes.

    def _check_routes(self) -> None:
        route = self.values.get("route")
        if route is BROKEN:
            return
        if route is None:
            nowhere = Place(Scalar("", STR, self.root.option, 0), "", self.context)
            nowhere.refuse("has no route", "add route:")
            return
        self._check_first_route(route)
        self._check_route(route)
        for name, place in (self.receivers or {}).items():
            if name and name not in self.context.used_receivers:
                place.warn(f"no route leads to the receiver {shown(name)}")

    def _check_first_route(self, route: Values) -> None:
        if not route.get("receiver"):
            route.place.refuse("the first route has no receiver", "name one that takes every alert")
        for key, which in _NOT_IN_FIRST_ROUTE.items():
            if _says_something(route, key):
                message = "cannot be in the first route, which takes every alert"
                route.at(key).refuse(message, "put it into one under routes", which)

    def _check_route(self, route: Values) -> None:
        name = route.get("receiver")
        if name and self.receivers is not None and name not in self.receivers:
            hint = self._suggest(name, self.receivers) or "define it under receivers"
            route.at("receiver").refuse(f"receiver {shown(name)} is not defined", hint)
        for key in ("active_time_intervals", "mute_time_intervals"):
            for interval in items_of(route.get(key)):
                if self.intervals is not None and interval not in self.intervals:
                    hint = self._suggest(interval, self.intervals)
                    message = f"time interval {shown(interval)} is not defined"
                    route.at(key).refuse(message, hint or "define it in time_intervals")
        children = [child for child in items_of(route.get("routes")) if isinstance(child, Values)]
        for index, child in enumerate(children):
            self._check_route(child)
            if index + 1 < len(children) and _takes_all(child):
                message = "takes every alert, so no alert comes to the routes after it"
                child.place.warn(message, "give it matchers, put it last, or set continue: true")

    def _suggest(self, name: str, known: Iterable[str]) -> str:
        return suggest(name, filter(None, known)) if self.context.may_suggest() else ""

    def _read_template_files(self) -> None:
        context = self.context
        for name in sorted(context.template_files):
            content = (context.files or {}).get(name)
            if content is None:
                context.templates.complete = False
            else:
                option = self.root.option if name == CONFIG_FILE else _FILES_OPTION
                place = Place(Scalar("", STR, option, 0), name, context)
                context.templates.add_file(name, content, place)
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
        return any(item is BROKEN or count_matchers(item) for item in items_of(value))
    return bool(value)
