from charms.layer import pod_spec
from charms.reactive import is_flag_set, register_trigger, set_flag, when, when_not

IMAGE = "layer.pod-spec.image.hello-image.available"

for change in ("config.changed", "layer.pod-spec.refreshed", "layer.pod-spec.repeated"):
    register_trigger(when=change, clear_flag="hello.spec.applied")
register_trigger(when_not="leadership.is_leader", clear_flag="hello.spec.applied")


@when("leadership.is_leader", IMAGE)
@when_not("hello.spec.applied")
def apply_pod_spec():
    """Hand Juju the spec that the image calls for."""
    image = pod_spec.image("hello-image")
    pod_spec.pod_spec_set(pod_spec.render("pod-spec.yaml.j2", {"image": image}))
    set_flag("hello.spec.applied")


@pod_spec.status_at_exit
def assess():
    """Say what the operator of the charm has to know."""
    if not is_flag_set(IMAGE):
        return pod_spec.Status("blocked", "attach the resource hello-image")
    return pod_spec.Status("active", "")
