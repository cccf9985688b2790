"""``juju`` and ``kubectl``: what the sandbox understands of them, in the real ones' words."""

from . import actions, applications, models, views
from .command import JUJU, Program, Terminal
from .kubectl import KUBECTL

PROGRAMS = {program.name: program for program in (JUJU, KUBECTL)}

__all__ = ["PROGRAMS", "Program", "Terminal", "actions", "applications", "models", "views"]
