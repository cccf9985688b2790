"""Kubernetes' own types inside a pod spec, as of the API (0.23) that Juju 2.9.30 is built with.

Source: k8s.io/api core/v1, networking/v1 and v1beta1, admissionregistration/v1,
k8s.io/apiextensions-apiserver apiextensions/v1 and v1beta1.
"""

from sandbox.kubernetes.podspec.go_json import (
    BOOL,
    FREE,
    INT32,
    INT64,
    INT_OR_STRING,
    STRING,
    Either,
    List,
    Map,
    Struct,
    named,
    string_map,
)

PROBE = Struct(
    "v1.Probe",
    {
        "exec": Struct("v1.ExecAction", {"command": List(STRING)}),
        "httpGet": Struct(
            "v1.HTTPGetAction",
            {
                "path": STRING,
                "port": INT_OR_STRING,
                "host": STRING,
                "scheme": named("v1.URIScheme"),
                "httpHeaders": List(Struct("v1.HTTPHeader", {"name": STRING, "value": STRING})),
            },
        ),
        "tcpSocket": Struct("v1.TCPSocketAction", {"port": INT_OR_STRING, "host": STRING}),
        "grpc": Struct("v1.GRPCAction", {"port": INT32, "service": STRING}),
        "initialDelaySeconds": INT32,
        "timeoutSeconds": INT32,
        "periodSeconds": INT32,
        "successThreshold": INT32,
        "failureThreshold": INT32,
        "terminationGracePeriodSeconds": INT64,
    },
)

_SE_LINUX = Struct(
    "v1.SELinuxOptions", {"user": STRING, "role": STRING, "type": STRING, "level": STRING}
)
_WINDOWS = Struct(
    "v1.WindowsSecurityContextOptions",
    {
        "gmsaCredentialSpecName": STRING,
        "gmsaCredentialSpec": STRING,
        "runAsUserName": STRING,
        "hostProcess": BOOL,
    },
)
_SECCOMP = Struct(
    "v1.SeccompProfile", {"type": named("v1.SeccompProfileType"), "localhostProfile": STRING}
)
_CAPABILITY = named("v1.Capability")
_RUN_AS = {
    "seLinuxOptions": _SE_LINUX,
    "windowsOptions": _WINDOWS,
    "runAsUser": INT64,
    "runAsGroup": INT64,
    "runAsNonRoot": BOOL,
    "seccompProfile": _SECCOMP,
}
SECURITY_CONTEXT = Struct(
    "v1.SecurityContext",
    dict(
        _RUN_AS,
        capabilities=Struct(
            "v1.Capabilities", {"add": List(_CAPABILITY), "drop": List(_CAPABILITY)}
        ),
        privileged=BOOL,
        readOnlyRootFilesystem=BOOL,
        allowPrivilegeEscalation=BOOL,
        procMount=named("v1.ProcMountType"),
    ),
)
POD_SECURITY_CONTEXT = Struct(
    "v1.PodSecurityContext",
    dict(
        _RUN_AS,
        supplementalGroups=List(INT64),
        fsGroup=INT64,
        sysctls=List(Struct("v1.Sysctl", {"name": STRING, "value": STRING})),
        fsGroupChangePolicy=named("v1.PodFSGroupChangePolicy"),
    ),
)
READINESS_GATE = Struct("v1.PodReadinessGate", {"conditionType": named("v1.PodConditionType")})

SERVICE_SPEC = Struct(
    "v1.ServiceSpec",
    {
        "ports": List(
            Struct(
                "v1.ServicePort",
                {
                    "name": STRING,
                    "protocol": named("v1.Protocol"),
                    "appProtocol": STRING,
                    "port": INT32,
                    "targetPort": INT_OR_STRING,
                    "nodePort": INT32,
                },
            )
        ),
        "selector": string_map(),
        "clusterIP": STRING,
        "clusterIPs": List(STRING),
        "type": named("v1.ServiceType"),
        "externalIPs": List(STRING),
        "sessionAffinity": named("v1.ServiceAffinity"),
        "sessionAffinityConfig": Struct(
            "v1.SessionAffinityConfig",
            {"clientIP": Struct("v1.ClientIPConfig", {"timeoutSeconds": INT32})},
        ),
        "loadBalancerIP": STRING,
        "loadBalancerSourceRanges": List(STRING),
        "loadBalancerClass": STRING,
        "externalName": STRING,
        "externalTrafficPolicy": named("v1.ServiceExternalTrafficPolicyType"),
        "internalTrafficPolicy": named("v1.ServiceInternalTrafficPolicyType"),
        "healthCheckNodePort": INT32,
        "publishNotReadyAddresses": BOOL,
        "ipFamilies": List(named("v1.IPFamily")),
        "ipFamilyPolicy": named("v1.IPFamilyPolicyType"),
        "allocateLoadBalancerNodePorts": BOOL,
    },
)

_RESOURCE_REF = Struct(
    "v1.TypedLocalObjectReference", {"apiGroup": STRING, "kind": STRING, "name": STRING}
)


def _ingress_spec(package, backend, default_backend):
    path = Struct(
        package + ".HTTPIngressPath",
        {"path": STRING, "pathType": named(package + ".PathType"), "backend": backend},
    )
    rule = {
        "host": STRING,
        "http": Struct(package + ".HTTPIngressRuleValue", {"paths": List(path)}),
    }
    return Struct(
        package + ".IngressSpec",
        {
            "ingressClassName": STRING,
            default_backend: backend,
            "tls": List(
                Struct(package + ".IngressTLS", {"hosts": List(STRING), "secretName": STRING})
            ),
            "rules": List(Struct(package + ".IngressRule", rule)),
        },
    )


