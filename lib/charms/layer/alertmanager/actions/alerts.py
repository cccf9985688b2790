"""The actions about alerts: list-alerts, send-test-alert."""

from datetime import datetime, timezone

from alertmanager_config import command_line_flags
from alertmanager_config.routing import tree
from alertmanager_config.yaml import reader
from charms.layer.alertmanager.actions import action_pods
from charms.layer.alertmanager.domain import action_parameters, image_version
from charms.layer.alertmanager.domain import alert_listing as listing
from charms.layer.pod_spec import ActionFailed, number
from charms.layer.pod_spec.pod_http import PodError

MOST_SHOWN = 1000

# What Alertmanager itself says of a test alert.
FATE = ("receivers", "silenced-by", "inhibited-by", "muted-by")

# On every test alert, so that it cannot pass for another alert, nor take its place.
MARK = {"juju_test_alert": "true"}
SUMMARY = "This is a test alert, sent by the Juju action send-test-alert; nothing is wrong."


def list_alerts(inputs, parameters):
    """List the alerts that one pod knows; every pod gets every alert."""
    wanted = action_parameters.parse_matchers("matchers", parameters.get("matchers", ""))
    pod, _ = action_pods.find_one(inputs)
    alerts = action_pods.ask_one(
        pod,
        lambda pod: pod.alerts(
            filter=listing.write_matchers(wanted),
            receiver=parameters.get("receiver", ""),
            silenced=parameters.get("silenced", True),
            inhibited=parameters.get("inhibited", True),
        ),
    )
    shown = sorted(map(listing.show_alert, alerts), key=lambda alert: alert.get("labels", ""))
    return {
        "count": len(shown),
        "pod": action_pods.name_of(pod),
        "alerts": number(shown[:MOST_SHOWN]),
        "left-out": max(0, len(shown) - MOST_SHOWN) or "",
    }


def send_test_alert(inputs, parameters):
    """Send an alert to every pod, and say who is notified; with dry-run, only say it."""
    alert = _make_alert(inputs, parameters)
    results = {"labels": listing.write_labels(alert["labels"])}
    results.update(_find_routes(inputs, alert["labels"]))
    if parameters.get("dry-run"):
        return results
    asked = action_pods.find_all(inputs)
    answers = action_pods.ask_all(asked, lambda pod: pod.post_alerts([alert]))
    results["until"] = listing.write_api_time(alert["endsAt"])
    results["pods"] = {
        action_pods.name_of(pod): action_pods.explain(answer) if answer else "taken"
        for pod, answer in zip(asked, answers)
    }
    took = [pod for pod, answer in zip(asked, answers) if not answer]
    if not took:
        first = f"{action_pods.name_of(asked[0])} is {action_pods.explain(answers[0])}"
        raise ActionFailed(f"no pod takes the alert; {first}", results)
    return {**results, **_ask_what_became(took[0], alert["labels"])}


def _make_alert(inputs, parameters):
    labels = action_parameters.parse_labels("labels", parameters.get("labels", ""))
    annotations = action_parameters.parse_labels("annotations", parameters.get("annotations", ""))
    length = action_parameters.parse_duration("duration", parameters.get("duration", "5m"))
    now = datetime.now(timezone.utc)
    # the external labels as Prometheus would attach them
    labels = {**dict(inputs.settings.external_labels), "alertname": "TestAlert", **labels, **MARK}
    return {
        "labels": {name: value for name, value in labels.items() if value},
        "annotations": {"summary": SUMMARY, **annotations},
        "startsAt": listing.write_time(now),
        "endsAt": listing.write_time(now + length),
    }


def _find_routes(inputs, labels):
    """Work out from the configuration in force where an alert goes."""
    deployed = action_pods.find_deployed(inputs)
    document = reader.parse_yaml(deployed.current.config.decode(), "alertmanager-config")
    features = command_line_flags.find_features(inputs.settings.additional_args)
    runs = image_version.version_of(deployed.image)
    try:
        matches = tree.find_routes(document, labels, runs, features)
    except tree.UndecidableRoute as place:
        return {"receivers": f"only Alertmanager can tell, because of {place}"}
    return {
        "receivers": ", ".join(match.receiver for match in matches),
        "routes": number(_show_route(document, match) for match in matches),
    }


def _show_route(document, match):
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


def _ask_what_became(pod, labels):
    """Ask a pod what became of an alert: what Alertmanager itself says is what counts."""
    exactly = listing.write_matchers((name, "=", value) for name, value in labels.items())
    try:
        alerts = action_pods.ask_one(pod, lambda pod: pod.alerts(filter=exactly))
    except PodError:
        return {}  # the alert has been sent all the same
    shown = [listing.show_alert(alert) for alert in alerts if alert.get("labels") == labels]
    return {key: shown[0][key] for key in FATE if key in shown[0]} if shown else {}
