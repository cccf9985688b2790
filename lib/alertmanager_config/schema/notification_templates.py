"""The templates of a configuration: those in files, and those in the fields of receivers."""

import posixpath
from typing import List, Set, Tuple

from ..go import text_template
from ..version import EVERY, VersionSet, describe_versions, parse_versions
from ..yaml.nodes import shown
from .place import Place

# Which versions have which functions and templates beyond Go's. A line of the file has a kind, a
# name, and the versions as parse_versions() reads them. Sources: template/template.go,
# DefaultFuncs; template/default.tmpl; template/email.tmpl.
with open(__file__.rpartition(".")[0] + ".txt", encoding="utf-8") as _names:
    _KNOWN = [(kind, name, parse_versions(which)) for kind, name, *which in map(str.split, _names)]
FUNCTIONS = {name: which for kind, name, which in _KNOWN if kind == "function"}
TEMPLATES = {name: which for kind, name, which in _KNOWN if kind == "template"}


class Templates:
    """Collects templates, and tells in the end which of them lack something.

    A fault in a file keeps Alertmanager from running, so it is a problem. A fault in a field
    keeps one notification from being sent, when it is too late, so it is a warning.
    """

    def __init__(self) -> None:
        self.defined: Set[str] = set()
        self.complete = True
        # The names that are used, and where.
        self._used: List[Tuple[str, Place]] = []

    def add_field(self, text: str, place: Place) -> None:
        """Take note of a field's text, and warn of what is wrong with its syntax."""
        if "{{" not in text:
            return
        template = text_template.parse(text)
        for fault in template.faults:
            if fault.official:
                place.tell([fault])
            else:
                message, hint = f"template: {fault.message}", "no notification can be made of it"
                place.warn(message, hint, fault.versions)
        for call in template.called:
            lacking = EVERY & ~FUNCTIONS.get(call.name, 0)
            if _is_news(call.name, lacking, place):
                message = f"template: function {shown(call.name)} is not defined"
                place.warn(message, _in_versions(lacking), lacking)
        self.defined |= template.defined
        self._used += [(use.name, place) for use in template.find_references()]

    def add_file(self, name: str, content: bytes, place: Place) -> None:
        """Read a file that Alertmanager will read, too. place: that of the file."""
        # Go reads bytes, and minds only those inside of actions.
        template = text_template.parse(content.decode("utf-8", "replace"))
        self.defined |= template.defined | {posixpath.basename(name)}
        for fault in template.faults:
            place.on_line(fault.line).tell([fault])
        for call in template.called:
            lacking = EVERY & ~FUNCTIONS.get(call.name, 0)
            message = f"function {shown(call.name)} is not defined"
            place.on_line(call.line).refuse(message, _in_versions(lacking), lacking)
        self._used += [(use.name, place.on_line(use.line)) for use in template.find_references()]

    def finish(self) -> None:
        """Warn of templates that are used and defined nowhere."""
        for name, place in self._used if self.complete else ():
            lacking = EVERY & ~TEMPLATES.get(name, 0)
            if name not in self.defined and _is_news(name, lacking, place):
                message = f"template {shown(name)} is not defined"
                hint = _in_versions(lacking) or "define it in a file that templates: names"
                place.warn(message, hint, lacking)


def _is_news(name: str, lacking: VersionSet, place: Place) -> bool:
    """Whether it is worth telling: not once a field if nobody knows the version."""
    report = place.context.report
    if lacking == EVERY or report.version is not None or not report.covers(lacking):
        return report.covers(lacking)
    return report.first_time("template", name)


def _in_versions(lacking: VersionSet) -> str:
    if lacking == EVERY:
        return ""
    return f"it came with Alertmanager {describe_versions(EVERY & ~lacking)}"
