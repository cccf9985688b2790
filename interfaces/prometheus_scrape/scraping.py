"""What the scraping side makes of the databags: scrape_configs, certificates and rules.

Pure functions; README.md says who writes which key. Names of jobs and labels are those that
prometheus-k8s uses, so that rules and dashboards made for it fit.
"""

import hashlib
import json
import re
from typing import (
    Any,
    Callable,
    Dict,
    Iterator,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Pattern,
    Tuple,
)

JOB_KEYS = (
    "job_name",
    "metrics_path",
    "static_configs",
    "scrape_interval",
    "scrape_timeout",
    "proxy_url",
    "relabel_configs",
    "metric_relabel_configs",
    "sample_limit",
    "label_limit",
    "label_name_length_limit",
    "label_value_length_limit",
    "scheme",
    "basic_auth",
    "tls_config",
    "authorization",
    "params",
)
"""What a job may have; other keys are dropped."""

# What these may have; other keys are dropped. None may name a file: it would be one of the scraping
# side's own. ca_file is the text of certificates, which become a file.
_INNER_KEYS = {
    "tls_config": {
        "ca_file": str,
        "server_name": str,
        "insecure_skip_verify": bool,
        "min_version": str,
    },
    "basic_auth": {"username": str, "password": str},
    "authorization": {"type": str, "credentials": str},
}
_DEEPEST = 20
_DURATION = re.compile(  # github.com/prometheus/common, less what is too long for it
    r"(?=[0-9])([0-9]{1,2}y)?([0-9]{1,3}w)?([0-9]{1,4}d)?([0-9]{1,5}h)?([0-9]{1,6}m)?"
    r"([0-9]{1,8}s)?([0-9]{1,9}ms)?"
)
_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ALL_UNITS = re.compile(r"\*(?=:|$)")
_HOST = re.compile(r"[A-Za-z0-9_.-]+|\[?[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*\]?")
_PATH = re.compile(r"(/[^\s?#]*)?")
_LABELS = {
    "model": "juju_model",
    "model_uuid": "juju_model_uuid",
    "application": "juju_application",
    "charm_name": "juju_charm",
}
_INSTANCE = ("juju_model", "juju_model_uuid", "juju_application")


class DecodeError(ValueError):
    """What was said cannot be scraped; says which key and why."""


class Scraped(NamedTuple):
    """What an application wants to have scraped and watched.

    configs: ``scrape_configs`` of prometheus.yml, with names that no other application's have.
    certificates: PEM texts by the names of files, which the configs refer to.
    groups: groups of rules, as in a file of rules; whether their expressions make sense is not
        looked at.
    """

    configs: Tuple[Dict[str, Any], ...]
    certificates: Dict[str, str]
    groups: Tuple[Dict[str, Any], ...]


def decode(
    common: Mapping[str, str], units: Mapping[str, Mapping[str, str]], directory: str
) -> Optional[Scraped]:
    """Return what the databags of an application and its units come to, None if nothing yet.

    common: the application's. units: the units' by their names. directory: where the scraping
    side will put the files with certificates. Raises DecodeError.
    """
    if not common.get("scrape_metadata") or not common.get("scrape_jobs"):
        return None
    labels = _labels(_json(common, "scrape_metadata", dict))
    addresses = dict(_addresses(units))
    certificates: Dict[str, str] = {}
    configs = []
    for job in _json(common, "scrape_jobs", list):
        _check_job(job)
        kept = {key: _kept(key, job[key]) for key in JOB_KEYS if job.get(key)}
        kept["job_name"] = _job_name(job, labels)
        pem = (job.get("tls_config") or {}).get("ca_file") or ""
        if pem:
            if not pem.lstrip().startswith("-----BEGIN CERTIFICATE-----"):
                raise DecodeError("scrape_jobs: ca_file is not the text of a certificate")
            name = f"scraped-{hashlib.sha256(pem.encode()).hexdigest()}.pem"
            certificates[name] = pem
            kept["tls_config"]["ca_file"] = f"{directory}/{name}"
        configs += _for_each_unit(kept, labels, addresses)
        configs += _for_all(kept, labels)
    names = [config["job_name"] for config in configs]
    if len(set(names)) < len(names):
        raise DecodeError("scrape_jobs: several jobs have the same name")
    return Scraped(tuple(configs), certificates, tuple(_groups(common)))


