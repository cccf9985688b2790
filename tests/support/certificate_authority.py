"""An authority that signs certificates, and the two kinds of charms that people put before it.

The charms are played from the formats that they have published: nothing here knows our interface
layer. Each reads what was asked in our databags and writes its answer into its own.
"""

import json
import subprocess
import time
from datetime import datetime, timedelta, timezone

from support import real_programs
from support.charm_stories import EC

_CONFIG = """
[ca]
default_ca = own
[own]
dir = .
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = policy
copy_extensions = copy
unique_subject = no
[policy]
commonName = supplied
[authority]
basicConstraints = critical,CA:TRUE
[server]
basicConstraints = critical,CA:FALSE
[client]
extendedKeyUsage = clientAuth
"""


class Authority:
    """An authority in a folder of its own. ``certificate`` is its own, PEM."""

    def __init__(self, folder, name="authority"):
        folder.mkdir()
        self.folder = folder
        (folder / "ca.cnf").write_text(_CONFIG)
        (folder / "index.txt").touch()
        (folder / "serial").write_text("01\n")
        words = ["req", "-x509", "-nodes", "-newkey", *EC, "-days", "3650"]
        words += ["-subj", f"/CN={name}", "-keyout", "ca.key", "-out", "ca.crt"]
        self._openssl(*words, "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        self.certificate = (folder / "ca.crt").read_text()

    def sign(self, request, days=90, age=0, extensions="server"):
        """Return a certificate, PEM, for a signing request.

        days: how long it is good for in all; age: how many days of it are over.
        """
        now = time.time()  # which a test may have set
        begins = datetime.fromtimestamp(now, timezone.utc) - timedelta(days=age)
        dates = [f"{each:%Y%m%d%H%M%SZ}" for each in (begins, begins + timedelta(days=days))]
        (self.folder / "request").write_text(request)
        words = ["ca", "-batch", "-notext", "-config", "ca.cnf", "-cert", "ca.crt"]
        words += ["-keyfile", "ca.key", "-in", "request", "-extensions", extensions]
        return self._openssl(*words, "-startdate", dates[0], "-enddate", dates[1])

    def make(self, common_name, names, **how):
        """Return a certificate and the key that is made for it, PEM."""
        listed = ",".join(f"DNS:{name}" for name in names)
        words = ["req", "-new", "-nodes", "-newkey", "rsa:2048", "-keyout", "new.key"]
        words += ["-subj", f"/CN={common_name}", "-addext", f"subjectAltName={listed}"]
        request = self._openssl(*words)
        return self.sign(request, **how), (self.folder / "new.key").read_text()

    def intermediate(self, folder):
        """Return another Authority, whose certificate is signed by this one."""
        other = Authority(folder, "intermediate")
        words = ["req", "-new", "-key", "ca.key", "-subj", "/CN=intermediate"]
        other.certificate = self.sign(other._openssl(*words), extensions="authority")
        (folder / "ca.crt").write_text(other.certificate)
        return other

    def _openssl(self, *words):
        done = subprocess.run(
            [real_programs.openssl(), *words],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def read_request(request, option="-text"):
    """Return what openssl has to say of a signing request, after it has checked the signature."""
    words = [real_programs.openssl(), "req", "-verify", "-noout", option]
    done = subprocess.run(words, input=request, capture_output=True, text=True, check=False)
    assert "verify OK" in done.stdout + done.stderr
    return done.stdout


class Current:
    """self-signed-certificates, lego or vault-k8s: signs what is in the application's databag."""

    def __init__(self, juju, relation, authority, ours="alertmanager", name="authority"):
        self.juju, self.relation, self.authority = juju, relation, authority
        self.ours, self.name = ours, name

    def requests(self):
        """Return the signing requests, of which the published schema demands two keys each."""
        text = self.juju.databag(self.relation, self.ours).get("certificate_signing_requests", "[]")
        entries = json.loads(text)
        assert all(entry["ca"] is False for entry in entries)
        return [entry["certificate_signing_request"] for entry in entries]

    def answer(self, **how):
        """Sign every request and say so; return the certificates."""
        signed = {request: self.authority.sign(request, **how) for request in self.requests()}
        self.say([self.entry(request, made) for request, made in signed.items()])
        return list(signed.values())

    def entry(self, request, certificate, **more):
        """Return how an answer looks; PEM texts have no new line at their end."""
        ca = self.authority.certificate.strip()
        chain = [certificate.strip(), ca]
        texts = {"certificate_signing_request": request.strip(), "certificate": chain[0]}
        return {**texts, "ca": ca, "chain": chain, **more}

    def say(self, entries):
        """Write an answer, whatever it is, and wait."""
        text = entries if isinstance(entries, str) else json.dumps(entries)
        self.juju.write(self.relation, self.name, {"certificates": text})
        self.juju.settle()


class Early:
    """easyrsa or vault, reactive charms: make a key and a certificate for each unit that asks."""

    def __init__(self, juju, relation, authority, ours="alertmanager", name="authority"):
        self.juju, self.relation, self.authority = juju, relation, authority
        self.ours, self.name = ours, name

    def requests(self):
        """Return who asks for what: the common name and the names, by the name it is known by."""
        bags = [self.juju.databag(self.relation, each) for each in self._units()]
        return {
            bag["unit_name"]: (bag["common_name"], json.loads(bag["sans"]))
            for bag in bags
            if bag.get("common_name") and bag["certificate_name"]
        }

    def answer(self, **how):
        """Answer every request."""
        said = {"ca": self.authority.certificate}
        for unit, (common_name, names) in self.requests().items():
            certificate, key = self.authority.make(common_name, names, **how)
            said.update({f"{unit}.server.cert": certificate, f"{unit}.server.key": key})
        self.say(said)
        return said

    def say(self, said):
        """Write into the databag of the one unit there is, and wait."""
        self.juju.write(self.relation, f"{self.name}/0", said)
        self.juju.settle()

    def _units(self):
        return list(self.juju.application(self.ours).units)
