"""``juju``, the command: the part of it that the sandbox understands, in the real one's words."""

from . import actions, applications, models, views
from .command import COMMANDS, Terminal, run

__all__ = ["COMMANDS", "Terminal", "actions", "applications", "models", "run", "views"]
