"""The hook tools: one class each, found by the name that a charm calls.

A tool that is not here is not on a hook's PATH.
"""

from __future__ import annotations

from sandbox.juju.hooktools import action_tools, pod_spec_tools, relation_tools, unit_tools
from sandbox.juju.hooktools.hook_tool import NeedsStdin, Reply, Tool, run

TOOLS: dict[str, type[Tool]] = {
    name: tool
    for module in (action_tools, pod_spec_tools, relation_tools, unit_tools)
    for tool in module.TOOLS
    for name in tool.names
}

__all__ = ["TOOLS", "NeedsStdin", "Reply", "Tool", "run"]
