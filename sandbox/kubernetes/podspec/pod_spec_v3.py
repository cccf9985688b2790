"""The whole tree of pod spec version 3, as a value.

Source: Juju 2.9 ``caas/specs/{base,filesets,rbac,v3}.go`` and
``caas/kubernetes/provider/specs/{types,v3,secrets}.go``; the same from 2.8.7 to 3.6.
"""

from sandbox.kubernetes.podspec import kubernetes_types as k8s
from sandbox.kubernetes.podspec.go_json import (
    BOOL,
    FREE,
    INT32,
    INT64,
    INT_OR_STRING,
    QUANTITY,
    STRING,
    List,
    Map,
    Struct,
    named,
    string_map,
)

_PORT = Struct("specs.ContainerPort", {"name": STRING, "containerPort": INT32, "protocol": STRING})
_IMAGE = Struct("specs.ImageDetails", {"imagePath": STRING, "username": STRING, "password": STRING})
_FILE = Struct("specs.File", {"path": STRING, "content": STRING, "mode": INT32})
_FILE_REF = Struct("specs.FileRef", {"key": STRING, "path": STRING, "mode": INT32})
_RESOURCE_REF = Struct(
    "specs.ResourceRefVol", {"name": STRING, "files": List(_FILE_REF), "defaultMode": INT32}
)
_FILE_SET = Struct(
    "specs.FileSet",
    {
        "name": STRING,
        "mountPath": STRING,
        "files": List(_FILE),
        "hostPath": Struct("specs.HostPathVol", {"path": STRING, "type": STRING}),
        "emptyDir": Struct("specs.EmptyDirVol", {"medium": STRING, "sizeLimit": QUANTITY}),
        "configMap": _RESOURCE_REF,
        "secret": _RESOURCE_REF,
    },
)
_CONTAINER = Struct(
    "specs.k8sContainer",
    {
        "name": STRING,
        "init": BOOL,
        "image": STRING,
        "imageDetails": _IMAGE,
        "imagePullPolicy": named("specs.PullPolicy"),
        "ports": List(_PORT),
        "command": List(STRING),
        "args": List(STRING),
        "workingDir": STRING,
        "envConfig": Map(FREE, "specs.ContainerConfig"),
        "volumeConfig": List(_FILE_SET),
        "kubernetes": Struct(
            "specs.K8sContainerSpec",
            {
                "livenessProbe": k8s.PROBE,
                "readinessProbe": k8s.PROBE,
                "startupProbe": k8s.PROBE,
                "securityContext": k8s.SECURITY_CONTEXT,
            },
        ),
    },
)

_RULE = Struct(
    "specs.PolicyRule",
    {
        "verbs": List(STRING),
        "apiGroups": List(STRING),
        "resources": List(STRING),
        "resourceNames": List(STRING),
        "nonResourceURLs": List(STRING),
    },
)
_ROLE = Struct("specs.Role", {"name": STRING, "global": BOOL, "rules": List(_RULE)})
_ACCOUNT = {"automountServiceAccountToken": BOOL, "roles": List(_ROLE)}

_SERVICE = Struct(
    "specs.ServiceSpec",
    {
        "annotations": string_map(),
        "scalePolicy": named("specs.ScalePolicyType"),
        "updateStrategy": Struct(
            "specs.UpdateStrategy",
            {
                "type": STRING,
                "rollingUpdate": Struct(
                    "specs.RollingUpdateSpec",
                    {
                        "maxUnavailable": INT_OR_STRING,
                        "maxSurge": INT_OR_STRING,
                        "partition": INT32,
                    },
                ),
            },
        ),
    },
)

_POD = Struct(
    "specs.PodSpec",
    {
        "labels": string_map(),
        "annotations": string_map("annotations.Annotation"),
        "restartPolicy": named("v1.RestartPolicy"),
        "activeDeadlineSeconds": INT64,
        "terminationGracePeriodSeconds": INT64,
        "securityContext": k8s.POD_SECURITY_CONTEXT,
        "readinessGates": List(k8s.READINESS_GATE),
        "dnsPolicy": named("v1.DNSPolicy"),
        "hostNetwork": BOOL,
        "hostPID": BOOL,
        "priorityClassName": STRING,
        "priority": INT32,
    },
)


def _with_meta(go, **fields):
    meta = {"name": STRING, "labels": string_map(), "annotations": string_map()}
    return List(Struct(go, dict(meta, **fields)))


_RESOURCES = Struct(
    "specs.KubernetesResources",
    {
        "pod": _POD,
        "secrets": List(
            Struct(
                "specs.K8sSecret",
                {
                    "name": STRING,
                    "type": named("v1.SecretType"),
                    "annotations": string_map(),
                    "data": string_map(),
                    "stringData": string_map(),
                },
            )
        ),
        "services": _with_meta("specs.K8sService", spec=k8s.SERVICE_SPEC),
        "serviceAccounts": List(Struct("specs.K8sServiceAccountSpec", dict(_ACCOUNT, name=STRING))),
        "ingressResources": _with_meta("specs.K8sIngress", spec=k8s.INGRESS_SPEC),
        "customResourceDefinitions": _with_meta(
            "specs.K8sCustomResourceDefinition", spec=k8s.CRD_SPEC
        ),
        "customResources": Map(List(k8s.FREE_OBJECT), "map[string][]unstructured.Unstructured"),
        "mutatingWebhookConfigurations": _with_meta(
            "specs.K8sMutatingWebhook", webhooks=List(k8s.MUTATING_WEBHOOK)
        ),
        "validatingWebhookConfigurations": _with_meta(
            "specs.K8sValidatingWebhook", webhooks=List(k8s.VALIDATING_WEBHOOK)
        ),
    },
)

POD_SPEC = Struct(
    "specs.podSpecV3",
    {
        "version": INT32,
        "omitServiceFrontend": BOOL,
        "service": _SERVICE,
        "configmaps": Map(string_map("specs.ConfigMap"), "map[string]specs.ConfigMap"),
        "containers": List(_CONTAINER),
        "serviceAccount": Struct("specs.PrimeServiceAccountSpecV3", _ACCOUNT),
        "kubernetesResources": _RESOURCES,
    },
)
