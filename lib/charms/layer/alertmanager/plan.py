"""From what a hook is given to what ought to run, or why it must not."""

from dataclasses import dataclass, field, replace
from typing import Optional, Tuple

from alertmanager_config import command_line_flags
from alertmanager_config.go.certificates import NOT_THE_KEY, find_pair_fault
from alertmanager_config.problem import Problem
from alertmanager_config.version import Version, format_version

from .domain import config_files, image_version
from .domain.certificate_requests import CERTIFICATES
from .domain.charm_options import REMOTE, Settings, find_too_new
from .domain.config_files import ConfigFiles

_REMOTE_TEMPLATES = f"{REMOTE}.tmpl"
_CONFLICT = Problem(
    "alertmanager-config",
    message=f"is set, and the relation {REMOTE} brings a configuration too",
    hint="reset the option, or remove the relation",
)
# Without it, the default would run, which notifies nobody.
_EMPTY = Problem(
    REMOTE,
    message="the related application gives no configuration",
    hint="give it one there, set alertmanager-config, or remove the relation",
)


@dataclass(frozen=True)
class Plan:
    """What the operator's options and the relations come to.

    files is None exactly if a problem is more than a warning: then nothing of this may run.
    version: the Alertmanager that will run, if known. default: the files of an application without
    options.
    """

    settings: Settings
    version: Optional[Version]
    files: Optional[ConfigFiles] = field(repr=False)
    default: ConfigFiles = field(repr=False)
    problems: Tuple[Problem, ...] = ()

    @property
    def refusals(self) -> Tuple[Problem, ...]:
        """The problems that keep it from running."""
        return tuple(problem for problem in self.problems if not problem.warning)


def make_plan(inputs) -> Plan:
    """Work out what ought to run. inputs: inputs.Inputs."""
    version = image_version.version_of(inputs.image_reference)
    settings, problems = inputs.parsed_options
    if inputs.image_fault:
        hint = "attach one like prom/alertmanager:v0.28.1"
        image_problem = Problem("alertmanager-image", message=inputs.image_fault, hint=hint)
        problems = (image_problem, *problems)
    problems += find_too_new(settings, version)
    settings = replace(settings, ingress_url=inputs.ingress_answer.url)
    settings, more = _add_remote_configuration(settings, inputs)
    problems += more
    settings, more = _add_certificate(settings, inputs, version)
    problems += more
    files, more = config_files.build(
        settings, inputs.default_configuration, version, inputs.own_hash
    )
    problems += more + _find_clash(settings, inputs)
    if any(not problem.warning for problem in problems):
        files = None
    default, _ = config_files.build(Settings(), inputs.default_configuration, None, "")
    return Plan(settings, version, files, default, problems)


def _add_remote_configuration(settings, inputs):
    """Put the configuration of a relation where the option would be."""
    remote = inputs.remote_configuration
    if not remote.is_related:
        return settings, remote.problems
    if settings.alertmanager_config:
        return settings, (_CONFLICT,) if remote.config else ()
    if not remote.config:
        return settings, (_EMPTY,)
    templates, problems = settings.templates, ()
    if remote.templates:
        templates = (*templates, (_REMOTE_TEMPLATES, remote.templates))
        problems = _find_name_clashes(settings)
    settings = replace(
        settings, alertmanager_config=remote.config, config_source=REMOTE, templates=templates
    )
    return settings, problems


def _find_name_clashes(settings: Settings) -> Tuple[Problem, ...]:
    message = f"{_REMOTE_TEMPLATES} is where the templates of the relation {REMOTE} go"
    files = (("templates", settings.templates), ("secret-files", settings.secret_files))
    return tuple(
        Problem(option, message=message, hint="choose another name")
        for option, named in files
        if _REMOTE_TEMPLATES in dict(named)
    )


def _add_certificate(settings, inputs, version):
    """Put the certificate of a relation where the options would be."""
    if not inputs.certificate.is_related:
        return settings, ()
    options = (("tls-cert", settings.tls_cert), ("tls-key", settings.tls_key))
    message = "is set, and the relation certificates brings a certificate too"
    hint = "reset the option, or remove the relation"
    problems = [Problem(name, message=message, hint=hint) for name, value in options if value]
    if version and not command_line_flags.understands(version, "web.config.file"):
        runs = f"Alertmanager {format_version(version)}"
        message = f"{runs} has no flag --web.config.file to serve it by"
        since = format_version(command_line_flags.FLAGS["web.config.file"].since)
        hint = f"attach an image of {since} or later, or remove the relation"
        problems.append(Problem(CERTIFICATES, message=message, hint=hint))
    issued = inputs.certificate.issued
    if issued:
        settings = replace(
            settings, tls_cert=issued.certificate, tls_key=issued.key, tls_ca=issued.ca
        )
    return settings, tuple(problems)


def _find_clash(settings: Settings, inputs) -> Tuple[Problem, ...]:
    """Find why certificate and key of the options cannot be used together.

    Those that a relation brought were judged before they came into the settings.
    """
    if settings.tls_ca or not (settings.tls_cert and settings.tls_key):
        return ()
    fault = find_pair_fault(settings.tls_cert.encode(), settings.tls_key.encode())
    if fault and fault[0] == "certificate":
        return (Problem("tls-cert", message=fault[1], hint="set a PEM certificate"),)
    if fault:
        message = f"{fault[1]} in tls-cert" if fault[1] == NOT_THE_KEY else fault[1]
        return (Problem("tls-key", message=message, hint="set the two that belong together"),)
    if not inputs.key_pair_clash:
        return ()
    message = f"cannot be used with tls-key ({inputs.key_pair_clash})"
    return (Problem("tls-cert", message=message, hint="set a PEM certificate and its PEM key"),)
