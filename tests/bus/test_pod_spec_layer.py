"""The base layer's promises, each seen from a charm that relies on it."""

import textwrap

import pytest
import yaml
from charms.layer import pod_spec
from support import bus_harness

METADATA = {
    "name": "spare",
    "series": ["kubernetes"],
    "deployment": {"type": "stateful", "service": "cluster"},
    "resources": {"one": {"type": "oci-image"}, "two": {"type": "oci-image"}},
    "provides": {"web": {"interface": "http"}},
}
IMAGES = {"one": "quay.io/one:1", "two": "quay.io/two:2"}
OPTIONS = {
    "colour": {"type": "string", "default": "red"},
    "secret": {"type": "string", "default": ""},
    "count": {"type": "int", "default": 3},
    "unset": {"type": "string"},
}
TEMPLATE = """\
version: 3
containers:
  - name: spare
    imageDetails:
      imagePath: {{ image.path | json }}
    envConfig:
      COLOUR: {{ config.colour | json }}
    ports:
      - name: http
        containerPort: 80
"""
HANDLERS = """
    from charms.layer import pod_spec
    from charms.reactive import register_trigger, set_flag, when, when_not

    for change in ("config.changed", "layer.pod-spec.refreshed", "layer.pod-spec.repeated"):
        register_trigger(when=change, clear_flag="spare.applied")

    @when("leadership.is_leader", "layer.pod-spec.image.one.available")
    @when_not("spare.applied")
    def apply():
        image = pod_spec.image("one")
        pod_spec.pod_spec_set(pod_spec.render("spec.j2", {"image": image}))
        set_flag("spare.applied")

    @pod_spec.status_at_exit
    def assess():
        return pod_spec.Status("active", "as it should be")
"""
TELL = """
    from charmhelpers.core import hookenv
    from charms.layer import pod_spec
    from charms.reactive import get_flags, register_trigger, when_not

    def tell(*words):
        hookenv.log("told " + " ".join(map(str, words)))
"""


class Spare:
    """A charm whose handlers are given as text, deployed into an empty model."""

    unit = "spare/0"

    def __init__(self, juju, folder):
        self.juju = juju
        self._source, self._charm, self._built = folder / "source", folder / "charm", 0

    def build(self, handlers, options=OPTIONS, hook_template=None):
        """Make the charm anew; return its folder."""
        for name in ("reactive", "templates", "hooks"):
            (self._source / name).mkdir(parents=True, exist_ok=True)
        (self._source / "layer.yaml").write_text("includes: ['layer:layers/pod-spec']\n")
        (self._source / "metadata.yaml").write_text(yaml.safe_dump(METADATA))
        (self._source / "config.yaml").write_text(yaml.safe_dump({"options": options}))
        (self._source / "templates" / "spec.j2").write_text(TEMPLATE)
        (self._source / "reactive" / "spare.py").write_text(textwrap.dedent(handlers))
        if hook_template:
            (self._source / "hooks" / "hook.template").write_text(hook_template)
        self._built += 1
        return bus_harness.assemble(self._source, self._charm / str(self._built))

    def deploy(self, handlers=HANDLERS, units=1, **charm):
        """Deploy it and run the hooks of its start."""
        self.juju.deploy(self.build(handlers, **charm), resources=IMAGES, units=units)
        self.juju.settle()

    def update_status(self, expect_errors=False):
        """Run the hook that has nothing to do by itself; return what happened in it."""
        self.juju.update_status("spare")
        self.juju.settle(expect_errors)
        return self.juju.runs("update-status", self.unit)[-1]

    def configure(self, **values):
        """Change options; return what happened in the hook."""
        self.juju.config("spare", values)
        self.juju.settle()
        return self.juju.runs("config-changed", self.unit)[-1]

    def flags(self):
        """The flags that the last hook has left."""
        return bus_harness.flags_of(self.juju, self.unit)

    @property
    def env(self):
        """The environment of the container in the spec that Juju holds."""
        return self.juju.pod_spec("spare")["containers"][0]["envConfig"]


def told(run):
    """What the handlers of TELL have said in a hook."""
    words = [call.argv[-1] for call in run.calls_of("juju-log")]
    return [word[len("told ") :] for word in words if word.startswith("told ")]


def tools(run, *names):
    return [call.tool for call in run.calls_of(*names)]


@pytest.fixture
def spare(juju, tmp_path):
    return Spare(juju, tmp_path)


# options

