"""The hook tools: one class each, found by the name that a charm calls.

A tool that is not here is not on a hook's PATH.
"""

from __future__ import annotations

from . import actions, podspec, relations, unit
from .command import NeedsStdin, Reply, Tool, run

TOOLS: dict[str, type[Tool]] = {
    name: tool
    for module in (actions, podspec, relations, unit)
    for tool in module.TOOLS
    for name in tool.names
}

__all__ = ["TOOLS", "NeedsStdin", "Reply", "Tool", "run"]
