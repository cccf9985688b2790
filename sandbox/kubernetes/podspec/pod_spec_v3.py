"""The fields of pod spec version 3, those that the sandbox runs with their types.

Source: Juju 2.9 ``caas/specs/{base,filesets,v3}.go`` and
``caas/kubernetes/provider/specs/{types,v3,secrets}.go``, the same from 2.8.7 to 3.6; inside them
k8s.io/api core/v1 (0.23), which Juju 2.9.30 is built with.
"""

from sandbox.kubernetes.podspec.go_json import (
    BOOL,
    FREE,
    INT32,
    INT64,
    INT_OR_STRING,
    NOT_MODELLED,
    STRING,
    List,
    Map,
    Struct,
    string_map,
    string_type,
)


def _not_modelled(*names):
    return dict.fromkeys(names, NOT_MODELLED)


_PORT = Struct("specs.ContainerPort", {"name": STRING, "containerPort": INT32, "protocol": STRING})
_IMAGE = Struct("specs.ImageDetails", {"imagePath": STRING, "username": STRING, "password": STRING})
_SECRET_VOLUME = Struct(
    "specs.ResourceRefVol", {"name": STRING, "defaultMode": INT32, **_not_modelled("files")}
)
_FILE_SET = Struct(
    "specs.FileSet",
    {
        "name": STRING,
        "mountPath": STRING,
        "emptyDir": Struct("specs.EmptyDirVol", {"medium": STRING, **_not_modelled("sizeLimit")}),
        "secret": _SECRET_VOLUME,
        **_not_modelled("configMap", "files", "hostPath"),
    },
)

_HEADER = Struct("v1.HTTPHeader", {"name": STRING, "value": STRING})
_HTTP_GET = Struct(
    "v1.HTTPGetAction",
    {
        "path": STRING,
        "port": INT_OR_STRING,
        "host": STRING,
        "scheme": string_type("v1.URIScheme"),
        "httpHeaders": List(_HEADER),
    },
)
_PROBE = Struct(
    "v1.Probe",
    {
        "exec": Struct("v1.ExecAction", {"command": List(STRING)}),
        "httpGet": _HTTP_GET,
        "tcpSocket": Struct("v1.TCPSocketAction", {"port": INT_OR_STRING, "host": STRING}),
        "initialDelaySeconds": INT32,
        "timeoutSeconds": INT32,
        "periodSeconds": INT32,
        "successThreshold": INT32,
        "failureThreshold": INT32,
        **_not_modelled("grpc", "terminationGracePeriodSeconds"),
    },
)

_CAPABILITY = string_type("v1.Capability")
_SECCOMP = Struct(
    "v1.SeccompProfile", {"type": string_type("v1.SeccompProfileType"), "localhostProfile": STRING}
)
_RUN_AS = {
    "runAsUser": INT64,
    "runAsGroup": INT64,
    "runAsNonRoot": BOOL,
    "seccompProfile": _SECCOMP,
    **_not_modelled("seLinuxOptions", "windowsOptions"),
}
_SECURITY_CONTEXT = Struct(
    "v1.SecurityContext",
    {
        **_RUN_AS,
        "capabilities": Struct(
            "v1.Capabilities", {"add": List(_CAPABILITY), "drop": List(_CAPABILITY)}
        ),
        "readOnlyRootFilesystem": BOOL,
        "allowPrivilegeEscalation": BOOL,
        **_not_modelled("privileged", "procMount"),
    },
)
_POD_SECURITY_CONTEXT = Struct(
    "v1.PodSecurityContext",
    {
        **_RUN_AS,
        "fsGroup": INT64,
        **_not_modelled("fsGroupChangePolicy", "supplementalGroups", "sysctls"),
    },
)

_CONTAINER = Struct(
    "specs.k8sContainer",
    {
        "name": STRING,
        "image": STRING,
        "imageDetails": _IMAGE,
        "imagePullPolicy": string_type("specs.PullPolicy"),
        "ports": List(_PORT),
        "command": List(STRING),
        "args": List(STRING),
        "workingDir": STRING,
        "envConfig": Map(FREE, "specs.ContainerConfig"),
        "volumeConfig": List(_FILE_SET),
        "kubernetes": Struct(
            "specs.K8sContainerSpec",
            {
                "livenessProbe": _PROBE,
                "readinessProbe": _PROBE,
                "startupProbe": _PROBE,
                "securityContext": _SECURITY_CONTEXT,
            },
        ),
        **_not_modelled("init"),
    },
)

_SERVICE = Struct(
    "specs.ServiceSpec",
    {
        "annotations": string_map(),
        "scalePolicy": string_type("specs.ScalePolicyType"),
        **_not_modelled("updateStrategy"),
    },
)

_POD = Struct(
    "specs.PodSpec",
    {
        "labels": string_map(),
        "annotations": string_map("annotations.Annotation"),
        "terminationGracePeriodSeconds": INT64,
        "securityContext": _POD_SECURITY_CONTEXT,
        **_not_modelled("activeDeadlineSeconds", "dnsPolicy", "hostNetwork", "hostPID"),
        **_not_modelled("priority", "priorityClassName", "readinessGates", "restartPolicy"),
    },
)
_SECRET = Struct(
    "specs.K8sSecret",
    {
        "name": STRING,
        "type": string_type("v1.SecretType"),
        "annotations": string_map(),
        "data": string_map(),
        "stringData": string_map(),
    },
)
_RESOURCES = Struct(
    "specs.KubernetesResources",
    {
        "pod": _POD,
        "secrets": List(_SECRET),
        **_not_modelled("services", "serviceAccounts", "ingressResources"),
        **_not_modelled("customResourceDefinitions", "customResources"),
        **_not_modelled("mutatingWebhookConfigurations", "validatingWebhookConfigurations"),
    },
)

POD_SPEC = Struct(
    "specs.podSpecV3",
    {
        "version": INT32,
        "service": _SERVICE,
        "containers": List(_CONTAINER),
        "kubernetesResources": _RESOURCES,
        **_not_modelled("configMaps", "omitServiceFrontend", "serviceAccount"),
    },
)
