"""The actions about alerts: list-alerts, send-test-alert."""

from datetime import datetime, timezone

from alertmanager_config.routing import tree
from alertmanager_config.yaml import reader
from charmhelpers.core import hookenv
from charms.layer import alertmanager_api as api
from charms.layer.alertmanager import flags, listing, parameters, settings, version
from charms.layer.alertmanager_actions import Failed, cluster

MOST_SHOWN = 1000

# What Alertmanager itself says of a test alert.
TOLD = ("receivers", "silenced-by", "inhibited-by", "muted-by")

# On every test alert, so that it cannot pass for another alert, nor take its place.
MARK = {"juju_test_alert": "true"}
SUMMARY = "This is a test alert, sent by the Juju action send-test-alert; nothing is wrong."


def list_alerts(given):
    """List the alerts that one pod knows; every pod gets every alert."""
    wanted = parameters.matchers("matchers", given.get("matchers", ""))
    pod, _ = cluster.anyone()
    alerts = cluster.ask_one(
        pod,
        lambda pod: pod.alerts(
            filter=listing.filters(wanted),
            receiver=given.get("receiver", ""),
            silenced=given.get("silenced", True),
            inhibited=given.get("inhibited", True),
        ),
    )
    shown = sorted(map(listing.alert, alerts), key=lambda alert: alert.get("labels", ""))
    return {
        "count": len(shown),
        "pod": cluster.name(pod),
        "alerts": listing.numbered(shown[:MOST_SHOWN]),
        "left-out": max(0, len(shown) - MOST_SHOWN) or "",
    }


def send_test_alert(given):
    """Send an alert to every pod, and say who is notified; with dry-run, only say it."""
    alert = _alert(given)
    told = {"labels": listing.labels(alert["labels"])}
    told.update(_routes(cluster.in_force(), alert["labels"]))
    if given.get("dry-run"):
        return told
    pods = cluster.everyone()
    answers = cluster.ask_all(pods, lambda pod: pod.post_alerts([alert]))
    told["until"] = listing.time(alert["endsAt"])
    told["pods"] = {
        cluster.name(pod): cluster.why(answer) if answer else "taken"
        for pod, answer in zip(pods, answers)
    }
    taken = [pod for pod, answer in zip(pods, answers) if not answer]
    if not taken:
        raise Failed(
            f"no pod takes the alert; {cluster.name(pods[0])} is {cluster.why(answers[0])}", told
        )
    return {**told, **_as_told_by(taken[0], alert["labels"])}


def _alert(given):
    labels = parameters.labels("labels", given.get("labels", ""))
    annotations = parameters.labels("annotations", given.get("annotations", ""))
    lasts = parameters.duration("duration", given.get("duration", "5m"))
    own, _ = settings.parse({"external-labels": hookenv.config().get("external-labels")})
    now = datetime.now(timezone.utc)
    # the external labels as Prometheus would attach them
    labels = {**dict(own.external_labels), "alertname": "TestAlert", **labels, **MARK}
    return {
        "labels": {name: value for name, value in labels.items() if value},
        "annotations": {"summary": SUMMARY, **annotations},
        "startsAt": listing.written(now),
        "endsAt": listing.written(now + lasts),
    }


def _routes(stored, labels):
    """Work out from the configuration in force where an alert goes."""
    document = reader.parse_yaml(stored.current.config.decode(), "alertmanager-config")
    own, _ = settings.parse({"additional-args": hookenv.config().get("additional-args")})
    features = flags.features(own.additional_args)
    runs = version.of_image(stored.image)
    try:
        matches = tree.find_routes(document, labels, runs, features)
    except tree.UndecidableRoute as place:
        return {"receivers": f"only Alertmanager can tell, because of {place}"}
    return {
        "receivers": ", ".join(match.receiver for match in matches),
        "routes": listing.numbered(_route(document, match) for match in matches),
    }


def _route(document, match):
    sends = tree.count_integrations(document, match.receiver).items()
    ways = [f"{kind} ({number} times)" if number > 1 else kind for kind, number in sends]
    return {
        "route": match.path,
        "receiver": match.receiver,
        "notifies-by": ", ".join(ways) or "nothing: nobody is notified",
        "grouped-by": "all labels" if match.group_by == ("...",) else ", ".join(match.group_by),
        "first-notified-after": match.group_wait,
        "notified-again-every": match.repeat_interval,
        "muted-in": ", ".join(match.mute_time_intervals),
        "active-in": ", ".join(match.active_time_intervals),
    }


def _as_told_by(pod, labels):
    """Ask a pod what became of an alert: what Alertmanager itself says is what counts."""
    exactly = listing.filters((name, "=", value) for name, value in labels.items())
    try:
        alerts = cluster.ask_one(pod, lambda pod: pod.alerts(filter=exactly))
    except (api.Refused, api.Unreachable):
        return {}  # the alert has been sent all the same
    shown = [listing.alert(alert) for alert in alerts if alert.get("labels") == labels]
    return {key: shown[0][key] for key in TOLD if key in shown[0]} if shown else {}