TELL_CONFIG = (
    TELL
    + """
    @when_not("spare.never")
    def say():
        tell(*[flag for flag in get_flags() if flag.startswith("config.changed")])
"""
)


def changed(run):
    (words,) = told(run)
    return words.split()


def test_every_option_is_news_in_the_first_hook_and_never_again(spare):
    spare.deploy(TELL_CONFIG)
    first, *others = spare.juju.runs()
    assert changed(first) == ["config.changed", *(f"config.changed.{o}" for o in sorted(OPTIONS))]
    assert [changed(run) for run in others] == [[]] * 3


def test_only_the_options_that_changed_are_news(spare):
    spare.deploy(TELL_CONFIG)
    assert changed(spare.configure(colour="blue", count=0)) == [
        "config.changed",
        "config.changed.colour",
        "config.changed.count",
    ]
    assert changed(spare.update_status()) == []
    assert not [flag for flag in spare.flags() if flag.startswith("config.changed")]


def test_options_are_told_as_set_and_as_default(spare):
    def config_flags():
        return sorted(f[7:] for f in spare.flags() if f.startswith("config."))

    spare.deploy()
    defaults = ["default.colour", "default.count", "default.secret", "default.unset"]
    assert config_flags() == [*defaults, "set.colour", "set.count"]
    spare.configure(colour="", count=4, secret="x", unset="y")
    assert config_flags() == ["set.count", "set.secret", "set.unset"]
    spare.configure(colour="red", secret="", count=3)
    assert config_flags() == [*defaults[:3], "set.colour", "set.count", "set.unset"]


def test_a_new_default_is_noticed_though_the_value_stays(spare):
    spare.deploy()
    spare.configure(colour="blue")
    blue = dict(OPTIONS, colour={"type": "string", "default": "blue"})
    spare.juju.refresh("spare", spare.build(HANDLERS, options=blue))
    spare.juju.settle()
    assert "config.default.colour" in spare.flags()


def test_an_option_that_a_new_revision_drops_is_a_change_and_leaves_no_flags(spare):
    spare.deploy(TELL_CONFIG)
    fewer = {name: option for name, option in OPTIONS.items() if name != "colour"}
    spare.juju.refresh("spare", spare.build(TELL_CONFIG, options=fewer))
    spare.juju.settle()
    upgraded = spare.juju.runs("upgrade-charm")[0]
    assert changed(upgraded) == ["config.changed", "config.changed.colour"]
    assert not [flag for flag in spare.flags() if "colour" in flag]


def test_a_hook_that_fails_has_not_seen_the_change(spare):
    spare.deploy(HANDLERS)
    spare.juju.inject(spare.unit, "fail", tool="pod-spec-set")
    spare.juju.config("spare", {"colour": "blue"})
    spare.juju.settle(expect_errors=True)
    assert spare.env == {"COLOUR": "red"}
    spare.juju.resolved(spare.unit)
    spare.juju.settle()
    assert spare.env == {"COLOUR": "blue"}


def test_a_unit_that_lost_its_database_starts_from_everything(spare):
    spare.deploy(TELL_CONFIG)
    bus_harness.lose_database(spare.juju, spare.unit)
    assert "config.changed" in changed(spare.update_status())


def test_the_values_of_options_are_not_written_to_the_disk(spare):
    spare.deploy()
    spare.configure(secret="hunter2-hunter2")
    charm = spare.juju.operator.charm_dir(spare.juju.unit(spare.unit))
    files = [path for path in charm.rglob("*") if path.is_file()]
    assert charm / ".unit-state.db" in files
    assert not [path for path in files if b"hunter2" in path.read_bytes()]


# triggers


def test_triggers_on_options_fire(spare):
    spare.deploy()
    spare.configure(colour="blue")
    assert spare.env == {"COLOUR": "blue"}


def test_triggers_on_options_would_not_fire_if_the_flags_were_set_before_main(spare):
    """The mistake of layer:caas-base; were it ours, the test above would fail."""
    template = (bus_harness.ROOT / "layers/pod-spec/hooks/hook.template").read_text()
    mistaken = template.replace("hookenv.atstart(hook_flags.establish)", "hook_flags.establish()")
    assert mistaken != template
    spare.deploy(hook_template=mistaken)
    spare.configure(colour="blue")
    assert spare.env == {"COLOUR": "red"}
    assert spare.juju.charm_status(spare.unit).state == "active"


