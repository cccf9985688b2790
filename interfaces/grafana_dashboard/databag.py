"""What is said over the relation: dashboards, packed.

Pure functions; see README.md for who reads which key.
"""

import base64
import hashlib
import json
import lzma
from typing import Any, Dict, Mapping, Tuple

UNIT_KEYS: Tuple[str, ...] = ()
APPLICATION_KEYS = ("dashboards",)


def encode(
    *,
    dashboards: Mapping[str, Mapping[str, Any]],
    model: str,
    model_uuid: str,
    application: str,
    unit: str,
    charm: str,
    inject_dropdowns: bool,
) -> Tuple[Dict[str, str], Dict[str, str]]:
    """Return what a unit and what the application write: the former nothing.

    dashboards: by names of the charm's own choice, each as Grafana exports it.
    model, model_uuid, application, unit, charm: Juju's names.
    inject_dropdowns: whether Grafana shall put choices of a Juju model, its UUID, application and
        unit into them, and let every query go by these; not if they have variables of their own.
    """
    names = {"model": model, "model_uuid": model_uuid, "application": application, "unit": unit}
    templates = {
        f"file:{name}": {
            "charm": charm,
            "content": _packed(dashboard),
            # for each name in here every query is made to go by a variable, defined or not
            "juju_topology": names if inject_dropdowns else {},
            "inject_dropdowns": inject_dropdowns,
            "dashboard_alt_uid": _digest(f"{charm}/{name}")[:16],
        }
        for name, dashboard in dashboards.items()
    }
    # Grafana looks again when the uuid is another
    said = {"templates": templates, "uuid": _digest(json.dumps(templates, sort_keys=True))}
    return {}, {"dashboards": json.dumps(said, sort_keys=True)}


def complaint(bag: Mapping[str, str]) -> str:
    """Return what Grafana's side has against the dashboards, in one line, "" if nothing.

    bag: the databag of the application on the other side. What makes no sense is no complaint.
    """
    try:
        event = json.loads(bag.get("event") or "{}", parse_int=float)  # which is quick
    except (ValueError, RecursionError):
        return ""
    errors = event.get("errors") if isinstance(event, dict) else None
    said = errors if isinstance(errors, list) else [errors]
    texts = [each.get("error") if isinstance(each, dict) else each for each in said]
    return " ".join("; ".join(text for text in texts if text and isinstance(text, str)).split())


def _packed(dashboard: Mapping[str, Any]) -> str:
    text = json.dumps(dashboard, sort_keys=True, separators=(",", ":"))
    return base64.b64encode(lzma.compress(text.encode("utf-8"))).decode("ascii")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
