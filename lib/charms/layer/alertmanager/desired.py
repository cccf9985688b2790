"""From the operator's options to what ought to run, or why it must not."""

from dataclasses import dataclass, field, replace
from typing import Any, Mapping, NamedTuple, Optional, Tuple

from . import config_files, settings, version
from .config_files import ConfigFiles
from .problems import Problem
from .settings import Settings

REMOTE = "remote-configuration"
_REMOTE_TEMPLATES = "remote-configuration.tmpl"
_CONFLICT = Problem(
    "alertmanager-config",
    message=f"is set, and the relation {REMOTE} brings a configuration too",
    hint="reset the option, or remove the relation",
)


class Given(NamedTuple):
    """What relations have a say in.

    ingress_url: where an ingress lets people in, "" if there is none. configuration: None, or what
    has ``config`` (alertmanager.yml) and ``templates`` (the text of a template file, or "").
    problems: what is wrong with what they said.
    """

    ingress_url: str = ""
    configuration: Any = None
    problems: Tuple[Problem, ...] = ()


NOTHING_GIVEN = Given()


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
    options: Mapping[str, Any], image: str, default_config: str, given: Given = NOTHING_GIVEN
) -> Desired:
    """Read the options and make the files of them.

    options: values by the names of config.yaml. image: the image's reference, "" if there is none.
    default_config: alertmanager.yml for when the operator gave none. given: what relations say.
    """
    runs = version.of_image(image)
    parsed, problems = settings.parse(options, runs)
    problems += given.problems
    parsed = replace(parsed, ingress_url=given.ingress_url)
    if given.configuration and parsed.alertmanager_config:
        problems += (_CONFLICT,)
    elif given.configuration:
        problems += _clashes(parsed, given.configuration)
        parsed = _configured(parsed, given.configuration)
    files, more = config_files.build(parsed, default_config, runs)
    problems += more
    if any(not problem.warning for problem in problems):
        files = None
    default, _ = config_files.build(Settings(), default_config, None)
    return Desired(parsed, runs, files, default, problems)


def _clashes(settings: Settings, configuration: Any) -> Tuple[Problem, ...]:
    if not configuration.templates:
        return ()
    message = f"{_REMOTE_TEMPLATES} is where the templates of the relation {REMOTE} go"
    files = (("templates", settings.templates), ("secret-files", settings.secret_files))
    return tuple(
        Problem(option, message=message, hint="choose another name")
        for option, named in files
        if _REMOTE_TEMPLATES in dict(named)
    )


def _configured(settings: Settings, configuration: Any) -> Settings:
    """Put a configuration that comes from elsewhere where the option would be."""
    templates = settings.templates
    if configuration.templates:
        templates = (*templates, (_REMOTE_TEMPLATES, configuration.templates))
    return replace(
        settings,
        alertmanager_config=configuration.config,
        config_source=REMOTE,
        templates=templates,
    )
