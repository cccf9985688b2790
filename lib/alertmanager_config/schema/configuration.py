"""The configuration as a whole: its top level, and what its parts say of one another."""

from typing import Collection, Dict, List, Mapping, Optional, Tuple

from ..go.file_patterns import parse_pattern
from ..problem import Problem
from ..routing.tree import find_used_receivers
from ..version import before
from ..yaml.nodes import Mapping as MappingNode
from ..yaml.nodes import Node, Scalar, is_true, shown
from ..yaml.scalars import STR
from .containers import Array, Object, Values, added
from .event_recorder import EVENT_RECORDER
from .file_references import CONFIG_FILE, DIRECTORY, find_matching_files
from .global_settings import GLOBAL
from .notification_templates import Templates
from .place import Context, Place
from .receivers.receiver import INTEGRATIONS, Receivers, use_global_client
from .routes import INHIBIT_RULE, ROUTE, NamedPlaces, check_routes
from .time_intervals import TIME_INTERVAL
from .tracing import TRACING
from .value_types import BROKEN, Text, items_of


class TemplatePattern(Text):
    """A glob of template files."""

    def _judge(self, text: str, place: Place) -> None:
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
    context.used_receivers = find_used_receivers(root.get("route"))
    values = Values(Place(root, "", context), CONFIG)
    # What receivers inherit is to be known before them.
    for key, value in sorted(root.items(), key=lambda item: item[0].text != "global"):
        # Receivers say for each of them; tracing that is insecure needs no TLS client.
        context.in_use = (key.text == "tracing" and not is_true(value, "insecure")) or (
            key.text == "global" and use_global_client(root, context.used_receivers)
        )
        CONFIG.check_field(key, values)
        if key.text == "global":
            context.globals = values.get("global")
    receivers = _name(values, "receiver", "receivers")
    intervals = _name(values, "time interval", "mute_time_intervals", "time_intervals")
    check_routes(values, receivers, intervals)
    _read_template_files(root.option, context)
    return context.report.problems()


def _list_homes() -> Dict[str, str]:
    """Say of each key of the top level and of global where it belongs."""
    homes = {key: "global" for key in GLOBAL.fields if key != "http_config"}
    homes.update(dict.fromkeys(INTEGRATIONS, "a receiver"))
    homes.update(dict.fromkeys(CONFIG.fields, "the top level"))
    homes.update(dict.fromkeys(["group_by", "group_wait", "matchers", "routes"], "a route"))
    return homes


def _name(values: Values, what: str, *keys: str) -> NamedPlaces:
    """Give the names that the lists of these keys define, and where."""
    names: Dict[str, Place] = {}
    for key in keys:
        listed, place_of_all = values.get(key), values.at(key)
        if listed is BROKEN or BROKEN in items_of(listed):
            return None
        for index, item in enumerate(items_of(listed)):
            name, place = "", place_of_all.step(index, place_of_all.node.items[index])
            if item is not None:
                name, place = item.get("name", ""), item.at("name")
            # What has no name is told of already, unless it is null.
            if name in names and (name or item is None):
                message = f"the {what} {shown(name)} is defined twice"
                place.refuse(message, "give it another name")
            names.setdefault(name, place)
    return names


def _read_template_files(option: str, context: Context) -> None:
    """Judge the templates. option: that of the configuration, which may be one of their files."""
    for name in sorted(context.template_files):
        content = (context.files or {}).get(name)
        if content is None:
            context.templates.complete = False
        else:
            file_option = option if name == CONFIG_FILE else "templates"
            place = Place(Scalar("", STR, file_option, 0), name, context)
            context.templates.add_file(name, content, place)
    if context.files is None:
        context.templates.complete = False
    context.templates.finish()
