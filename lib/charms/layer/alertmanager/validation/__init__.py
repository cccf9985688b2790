"""Judge an Alertmanager configuration before Alertmanager does.

validate() is the way in. It says everything that is wrong at once, each with option, line, place
and what to do about it.
"""

from typing import FrozenSet, List, Mapping, Optional, Tuple, Union

from ..problems import Problem
from ..yaml_nodes import Document

Version = Tuple[int, ...]
Files = Union[FrozenSet[str], Mapping[str, Optional[bytes]]]


def validate(
    document: Document,
    version: Optional[Version] = None,
    strict: bool = True,
    files: Files = frozenset(),
) -> List[Problem]:
    """Say what is wrong with a configuration.

    document: from yaml_text.parse(), or merge.merge().
    version: the Alertmanager that is to read it, for example (0, 28, 1). Rules that hold for some
        versions only are applied only if it is given.
    strict: whether a key that no version knows is refused; otherwise it earns a warning.
    files: the files beside the configuration, by name: their contents, or None where only the
        name is known.

    Returns the problems by option and line. Alertmanager would refuse the configuration unless
    all of them are warnings.
    """
    from . import language

    problems = list(document.problems)
    if document.root is not None:
        problems += language.check(document, version, strict, files)
    return sorted(problems)
