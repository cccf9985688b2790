"""``pod-spec-set`` without a controller: text in, checked tree out."""

import yaml

from sandbox.kubernetes.podspec import validate, yaml_v2
from sandbox.kubernetes.podspec.go_json import decode
from sandbox.kubernetes.podspec.pod_spec_errors import PodSpecError
from sandbox.kubernetes.podspec.pod_spec_v3 import POD_SPEC

# What a version 3 spec has and one without a version may not have, on the first two levels.
_NOT_LEGACY = {"kubernetesResources", "serviceAccount"}
_NOT_LEGACY_CONTAINER = {"envConfig", "kubernetes", "volumeConfig"}


def parse(text, app=""):
    """Return the pod spec in ``text`` (version 3, YAML) as a tree of dicts, lists and scalars.

    Keys with null are left out, and ``configMaps`` comes back as Juju's ``configmaps``. ``app`` is
    accepted for symmetry with deploying; Juju names no application here.
    Raise PodSpecError with the message that ``pod-spec-set`` prints after "ERROR ".
    """
    try:
        document = yaml_v2.first_document(text)
    except yaml.YAMLError as error:
        raise PodSpecError("yaml: " + yaml_v2.problem(error)) from None
    version = _version(document, text)
    if version in (0, 2):
        raise _older(document, version)
    if version != 3:
        raise PodSpecError(f"latest supported version 3, but got podspec version {version}")
    spec = decode(document, POD_SPEC)
    validate.check(spec)
    return spec


def _version(document, text):
    if document is None:
        return 0
    if not isinstance(document, dict):
        raise _unmarshal_error(1, document, "specs.PodSpecVersion")
    version = document.get("version")
    if version is None:
        return 0
    if isinstance(version, bool) or not isinstance(version, int):
        raise _unmarshal_error(_line_of_version(text), version, "specs.Version")
    return version


def _unmarshal_error(line, value, go_type):
    tag = {bool: "!!bool", str: "!!str", float: "!!float", list: "!!seq", dict: "!!map"}.get(
        type(value), "!!int"
    )
    shown = ""
    if not isinstance(value, (list, dict)):
        content = str(value).lower() if isinstance(value, bool) else str(value)
        shown = " `{}`".format(content if len(content) <= 10 else content[:7] + "...")
    return PodSpecError(
        f"yaml: unmarshal errors:\n  line {line}: cannot unmarshal {tag}{shown} into {go_type}"
    )


def _line_of_version(text):
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    return next(value.start_mark.line + 1 for key, value in root.value if key.value == "version")


def _older(document, version):
    """A spec of an older version: Juju reads it by other rules, which are not modelled."""
    document = document or {}
    unknown = sorted(_NOT_LEGACY & set(document))
    containers = document.get("containers")
    for container in containers if isinstance(containers, list) else ():
        if version == 0 and isinstance(container, dict):
            unknown = sorted(_NOT_LEGACY_CONTAINER & set(container)) + unknown
    if version == 0 and unknown:
        return PodSpecError(f'json: unknown field "{unknown[0]}"')
    return PodSpecError(
        f'pod spec version {version} is not modelled here, only 3: begin the spec with "version: 3"'
    )
