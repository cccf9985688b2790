"""The hook tools: one function each, found by the name that a charm calls."""

# Each registers its tools.
from sandbox.juju.hooktools import action_tools, relation_tools, unit_tools  # noqa: F401
from sandbox.juju.hooktools.hook_tool import NOT_MODELLED, TOOLS, NeedsStdin, Reply, run

__all__ = ["NOT_MODELLED", "TOOLS", "NeedsStdin", "Reply", "run"]
