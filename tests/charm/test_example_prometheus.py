"""The example charms as built, related to the built charm they are the examples for."""

import re

import pytest
import yaml
from support import charm_builds
from support.warm_hooks import WarmHook

SHIPPED = "|".join(
    (
        r"README\.md|copyright|version|wheelhouse\.txt|(metadata|config|layer|manifest)\.yaml",
        r"bin/charms\.reactive",
        r"hooks/[\w.-]+",
        r"hooks/relations/(alertmanager|prometheus_scrape)/(__init__|alerting_config|databag|provides|requires)\.py",
        r"hooks/relations/prometheus_scrape/(alert_rules|scraping)\.py",
        r"reactive/prometheus\.py",
        r"templates/(pod-spec\.yaml\.j2|reloader\.sh)",
        r"lib/charms/layer/(prometheus|pod_spec)/\w+\.py",
        r"lib/(?!charms/layer/).*",
    )
)


@pytest.fixture
def hook_process():
    return WarmHook


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    return charm_builds.compiled(tmp_path_factory, "examples/prometheus")


@pytest.fixture(scope="module")
def watchdog(tmp_path_factory):
    return charm_builds.compiled(tmp_path_factory, "examples/watchdog")


@pytest.mark.parametrize("name", ["prometheus", "watchdog"])
def test_nothing_is_shipped_but_what_is_needed(tmp_path_factory, name):
    shipped = charm_builds.contents(charm_builds.built(tmp_path_factory, f"examples/{name}"))
    assert [path for path in shipped if not re.fullmatch(SHIPPED, path)] == []


def test_prometheus_finds_every_alertmanager(juju, built_charm, example):
    image = {"alertmanager-image": "prom/alertmanager:v0.28.1"}
    juju.deploy(built_charm, resources=image, config={"external-labels": '{"region": "eu"}'})
    juju.deploy(example, resources={"prometheus-image": "prom/prometheus:v2.53.3"})
    juju.relate("alertmanager", "prometheus")  # nothing else of the two fits
    juju.scale("alertmanager", 2)
    juju.settle()
    assert juju.charm_status("prometheus/0").message == "alerts go to 2 Alertmanagers"
    (secret,) = juju.pod_spec("prometheus")["kubernetesResources"]["secrets"]
    assert yaml.safe_load(secret["stringData"]["prometheus.yml"])["alerting"] == {
        "alert_relabel_configs": [{"target_label": "region", "replacement": "eu"}],
        "alertmanagers": [
            {
                "scheme": "http",
                "path_prefix": "/",
                "static_configs": [
                    {
                        "targets": [
                            f"alertmanager-{k}.alertmanager-endpoints.lma.svc:9093"
                            for k in range(2)
                        ]
                    }
                ],
            }
        ],
    }
    juju.remove_relation("alertmanager", "prometheus")
    juju.settle()
    assert juju.charm_status("prometheus/0").message == (
        "alerts go nowhere, relate an Alertmanager"
    )


def test_the_watchdog_scrapes_every_alertmanager(juju, built_charm, watchdog):
    image = {"alertmanager-image": "prom/alertmanager:v0.28.1"}
    juju.deploy(built_charm, resources=image, units=2)
    juju.deploy(watchdog, resources={"prometheus-image": "prom/prometheus:v2.53.3"})
    juju.relate("alertmanager:self-metrics-endpoint", "watchdog")
    juju.settle()
    assert juju.charm_status("watchdog/0").message.endswith("; scrapes alertmanager")
    (secret,) = juju.pod_spec("watchdog")["kubernetesResources"]["secrets"]
    configs = yaml.safe_load(secret["stringData"]["prometheus.yml"])["scrape_configs"]
    assert [config["static_configs"][0]["targets"] for config in configs[1:]] == [
        [f"alertmanager-{k}.alertmanager-endpoints.lma.svc:9093"] for k in range(2)
    ]
    assert "AlertmanagerFailedReload" in secret["stringData"]["rules-alertmanager.yml"]
    juju.remove_relation("alertmanager", "watchdog")
    juju.settle()
    assert juju.charm_status("watchdog/0").message == "alerts go nowhere, relate an Alertmanager"
