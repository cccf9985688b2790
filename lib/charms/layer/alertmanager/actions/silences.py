"""The actions about silences: list-silences, silence, expire-silence."""

import re
from datetime import datetime, timezone

from charms.layer.alertmanager.actions import action_pods
from charms.layer.alertmanager.domain import action_parameters
from charms.layer.alertmanager.domain import alert_listing as listing
from charms.layer.alertmanager.domain.action_parameters import BadParameter
from charms.layer.alertmanager.juju.alertmanager_api import Refused
from charms.layer.pod_spec import ActionFailed, number
from charms.layer.pod_spec.pod_http import PodError


def list_silences(inputs, parameters):
    """List the silences; every pod has every one."""
    wanted = action_parameters.parse_matchers("matchers", parameters.get("matchers", ""))
    pod, _ = action_pods.find_one(inputs)
    filters = listing.write_matchers(wanted)
    silences = map(
        listing.show_silence, action_pods.ask_one(pod, lambda pod: pod.silences(filter=filters))
    )
    shown = [one for one in silences if parameters.get("expired") or one.get("state") != "expired"]
    shown.sort(key=lambda one: (one.get("ends", ""), one.get("id", "")))
    return {"count": len(shown), "pod": action_pods.name_of(pod), "silences": number(shown)}


def silence(inputs, parameters):
    """Make a silence, which the pods tell one another, and say how many alerts it silences now."""
    wanted = action_parameters.parse_matchers("matchers", parameters["matchers"])
    if not wanted:
        raise BadParameter("matchers", "has none", "write at least one, as alertname=Fire")
    if not parameters["comment"].strip():
        raise BadParameter("comment", "is empty", "say why")
    length = action_parameters.parse_duration("duration", parameters.get("duration", "1h"))
    pod, status = action_pods.find_one(inputs)
    if any(matcher.operator.startswith("!") for matcher in wanted) and _takes_for_equal(status):
        raise ActionFailed("this Alertmanager knows no != or !~ in silences; 0.22 and later do")
    made = _write_silence(wanted, length, parameters.get("author") or "juju", parameters["comment"])
    identifier = action_pods.ask_one(pod, lambda pod: pod.post_silence(made))
    results = {"id": identifier, "pod": action_pods.name_of(pod)}
    try:
        results.update(
            listing.show_silence(action_pods.ask_one(pod, lambda pod: pod.silence(identifier)))
        )
        filters = listing.write_matchers(wanted)
        alerts = action_pods.ask_one(pod, lambda pod: pod.alerts(filter=filters))
    except PodError:
        return results  # it has been made all the same
    return {**results, "alerts-silenced": len(alerts)}


def _write_silence(wanted, length, author, comment):
    now = datetime.now(timezone.utc)
    return {
        "matchers": [_write_matcher(matcher) for matcher in wanted],
        "startsAt": listing.write_time(now),
        "endsAt": listing.write_time(now + length),
        "createdBy": author,
        "comment": comment,
    }


def _write_matcher(matcher):
    return {
        "name": matcher.name,
        "value": matcher.value,
        "isRegex": matcher.is_regex,
        "isEqual": not matcher.operator.startswith("!"),
    }


def _takes_for_equal(status):
    """Tell whether a pod is so old that it takes a negative matcher for the opposite of it."""
    version = str(status.get("versionInfo", {}).get("version"))
    return bool(re.match(r"0\.(20|21)\.", version))


def expire_silence(inputs, parameters):
    """End a silence."""
    identifier = action_parameters.parse_silence_id("id", parameters["id"])
    pod, _ = action_pods.find_one(inputs)
    try:
        before = listing.show_silence(action_pods.ask_one(pod, lambda pod: pod.silence(identifier)))
    except Refused as refusal:
        if refusal.status == 404:
            raise ActionFailed(
                f"there is no silence {identifier}; list-silences shows them"
            ) from None
        raise
    if before.get("state") != "expired":
        action_pods.ask_one(pod, lambda pod: pod.expire_silence(identifier))
    after = listing.show_silence(action_pods.ask_one(pod, lambda pod: pod.silence(identifier)))
    return {**after, "pod": action_pods.name_of(pod)}
