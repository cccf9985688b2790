"""The charm's options, parsed, and everything that is wrong with them."""

import re
from dataclasses import dataclass, field
from typing import Any, List, Mapping, Tuple
from urllib.parse import urlsplit

from . import rules

_DURATION = re.compile(
    r"(?=\d)(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?"  # github.com/prometheus/common
)


@dataclass(frozen=True)
class Settings:
    """What the operator asks for. Only meaningful if there were no problems."""

    rules: str = ""
    scrape_interval: str = "1m"
    evaluation_interval: str = "1m"
    external_url: str = ""
    username: str = ""
    password: str = field(default="", repr=False)

    @property
    def path_prefix(self) -> str:
        """The path below which Prometheus serves: "" or "/prometheus"."""
        return urlsplit(self.external_url).path.rstrip("/")


def parse(options: Mapping[str, Any]) -> Tuple[Settings, Tuple[str, ...]]:
    """Read the options.

    Returns the settings and all problems, each a line that begins with the option's name.
    """
    values = {name: str(options.get(name) or "").strip() for name in options}
    problems: List[str] = []
    for option in ("scrape-interval", "evaluation-interval"):
        duration = _DURATION.fullmatch(values[option])
        if not duration or not re.search("[1-9]", values[option]):
            problems.append(f"{option}: not a duration such as 15s or 1m")
    if values["external-url"] and not _is_address(values["external-url"]):
        problems.append("external-url: not an address such as https://prometheus.example.com")
    for option, other in (
        ("alertmanager-username", "alertmanager-password"),
        ("alertmanager-password", "alertmanager-username"),
    ):
        if values[option] and not values[other]:
            problems.append(f"{option}: needs {other} too")
    problems += [f"rules: {problem}" for problem in rules.problems(values["rules"])]
    settings = Settings(
        rules=values["rules"],
        scrape_interval=values["scrape-interval"],
        evaluation_interval=values["evaluation-interval"],
        external_url=values["external-url"],
        username=values["alertmanager-username"],
        password=values["alertmanager-password"],
    )
    return settings, tuple(problems)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - raises
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username or re.search(r"\s", text))
    return parts.scheme in ("http", "https") and bool(parts.hostname) and plain