def test_an_option_that_changes_twice_fires_twice(spare):
    spare.deploy()
    for colour in ("blue", "green"):
        spare.configure(colour=colour)
        assert spare.env == {"COLOUR": colour}


# leadership


def test_the_leader_and_only_the_leader_has_the_flag(spare):
    spare.deploy(units=2)
    juju = spare.juju
    leads = "leadership.is_leader"
    assert leads in spare.flags()
    assert leads not in bus_harness.flags_of(juju, "spare/1")
    juju.set_leader("spare", "spare/1")
    juju.settle()
    spare.update_status()
    assert leads not in spare.flags()
    assert leads in bus_harness.flags_of(juju, "spare/1")


# images

TELL_IMAGE = (
    TELL
    + """
    @when_not("spare.never")
    def say():
        for name in ("one", "two"):
            try:
                tell(name, *pod_spec.image(name))
                pod_spec.image(name)
            except pod_spec.ImageMissing as problem:
                tell(problem)
"""
)


def test_each_image_is_the_one_attached_though_all_come_in_the_same_file(spare):
    spare.deploy(TELL_IMAGE)
    run = spare.update_status()
    assert told(run) == ["one quay.io/one:1  ", "two quay.io/two:2  "]
    paths = {call.stdout for call in run.calls_of("resource-get")}
    assert len(paths) == 1


def test_an_image_is_read_once_in_a_hook_and_only_if_asked_for(spare):
    spare.deploy(TELL_IMAGE)
    assert tools(spare.update_status(), "resource-get") == ["resource-get"] * 2
    spare.juju.refresh("spare", spare.build(HANDLERS))
    spare.juju.settle()
    assert tools(spare.update_status(), "resource-get") == []


def test_the_credentials_of_a_private_registry_come_along(spare):
    from sandbox.juju.model.entities import Image

    spare.deploy(TELL_IMAGE)
    spare.juju.attach_resource("spare", "one", Image("quay.io/private:1", "jane", "s3cret"))
    spare.juju.settle()
    assert told(spare.juju.runs("upgrade-charm")[-1])[0] == "one quay.io/private:1 jane s3cret"


def test_a_password_is_not_printed_by_accident():
    from charms.layer.pod_spec import Image

    assert "s3cret" not in repr(Image("quay.io/private:1", "jane", "s3cret"))
    assert "s3cret" not in f"{Image('quay.io/private:1', 'jane', 's3cret')}"


def test_an_image_that_juju_cannot_deliver_is_asked_for_again_in_every_hook(spare):
    spare.juju.deploy(spare.build(TELL_IMAGE), resources=IMAGES)
    flag = "layer.pod-spec.image.one.available"
    for _ in range(2):
        spare.juju.inject(spare.unit, "fail", tool="resource-get")
        spare.juju.step(spare.juju.unit(spare.unit))
        assert flag not in spare.flags()
        assert told(spare.juju.history[-1])[0] == (
            "no image for resource one: resource-get: the controller was told to fail this call; "
            "try juju attach-resource spare one=<image>"
        )
    spare.juju.settle()
    assert flag in spare.flags()


@pytest.mark.parametrize("delivered", ["", "registrypath: ''", "- 1", "registrypath: [", "\0"])
def test_an_image_file_without_an_image_counts_as_none(spare, delivered, monkeypatch):
    def write_image(unit, image):
        path = spare.juju.operator.charm_dir(unit).parent / "content.yaml"
        path.write_text(delivered)
        return str(path)

    monkeypatch.setattr(spare.juju.operator, "write_image", write_image)
    spare.deploy(TELL_IMAGE)
    run = spare.update_status()
    assert told(run)[0].startswith("no image for resource one: ")
    assert not [flag for flag in spare.flags() if flag.startswith("layer.pod-spec.image")]


def test_a_new_image_is_announced_and_read(spare):
    spare.deploy()
    spare.juju.attach_resource("spare", "one", "quay.io/one:3")
    spare.juju.settle()
    details = spare.juju.pod_spec("spare")["containers"][0]["imageDetails"]
    assert details == {"imagePath": "quay.io/one:3"}


def run_until(juju, hook, unit):
    """Run a unit's hooks up to and including the next one of this name."""
    seen = len(juju.runs(hook, unit))
    while len(juju.runs(hook, unit)) == seen:
        assert juju.step(juju.unit(unit))


