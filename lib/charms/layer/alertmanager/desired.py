"""From the operator's options to what ought to run, or why it must not."""

from dataclasses import dataclass, field, replace
from typing import Any, Mapping, NamedTuple, Optional, Tuple

from alertmanager_config.problem import Problem
from alertmanager_config.version import format_version

from . import certificate_requests, config_files, flags, image_reference, settings, version
from .config_files import ConfigFiles
from .settings import Settings

IMAGE = "alertmanager-image"
REMOTE = "remote-configuration"
CERTIFICATES = "certificates"
_REMOTE_TEMPLATES = "remote-configuration.tmpl"
_CONFLICT = Problem(
    "alertmanager-config",
    message=f"is set, and the relation {REMOTE} brings a configuration too",
    hint="reset the option, or remove the relation",
)
# What would run else is the default, which notifies nobody.
_EMPTY = Problem(
    REMOTE,
    message="the related application gives no configuration",
    hint="give it one there, set alertmanager-config, or remove the relation",
)


class Given(NamedTuple):
    """What relations have a say in.

    ingress_url: where an ingress lets people in, "" if there is none. configuration: what has
    ``config`` (alertmanager.yml, "" if the relation that should bring one does not) and
    ``templates`` (the text of a template file, or ""); None without such a relation. problems: what
    is wrong with what they said. certificates: what comes of that relation.
    """

    ingress_url: str = ""
    configuration: Any = None
    problems: Tuple[Problem, ...] = ()
    certificates: certificate_requests.Offer = certificate_requests.NO_OFFER


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
    problems = image_reference.problems(IMAGE, image) + problems + given.problems
    parsed = replace(parsed, ingress_url=given.ingress_url)
    if given.configuration and not given.configuration.config:
        problems += () if parsed.alertmanager_config else (_EMPTY,)
    elif given.configuration and parsed.alertmanager_config:
        problems += (_CONFLICT,)
    elif given.configuration:
        problems += _clashes(parsed, given.configuration)
        parsed = _configured(parsed, given.configuration)
    if given.certificates.related:
        problems += _certificate_clashes(parsed, runs)
        parsed = _certified(parsed, given.certificates.certified)
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


def _certificate_clashes(
    settings: Settings, runs: Optional[version.Version]
) -> Tuple[Problem, ...]:
    """Find what keeps the certificate of a relation from being served, now or once it comes."""
    options = (("tls-cert", settings.tls_cert), ("tls-key", settings.tls_key))
    message = f"is set, and the relation {CERTIFICATES} brings a certificate too"
    hint = "reset the option, or remove the relation"
    problems = [Problem(name, message=message, hint=hint) for name, value in options if value]
    if runs and not flags.understands(runs, "web.config.file"):
        message = (
            f"Alertmanager {format_version(runs)} has no flag --web.config.file to serve it by"
        )
        since = format_version(flags.FLAGS["web.config.file"].since)
        hint = f"attach an image of {since} or later, or remove the relation"
        problems.append(Problem(CERTIFICATES, message=message, hint=hint))
    return tuple(problems)


def _certified(settings: Settings, certified: Optional[certificate_requests.Certified]) -> Settings:
    """Put a certificate that comes from elsewhere where the options would be."""
    if not certified:
        return settings
    return replace(
        settings, tls_cert=certified.certificate, tls_key=certified.key, tls_ca=certified.ca
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
