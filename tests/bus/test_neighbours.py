"""What we say, read and answered by the very libraries of charms on the other side.

Those that are not on PyPI have stand-ins in tests/support/consumers.py, each with its version.
"""

import json
import subprocess

from support.certificate_authority import Current
from support.charm_builds import ROOT, neighbours
from support.charm_stories import APP, UNIT, deploy, files, relate_to, shown

from interfaces.prometheus_scrape import scraping


def ask(script, **asked):
    """Give a script of tests/neighbours something to read; return what it says."""
    done = subprocess.run(
        [str(neighbours() / "python"), str(ROOT / "tests" / "neighbours" / script)],
        input=json.dumps(asked),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_certificates_are_signed_and_refused_by_their_own_library(juju, charm):
    deploy(juju, charm)
    relation = relate_to(juju, "certificates", "authority")
    asked = {"application": juju.databag(relation, APP), "units": [juju.databag(relation, UNIT)]}

    def answer(refuses):
        said = ask("authority.py", refuses=refuses, **asked)
        juju.write(relation, "authority", {"certificates": "", "request_errors": "", **said})
        juju.settle()

    answer("no wildcards here")
    assert shown(juju) == (
        "blocked",
        "certificates: the request is refused: no wildcards here; "
        "see juju show-unit, and the charm on the other side",
    )
    answer("")
    assert shown(juju)[0] == "active"
    assert Current(juju, relation, None).requests()
    assert "tls.crt" in files(juju)


def test_names_and_dashboards_are_those_of_cos(juju, charm):
    deploy(juju, charm)
    scrape, dashboards = (
        juju.databag(relate_to(juju, endpoint, endpoint), APP)
        for endpoint in ("self-metrics-endpoint", "grafana-dashboard")
    )
    (template,) = json.loads(dashboards["dashboards"])["templates"].values()
    metadata = json.loads(scrape["scrape_metadata"])
    said = ask("names.py", metadata=metadata, content=template["content"])
    units = {UNIT: {"prometheus_scrape_unit_address": "host"}}
    (job,) = scraping.decode(scrape, units, "/").configs
    assert job["job_name"] == f"{said['jobs']}_alertmanager-0"
    rules = [
        rule for group in json.loads(scrape["alert_rules"])["groups"] for rule in group["rules"]
    ]
    assert all(rule["labels"].items() >= said["labels"].items() for rule in rules)
    file = ROOT / "monitoring" / "alertmanager.dashboard.json"
    assert said["dashboard"] == json.loads(file.read_text())
