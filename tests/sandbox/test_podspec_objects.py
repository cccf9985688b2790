"""The Kubernetes objects of a spec, and that Kubernetes' own schema takes them."""

import pytest
from support.pod_spec_check import by_kind, checked_spec, deploy_check, validate

from sandbox.kubernetes.podspec import parse

METADATA = {
    "name": "am",
    "deployment": {"type": "stateful", "service": "cluster"},
    "storage": {"data": {"type": "filesystem", "location": "/data", "minimum-size": "100M"}},
}

# Every key of version 3 that the sandbox runs, at least once.
FULL = """
version: 3
service:
  annotations: {team: ops}
  scalePolicy: parallel
containers:
- name: main
  imageDetails: {imagePath: "registry.example.com:5000/am:1", username: me, password: pw}
  imagePullPolicy: IfNotPresent
  command: [/bin/am]
  args: ["--listen=[$(POD_IP)]:1", "--x"]
  workingDir: /data
  ports:
  - {name: web, containerPort: 9093, protocol: TCP}
  - {name: gossip, containerPort: 9094}
  envConfig:
    PLAIN: text
    NUMBER: 5
    FLOAT: 1.5
    TRUTH: true
    POD_IP: {field: {path: status.podIP, api-version: v1}}
    WORD: {secret: {name: login, key: password}}
  volumeConfig:
  - {name: scratch, mountPath: /tmp, emptyDir: {medium: Memory}}
  - name: login
    mountPath: /etc/login
    secret: {name: login, defaultMode: 0440}
  kubernetes:
    startupProbe: {exec: {command: ["true"]}, failureThreshold: 30}
    livenessProbe: {tcpSocket: {port: web}, initialDelaySeconds: 1, periodSeconds: 5}
    readinessProbe:
      httpGet:
        path: /ready
        port: 9093
        scheme: HTTPS
        httpHeaders: [{name: Authorization, value: Basic x}]
      timeoutSeconds: 3
      successThreshold: 2
    securityContext:
      runAsUser: 65534
      runAsGroup: 65534
      runAsNonRoot: true
      readOnlyRootFilesystem: true
      allowPrivilegeEscalation: false
      capabilities: {drop: [ALL]}
      seccompProfile: {type: RuntimeDefault}
kubernetesResources:
  pod:
    labels: {tier: back}
    annotations: {restart: "1"}
    terminationGracePeriodSeconds: 60
    securityContext: {fsGroup: 65534}
  secrets:
  - name: login
    type: Opaque
    annotations: {a: b}
    data: {password: cHc=}
    stringData: {user: me}
"""

SMALL = """
version: 3
containers:
- name: main
  imageDetails: {imagePath: "am:1"}
  ports: [{containerPort: 9093}]
"""


@pytest.fixture(scope="module")
def objects():
    return deploy_check(parse(FULL), METADATA, model="mod", scale=3, modified_version=4)


@pytest.fixture(scope="module")
def stateful_set(objects):
    return by_kind(objects, "StatefulSet")["am"]


@pytest.fixture(scope="module")
def pod(stateful_set):
    return stateful_set["spec"]["template"]["spec"]


def test_a_spec_with_every_key_passes_the_gate():
    checked_spec(FULL, METADATA)


def test_the_gate_refuses_what_only_kubernetes_schema_knows(objects):
    service = by_kind(objects, "Service")["am"]
    broken = dict(service, spec=dict(service["spec"], ports="http"))
    with pytest.raises(AssertionError, match=r"refuses Service am at spec\.ports"):
        validate(broken)


def test_names(objects):
    found = {(item["kind"], item["metadata"]["name"]) for item in objects}
    assert found == {
        ("Secret", "login"),
        ("Service", "am"),
        ("Service", "am-endpoints"),
        ("StatefulSet", "am"),
    }


def test_labels_and_annotations(objects, stateful_set):
    for item in objects:
        labels = item["metadata"]["labels"]
        assert labels["app.kubernetes.io/name"] == "am"
        assert labels["app.kubernetes.io/managed-by"] == "juju"
        assert item["metadata"]["namespace"] == "mod"
        assert {"model.juju.is/id", "controller.juju.is/id"} <= set(item["metadata"]["annotations"])
    template = stateful_set["spec"]["template"]["metadata"]
    assert template["labels"] == {"app.kubernetes.io/name": "am", "tier": "back"}
    assert template["annotations"]["charm.juju.is/modified-version"] == "4"
    assert template["annotations"]["restart"] == "1"
    assert template["annotations"]["seccomp.security.beta.kubernetes.io/pod"] == "docker/default"


