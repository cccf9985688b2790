"""What every version of Alertmanager must do in the hands of this charm: page people, take what is
right without a restart and leave out what is wrong, grow and shrink, and forget nothing.
"""

import pytest
from support import juju_leftovers, monitoring_stack, real_programs
from support.monitoring_stack import SEDATE
from support.wrong_configurations import sample, survive

PODS = ["alertmanager-0", "alertmanager-1", "alertmanager-2"]


@pytest.fixture(scope="module", params=real_programs.each_suite("paging"))
def deployed(request, charms, tmp_path_factory):
    """An Alertmanager and a Prometheus of one Debian suite."""
    versions = {name: real_programs.version(name, request.param) for name in charms}
    with monitoring_stack.opened(tmp_path_factory.mktemp("world"), charms) as world:
        world.deploy("alertmanager", versions["alertmanager"], additional_args=SEDATE)
        world.configure(alertmanager_config=world.team())
        world.deploy("prometheus", versions["prometheus"], evaluation_interval="1s")
        world.relate()
        yield world


@pytest.fixture
def settled(deployed):
    """The same for a test that only looks at what runs, however many and however configured."""
    count = deployed.juju.application("alertmanager").scale
    deployed.cluster.ready("alertmanager", count, timeout=60)
    return deployed


@pytest.fixture
def world(deployed):
    """The same for every test: three to page the team, nothing fires, all is well."""
    deployed.scale(3)
    deployed.configure(
        alertmanager_config=deployed.team(),
        alertmanager_secrets="",
        templates="",
        strict_config=True,
    )
    deployed.live()
    deployed.pager.calls.clear()
    return deployed


def test_scaling_restarts_no_pod_that_stays_and_forgets_no_silence(deployed):
    world = deployed
    world.scale(1)
    silence = world.silence(PODS[0], "alertname=Hush")
    for units in (3, 5, 2):
        before = world.processes()
        world.scale(units)
        after = world.processes()
        assert sorted(after) == [f"alertmanager-{number}" for number in range(units)]
        stayed = before.keys() & after.keys()
        assert {pod: after[pod] for pod in stayed} == {pod: before[pod] for pod in stayed}
        world.until(
            lambda pods=tuple(after): all(silence in world.silences(pod) for pod in pods),
            "every member to know the silence",
        )
    world.fire("Hush", "Shout")
    world.paged("Shout", "firing")
    assert world.pager.pages("Hush") == []


def test_an_alert_pages_once_and_so_does_its_end(world):
    # it is over before it would be sent again, so Prometheus must know whom to tell by then
    world.fire("Fire", after=20, lasting=15)
    world.paged("Fire", "firing", "resolved")
    # the last of three members waits for the two others, four seconds each
    world.holds(lambda: world.pager.pages("Fire") == ["firing", "resolved"], seconds=9)


def test_another_configuration_is_in_force_everywhere_without_a_restart(world):
    before = world.processes()
    old = world.live()
    world.configure(alertmanager_config=world.team("/night"))
    assert world.live() != old
    assert world.processes() == before
    for pod in PODS:
        world.amtool(pod, "alert", "add", f"alertname=From{pod[-1]}")
        world.paged(f"From{pod[-1]}", "firing", path="/night")


def test_a_wrong_configuration_reaches_no_pod_and_every_pod_could_still_restart(world, seed):
    cases = sample(world.versions["alertmanager"], seed, drawn=2)
    survive(world, cases, world.team("/right"))


def test_a_refresh_keeps_everything(world, charms):
    silence = world.silence(PODS[0], "alertname=Kept")
    live = world.live()
    assert world.refresh(charms["alertmanager"]) == live
    assert all(silence in world.silences(pod) for pod in PODS)
    world.fire("Kept", "Refreshed")
    world.paged("Refreshed", "firing")
    assert world.pager.pages("Kept") == []


def test_what_only_alertmanager_itself_refuses_is_rolled_back(world):
    good, before = world.live(), world.processes()
    world.configure(alertmanager_config=world.team(frobnicate=True), strict_config=False)
    world.shows("blocked", "Alertmanager refused the configuration", "frobnicate")
    world.until(
        lambda: "frobnicate" not in world.sh(PODS[0], "cat /etc/alertmanager/alertmanager.yml"),
        "the last good configuration to be back",
    )
    assert world.processes() == before
    world.configure(alertmanager_config=world.team())
    assert world.live() == good
    assert world.processes() == before


def test_a_pod_that_dies_while_refused_bytes_lie_in_the_secret_starts_all_the_same(world):
    # or the leader might take them back before this pod has them
    world.deliver(alertmanager_config=world.team(gurgle=True), strict_config=False)
    world.cluster.wait(
        lambda: "gurgle" in world.sh(PODS[1], "cat /etc/alertmanager/alertmanager.yml"),
        what="the kubelet to deliver it",
    )
    world.kill(PODS[1])
    world.cluster.ready("alertmanager", 3, timeout=60)
    assert "taking the last good" in world.cluster.logs(PODS[1], "alertmanager")
    world.shows("blocked", "Alertmanager refused the configuration", "gurgle")
    world.amtool(PODS[1], "alert", "add", "alertname=Still")
    world.paged("Still", "firing")