def merge(one: Scraped, other: Scraped) -> Scraped:
    """Return what two relations of one application come to; groups that both have, once."""
    return Scraped(
        one.configs + other.configs,
        {**one.certificates, **other.certificates},
        one.groups + tuple(group for group in other.groups if group not in one.groups),
    )


def _labels(metadata: Mapping[str, Any]) -> Dict[str, str]:
    labels = {label: metadata.get(key) for key, label in _LABELS.items()}
    missing = [key for key, label in _LABELS.items() if not isinstance(labels[label], str)]
    if set(missing) - {"charm_name"}:
        raise DecodeError(f"scrape_metadata: has no {missing[0]}")
    return {label: value for label, value in labels.items() if isinstance(value, str)}


def _job_name(job: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    model, uuid = labels["juju_model"], labels["juju_model_uuid"][:8]
    name = f"juju_{model}_{uuid}_{labels['juju_application']}_prometheus_scrape"
    return f"{name}_{job['job_name']}" if job.get("job_name") else name


def _addresses(units: Mapping[str, Mapping[str, str]]) -> Iterator[Tuple[str, Tuple[str, str]]]:
    """Yield (name, (host, path)) of each unit that has said where it is."""
    for unit, bag in sorted(units.items(), key=lambda each: _number(each[0])):
        # until the end of 2021 the address had another name
        host = bag.get("prometheus_scrape_unit_address") or bag.get("prometheus_scrape_host")
        path = (bag.get("prometheus_scrape_unit_path") or "").rstrip("/")
        if not host:
            continue
        if not _HOST.fullmatch(host):
            raise DecodeError(f"{unit}: prometheus_scrape_unit_address is not a host")
        if not _PATH.fullmatch(path):
            raise DecodeError(f"{unit}: prometheus_scrape_unit_path is not a path")
        if ":" in host and not host.startswith("["):
            host = f"[{host}]"
        yield bag.get("prometheus_scrape_unit_name") or unit, (host, path)


def _number(unit: str) -> int:
    number = unit.rpartition("/")[2]
    return int(number) if re.fullmatch("[0-9]{1,9}", number) else 0


def _for_each_unit(
    job: Dict[str, Any], labels: Dict[str, str], addresses: Mapping[str, Tuple[str, str]]
) -> Iterator[Dict[str, Any]]:
    """Yield a job for each unit, if the job has targets that stand for all units."""
    groups = _having(job, lambda target: _ALL_UNITS.match(target) is not None)
    if not groups:
        return
    for unit, (host, path) in addresses.items():
        yield {
            **job,
            "job_name": f"{job['job_name']}-{_number(unit)}",
            "metrics_path": path + (job.get("metrics_path") or "/metrics"),
            "static_configs": [
                {
                    "targets": [_ALL_UNITS.sub(host, target, 1) for target in group["targets"]],
                    "labels": {**group["labels"], **labels, "juju_unit": unit},
                }
                for group in groups
            ],
            "relabel_configs": _relabelled(job, "juju_unit"),
        }


def _for_all(job: Dict[str, Any], labels: Dict[str, str]) -> Iterator[Dict[str, Any]]:
    """Yield the job with the targets that are named, if there are any."""
    groups = _having(job, lambda target: _ALL_UNITS.match(target) is None)
    if groups:
        several = sum(len(group["targets"]) for group in groups) > 1
        yield {
            **job,
            "static_configs": [
                {**group, "labels": {**group["labels"], **labels}} for group in groups
            ],
            # prometheus-k8s gives all of them the same one, and so takes one's series for another's
            "relabel_configs": _relabelled(job, *(["__address__"] if several else [])),
        }


def _relabelled(job: Mapping[str, Any], *more: str) -> List[Dict[str, Any]]:
    """Return a job's relabelling, with ``instance`` made of Juju's names and these labels."""
    source = [*_INSTANCE, *more]
    instance = {"source_labels": source, "separator": "_", "target_label": "instance"}
    return [*(job.get("relabel_configs") or ()), instance]


def _having(job: Mapping[str, Any], wanted) -> List[Dict[str, Any]]:
    """Return the groups of targets less the targets that are not wanted, and less empty ones."""
    groups = [
        {
            "targets": [target for target in group["targets"] if wanted(target)],
            "labels": group.get("labels") or {},
        }
        for group in job["static_configs"]
    ]
    return [group for group in groups if group["targets"]]


def _is(kind: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kind)


def _has_form(form: Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and form.fullmatch(value) is not None


def _are_mappings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_number(value: Any) -> bool:
    return type(value) is int and value >= 0


def _are_parameters(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_are_texts, value.values()))


_CHECKS = {
    "job_name": (_is(str), "a text"),
    "metrics_path": (_has_form(_PATH), "a path"),
    "static_configs": (_is(list), "a list"),
    "scrape_interval": (_has_form(_DURATION), "a duration such as 15s or 1m"),
    "scrape_timeout": (_has_form(_DURATION), "a duration such as 15s or 1m"),
    "proxy_url": (_is(str), "a text"),
    "relabel_configs": (_are_mappings, "a list of mappings"),
    "metric_relabel_configs": (_are_mappings, "a list of mappings"),
    "sample_limit": (_is_number, "a whole number"),
    "label_limit": (_is_number, "a whole number"),
    "label_name_length_limit": (_is_number, "a whole number"),
    "label_value_length_limit": (_is_number, "a whole number"),
    "scheme": (_has_form(re.compile("https?")), "http or https"),
    "basic_auth": (_is(dict), "a mapping"),
    "tls_config": (_is(dict), "a mapping"),
    "authorization": (_is(dict), "a mapping"),
    "params": (_are_parameters, "a mapping of names to lists of texts"),
}


def _check_job(job: Any) -> None:
    """Refuse what would fail here, or would make Prometheus refuse everybody's jobs.

    What relabellings and the address of a proxy say is for Prometheus to judge.
    """
    if not isinstance(job, dict):
        raise DecodeError("scrape_jobs: has something that is not a job")
    place = f"scrape_jobs: {job.get('job_name') or ''!r:.60}"
    for key, (is_sound, called) in _CHECKS.items():
        if job.get(key) and not is_sound(job[key]):
            raise DecodeError(f"{place}: {key} is not {called}")
    for key, kinds in _INNER_KEYS.items():
        for inner, kind in kinds.items():
            if not isinstance((job.get(key) or {}).get(inner) or kind(), kind):
                called = "a text" if kind is str else "true or false"
                raise DecodeError(f"{place}: {inner} is not {called}")
    if job.get("basic_auth") and job.get("authorization"):
        raise DecodeError(f"{place}: has both basic_auth and authorization")
    for group in job.get("static_configs") or [None]:
        _check_targets(place, group)


def _check_targets(place: str, group: Any) -> None:
    targets = group.get("targets") if isinstance(group, dict) else None
    if not _are_texts(targets):
        raise DecodeError(f"{place}: static_configs has no targets")
    for target in targets:
        if "/" in target:
            raise DecodeError(f"{place}: not a host with a port: {target!r:.60}")
    labels = group.get("labels") or {}
    if not isinstance(labels, dict):
        raise DecodeError(f"{place}: labels are not a mapping")
    for name, value in labels.items():
        if not _LABEL.fullmatch(name) or isinstance(value, (dict, list)):
            raise DecodeError(f"{place}: not a label with a text: {name!r:.60}")


def _kept(key: str, value: Any) -> Any:
    if key not in _INNER_KEYS:
        return value
    return {inner: value[inner] for inner in _INNER_KEYS[key] if value.get(inner)}


def _groups(common: Mapping[str, str]) -> List[Dict[str, Any]]:
    if not common.get("alert_rules"):
        return []
    groups = _json(common, "alert_rules", dict).get("groups") or []
    if not isinstance(groups, list) or not all(isinstance(group, dict) for group in groups):
        raise DecodeError("alert_rules: groups is not a list of groups")
    return groups


def _json(bag: Mapping[str, str], key: str, kind: type) -> Any:
    """Return what is in a databag: nothing that YAML or UTF-8 could not write."""
    try:
        value = json.loads(bag[key], parse_int=_whole, parse_constant=_whole)
        json.dumps(value, ensure_ascii=False).encode()  # fails on half a surrogate pair
    except (ValueError, RecursionError):
        raise DecodeError(f"{key}: not JSON") from None
    if _deeper(value, _DEEPEST):
        raise DecodeError(f"{key}: nested more than {_DEEPEST} deep")
    if not isinstance(value, kind):
        raise DecodeError(f"{key}: not {'an object' if kind is dict else 'a list'}")
    return value


def _whole(digits: str) -> int:
    if len(digits) > 18:
        raise ValueError("too long")  # int takes minutes for a megabyte
    return int(digits)  # which refuses NaN and Infinity


def _deeper(value: Any, levels: int) -> bool:
    """Return whether lists and mappings are nested in more levels than these."""
    if not isinstance(value, (dict, list)):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_deeper(each, levels - 1) for each in inner)
