"""The stories in which faults are tried: all that happens to an application of this charm."""

import json

from support.charm_stories import APP, BAD, GOOD, IMAGE, UNIT
from support.fault_injection import Story

OTHER = "alertmanager/1"
NEWER = "prom/alertmanager:v0.28.1"
DUTY = "route: {receiver: duty}\nreceivers: [{name: duty}]\n"
UNLOVED = "route: {receiver: unloved}\nreceivers: [{name: unloved}]\n"
"""What every check of ours lets pass, and a fake pod refuses."""

TOLD = ("prometheus", "alerting-config", "grafana-source")
"""Endpoints for each way of telling: with flags, every unit alike, the leader more than others."""


def deploy(world, units=1):
    """``juju deploy``, with GOOD."""
    resources, config = {"alertmanager-image": IMAGE}, {"alertmanager-config": GOOD}
    world.juju.deploy(world.charm, APP, resources=resources, units=units, config=config)


def deployed(units=1):
    """Return a beginning: a deployed application."""
    return lambda world: world.kept(f"{units} deployed", lambda: deploy(world, units))


def relate(world, *endpoints, units=1):
    """Relate an application that the world plays at each of these endpoints of ours."""
    for endpoint in endpoints:
        declared = world.juju.application(APP).endpoints[endpoint]
        world.juju.add_remote_app(f"their-{endpoint}", "theirs", declared.interface, units=units)
        world.juju.relate(f"{APP}:{endpoint}", f"their-{endpoint}:theirs")


def related(*endpoints, units=1):
    """Return a beginning: a deployed application with relations."""

    def begin(world):
        deployed(units)(world)
        relate(world, *endpoints)

    return begin


def unrelate(world, *endpoints):
    """``juju remove-relation``, for each of these endpoints."""
    for endpoint in endpoints:
        world.juju.remove_relation(f"{APP}:{endpoint}", f"their-{endpoint}:theirs")


def says(world, endpoint, **settings):
    """Let an application on the other side answer with these settings."""
    remote = f"their-{endpoint}"
    (relation,) = world.juju.model.relations_of(remote)
    world.juju.write(relation, remote, settings)


def configure(**options):
    """Return an act: ``juju config``."""
    values = {name.replace("_", "-"): value for name, value in options.items()}
    return lambda world: world.juju.config(APP, values)


def leads(unit):
    """Return an act: leadership moves."""
    return lambda world: world.juju.set_leader(APP, unit)


def run(name, **parameters):
    """Return an act: ``juju run-action``."""
    return lambda world: world.juju.queue_action(UNIT, name, parameters)


STORIES = (
    Story("install to active", lambda _: None, [deploy]),
    Story(
        "configure",
        related("prometheus"),
        [configure(alertmanager_config=DUTY, external_labels='{"region": "eu"}')],
    ),
    Story(
        "other arguments",
        related("prometheus", "alertmanager-service"),
        [configure(external_url="https://alerts.example/am", log_level="debug")],
    ),
    Story(
        "bad to good",
        deployed(),
        [configure(alertmanager_config=BAD), configure(alertmanager_config=DUTY)],
    ),
    Story(
        "refused by Alertmanager, then good",
        deployed(),
        [configure(alertmanager_config=UNLOVED), configure(alertmanager_config=DUTY)],
    ),
    Story("relate", deployed(units=2), [lambda world: relate(world, *TOLD)]),
    Story(
        "unrelate",
        related("prometheus", "grafana-source", units=2),
        [lambda world: unrelate(world, "prometheus", "grafana-source")],
    ),
    Story(
        "another configuration from a relation, and back",
        related("remote-configuration"),
        [
            lambda world: says(
                world,
                "remote-configuration",
                alertmanager_config=DUTY,
                alertmanager_templates=json.dumps(['{{ define "a" }}b{{ end }}']),
            ),
            lambda world: unrelate(world, "remote-configuration"),
        ],
    ),
    Story(
        "an ingress, and none",
        related("ingress", "prometheus"),
        [
            lambda world: says(world, "ingress", ingress='{"url": "http://lb.example/lma-am"}'),
            lambda world: unrelate(world, "ingress"),
        ],
    ),
    Story("scale 1 to 3", related("prometheus"), [lambda world: world.juju.scale(APP, 3)]),
    Story("scale 3 to 1", related("prometheus", units=3), [lambda world: world.juju.scale(APP, 1)]),
    Story(
        "another leader, and back",
        related("grafana-source", units=2),
        [leads(OTHER), configure(alertmanager_config=DUTY), leads(UNIT)],
    ),
    Story("refresh", related("prometheus"), [lambda world: world.juju.refresh(APP, world.charm)]),
    Story(
        "another image",
        related("prometheus"),
        [lambda world: world.juju.attach_resource(APP, "alertmanager-image", NEWER)],
    ),
    Story("actions", deployed(), [run("reload"), run("show-config"), run("check-config")]),
    Story("remove", related("prometheus"), [lambda world: world.juju.remove_application(APP)]),
)
