"""From each release to the charm of this working tree, and back, with real Alertmanagers."""

import pytest
from support import monitoring_stack, real_programs, released_charm
from support.monitoring_stack import BRISK

PODS = ["alertmanager-0", "alertmanager-1", "alertmanager-2"]


@pytest.fixture(params=released_charm.VERSIONS)
def world(request, charms, tmp_path):
    release = released_charm.unpacked(request.param, tmp_path / "release")
    with monitoring_stack.opened(tmp_path / "world", {**charms, "alertmanager": release}) as world:
        yield world


def test_a_new_charm_and_the_old_one_again_keep_everything(world, charms):
    world.deploy(
        "alertmanager",
        real_programs.version("alertmanager", "trixie"),
        units=3,
        additional_args=BRISK,
        alertmanager_config=world.team(),
    )
    world.deploy(
        "prometheus", real_programs.version("prometheus", "trixie"), evaluation_interval="1s"
    )
    world.relate()
    configuration = world.live()
    silence = world.silence(PODS[0], "alertname=Quiet")
    world.until(
        lambda: all(world.silences(pod) == [silence] for pod in PODS), "all to know the silence"
    )
    known, begun = world.alertmanagers(), world.stream()
    world.paged("Stream0", "firing")
    released_charm = world.charms["alertmanager"]
    for charm in (charms["alertmanager"], released_charm):
        assert world.refresh(charm) == configuration
        assert {pod: world.silences(pod) for pod in PODS} == {pod: [silence] for pod in PODS}
        world.until(lambda: world.alertmanagers() == known, "Prometheus to know all")
    for name in ("Quiet", "Loud"):
        world.amtool(PODS[1], "alert", "add", f"alertname={name}")
    world.paged("Loud", "firing")
    assert world.pager.pages("Quiet") == []
    streamed = begun()
    world.until(lambda: all(world.pager.pages(name) for name in streamed), "every alert")
