"""pod-spec-set's refusals, each by Juju's text, and what it accepts."""

import copy
import json

import pytest
import yaml

from sandbox.kubernetes.podspec import NotModelled, PodSpecError, parse

MINIMAL = {"version": 3, "containers": [{"name": "web", "imageDetails": {"imagePath": "web:1"}}]}


def changed(path, value):
    """Return the minimal spec with ``value`` at a dotted path, such as containers.0.args."""
    spec = copy.deepcopy(MINIMAL)
    *parents, last = path.split(".")
    place = spec
    for step in parents:
        place = place[int(step)] if isinstance(place, list) else place.setdefault(step, {})
    place[int(last) if isinstance(place, list) else last] = value
    return spec


def text_of(spec):
    return spec if isinstance(spec, str) else yaml.safe_dump(spec)


def volume(**source):
    return changed("containers.0.volumeConfig", [dict({"name": "v", "mountPath": "/v"}, **source)])


def two_containers(first, second):
    spec = copy.deepcopy(MINIMAL)
    spec["containers"].append({"name": "two", "image": "two:1"})
    for container, file_sets in zip(spec["containers"], (first, second)):
        container["volumeConfig"] = file_sets
    return spec


EMPTY = {"name": "v", "mountPath": "/v", "emptyDir": {}}