_BACKEND_PORT = Struct("v1.ServiceBackendPort", {"name": STRING, "number": INT32})
INGRESS_SPEC = Either(
    _ingress_spec(
        "v1",
        Struct(
            "v1.IngressBackend",
            {
                "service": Struct(
                    "v1.IngressServiceBackend", {"name": STRING, "port": _BACKEND_PORT}
                ),
                "resource": _RESOURCE_REF,
            },
        ),
        "defaultBackend",
    ),
    _ingress_spec(
        "v1beta1",
        Struct(
            "v1beta1.IngressBackend",
            {"serviceName": STRING, "servicePort": INT_OR_STRING, "resource": _RESOURCE_REF},
        ),
        "backend",
    ),
)

_SERVICE_REF = Struct(
    "v1.ServiceReference", {"namespace": STRING, "name": STRING, "path": STRING, "port": INT32}
)
_CLIENT_CONFIG = Struct(
    "v1.WebhookClientConfig", {"url": STRING, "service": _SERVICE_REF, "caBundle": STRING}
)
_LABEL_SELECTOR = Struct(
    "v1.LabelSelector",
    {
        "matchLabels": string_map(),
        "matchExpressions": List(
            Struct(
                "v1.LabelSelectorRequirement",
                {
                    "key": STRING,
                    "operator": named("v1.LabelSelectorOperator"),
                    "values": List(STRING),
                },
            )
        ),
    },
)
_WEBHOOK = {
    "name": STRING,
    "clientConfig": _CLIENT_CONFIG,
    "rules": List(
        Struct(
            "v1.RuleWithOperations",
            {
                "operations": List(named("v1.OperationType")),
                "apiGroups": List(STRING),
                "apiVersions": List(STRING),
                "resources": List(STRING),
                "scope": named("v1.ScopeType"),
            },
        )
    ),
    "failurePolicy": named("v1.FailurePolicyType"),
    "matchPolicy": named("v1.MatchPolicyType"),
    "namespaceSelector": _LABEL_SELECTOR,
    "objectSelector": _LABEL_SELECTOR,
    "sideEffects": named("v1.SideEffectClass"),
    "timeoutSeconds": INT32,
    "admissionReviewVersions": List(STRING),
}
VALIDATING_WEBHOOK = Struct("v1.ValidatingWebhook", _WEBHOOK)
MUTATING_WEBHOOK = Struct(
    "v1.MutatingWebhook", dict(_WEBHOOK, reinvocationPolicy=named("v1.ReinvocationPolicyType"))
)


def _crd_spec(package, column_path, conversion, more):
    # The OpenAPI schema inside a definition is left free: it is a language of its own.
    validation = Struct(package + ".CustomResourceValidation", {"openAPIV3Schema": FREE})
    subresources = Struct(
        package + ".CustomResourceSubresources",
        {
            "status": FREE,
            "scale": Struct(
                package + ".CustomResourceSubresourceScale",
                {
                    "specReplicasPath": STRING,
                    "statusReplicasPath": STRING,
                    "labelSelectorPath": STRING,
                },
            ),
        },
    )
    columns = List(
        Struct(
            package + ".CustomResourceColumnDefinition",
            {
                "name": STRING,
                "type": STRING,
                "format": STRING,
                "description": STRING,
                "priority": INT32,
                column_path: STRING,
            },
        )
    )
    version = {
        "name": STRING,
        "served": BOOL,
        "storage": BOOL,
        "deprecated": BOOL,
        "deprecationWarning": STRING,
        "schema": validation,
        "subresources": subresources,
        "additionalPrinterColumns": columns,
    }
    names = {
        "plural": STRING,
        "singular": STRING,
        "shortNames": List(STRING),
        "kind": STRING,
        "listKind": STRING,
        "categories": List(STRING),
    }
    fields = {
        "group": STRING,
        "names": Struct(package + ".CustomResourceDefinitionNames", names),
        "scope": named(package + ".ResourceScope"),
        "versions": List(Struct(package + ".CustomResourceDefinitionVersion", version)),
        "conversion": Struct(
            package + ".CustomResourceConversion",
            dict(conversion, strategy=named(package + ".ConversionStrategyType")),
        ),
        "preserveUnknownFields": BOOL,
    }
    if more:
        fields.update(
            version=STRING,
            validation=validation,
            subresources=subresources,
            additionalPrinterColumns=columns,
        )
    return Struct(package + ".CustomResourceDefinitionSpec", fields)


CRD_SPEC = Either(
    _crd_spec(
        "v1",
        "jsonPath",
        {
            "webhook": Struct(
                "v1.WebhookConversion",
                {"clientConfig": _CLIENT_CONFIG, "conversionReviewVersions": List(STRING)},
            )
        },
        more=False,
    ),
    _crd_spec(
        "v1beta1",
        "JSONPath",
        {"webhookClientConfig": _CLIENT_CONFIG, "conversionReviewVersions": List(STRING)},
        more=True,
    ),
)

FREE_OBJECT = Map(FREE, "map[string]interface {}")
