"""What all rules of one check share."""

from typing import Any, Collection, Dict, Mapping, Optional, Set

from ..version import Version
from .problem_report import Report

# Looking for what was meant is slow, and of little use when nothing fits.
_MAX_SUGGESTIONS = 50


class Context:
    """What all rules of one check share.

    report: where they put what they find.
    strict: whether an unknown key is refused.
    files: the files beside the configuration: name to contents, None where these are not known;
        None if nobody knows which files there are.
    only_classic, only_utf8: whether since 0.27 only one of the two syntaxes of matchers is read.
    templates: the templates that files and fields bring, notification_templates.Templates.
    globals: the values of the global block, once it has been read.
    global_fields: the keys that it may have.
    used_receivers: the names of the receivers that a route leads to.
    template_files: the names of the files that templates: takes in.
    homes: which objects have a key, for keys that landed in the wrong one.
    in_use: whether what is being checked belongs to a receiver that Alertmanager will build.
    joins_names: whether Alertmanager looks for files of what is being checked beside the
        configuration, if it ever does so with such a key.
    """

    def __init__(
        self,
        version: Optional[Version],
        strict: bool,
        files: Optional[Mapping[str, Optional[bytes]]],
        features: Collection[str],
    ):
        self.report = Report(version)
        self.strict = strict
        self.files = files
        self.only_classic = "classic-mode" in features
        self.only_utf8 = "utf8-strict-mode" in features
        self.templates: Any = None
        self.globals: Any = None
        self.global_fields: Mapping[str, Any] = {}
        self.used_receivers: Set[str] = set()
        self.template_files: Set[str] = set()
        self.homes: Dict[str, str] = {}
        self.in_use = True
        self.joins_names = True
        self._suggestions = 0

    def may_suggest(self) -> bool:
        """Whether to look for what was meant by an unknown key."""
        self._suggestions += 1
        return self._suggestions <= _MAX_SUGGESTIONS