def test_refreshed_ends_with_its_hook(spare):
    spare.deploy(
        TELL
        + """
    @when_not("spare.never")
    def say():
        tell("layer.pod-spec.refreshed" in get_flags())
    """
    )
    spare.juju.attach_resource("spare", "one", "quay.io/one:3")
    run_until(spare.juju, "upgrade-charm", spare.unit)
    assert told(spare.juju.runs()[-1]) == ["True"]
    assert "layer.pod-spec.refreshed" not in spare.flags()
    assert told(spare.update_status()) == ["False"]


def test_an_image_that_cannot_be_delivered_any_more_is_not_available(spare):
    spare.deploy()
    spare.juju.attach_resource("spare", "one", "quay.io/one:3")
    spare.juju.inject(spare.unit, "fail", hook="upgrade-charm", tool="resource-get")
    run_until(spare.juju, "upgrade-charm", spare.unit)
    assert "layer.pod-spec.image.one.available" not in spare.flags()
    spare.juju.settle()
    details = spare.juju.pod_spec("spare")["containers"][0]["imageDetails"]
    assert details == {"imagePath": "quay.io/one:3"}


# the spec

TELL_SPEC = (
    TELL
    + """
    @when_not("spare.never")
    def say():
        text = "version: 3\\nsecret-key: hunter2\\n"
        try:
            pod_spec.pod_spec_set(text)
        except pod_spec.PodSpecError as refusal:
            tell(type(refusal).__name__, refusal)
"""
)


def test_a_refused_spec_is_an_error_with_jujus_words_and_none_of_the_spec(spare):
    spare.deploy(TELL_SPEC)
    (said,) = told(spare.update_status())
    assert said.startswith("PodSpecError pod-spec-set: ")
    assert "ERROR" not in said
    assert "hunter2" not in said


def test_only_the_leader_can_set_the_spec(spare):
    spare.deploy(TELL_SPEC, units=2)
    run = spare.juju.runs("install", "spare/1")[0]
    assert told(run) == ["NotLeader pod-spec-set: this unit is not the leader"]
    assert tools(run, "pod-spec-get", "pod-spec-set") == []


def test_leadership_lost_during_the_hook_is_told_apart_too(spare):
    lose = (
        TELL
        + """
    from charms.reactive import set_flag

    @when_not("spare.never")
    def say():
        set_flag("leadership.is_leader")  # as it was when the hook began
        spec = pod_spec.render("spec.j2", {"image": pod_spec.image("one")})
        try:
            pod_spec.pod_spec_set(spec + "# of " + hookenv.local_unit())
        except pod_spec.NotLeader as refusal:
            tell(refusal)
    """
    )
    spare.deploy(lose, units=2)
    run = spare.juju.runs("install", "spare/1")[0]
    assert told(run) == ["pod-spec-set: this unit is not the leader"]
    assert tools(run, "pod-spec-set") == ["pod-spec-set"]


def test_a_tool_that_fails_without_a_word_is_named_all_the_same():
    from charms.layer.pod_spec import ToolError, run_tool

    assert run_tool("cat", stdin="é") == "é"
    with pytest.raises(ToolError, match=r"^false: exit code 1$"):
        run_tool("false")


def test_an_unexpected_refusal_fails_the_hook(spare):
    spare.juju.deploy(spare.build(HANDLERS), resources=IMAGES)
    spare.juju.inject(spare.unit, "fail", tool="pod-spec-set")
    spare.juju.settle(expect_errors=True)
    assert "PodSpecError: pod-spec-set: the controller was told" in spare.juju.runs()[0].output[-1]
    assert "spare.applied" not in spare.flags()


def test_the_last_spec_of_a_hook_counts_also_if_it_is_the_one_before(spare):
    spare.deploy(
        HANDLERS.replace(
            "        image = pod_spec.image",
            """
        before = pod_spec.pod_spec_get()
        if before:
            pod_spec.pod_spec_set(before.replace("red", "blue"))
            pod_spec.pod_spec_set(before)
            set_flag("spare.applied")
            return
        image = pod_spec.image""",
        )
    )
    spare.juju.attach_resource("spare", "one", "quay.io/one:3")
    spare.juju.settle()
    assert tools(spare.juju.runs("upgrade-charm")[0], "pod-spec-set") == ["pod-spec-set"] * 2
    assert spare.env == {"COLOUR": "red"}


def test_what_juju_holds_must_be_known(spare):
    spare.deploy()
    spare.juju.inject(spare.unit, "fail", tool="pod-spec-get")
    spare.juju.config("spare", {"colour": "blue"})
    spare.juju.settle(expect_errors=True)
    assert "PodSpecError: pod-spec-get: " in spare.juju.runs()[-1].output[-1]


