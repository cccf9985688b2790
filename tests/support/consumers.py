"""What the charms on the other side make of the databags, by the formats they have published.

Nothing here knows the interface layers. Each function gets the application's databag and the
units', {unit: bag}, and returns what that consumer comes to: mostly addresses, sorted.
"""

import base64
import json
import lzma
import re
import uuid


def dispatch(_, units):
    """prometheus-k8s and loki-k8s since September 2023: `url`, else what came before it."""
    return sorted(
        bag["url"] if "url" in bag else f"http://{bag['public_address']}"
        for bag in units.values()
        if bag
    )


def dispatch_of_2022(_, units):
    """Loki before: host, port and path, to which it adds the scheme itself."""
    return sorted(f"http://{bag['public_address']}" for bag in units.values() if bag)


def dispatch_of_2023(_, units):
    """Prometheus between July and September 2023: address and scheme are two keys."""
    return sorted(f"{bag['scheme']}://{bag['public_address']}" for bag in units.values() if bag)


def alerting_config(_, units):
    """charmed-lma's Prometheus of 2020: the section that the unit heard last has written."""
    texts = [bag["alerting_config"] for bag in units.values() if bag]
    return json.loads(texts[-1]) if texts else {}


def http(_, units):
    """interface-http: hostname, else private-address, and a port; any order."""
    return sorted(
        f"http://{bag.get('hostname') or bag['private-address']}:{bag['port']}"
        for bag in units.values()
        if bag.get("port")
    )


def karma(_, units):
    """karma-k8s: one entry a unit, `proxy` as true or false, unequal names."""
    entries = [bag for bag in units.values() if bag]
    assert len({entry["name"] for entry in entries}) == len(entries)
    assert {entry["proxy"] for entry in entries} <= {"true", "false"}
    assert len({entry["cluster"] for entry in entries}) <= 1
    return sorted(entry["uri"] for entry in entries)


def scrape(application, units):
    """prometheus-k8s: a `*` among the targets stands for every unit that has an address."""
    if not application:
        return []
    metadata = json.loads(application["scrape_metadata"])
    assert uuid.UUID(metadata["model_uuid"]).version == 4
    assert all(metadata[key] for key in ("model", "application", "unit", "charm_name"))
    found = []
    for job in json.loads(application["scrape_jobs"]):
        for target in (target for group in job["static_configs"] for target in group["targets"]):
            star, port = target.split(":")
            assert star == "*"
            found += [
                f"{job['scheme']}://{bag['prometheus_scrape_unit_address']}:{port}"
                f"{bag.get('prometheus_scrape_unit_path', '')}{job['metrics_path']}"
                for name, bag in units.items()
                if bag and bag["prometheus_scrape_unit_name"] == name
            ]
    return sorted(found)


def data_sources(application, units):
    """grafana-k8s (grafana_source 0.29, 1.0): one a unit with a URL, one for the application's."""
    if "grafana_source_data" not in application:
        return []
    common = json.loads(application["grafana_source_data"])
    name = "juju_{model}_{model_uuid}_{application}".format(**common)
    urls = {unit: bag.get("grafana_source_host") for unit, bag in units.items()}
    named = {f"{name}_{unit.partition('/')[2]}": (unit, url) for unit, url in urls.items() if url}
    if application.get("grafana_source_app_host"):
        named[name] = (None, application["grafana_source_app_host"])
    return [
        {
            "unit": unit,
            "name": name,
            "type": common["type"],
            "url": url,
            "jsonData": common["extra_fields"] or {},
            "secureJsonData": common["secure_extra_fields"] or {},
        }
        for name, (unit, url) in sorted(named.items())
    ]


def data_sources_without(sources, unit):
    """grafana-k8s (grafana_source 0.1 to 0.29): what it keeps, of what it had, when a unit departs.

    Fails as it does there if the unit was no data source and others are.
    """
    if sources:
        assert unit in [source["unit"] for source in sources]
    return [source for source in sources if source["unit"] != unit]


def dashboards(application, _):
    """grafana-k8s: what is packed in `content` is a dashboard as Grafana exports it."""
    if "dashboards" not in application:
        return {}
    said = json.loads(application["dashboards"])
    assert said["uuid"]
    found = {}
    for name, template in said["templates"].items():
        kind, _, stem = name.partition(":")
        assert kind in ("file", "prog")
        assert re.fullmatch(r"[0-9a-f]{16}", template["dashboard_alt_uid"])
        found[stem] = json.loads(lzma.decompress(base64.b64decode(template["content"])))
    return found


def dashboards_shown(application, select):
    """grafana-k8s (grafana_dashboard 0.18 to 0.48): what it makes of dashboards for Grafana.

    select: what cos-tool does: gets a query and matchers, {label: value}, and returns the query
    with these in every selector.
    """
    found = dashboards(application, {})
    for name, dashboard in found.items():
        template = json.loads(application["dashboards"])["templates"][f"file:{name}"]
        topology = {f"juju_{key}": f"$juju_{key}" for key in template["juju_topology"]}
        added = ["prometheusds", "lokids"]
        if template["inject_dropdowns"]:
            added += ["juju_model", "juju_model_uuid", "juju_application", "juju_unit"]
        dashboard["templating"]["list"] += [{"name": name, "allValue": ".*"} for name in added]
        for panel in dashboard["panels"]:
            if topology and panel.get("datasource", {}).get("uid") == "${prometheusds}":
                for target in panel.get("targets", ()):
                    target["expr"] = select(target["expr"], topology)
    return found


def catalogue(application, _):
    """catalogue-k8s: four texts."""
    return {key: application[key] for key in ("name", "url", "icon", "description")}


def traefik(application, units):
    """traefik-k8s: every value is JSON; unless every unit has a host, nobody is served.

    Returns the URLs among which it balances, and whether it takes the path off.
    """
    said = {key: json.loads(value) for key, value in application.items()}
    if not {"model", "name", "port"} <= set(said) or not all(
        "host" in bag for bag in units.values()
    ):
        return [], False
    assert isinstance(said["port"], int)
    hosts = sorted(json.loads(bag["host"]) for bag in units.values())
    scheme = said.get("scheme", "http")
    return [f"{scheme}://{host}:{said['port']}" for host in hosts], said.get("strip-prefix", False)