def test_a_killed_pod_comes_back_with_its_silences(world):
    identifier = world.silence(PODS[0], "alertname=Quiet")
    world.until(
        lambda: all(identifier in world.silences(pod) for pod in PODS), "all members to know of it"
    )
    world.kill(PODS[0])
    world.cluster.ready("alertmanager", 3, timeout=60)
    world.until(lambda: identifier in world.silences(PODS[0]), "the silence to be back")
    world.live()
    world.fire("Quiet", "Loud")
    world.paged("Loud", "firing")
    assert world.pager.pages("Quiet") == []


@pytest.mark.parametrize("app", ["alertmanager", "prometheus"])
def test_every_process_runs_without_rights(settled, app):
    processes = settled.running(f"{app}-0")
    # the shell that reloads, the program, and the shell's watcher; it sleeps now and then
    assert sorted({each["Name"][0] for each in processes} - {"sleep"}) == [app, "sh"]
    for each in processes:
        assert each["Uid"] == each["Gid"] == ["65534"] * 4, each
        assert each["Groups"] == ["65534"], each
        for kind in ("CapEff", "CapPrm", "CapInh", "CapBnd", "CapAmb"):
            assert int(each[kind][0], 16) == 0, each
        assert each["NoNewPrivs"] == ["1"], each


@pytest.mark.parametrize(
    ("app", "writable"),
    [("alertmanager", {"/alertmanager", "/run/alertmanager"}), ("prometheus", {"/prometheus"})],
)
def test_no_process_can_write_but_to_its_volumes_or_has_a_token(settled, app, writable):
    no_token = "/var/run/secrets/kubernetes.io/serviceaccount"
    # mounted into every container of such charms, and what hides the first one's contents
    jujus = {"/var/lib/juju", "/usr/bin/juju-run"}
    hiding = {"/var/lib/juju/agents", "/var/lib/juju/tools"}
    mounts = [line.split() for line in settled.sh(f"{app}-0", "cat /proc/1/mounts").splitlines()]
    assert "ro" in next(options for _, place, _, options, *_ in mounts if place == "/").split(",")
    assert {
        place
        for _, place, _, options, *_ in mounts
        if "rw" in options.split(",") and not place.startswith(("/proc", "/dev"))
    } == writable | {no_token} | jujus | hiding
    for place in ("/", "/etc", f"/etc/{app}", "/tmp", "/bin"):
        done = settled.cluster.exec(f"{app}-0", app, ["touch", f"{place}/written"])
        assert done.returncode != 0, place
    assert settled.sh(f"{app}-0", f"ls -A {no_token}") == ""


@pytest.mark.parametrize("app", ["alertmanager", "prometheus"])
def test_no_container_holds_the_operators_token_or_the_charm(settled, app):
    def run(command):
        return settled.cluster.exec(f"{app}-0", app, command).stdout

    assert run(["ls", "/var/lib/juju"]).split() == ["agents", "tools"]
    assert juju_leftovers.readable(run) == []


def test_nothing_listens_but_the_web_port_and_gossip(settled):
    assert settled.listening(PODS[0]) == {("tcp", 9093), ("tcp", 9094), ("udp", 9094)}
    assert settled.listening("prometheus-0") == {("tcp", 9090)}


def test_secrets_show_in_no_process(world):
    world.configure(alertmanager_secrets="global: {smtp_auth_password: s3cret-marker}")
    world.live()
    files = world.sh(PODS[0], "cat /etc/alertmanager/alertmanager.yml")
    assert "s3cret-marker" in files
    processes = world.sh(PODS[0], "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ | tr '\\0' ' '")
    assert "--config.file" in processes
    assert "s3cret-marker" not in processes


def test_actions_act_on_the_whole_cluster(world):
    def run(unit, action, **parameters):
        done = world.juju.run_action(unit, action, parameters)
        assert done.status == "completed", done
        return done.results

    first, second, third = (
        unit.name for unit in world.juju.units() if unit.app.name == "alertmanager"
    )
    assert run(first, "show-config")["pods"] == dict.fromkeys(PODS, "runs it")
    assert run(second, "reload")["pods"] == dict.fromkeys(PODS, "reloaded")
    told = run(second, "send-test-alert", labels="place=hall")
    assert told["receivers"] == "team"
    assert told["routes"]["1"]["notifies-by"] == "webhook"
    assert told["pods"] == dict.fromkeys(PODS, "taken")
    world.paged("TestAlert", "firing")

    made = run(third, "silence", matchers='place=~"h.+"', comment="enough")
    assert (made["pod"], made["alerts-silenced"]) == ("alertmanager-2", "1")
    world.until(lambda: made["id"] in world.silences(PODS[0]), "the silence to spread")
    (alert,) = run(first, "list-alerts", matchers="place=hall")["alerts"].values()
    assert (alert["state"], alert["silenced-by"]) == ("suppressed", made["id"])
    assert run(second, "expire-silence", id=made["id"])["state"] == "expired"
    world.until(lambda: made["id"] not in world.silences(PODS[0]), "its end to spread")
    assert world.pager.pages("TestAlert") == ["firing"]
