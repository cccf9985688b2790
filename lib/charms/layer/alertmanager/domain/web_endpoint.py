"""How the running pods are reached: by related applications, and by the charm."""

from dataclasses import dataclass, field

from . import charm_user
from .charm_options import Settings
from .charm_user import Users

WEB_PORT = 9093


@dataclass(frozen=True)
class WebEndpoint:
    """How a web port is reached.

    scheme: http or https. path_prefix: "" or "/am". certificate: PEM text, "" without TLS.
    users: the operator's, names and password hashes; none where nobody needs a password.
    external_url: where people reach it, "" if nobody has said. ca: what has to be trusted, PEM, ""
    if it is the certificate itself.
    """

    scheme: str
    path_prefix: str
    certificate: str
    users: Users = field(default=(), repr=False)
    external_url: str = ""
    ca: str = ""

    @property
    def trusted(self) -> str:
        """What whoever connects has to trust, PEM; "" without TLS."""
        return self.ca or self.certificate

    @property
    def username(self) -> str:
        """The user as whom the charm speaks; "" where none is needed."""
        return charm_user.USER if self.users else ""

    @property
    def password(self) -> str:
        """That user's password."""
        return charm_user.derive_password(self.users) if self.users else ""

    @classmethod
    def of_settings(cls, settings: Settings) -> "WebEndpoint":
        """Return how pods with these settings are reached."""
        return cls(
            settings.scheme,
            settings.route_prefix,
            settings.tls_cert,
            settings.web_users,
            settings.web_url,
            settings.tls_ca,
        )
