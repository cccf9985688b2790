"""What the charms on the other side make of the databags, by the formats they have published.

Nothing here knows the interface layers. Each function gets the application's databag and the
units', {unit: bag}, and returns what that consumer comes to: mostly addresses, sorted.
"""

import json


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
