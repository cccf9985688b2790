"""Judge an Alertmanager configuration before Alertmanager does.

check_document() and, for a text that nobody has read yet, check_text() are the ways in. They say
everything that is wrong at once, each with option, line, place and what to do about it.

What is refused is what Alertmanager refuses to run with; whatever it accepts is accepted, with a
warning where it will not do what was meant. The rules are tables of the configuration language of
Alertmanager 0.20 to 0.35, read from its source, and held against the server by the tests.

Whatever the configuration, an answer comes: yaml.reader bounds what is read, and no more than
schema.problem_report.MAX_PROBLEMS problems are told.
"""

from typing import Collection, List, Mapping, Optional, Union

from .problem import Problem
from .schema.configuration import check_tree
from .schema.file_references import CONFIG_FILE
from .version import Version, is_future, parse_version
from .yaml.nodes import Document
from .yaml.reader import parse_yaml


def check_document(
    document: Document,
    version: Optional[Version] = None,
    strict: bool = True,
    files: Optional[Mapping[str, Optional[bytes]]] = None,
    *,
    features: Collection[str] = (),
) -> List[Problem]:
    """Say what is wrong with a configuration.

    document: from parse_yaml(), or merge().
    version: the Alertmanager that is to read it, for example (0, 28, 1). If it is not given, only
        what every version refuses is refused; what some refuse earns a warning that says which.
    strict: whether a key that no version knows is refused; otherwise it earns a warning. It also
        does so if the version is newer than those that the rules were written for.
    files: the files in /etc/alertmanager, by name: their contents, or None for contents that are
        not known. The configuration itself may be among them. Without it, no file is looked for.
    features: what --enable-feature names; classic-mode and utf8-strict-mode (since 0.27) matter to
        matchers and names of labels.

    Returns the problems by option and line. Alertmanager would refuse the configuration unless
    all of them are warnings; of those, each is something that will not work as meant.
    """
    problems = list(document.problems)
    if document.root is not None:
        strict = strict and not is_future(version)
        if files is not None:
            files = {CONFIG_FILE: None, **files}
        problems += check_tree(document.root, version, strict, files, features)
    return sorted(problems)


def check_text(
    text: Union[str, bytes],
    option: str = "alertmanager-config",
    version: Union[Version, str, None] = None,
    strict: bool = True,
    files: Optional[Mapping[str, Optional[bytes]]] = None,
    *,
    features: Collection[str] = (),
) -> List[Problem]:
    """Say what is wrong with the text of a configuration.

    option: what the problems call it. version: as check_document() takes it, or as text,
    ``0.28.1``. The rest, and what comes back, is as with check_document(). Raises ValueError if the
    version is no version; nothing else, whatever the text.
    """
    if isinstance(version, str):
        known = parse_version(version)
        if known is None:
            raise ValueError(f"{version!r} is not a version such as 0.28.1")
        version = known
    if files is not None:
        itself = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        files = {**files, CONFIG_FILE: itself}
    return check_document(parse_yaml(text, option), version, strict, files, features=features)
