"""Three Alertmanagers and everybody who can be related to them, on the pods' own network."""

import copy
import json
import re
import subprocess
import sys
import urllib.parse
from pathlib import Path

import pytest
from support import consumers, monitoring_stack, real_programs
from support.charm_stories import without_files
from support.monitoring_stack import ALERTMANAGER, PROMETHEUS, SEDATE
from support.reading_charm import less

PODS = [f"alertmanager-{number}" for number in range(3)]
HOSTS = [f"{pod}.alertmanager-endpoints.mod.svc" for pod in PODS]
DASHBOARD = json.loads(
    (Path(__file__).parents[2] / "monitoring" / "alertmanager.dashboard.json").read_text()
)
URL = "http://lb.example/mod-alertmanager"

pytestmark = pytest.mark.xdist_group("relations")


@pytest.fixture(scope="module")
def deployed(charms, tmp_path_factory):
    """Three Alertmanagers, and a Prometheus that sends its alerts to them."""
    with monitoring_stack.opened(tmp_path_factory.mktemp("world"), charms) as world:
        version = real_programs.version("alertmanager", "trixie")
        world.deploy(ALERTMANAGER, version, units=3, additional_args=SEDATE)
        version = real_programs.version("prometheus", "trixie")
        brisk = {"evaluation_interval": "1s", "scrape_interval": "1s"}
        world.deploy(PROMETHEUS, version, **brisk)
        world.relate()
        yield world


@pytest.fixture
def world(deployed):
    """The same for every test: the team is paged, nothing fires, all is well."""
    deployed.configure(alertmanager_config=deployed.team())
    deployed.configure(PROMETHEUS, rules="")
    deployed.live()
    deployed.pager.calls.clear()
    return deployed


def related(world, endpoint, name, units=0):
    """Relate an application that the test plays; return the relation."""
    interface = world.juju.application(ALERTMANAGER).endpoints[endpoint].interface
    world.juju.add_remote_app(name, "theirs", interface, units)
    relation = world.juju.relate(f"{ALERTMANAGER}:{endpoint}", f"{name}:theirs")
    world.juju.settle()
    return relation


def told(world, relation):
    """Return what the application and its units have written."""
    units = [f"{ALERTMANAGER}/{number}" for number in range(3)]
    bags = {unit: less(world.juju.databag(relation, unit)) for unit in units}
    return world.juju.databag(relation, ALERTMANAGER), bags


def alerts_reach_all(world):
    """Wait until Prometheus sends its alerts to all three, each by its own name."""
    expected = [f"http://{host}:9093/api/v2/alerts" for host in HOSTS]
    world.until(lambda: world.alertmanagers() == expected, "Prometheus to know all three")


ASK = """
import json, sys, urllib.request
ask = lambda url: urllib.request.urlopen(url, timeout=20).read().decode()
print(json.dumps({url: ask(url) for url in sys.argv[1:]}))
"""


def answers(world, *urls):
    """Return what is to be had at each URL on the pods' network, with their names: {url: text}."""
    words = [*world.cluster.operator_command(PROMETHEUS), sys.executable, "-c", ASK, *urls]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def section(world, bags):
    """Return whom a Prometheus sends its alerts to that has just been given this section."""
    config = json.dumps({"alerting": consumers.alerting_config(*bags)})
    listens = "127.0.0.1:9099"
    script = f"""
        echo '{config}' > /prometheus/other.yml
        prometheus --config.file=/prometheus/other.yml --storage.tsdb.path=/prometheus/other \\
            --web.listen-address={listens} >/prometheus/other.log 2>&1 &
        until wget -q -O - http://{listens}/api/v1/alertmanagers | grep api/v2/alerts; do
            sleep 0.2
        done
        kill $!
    """
    found = json.loads(world.sh("prometheus-0", script))["data"]["activeAlertmanagers"]
    return [each["url"].replace("/api/v2/alerts", "") for each in found]


# what each kind of counterpart comes to, as three URLs
THREE = {
    "alerting": lambda _, bags: consumers.dispatch(*bags),
    "alerting-config": section,
    "alertmanager-service": lambda _, bags: consumers.http(*bags),
    "karma-dashboard": lambda _, bags: consumers.karma(*bags),
    "ingress": lambda _, bags: consumers.traefik(*bags)[0],
}


def test_every_counterpart_finds_three_that_answer_and_leaves_no_trace(world):
    spec, processes = world.juju.application(ALERTMANAGER).pod_spec, world.processes()
    others = (*THREE, "self-metrics-endpoint", "grafana-source", "catalogue")
    relations = {name: related(world, name, f"to-{name}") for name in others}
    bags = {name: told(world, relation) for name, relation in relations.items()}
    alerts_reach_all(world)
    for endpoint, find in THREE.items():
        urls = {f"{url}/-/healthy" for url in find(world, bags[endpoint])}
        assert answers(world, *urls) == dict.fromkeys(urls, "OK"), endpoint
        assert len(urls) == 3, endpoint
    scraped = consumers.scrape(*bags["self-metrics-endpoint"])
    metrics = answers(world, *scraped)
    assert len(metrics) == 3
    assert all("alertmanager_build_info" in text for text in metrics.values())
    sources = consumers.data_sources(*bags["grafana-source"])
    alerts = answers(world, *(f"{source['url']}/api/v2/alerts" for source in sources))
    assert [json.loads(text) for text in alerts.values()] == [[], [], []]
    (page,) = answers(world, consumers.catalogue(*bags["catalogue"])["url"]).values()
    assert "<html" in page.lower()
    for name in relations:
        world.juju.remove_relation(f"{ALERTMANAGER}:{name}", f"to-{name}:theirs")
    world.juju.settle()
    assert world.juju.application(ALERTMANAGER).pod_spec == spec
    assert world.processes() == processes


