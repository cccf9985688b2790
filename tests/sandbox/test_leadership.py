"""Who leads, who hears of it."""


def test_the_first_unit_leads(tiny, juju):
    tiny.deploy(units=2)
    assert juju.application("tiny").leader == "tiny/0"


def test_the_new_leader_gets_leader_elected_and_the_old_one_is_not_told(tiny, juju):
    tiny.deploy(units=2)
    tiny.run("leader-set a=1")
    juju.settle()
    tiny.order("tiny/0"), tiny.order("tiny/1")
    juju.set_leader("tiny", "tiny/1")
    juju.settle()
    assert tiny.order("tiny/1") == ["leader-elected"]
    assert tiny.order("tiny/0") == ["leader-settings-changed"]
    assert tiny.tool("is-leader", unit="tiny/0")[1] == "False\n"
    assert tiny.tool("is-leader", unit="tiny/1")[1] == "True\n"


def test_leader_elected_is_skipped_if_leadership_is_gone_again(tiny, juju):
    tiny.deploy(units=2)
    tiny.order("tiny/1")
    juju.set_leader("tiny", "tiny/1")
    juju.step(juju.unit("tiny/1"))
    juju.set_leader("tiny", "tiny/0")
    juju.settle()
    assert "leader-elected" not in tiny.order("tiny/1")


def test_leader_elected_is_not_retried_if_leadership_is_gone(tiny, juju):
    tiny.deploy(units=2)
    tiny.hook("leader-elected", "[ $JUJU_UNIT_NAME = tiny/0 ]")
    juju.set_leader("tiny", "tiny/1")
    juju.settle(expect_errors=True)
    assert juju.unit("tiny/1").failed
    juju.set_leader("tiny", "tiny/0")
    juju.advance(5)
    juju.settle()
    assert juju.unit("tiny/1").failed is None


def test_when_the_leader_goes_the_next_unit_leads(tiny, juju):
    tiny.deploy(units=2)
    juju.set_leader("tiny", "tiny/1")
    juju.settle()
    juju.scale("tiny", 1)
    juju.settle()
    assert juju.application("tiny").leader == "tiny/0"
    assert tiny.order("tiny/0")[-1] == "leader-elected"


def test_units_are_never_numbered_twice(tiny, juju):
    tiny.deploy(units=3)
    juju.scale("tiny", 1)
    juju.settle()
    juju.scale("tiny", 3)
    juju.settle()
    assert sorted(juju.application("tiny").units) == ["tiny/0", "tiny/3", "tiny/4"]


def test_leader_settings_that_change_during_the_hook_run_it_again(tiny, juju):
    tiny.deploy(units=2)
    tiny.hook("leader-settings-changed", "leader-get a")
    tiny.run("leader-set a=1")
    juju.settle()
    tiny.order("tiny/1")

    def another():
        juju.application("tiny").leader_settings["a"] = "3"
        juju.application("tiny").leader_settings_version += 1

    juju.inject("tiny/1", another, hook="leader-settings-changed")
    tiny.run("leader-set a=2")
    juju.settle()
    assert tiny.order("tiny/1") == ["leader-settings-changed"] * 2
