"""From the operator's options to what ought to run, or why it must not."""

from dataclasses import dataclass, field, replace
from typing import Any, Mapping, Optional, Tuple

from . import config_files, settings, version
from .config_files import ConfigFiles
from .problems import Problem
from .settings import Settings


@dataclass(frozen=True)
class Desired:
    """What the operator's options come to.

    files is None exactly if a problem is more than a warning: then nothing of this may run.
    default: the files of an application without options.
    """

    settings: Settings
    version: Optional[version.Version]
    files: Optional[ConfigFiles] = field(repr=False)
    default: ConfigFiles = field(repr=False)
    problems: Tuple[Problem, ...] = ()

    @property
    def refusals(self) -> Tuple[Problem, ...]:
        """The problems that keep it from running."""
        return tuple(problem for problem in self.problems if not problem.warning)


def work_out(
    options: Mapping[str, Any], image: str, default_config: str, ingress_url: str = ""
) -> Desired:
    """Read the options and make the files of them.

    options: values by the names of config.yaml. image: the image's reference, "" if there is none.
    default_config: alertmanager.yml for when the operator gave none. ingress_url: where an ingress
    lets people in, "" if there is none.
    """
    runs = version.of_image(image)
    parsed, problems = settings.parse(options, runs)
    parsed = replace(parsed, ingress_url=ingress_url)
    files, more = config_files.build(parsed, default_config, runs)
    problems += more
    if any(not problem.warning for problem in problems):
        files = None
    default, _ = config_files.build(Settings(), default_config, None)
    return Desired(parsed, runs, files, default, problems)
