"""How the pods that run are spoken to: by related applications, and by the charm."""

from dataclasses import dataclass, field

from . import credentials
from .settings import Settings


@dataclass(frozen=True)
class Served:
    """How a web port is spoken to.

    scheme: http or https. path_prefix: "" or "/am". certificate: PEM text, "" without TLS.
    users: the operator's, names and password hashes; none where nobody needs a password.
    external_url: where people reach it, "" if nobody has said. ca: what has to be trusted, PEM, ""
    if it is the certificate itself.
    """

    scheme: str
    path_prefix: str
    certificate: str
    users: credentials.Users = field(default=(), repr=False)
    external_url: str = ""
    ca: str = ""

    @property
    def trusted(self) -> str:
        """What whoever connects has to trust, PEM; "" without TLS."""
        return self.ca or self.certificate

    @property
    def username(self) -> str:
        """The user as whom the charm speaks; "" where none is needed."""
        return credentials.USER if self.users else ""

    @property
    def password(self) -> str:
        """That user's password."""
        return credentials.password(self.users) if self.users else ""


def by(settings: Settings) -> Served:
    """Tell how pods with these settings are spoken to."""
    return Served(
        settings.scheme,
        settings.route_prefix,
        settings.tls_cert,
        settings.web_users,
        settings.web_url,
        settings.tls_ca,
    )