REFUSALS = {
    # version
    "newer version": (
        dict(MINIMAL, version=4),
        "latest supported version 3, but got podspec version 4",
    ),
    "quoted version": (
        "containers: []\nversion: '3'\n",
        "yaml: unmarshal errors:\n  line 2: cannot unmarshal !!str `3` into specs.Version",
    ),
    "not a mapping": (
        "- version: 3\n",
        "yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into specs.PodSpecVersion",
    ),
    # unknown keys, at every depth
    "unknown key": (dict(MINIMAL, replicas=2), 'json: unknown field "replicas"'),
    "first unknown key in order of name": (
        dict(MINIMAL, zebra=1, apple=1),
        'json: unknown field "apple"',
    ),
    "container resources": (
        changed("containers.0.resources", {}),
        'json: unknown field "resources"',
    ),
    "container env": (changed("containers.0.env", []), 'json: unknown field "env"'),
    "container envFrom": (changed("containers.0.envFrom", []), 'json: unknown field "envFrom"'),
    "container lifecycle": (
        changed("containers.0.kubernetes.lifecycle", {}),
        'json: unknown field "lifecycle"',
    ),
    "container volumeMounts": (
        changed("containers.0.volumeMounts", []),
        'json: unknown field "volumeMounts"',
    ),
    "container stdin": (changed("containers.0.stdin", True), 'json: unknown field "stdin"'),
    **{
        f"pod's {key}": (
            changed(f"kubernetesResources.pod.{key}", {}),
            f'json: unknown field "{key}"',
        )
        for key in (
            *("affinity", "tolerations", "nodeSelector", "topologySpreadConstraints"),
            *("imagePullSecrets", "hostname", "volumes", "dnsConfig", "serviceAccountName"),
        )
    },
    "readOnly": (volume(emptyDir={}, readOnly=True), 'json: unknown field "readOnly"'),
    "items": (volume(secret={"name": "s", "items": []}), 'json: unknown field "items"'),
    "optional": (volume(secret={"name": "s", "optional": True}), 'json: unknown field "optional"'),
    "subPath": (volume(emptyDir={}, subPath="x"), 'json: unknown field "subPath"'),
    "probe": (
        changed("containers.0.kubernetes.readinessProbe", {"httpGet": {"url": "/"}}),
        'json: unknown field "url"',
    ),
    "security context newer than the API": (
        changed("containers.0.kubernetes.securityContext", {"appArmorProfile": {}}),
        'json: unknown field "appArmorProfile"',
    ),
    # types
    "number among the arguments": (
        changed("containers.0.args", [9093]),
        "json: cannot unmarshal number into Go struct field k8sContainer.containers.args "
        "of type string",
    ),
    "command as text": (
        changed("containers.0.command", "run"),
        "json: cannot unmarshal string into Go struct field k8sContainer.containers.command "
        "of type []string",
    ),
    "port as text": (
        changed("containers.0.ports", [{"containerPort": "9093"}]),
        "json: cannot unmarshal string into Go struct field "
        "ContainerPort.containers.ports.containerPort of type int32",
    ),
    "port with a fraction": (
        changed("containers.0.ports", [{"containerPort": 1.5}]),
        "json: cannot unmarshal number 1.5 into Go struct field "
        "ContainerPort.containers.ports.containerPort of type int32",
    ),
    "port too large for its type": (
        changed("containers.0.ports", [{"containerPort": 2**31}]),
        "json: cannot unmarshal number 2147483648 into Go struct field "
        "ContainerPort.containers.ports.containerPort of type int32",
    ),
    "label value": (
        changed("kubernetesResources.pod.labels", {"tier": 1}),
        "json: cannot unmarshal number into Go struct field PodSpec.kubernetesResources.pod.labels "
        "of type string",
    ),
    "annotation value": (
        changed("kubernetesResources.pod.annotations", {"a": ["b"]}),
        "json: cannot unmarshal array into Go struct field "
        "PodSpec.kubernetesResources.pod.annotations of type string",
    ),
    "service as text": (
        dict(MINIMAL, service="x"),
        "json: cannot unmarshal string into Go struct field podSpecV3.service "
        "of type specs.ServiceSpec",
    ),
    "containers as a mapping": (
        dict(MINIMAL, containers={"a": {}}),
        "json: cannot unmarshal object into Go struct field podSpecV3.containers "
        "of type []specs.k8sContainer",
    ),
    "probe port": (
        changed("containers.0.kubernetes.livenessProbe", {"tcpSocket": {"port": True}}),
        "json: cannot unmarshal bool into Go struct field "
        "TCPSocketAction.containers.kubernetes.livenessProbe.tcpSocket.port of type int32",
    ),
    "secret data": (
        changed("kubernetesResources.secrets", [{"name": "s", "data": {"a": 5}}]),
        "json: cannot unmarshal number into Go struct field "
        "K8sSecret.kubernetesResources.secrets.data of type string",
    ),
    # containers
    "no containers": ({"version": 3}, "require at least one container spec"),
    "empty containers": (dict(MINIMAL, containers=[]), "require at least one container spec"),
    "no container name": (changed("containers.0.name", ""), "spec name is missing"),
    "null container": (dict(MINIMAL, containers=[None]), "spec name is missing"),
    "no image": (changed("containers.0.imageDetails", {}), "spec image details is missing"),
    # service
    "scale policy": (changed("service.scalePolicy", "slow"), 'scale policy "slow" not supported'),
    # volumeConfig
    "file set without name": (volume(name="", emptyDir={}), "file set name is missing"),
    "file set without mount path": (
        volume(mountPath="", emptyDir={}),
        'mount path is missing for file set "v"',
    ),
    "secret without name": (volume(secret={}), 'Name is missing for "v"'),
    "no source": (volume(), 'file set "v" requires volume source'),
    "null source": (volume(emptyDir=None), 'file set "v" requires volume source'),
    "two sources": (
        volume(emptyDir={}, secret={"name": "s"}),
        'file set "v" can only have one volume source',
    ),
    "shared file set that differs": (
        two_containers([EMPTY], [dict(EMPTY, emptyDir={"medium": "Memory"})]),
        'duplicated file "v" with different volume spec not valid',
    ),
    "file set twice": (
        changed("containers.0.volumeConfig", [EMPTY, EMPTY]),
        'duplicated file "v" in container "web" not valid',
    ),
    "mount path twice": (
        changed("containers.0.volumeConfig", [EMPTY, dict(EMPTY, name="w")]),
        'duplicated mount path "/v" in container "web" not valid',
    ),
    # order: containers before service before volumes shared
    "containers before the service": (
        dict(changed("service.scalePolicy", "slow"), containers=[]),
        "require at least one container spec",
    ),
    "nested too deeply": ("[" * 3000, "yaml: line 1: did not find expected node content"),
    "no UTF-8": ("x: \udcff\n", "yaml: invalid leading UTF-8 octet"),
    "not YAML": ("version: 3\ncontainers: [\n", "yaml: line 2: did not find expected node content"),
}


@pytest.mark.parametrize(("spec", "message"), REFUSALS.values(), ids=list(REFUSALS))
def test_refused_with_jujus_words(spec, message):
    with pytest.raises(PodSpecError) as refusal:
        parse(text_of(spec))
    assert str(refusal.value) == message