def test_a_spec_that_juju_already_holds_is_not_written_again(spare):
    spare.deploy()
    bus_harness.lose_database(spare.juju, spare.unit)
    run = spare.update_status()
    assert tools(run, "pod-spec-get", "pod-spec-set") == ["pod-spec-get"]
    assert run.writes == []


# writes that Juju may have thrown away


def lose_the_writes_of_config_changed(spare):
    spare.juju.inject(spare.unit, "commit", hook="config-changed")
    spare.juju.config("spare", {"colour": "blue"})
    spare.juju.settle(expect_errors=True)
    assert spare.env == {"COLOUR": "red"}
    assert "spare.applied" in spare.flags()


def test_writes_that_juju_lost_are_made_again_when_it_repeats_the_hook(spare):
    spare.deploy()
    lose_the_writes_of_config_changed(spare)
    spare.juju.resolved(spare.unit)
    spare.juju.settle()
    assert spare.env == {"COLOUR": "blue"}


def test_writes_that_juju_lost_are_made_again_when_the_hook_is_not_repeated(spare):
    spare.deploy()
    lose_the_writes_of_config_changed(spare)
    spare.juju.resolved(spare.unit, retry=False)
    spare.update_status()
    assert spare.env == {"COLOUR": "blue"}


def test_writes_are_made_again_as_often_as_juju_loses_them(spare):
    spare.deploy()
    lose_the_writes_of_config_changed(spare)
    spare.juju.inject(spare.unit, "commit", hook="config-changed")
    spare.juju.resolved(spare.unit)
    spare.juju.settle(expect_errors=True)
    assert spare.env == {"COLOUR": "red"}
    spare.juju.resolved(spare.unit)
    spare.juju.settle()
    assert spare.env == {"COLOUR": "blue"}


TELL_REPEATED = (
    TELL
    + """
    from charms.reactive import is_flag_set

    @when_not("spare.never")
    def say():
        tell(is_flag_set("layer.pod-spec.repeated"))
        if hookenv.config("unset") == "write" and not is_flag_set("layer.pod-spec.repeated"):
            hookenv.relation_set(hookenv.relation_ids("web")[0], {"a": "b"})
            pod_spec.note_write()
"""
)


def test_the_hook_after_one_that_wrote_looks_again_and_the_next_one_does_not(spare):
    spare.deploy(TELL_REPEATED)
    spare.juju.add_remote_app("browser", "web", "http")
    spare.juju.relate("spare:web", "browser:web")
    spare.juju.settle()
    assert told(spare.configure(unset="write")) == ["False"]
    spare.juju.config("spare", {"unset": "rest"})
    spare.juju.settle()
    assert told(spare.juju.runs("config-changed")[-1]) == ["True"]
    assert told(spare.update_status()) == ["False"]
    assert "layer.pod-spec.repeated" not in spare.flags()


def test_a_hook_that_failed_by_itself_leaves_nothing_to_look_at(spare):
    spare.deploy(TELL_REPEATED)
    spare.juju.add_remote_app("browser", "web", "http")
    spare.juju.relate("spare:web", "browser:web")
    spare.juju.settle()
    # the write is made, then the hook fails
    spare.juju.inject(spare.unit, "fail", hook="config-changed", tool="relation-set", call=1)
    spare.juju.config("spare", {"unset": "write"})
    spare.juju.settle(expect_errors=True)
    spare.juju.resolved(spare.unit)
    spare.juju.settle()
    failed, retried = spare.juju.runs("config-changed")[-2:]
    assert failed.error
    assert told(retried) == ["False"]


# the status


def test_the_status_is_written_once_and_only_if_it_differs(spare):
    spare.deploy()
    statuses = [tools(run, "status-set") for run in spare.juju.runs()]
    assert statuses == [["status-set"], [], [], []]
    assert spare.juju.charm_status(spare.unit).message == "as it should be"


def test_the_status_is_decided_after_all_handlers_and_after_relations_are_written(spare):
    spare.deploy(
        TELL
        + """
    from charms.reactive import set_flag

    @pod_spec.status_at_exit
    def assess():
        return pod_spec.Status("active", " ".join(f for f in get_flags() if "spare" in f))

    @when_not("spare.done")
    def last():
        set_flag("spare.done")
    """
    )
    assert spare.juju.charm_status(spare.unit).message == "spare.done"


