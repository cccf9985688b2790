"""The ``alerting:`` section of prometheus.yml for all Alertmanagers that are related."""

from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from .databag import Alertmanager, by_unit, dump, make_entry, make_relabelling

PER_ALERTMANAGER_LABELS = (3, 7)
"""The first Prometheus whose alert_relabel_configs inside an alertmanagers entry change only the
alerts sent to that entry's Alertmanagers. They exist since 2.51, but until 3.6 what one entry
changed was sent to the entries after it as well, in no fixed order
(github.com/prometheus/prometheus/pull/17063)."""


def make_alerting_config(
    alertmanagers: Iterable[Alertmanager],
    ca_file: str = "",
    basic_auth: Optional[Mapping[str, str]] = None,
    prometheus: Sequence[int] = (),
) -> Dict[str, Any]:
    """Return the ``alerting:`` section of prometheus.yml that reaches all Alertmanagers.

    ca_file: where Prometheus finds the text that make_ca_bundle() returns.
    basic_auth: the ``basic_auth`` of every entry, as prometheus.yml has it.
    prometheus: the version of Prometheus, for example (3, 7, 1), if known.

    Labels that the applications agree on, or that only one asks for, are attached to every alert.
    If two want a label to have different values, each gets its own from PER_ALERTMANAGER_LABELS
    on; for an older or unknown Prometheus, where that cannot be said, nobody gets that label (see
    find_conflicting_labels).
    """
    ordered = sorted(alertmanagers, key=by_unit)
    wanted = _labels_by_application(ordered)
    exact = tuple(prometheus) >= PER_ALERTMANAGER_LABELS and len(_distinct(wanted.values())) > 1
    groups: Dict[str, Dict[str, Any]] = {}
    for alertmanager in ordered:
        entry = _client(alertmanager, ca_file, basic_auth)
        if exact and wanted[alertmanager.application]:
            entry["alert_relabel_configs"] = make_relabelling(wanted[alertmanager.application])
        group = groups.setdefault(dump(entry), {**entry, "static_configs": [{"targets": []}]})
        targets = group["static_configs"][0]["targets"]
        if alertmanager.address.target not in targets:
            targets.append(alertmanager.address.target)
    section: Dict[str, Any] = {}
    labels = {} if exact else _agreed_labels(wanted.values())
    if labels:
        section["alert_relabel_configs"] = make_relabelling(labels)
    if groups:
        section["alertmanagers"] = [groups[key] for key in sorted(groups)]
    return section


def make_ca_bundle(alertmanagers: Iterable[Alertmanager]) -> str:
    """Return the certificates to trust, PEM, each text once; empty if none is needed."""
    texts = _distinct(
        one.ca for one in sorted(alertmanagers, key=by_unit) if one.address.scheme == "https"
    )
    return "".join(f"{text}\n" for text in texts if text)


def find_conflicting_labels(alertmanagers: Iterable[Alertmanager]) -> Tuple[str, ...]:
    """Return the names of labels that applications want to have different values, sorted."""
    wanted = _labels_by_application(sorted(alertmanagers, key=by_unit)).values()
    return tuple(sorted({key for each in wanted for key in each} - set(_agreed_labels(wanted))))


def _labels_by_application(ordered: Iterable[Alertmanager]) -> Dict[str, Mapping[str, str]]:
    """Return what each application wants: what the first of its units says.

    While an option is being changed the units differ for a moment. Alertmanagers of one cluster
    must receive equal alerts all the same, or they notify twice.
    """
    wanted: Dict[str, Mapping[str, str]] = {}
    for alertmanager in ordered:
        wanted.setdefault(alertmanager.application, alertmanager.external_labels)
    return wanted


def _agreed_labels(wanted: Iterable[Mapping[str, str]]) -> Dict[str, str]:
    values: Dict[str, List[str]] = {}
    for labels in wanted:
        for name, value in labels.items():
            values.setdefault(name, []).append(value)
    return {name: given[0] for name, given in values.items() if len(set(given)) == 1}


def _client(
    alertmanager: Alertmanager, ca_file: str, basic_auth: Optional[Mapping[str, str]]
) -> Dict[str, Any]:
    """Return how Prometheus has to talk to an Alertmanager, without where."""
    entry = make_entry(alertmanager.address)
    tls = {}
    if alertmanager.address.scheme == "https":
        if alertmanager.ca and ca_file:
            tls["ca_file"] = ca_file
        if alertmanager.server_name:
            tls["server_name"] = alertmanager.server_name
    if tls:
        entry["tls_config"] = tls
    if basic_auth:
        entry["basic_auth"] = dict(basic_auth)
    return entry


def _distinct(values: Iterable[Any]) -> List[Any]:
    seen: List[Any] = []
    for value in values:
        if value not in seen:
            seen.append(value)
    return seen
