"""What the deployer and the API server refuse although pod-spec-set took it."""

import pytest
import yaml
from support.pod_spec_check import deploy_check

from sandbox.kubernetes.objects import DeployError, Workload, from_metadata, render, storage_of
from sandbox.kubernetes.podspec import parse

METADATA = {
    "name": "web",
    "series": ["kubernetes"],
    "deployment": {"type": "stateful", "service": "cluster"},
}
STATEFUL_SET = (
    'creating or updating StatefulSet: ensuring stateful set "web": stateful set "web" not valid'
)


def spec(container=None, **more):
    ports = [{"name": "http", "containerPort": 80}]
    first = dict({"name": "web", "image": "web:1", "ports": ports}, **(container or {}))
    return parse(yaml.safe_dump(dict({"version": 3, "containers": [first]}, **more)))


def pod(**fields):
    return spec(kubernetesResources={"pod": fields})


def volume(**source):
    return spec({"volumeConfig": [dict({"name": "v", "mountPath": "/v"}, **source)]})


def refusal(parsed, metadata=None):
    with pytest.raises(DeployError) as error:
        deploy_check(parsed, metadata or METADATA)
    return error.value


def secret(**data):
    parsed = spec(kubernetesResources={"secrets": [{"name": "s"}]})
    parsed["kubernetesResources"]["secrets"][0]["data"] = data  # to parse much takes long
    return parsed


ENV = 'parsing unit spec for web: processing container specs for app "web": '
SECRETS = "creating or updating secrets: "

JUJU_REFUSES = {
    "null variable": (
        spec({"envConfig": {"k": None}}),
        ENV + 'config "k" with type <nil> not supported',
    ),
    "list variable": (
        spec({"envConfig": {"k": ["a"]}}),
        ENV + 'config "k" with type []interface {} not supported',
    ),
    "field without path": (
        spec({"envConfig": {"k": {"field": {}}}}),
        ENV + 'config format of "k" not supported',
    ),
    "unknown key in a reference": (
        spec({"envConfig": {"k": {"field": {"fieldPath": "status.podIP"}}}}),
        ENV + 'json: unknown field "fieldPath"',
    ),
    "not base64": (secret(a="YWI"), SECRETS + "illegal base64 data in a"),
    "more than a Secret holds": (
        secret(a="YWFh" * (1024 * 1024 // 3), b="YWE="),
        SECRETS + 'Secret "s" is invalid: data: Too long: must have at most 1048576 bytes',
    ),
    "names of more than the database takes": (
        secret(**{f"{number:0250}": "YQ==" for number in range(4000)}),
        SECRETS + "etcdserver: request is too large",
    ),
    "no ports": (spec({"ports": []}), 'ports are required for kubernetes service "web"'),
    "port 0 is no port": (
        spec({"ports": [{"containerPort": 0}]}),
        'ports are required for kubernetes service "web"',
    ),
    "Secret not declared": (
        volume(secret={"name": "s"}),
        "creating or updating StatefulSet: cannot mount a volume using a secret if the secret "
        '"s" is not specified in the pod spec YAML',
    ),
    "name of a Secret": (
        spec(kubernetesResources={"secrets": [{"name": "Config"}]}),
        'creating or updating secrets: Secret "Config" is invalid: metadata.name: Invalid value: '
        '"Config": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric '
        "characters, '-' or '.', and must start and end with an alphanumeric character (e.g. "
        r"'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\."
        "[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ),
}


def test_a_secret_of_one_mebibyte_is_taken():
    deploy_check(secret(a="YWFh" * (1024 * 1024 // 3), b="YQ=="), METADATA)


@pytest.mark.parametrize(("parsed", "message"), JUJU_REFUSES.values(), ids=list(JUJU_REFUSES))
def test_refused_with_jujus_words(parsed, message):
    assert str(refusal(parsed)) == message


@pytest.mark.parametrize(
    ("parsed", "reason"),
    [
        (spec({"image": "web:1 "}), 'containers[0].image: Invalid value: "web:1 ": must not have'),
        (spec({"name": "Web_1"}), 'containers[0].name: Invalid value: "Web_1": must match'),
        (
            spec({"volumeConfig": [{"name": "My_Vol", "mountPath": "/v", "emptyDir": {}}]}),
            'volumes.name: Invalid value: "My_Vol": must match',
        ),
    ],
)
def test_refused_by_the_api_server_whose_reason_juju_hides(parsed, reason):
    error = refusal(parsed)
    assert str(error) == STATEFUL_SET
    assert error.reason.startswith(f"spec.template.spec.{reason}")


def test_two_volumes_of_one_name():
    mounts = [{"name": "juju-data-dir", "mountPath": "/v", "emptyDir": {"medium": "Memory"}}]
    error = refusal(spec({"volumeConfig": mounts}))
    assert str(error) == (
        'creating or updating StatefulSet: duplicated volume "juju-data-dir" not valid'
    )


def test_other_kinds_of_deployment_are_not_modelled():
    error = refusal(spec(), dict(METADATA, deployment={"type": "stateless"}))
    assert str(error).startswith("the sandbox does not model deployment type stateless")


def test_image_wins_over_image_details():
    both = spec({"image": "web:1", "imageDetails": {"imagePath": "web:2"}})
    [stateful_set] = [o for o in deploy_check(both, METADATA) if o["kind"] == "StatefulSet"]
    [container] = stateful_set["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "web:1"


def test_no_service_no_ports_needed():
    metadata = dict(METADATA, deployment={"type": "stateful", "service": "omit"})
    objects = deploy_check(spec({"ports": []}), metadata)
    assert [item["metadata"]["name"] for item in objects if item["kind"] == "Service"] == [
        "web-endpoints"
    ]


@pytest.mark.parametrize(
    ("size", "mebibytes"),
    [("100", 100), ("1.5", 2), ("1.5G", 1536), ("1GiB", 1024), ("2T", 1 << 21)],
)
def test_sizes_of_volumes(size, mebibytes):
    declared = {"data": {"type": "filesystem", "minimum-size": size}}
    [storage] = storage_of({"storage": declared})
    assert storage.size == mebibytes


def test_unknown_service_type():
    workload = from_metadata(spec(), METADATA, service_type="nodeport")
    with pytest.raises(DeployError, match="the sandbox does not model service type nodeport"):
        render(workload)


@pytest.mark.parametrize(
    ("storage", "message"),
    [
        (
            {"type": "filesystem", "location": "/var/lib/juju/storage/x"},
            'invalid location "/var/lib/juju/storage/x": must not fall within '
            '"/var/lib/juju/storage"',
        )
    ],
)
def test_storage_that_juju_refuses(storage, message):
    error = refusal(spec(), dict(METADATA, storage={"data": storage}))
    assert str(error) == message


@pytest.mark.parametrize(
    ("storage", "path", "size"),
    [
        ({"location": "/data"}, "/data", 1024),
        ({}, "/var/lib/juju/storage/data/0", 1024),
        ({"location": "/data", "minimum-size": "50M"}, "/data", 50),
        ({"location": "/data", "minimum-size": "2G"}, "/data", 2048),
    ],
)
def test_where_storage_is_mounted(storage, path, size):
    metadata = dict(METADATA, storage={"data": dict(storage, type="filesystem")})
    (found,) = from_metadata(spec(), metadata).storage
    assert (found.name, found.mount_path, found.size) == ("data", path, size)


def test_storage_alone_makes_an_application_stateful():
    assert Workload("web", spec()).kind == "stateless"
    metadata = {"name": "web", "storage": {"data": {"type": "filesystem"}}}
    assert from_metadata(spec(), metadata).kind == "stateful"