def test_a_status_is_one_printable_line_that_juju_takes(spare):
    spare.deploy(
        TELL
        + """
    @pod_spec.status_at_exit
    def assess():
        return pod_spec.Status("active", "a\\0b\\n\\ud800\u00e9" + "\\x1b" * 200_000)
    """
    )
    message = spare.juju.charm_status(spare.unit).message
    assert message.startswith("a\\x00b\\n\\ud800\u00e9\\x1b")
    assert (message.isprintable(), len(message), message[-1]) == (True, 1000, "\u2026")
    assert tools(spare.update_status(), "status-set") == []


TELL_FLAGS = (
    TELL
    + """
    @when_not("never")
    def tell_flags():
        tell(*get_flags())
    """
)


def test_juju_tells_itself_that_a_unit_stops(spare):
    spare.deploy()
    spare.juju.remove_application("spare")
    spare.juju.settle()
    assert tools(spare.juju.runs("stop")[0], "status-set", "status-get") == []


# removal


def test_a_unit_whose_application_goes_has_a_flag_for_it_from_its_first_last_hook_on(spare):
    spare.deploy(TELL_FLAGS)
    relation = relate(spare.juju)
    spare.juju.remove_application("spare")
    spare.juju.settle()
    dying = {run.hook: "layer.pod-spec.dying" in str(told(run)) for run in spare.juju.history}
    assert relation.id not in spare.juju.model.relations
    last = ["web-relation-departed", "web-relation-broken", "stop"]
    assert [hook for hook, is_dying in dying.items() if is_dying] == last


def relate(juju):
    juju.add_remote_app("browser", "web", "http")
    relation = juju.relate("spare", "browser")
    juju.settle()
    return relation


def test_no_image_for_an_application_that_goes_fails_no_hook(spare):
    """The hook before has written the spec, so the handler wants to write it again."""
    spare.deploy()
    spare.configure(colour="green")
    spare.juju.config("spare", {"colour": "blue"})
    spare.juju.inject(spare.unit, lambda: spare.juju.remove_application("spare"))
    spare.juju.settle()
    assert "spare" not in spare.juju.model.applications
    told = next(line for line in spare.juju.log_lines() if "is being removed" in line)
    assert told.startswith("INFO Nothing is lost, for the unit or its application is being removed")
    assert 'application "spare" dying or dead' in told
    assert not [line for line in spare.juju.log_lines() if "Traceback" in line]


def test_what_is_refused_for_another_reason_fails_the_hook(spare):
    spare.deploy()
    spare.juju.config("spare", {"colour": "blue"})
    spare.juju.inject(spare.unit, "fail", tool="pod-spec-set")
    spare.juju.step(spare.juju.unit(spare.unit))
    assert spare.juju.unit(spare.unit).failed


def test_a_charm_without_a_status_leaves_it_to_juju(spare):
    spare.deploy(TELL)
    assert not [run for run in spare.juju.runs() if run.calls_of("status-set")]


def test_two_functions_cannot_both_decide_the_status(spare):
    twice = (
        HANDLERS
        + """
    @pod_spec.status_at_exit
    def assess_too():
        return pod_spec.Status("waiting", "")
    """
    )
    spare.juju.deploy(spare.build(twice), resources=IMAGES)
    spare.juju.settle(expect_errors=True)
    said = spare.juju.runs()[0].output[-1]
    assert said == "ValueError: status_at_exit is taken: reactive.spare.assess"


# an idle hook


def test_an_idle_hook_asks_for_what_may_have_changed_and_writes_nothing(spare):
    spare.deploy()
    spare.update_status()
    run = spare.update_status()
    assert run.writes == []
    assert [call.tool for call in run.calls if call.tool != "juju-log"] == [
        "is-leader",
        "config-get",
        "status-get",
    ]


def test_what_the_framework_does_is_printed(spare, capsys):
    spare.deploy()
    lines = [call.argv for run in spare.juju.history for call in run.calls_of("juju-log")]
    assert [line for line in lines if not {"WARNING", "ERROR"} & {*line}] == []
    assert "Invoking reactive handler" in capsys.readouterr().out


def test_numbers_sort_as_the_items_do():
    assert pod_spec.number("ab") == {"1": "a", "2": "b"}
    keys = list(pod_spec.number(range(101)))
    assert keys == sorted(keys)
    assert (keys[0], keys[-1]) == ("001", "101")
