"""The templates of a configuration: those in files, and those in the fields of receivers."""

import posixpath
from typing import Dict, List, Set, Tuple

from ..go import text_template
from ..version import EVERY, VersionSet, before, describe_versions, since
from ..yaml.nodes import shown
from .place import Place

# The functions that Alertmanager adds to Go's, by the first version that has them
# (template/template.go, DefaultFuncs).
_FUNCTIONS = {
    20: "toUpper toLower title join match safeHtml reReplaceAll stringSlice",
    26: "trimSpace",
    28: "date humanizeDuration since tz",
    30: "safeUrl toJson urlUnescape",
    32: "append dict list",
    33: "now",
    34: "base64decode base64encode mustToDate routeLabels toDate",
    35: "addDuration",
}

# The templates that Alertmanager brings, likewise (template/default.tmpl, email.tmpl).
_TEMPLATES = {
    20: "__alertmanager __alertmanagerURL __description __subject __text_alert_list "
    "email.default.html email.default.subject "
    "opsgenie.default.description opsgenie.default.message opsgenie.default.source "
    "pagerduty.default.client pagerduty.default.clientURL pagerduty.default.description "
    "pagerduty.default.instances "
    "pushover.default.message pushover.default.title pushover.default.url "
    "slack.default.callbackid slack.default.fallback slack.default.footer "
    "slack.default.iconemoji slack.default.iconurl slack.default.pretext slack.default.text "
    "slack.default.title slack.default.titlelink slack.default.username "
    "victorops.default.entity_display_name victorops.default.monitoring_tool "
    "victorops.default.state_message "
    "wechat.default.agent_id wechat.default.message wechat.default.to_party "
    "wechat.default.to_tag wechat.default.to_user",
    23: "sns.default.message sns.default.subject",
    24: "telegram.default.message",
    25: "discord.default.message discord.default.title webex.default.message",
    26: "__text_alert_list_markdown msteams.default.text msteams.default.title",
    27: "msteams.default.summary",
    28: "discord.default.content "
    "jira.default.description jira.default.priority jira.default.summary "
    "msteamsv2.default.text msteamsv2.default.title "
    "rocketchat.default.alias rocketchat.default.emoji rocketchat.default.iconurl "
    "rocketchat.default.text rocketchat.default.title rocketchat.default.titlelink",
    30: "mattermost.default.text",
    32: "mattermost.default.color mattermost.default.fallback mattermost.default.title "
    "mattermost.default.titlelink mattermost.default.username slack.default.color",
}


def _known(table: Dict[int, str]) -> Dict[str, VersionSet]:
    return {name: since(minor) for minor, names in table.items() for name in names.split()}


FUNCTIONS = _known(_FUNCTIONS)
TEMPLATES = _known(_TEMPLATES)
# Alertmanager 0.20 still had HipChat.
TEMPLATES.update({f"hipchat.default.{name}": before(21) for name in ("from", "message")})

_MAX_PARSED = 5000


class Templates:
    """Collects templates, and tells in the end which of them lack something.

    A fault in a file keeps Alertmanager from running, so it is a problem. A fault in a field
    keeps one notification from being sent, when it is too late, so it is a warning.
    """

    def __init__(self) -> None:
        self.defined: Set[str] = set()
        self.complete = True
        self._parsed: Dict[str, text_template.Template] = {}
        # The names that are used, and where.
        self._used: List[Tuple[str, Place]] = []

    def add_field(self, text: str, place: Place) -> None:
        """Take note of a field's text, and warn of what is wrong with its syntax."""
        if "{{" not in text:
            return
        template = self._parse(text)
        for fault in template.faults:
            if fault.official:
                place.tell(fault)
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
        template = self._parse(content.decode("utf-8", "replace"))
        self.defined |= template.defined | {posixpath.basename(name)}
        for fault in template.faults:
            place.on_line(fault.line).tell(fault)
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

    def _parse(self, text: str) -> text_template.Template:
        """Read a text, or remember having read the same."""
        template = self._parsed.get(text) or text_template.parse(text)
        if len(self._parsed) < _MAX_PARSED:
            self._parsed[text] = template
        return template


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