def test_services(objects):
    services = by_kind(objects, "Service")
    assert services["am"]["spec"] == {
        "type": "ClusterIP",
        "selector": {"app.kubernetes.io/name": "am"},
        "ports": [
            {"name": "web", "port": 9093, "protocol": "TCP", "targetPort": 9093},
            {"name": "gossip", "port": 9094},
        ],
    }
    assert services["am"]["metadata"]["annotations"]["team"] == "ops"
    assert services["am-endpoints"]["spec"]["clusterIP"] == "None"
    assert services["am-endpoints"]["spec"]["publishNotReadyAddresses"] is True
    assert "ports" not in services["am-endpoints"]["spec"]


def test_stateful_set(stateful_set):
    spec = stateful_set["spec"]
    assert spec["replicas"] == 3
    assert spec["serviceName"] == "am-endpoints"
    assert spec["podManagementPolicy"] == "Parallel"
    (claim,) = spec["volumeClaimTemplates"]
    assert claim["spec"]["resources"]["requests"]["storage"] == "100Mi"
    uuid = stateful_set["metadata"]["annotations"]["app.juju.is/uuid"]
    assert claim["metadata"]["name"] == "data-" + uuid


def test_pods_start_in_parallel_unless_told_otherwise():
    found = by_kind(deploy_check(parse(SMALL), METADATA), "StatefulSet")["am"]
    assert found["spec"]["podManagementPolicy"] == "Parallel"


def test_environment_is_sorted_and_typed(pod):
    main = pod["containers"][0]
    assert [item["name"] for item in main["env"]] == [
        "FLOAT",
        "NUMBER",
        "PLAIN",
        "POD_IP",
        "TRUTH",
        "WORD",
    ]
    assert main["env"][-1]["valueFrom"] == {"secretKeyRef": {"name": "login", "key": "password"}}
    values = {item["name"]: item.get("value") for item in main["env"]}
    assert (values["NUMBER"], values["FLOAT"], values["TRUTH"]) == ("5", "1.5", "true")


def test_volumes(pod):
    volumes = {item["name"]: item for item in pod["volumes"]}
    assert volumes["login"]["secret"] == {"secretName": "login", "defaultMode": 0o440}
    assert volumes["juju-data-dir"] == {"name": "juju-data-dir", "emptyDir": {}}


def test_mounts_of_the_first_container(pod):
    mounts = {item["mountPath"]: item["name"] for item in pod["containers"][0]["volumeMounts"]}
    assert list(mounts) == ["/var/lib/juju", "/usr/bin/juju-run", "/tmp", "/etc/login", "/data"]
    assert mounts["/data"].startswith("data-")


def test_what_juju_3_calls_otherwise():
    objects = deploy_check(parse(SMALL), METADATA, juju_version="3.6")
    pod = by_kind(objects, "StatefulSet")["am"]["spec"]["template"]["spec"]
    mounts = [item["mountPath"] for item in pod["containers"][0]["volumeMounts"]]
    assert mounts[:2] == ["/var/lib/juju", "/usr/bin/juju-exec"]
    assert pod["initContainers"][-1]["image"].endswith(":3.6")


def test_init_containers(pod):
    assert [item["name"] for item in pod["initContainers"]] == ["juju-pod-init"]


def test_the_charms_security_context_replaces_jujus(pod):
    assert pod["containers"][0]["securityContext"]["runAsUser"] == 65534
    small = by_kind(deploy_check(parse(SMALL), METADATA), "StatefulSet")["am"]
    assert small["spec"]["template"]["spec"]["containers"][0]["securityContext"] == {
        "allowPrivilegeEscalation": True,
        "readOnlyRootFilesystem": False,
        "runAsNonRoot": False,
    }


def test_contents_of_files_do_not_touch_the_pod_template(stateful_set):
    changed = deploy_check(
        parse(FULL.replace("cHc=", "cHd3")), METADATA, model="mod", scale=5, modified_version=4
    )
    found = by_kind(changed, "StatefulSet")["am"]
    assert found["spec"]["template"] == stateful_set["spec"]["template"]
    assert by_kind(changed, "Secret")["login"]["data"] == {"password": "cHd3"}


def test_rendering_twice_gives_the_same():
    assert deploy_check(parse(FULL), METADATA) == deploy_check(parse(FULL), METADATA)
