"""``juju`` and ``kubectl``: what the sandbox understands of them, mostly in their own words."""

# Each registers its commands.
from sandbox.juju.cli import action_commands, application_commands, model_commands, status_commands  # noqa: F401
from sandbox.juju.cli.command_line import JUJU
from sandbox.juju.cli.kubectl import KUBECTL

PROGRAMS = {program.name: program for program in (JUJU, KUBECTL)}

__all__ = ["PROGRAMS"]
