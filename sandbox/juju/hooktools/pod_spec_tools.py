"""Tools about the pod spec (Juju 2.9: k8s-spec-set.go, k8s-spec-get.go, k8s-raw-set.go)."""

from __future__ import annotations

from sandbox.juju.gnuflag import Flag
from sandbox.juju.hooktools.hook_tool import Tool
from sandbox.juju.juju_errors import JujuError


class SpecSet(Tool):
    """Says how the application is to run, from the end of the hook on."""

    names = ("k8s-spec-set", "pod-spec-set")
    args = "--file <core spec file> [--k8s-resources <k8s spec file>]"
    purpose = "set k8s spec information"
    flags = (
        Flag(("file",), "file containing pod spec"),
        Flag(("k8s-resources",), "file containing k8s specific resources not yet modelled by Juju"),
    )
    writes = True

    def run(self) -> None:
        """The texts are joined byte by byte, as Juju does."""
        text = self.read_file(self.options.get("file", "-"))
        if not text:
            raise JujuError(
                "no k8s spec specified: pipe k8s spec to command, or specify a file with --file"
            )
        if self.options.get("k8s-resources"):
            text += self.read_file(self.options["k8s-resources"])
        self.context.set_spec(text)


class SpecGet(Tool):
    """The spec that the controller holds."""

    names = ("k8s-spec-get", "pod-spec-get")
    purpose = "get k8s spec information"

    def run(self) -> None:
        """The text as it is, no newline added."""
        self.stdout += self.context.stored_spec()


class RawSet(Tool):
    """A raw spec, which a controller refuses unless it has a feature flag."""

    names = ("k8s-raw-set",)
    args = "--file <core spec file>"
    purpose = "set k8s raw spec information"
    flags = (Flag(("file",), "file containing k8s raw spec"),)
    writes = True

    def run(self) -> None:
        """Accepted here; the hook fails when it ends."""
        if not self.read_file(self.options.get("file", "-")):
            raise JujuError(
                "no k8s raw spec specified: pipe k8s raw spec to command,"
                " or specify a file with --file"
            )
        self.context.set_raw_spec()


TOOLS = (SpecSet, SpecGet, RawSet)
