"""Run Juju's hook tools."""

import subprocess


class ToolError(Exception):
    """A hook tool refused. The text is Juju's own, without its ``ERROR`` prefix."""


def run_tool(tool, *arguments, stdin=""):
    """Return what a hook tool prints.

    tool, arguments: the command line. stdin: text that the tool reads.
    Raises ToolError if the tool exits with anything but 0.
    """
    done = subprocess.run(
        [tool, *arguments], input=stdin.encode(), capture_output=True, check=False
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        if said.startswith("ERROR "):
            said = said[len("ERROR ") :]
        raise ToolError(f"{tool}: {said or f'exit code {done.returncode}'}")
    return done.stdout.decode()