@pytest.mark.parametrize(
    ("spec", "what"),
    [
        (
            "version: 2\ncontainers: []\n",
            'pod specs of version 2: begin the spec with "version: 3"',
        ),
        ("containers: 5\n", 'pod specs of version 0: begin the spec with "version: 3"'),
        ("version: 3\nversion: 3\n", "YAML in which line 2: the key version "),
        ("version: 3\nservice: 1e3\n", "the number 1e3: write it without an exponent"),
        ("version: 3\nservice: {~: 1}\n", "a key without a name"),
        (changed("serviceAccount.roles", []), "serviceAccount"),
        (changed("kubernetesResources.services", []), "services"),
        (changed("kubernetesResources.customResources", {}), "customResources"),
        (changed("kubernetesResources.pod.hostNetwork", True), "hostNetwork"),
        (changed("containers.0.kubernetes.livenessProbe", {"grpc": {}}), "grpc"),
        (volume(hostPath={}), "hostPath"),
        (volume(configMap={}), "configMap"),
        (volume(files=[]), "files"),
        (changed("containers.0.init", True), "init"),
        (changed("containers.0.envConfig", {"A": {"resource": {}}}), "resource in envConfig"),
        (
            changed("containers.0.envConfig", {"A": {"secret": {"name": "s"}}}),
            "a secret in envConfig without key, or an optional one",
        ),
        (changed("service.updateStrategy", {}), "updateStrategy"),
        (changed("configMaps", {}), "configMaps"),
        (
            changed("containers.0.imagedetails", {}),
            'the spelling "imagedetails": write "imageDetails"',
        ),
        ("{version: 3}", "a pod spec that begins with { and is not JSON"),
    ],
)
def test_what_is_not_modelled_is_named(spec, what):
    with pytest.raises(NotModelled) as refusal:
        parse(text_of(spec))
    assert str(refusal.value).startswith(f"the sandbox does not model {what}")


def test_a_spec_may_be_json():
    assert parse(json.dumps(MINIMAL)) == MINIMAL


def test_a_number_with_nothing_after_its_point_is_a_whole_number():
    spec = changed("containers.0.ports", [{"containerPort": 80.0}])
    assert parse(text_of(dict(spec, version=3.0)))["containers"][0]["ports"][0] == {
        "containerPort": 80
    }


def test_minimal_spec():
    assert parse(text_of(MINIMAL)) == MINIMAL


def test_null_is_absent():
    spec = parse(text_of(dict(MINIMAL, service=None, kubernetesResources=None)))
    assert spec == MINIMAL


def test_one_file_set_may_serve_two_containers_at_different_paths():
    spec = two_containers([EMPTY], [dict(EMPTY, mountPath="/other")])
    assert parse(text_of(spec)) == spec


def test_only_the_first_document_counts():
    assert parse(text_of(MINIMAL) + "---\nversion: 9\n") == MINIMAL


@pytest.mark.parametrize(
    ("text", "value"),
    [("0644", 420), ("0o644", 420), ("0x1a4", 420), ("420", 420), ("1_000", 1000), ("-5", -5)],
)
def test_numbers_are_read_as_go_reads_them(text, value):
    spec = parse(
        f"""
        version: 3
        containers:
        - name: web
          image: web:1
          volumeConfig: [{{name: v, mountPath: /v, secret: {{name: s, defaultMode: {text}}}}}]
        """
    )
    assert spec["containers"][0]["volumeConfig"][0]["secret"]["defaultMode"] == value


@pytest.mark.parametrize(
    "text", ["2001-01-01", "2001-99-99", "1:30", "yess", "0.1.2", "v3", "0b_", "0x_"]
)
def test_what_go_reads_as_text_stays_text(text):
    spec = parse(f"version: 3\ncontainers: [{{name: web, image: web, args: [{text}]}}]\n")
    assert spec["containers"][0]["args"] == [text]


@pytest.mark.parametrize("text", ["yes", "on", "y", "True", "1e+3", "null"])
def test_what_go_reads_as_something_else_is_no_argument(text):
    document = f"version: 3\ncontainers: [{{name: web, image: web, args: [{text}]}}]\n"
    if text == "null":
        assert parse(document)["containers"][0]["args"] == [""]
    else:
        with pytest.raises(PodSpecError, match=r"json: cannot unmarshal (bool|number) into"):
            parse(document)
