"""Webhooks."""

from ...version import before, since
from ..containers import ByVersion, added
from ..field_rules import needs, text_or_file
from ..global_settings import FILE, SECRET_URL
from ..place import Place
from ..value_types import (
    FITS_NOTHING,
    Anything,
    GoDuration,
    Integer,
    Text,
    Url,
    refuse_early_template,
)
from .integration import make_integration


class TemplatedUrl(Text):
    """A URL, or text with a template in it that Go's own functions are enough for."""

    def judge(self, text: str, place: Place) -> None:
        """Read it as what it is."""
        if "{{" in text:
            refuse_early_template(text, place)
        elif text not in FITS_NOTHING:  # which are not even looked at
            SECRET_URL.check(place)


WEBHOOK = make_integration(
    "a webhook receiver",
    "notify/webhook/config.go WebhookConfig",
    {
        added(21, Integer(0, 2**64 - 1)): "max_alerts",
        added(32, Anything(templates=True)): "payload",
        added(28, GoDuration()): "timeout",
        ByVersion(
            # 0.26 asks for a scheme even of the word that stands for a secret.
            (before(27), Url()),
            (since(27) & before(31), SECRET_URL),
            (since(31), TemplatedUrl()),
        ): "url",
        added(26, FILE): "url_file",
    },
    [needs("url", "url_file"), *text_or_file("url")],
)