def prometheus(world, path):
    """Return what Prometheus' API says at a path, {} while it does not answer."""
    return (world.get("prometheus-0", f"/api/v1/{path}", 9090) or {"data": {}})["data"]


def rules(world):
    """Return the alerting rules that Prometheus has, by their names and severities."""
    groups = prometheus(world, "rules").get("groups", ())
    return {
        (rule["name"], rule["labels"]["severity"]): rule
        for group in groups
        for rule in group["rules"]
    }


def unanswered(world):
    """Return the panels of the dashboard that would be empty, but for those that show mishaps."""
    empty = []
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", ()):
            query = re.sub(r"\$juju_\w+", ".*", target["expr"]).replace("$__rate_interval", "1m")
            answer = prometheus(world, f"query?query={urllib.parse.quote(query)}")
            if not answer.get("result") and not query.endswith("> 0"):
                empty.append((panel["title"], query, answer))
    return empty


def sooner(published):
    """Return the rule about reloads as it was published, but for how long it waits."""
    alert = "AlertmanagerFailedReload"
    (rule,) = [
        copy.deepcopy(rule)
        for group in json.loads(published)["groups"]
        for rule in group["rules"]
        if rule["alert"] == alert
    ]
    rule["for"] = "9s"  # as long as Prometheus needs to look up its Alertmanagers again
    rule["labels"]["severity"] = "sooner"
    return alert, json.dumps({"groups": [{"name": "sooner", "rules": [rule]}]})


def test_prometheus_watches_all_three_and_pages_when_one_refuses_its_configuration(world):
    # The shipped rule waits for ten minutes, which promtool proves in
    # tests/unit/test_alerting_rules.py. Here it gets pending, and a copy that waits nine seconds
    # pages.
    link = "/run/alertmanager/config"
    world.sh(
        PODS[1],
        "mkdir -p /run/alertmanager/bad && echo nonsense > /run/alertmanager/bad/alertmanager.yml"
        f" && ln -sfn /run/alertmanager/bad {link} && kill -HUP $(pidof alertmanager)",
    )
    relation = world.juju.relate(f"{ALERTMANAGER}:self-metrics-endpoint", PROMETHEUS)
    world.juju.settle()

    expected = {f"http://{host}:9093/metrics": "up" for host in HOSTS}
    world.until(lambda: world.scraped() == expected, "Prometheus to scrape three Alertmanagers")
    alert, text = sooner(world.juju.databag(relation, ALERTMANAGER)["alert_rules"])
    world.until(
        lambda: rules(world).get((alert, "critical"), {}).get("state") == "pending",
        "the shipped rule to notice",
    )
    (pending,) = rules(world)[alert, "critical"]["alerts"]
    assert pending["labels"]["juju_unit"] == "alertmanager/1"
    world.configure(PROMETHEUS, rules=text)
    world.paged(alert, "firing")
    assert unanswered(world) == []
    (page,) = [
        one
        for call in world.pager.calls
        for one in call.content["alerts"]
        if one["labels"]["alertname"] == alert
    ]
    assert page["labels"]["juju_application"] == ALERTMANAGER
    assert page["labels"]["instance"].endswith("_alertmanager/1")
    world.sh(PODS[1], f"ln -sfn /etc/alertmanager {link} && kill -HUP $(pidof alertmanager)")
    world.paged(alert, "firing", "resolved")
    world.juju.remove_relation(f"{ALERTMANAGER}:self-metrics-endpoint", PROMETHEUS)
    world.until(
        lambda: not world.scraped() and (alert, "critical") not in rules(world),
        "Prometheus to forget them",
    )
    alerts_reach_all(world)


def links(world, alertname):
    """Fire an alert; return where its page says that Alertmanager is."""
    world.fire(alertname)
    world.paged(alertname, "firing")
    return {
        call.content["externalURL"]
        for call in world.pager.calls
        if any(one["labels"]["alertname"] == alertname for one in call.content["alerts"])
    }


def replaced_one_at_a_time(world, change):
    """Make a change that replaces all pods; fail if at any time two were away."""
    old, began = world.cluster.pods(ALERTMANAGER), len(world.cluster.history)
    change()
    world.juju.settle()
    for pod in old:
        world.cluster.replaced(pod.name, pod, timeout=120)
    world.live()
    for seen in world.cluster.history[began:]:
        assert len([pod for pod in seen[ALERTMANAGER] if pod.ready]) >= 2, seen


def test_an_ingress_changes_links_and_breaks_nothing(world):
    plain = without_files(world.juju.pod_spec(ALERTMANAGER))
    processes = world.processes()
    relation = related(world, "ingress", "traefik", units=1)
    assert world.processes() == processes  # nothing has been answered yet

    def answer(url):
        world.juju.write(relation, "traefik", {"ingress": json.dumps({"url": url})})
        world.juju.settle()

    replaced_one_at_a_time(world, lambda: answer(URL))
    assert links(world, "Through") == {URL}
    alerts_reach_all(world)
    healthy = [f"http://{host}:9093/-/healthy" for host in HOSTS]
    assert answers(world, *healthy) == dict.fromkeys(healthy, "OK")
    processes = world.processes()
    world.configure(alertmanager_config=world.team("/other"))
    world.live()
    answer(URL)
    assert world.processes() == processes

    replaced_one_at_a_time(
        world, lambda: world.juju.remove_relation(f"{ALERTMANAGER}:ingress", "traefik:theirs")
    )
    world.configure(alertmanager_config=world.team())
    world.live()
    assert without_files(world.juju.pod_spec(ALERTMANAGER)) == plain
    assert URL not in links(world, "Without")
    alerts_reach_all(world)
