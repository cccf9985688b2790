"""A charm that signs certificates, by the library of self-signed-certificates, vault-k8s and lego.

Run by the Python of requirements/neighbours.txt. Reads JSON: the databags of the application and of
the units that ask, and why it refuses, "" if it signs. Prints what its own application then says.
"""

import json
import sys
from datetime import timedelta

import ops
from charmlibs.interfaces.tls_certificates import (
    Certificate,
    CertificateError,
    CertificateRequestAttributes,
    PrivateKey,
    ProviderCertificate,
    ProviderCertificateError,
    TLSCertificatesProvidesV4,
)
from ops import testing

ASKED = json.load(sys.stdin)
MONTH = timedelta(days=30)


class Authority(ops.CharmBase):
    """Answers every request for which it has no answer yet."""

    def __init__(self, framework):
        super().__init__(framework)
        self.certificates = TLSCertificatesProvidesV4(self, "certificates")
        framework.observe(self.on.certificates_relation_changed, self.answer)

    def answer(self, _):
        """Sign, or refuse."""
        key = PrivateKey.generate()
        about = CertificateRequestAttributes(
            common_name="authority", add_unique_id_to_subject_name=False
        )
        ca = Certificate.generate_self_signed_ca(about, key, MONTH)
        for asked in self.certificates.get_certificate_requests():
            relation, request = asked.relation_id, asked.certificate_signing_request
            if ASKED["refuses"]:
                error = CertificateError(code=999, name="OTHER", message=ASKED["refuses"])
                denied = ProviderCertificateError(relation, request, error)
                self.certificates.set_relation_error(denied)
                continue
            made = request.sign(ca, key, MONTH)
            signed = ProviderCertificate(relation, made, request, ca, [made, ca])
            self.certificates.set_relation_certificate(signed)


relation = testing.Relation(
    "certificates",
    remote_app_data=ASKED["application"],
    remote_units_data=dict(enumerate(ASKED["units"])),
)
meta = {"name": "authority", "provides": {"certificates": {"interface": "tls-certificates"}}}
context = testing.Context(Authority, meta=meta)
state = testing.State(relations={relation}, leader=True)
after = context.run(context.on.relation_changed(relation), state)
print(json.dumps(dict(after.get_relation(relation.id).local_app_data)))
