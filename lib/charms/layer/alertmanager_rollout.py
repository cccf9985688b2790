"""From the configuration that the options call for to the one that every pod runs.

The leader gives the pods a configuration, asks them in each hook what they run, and remembers for
all units which one was proven and which one was refused; ``proof`` decides what follows from it.
What is kept in the unit's database only saves asking Juju again.
"""

import time

from charmhelpers.core import hookenv, unitdata
from charms.layer import alertmanager_pods as pods
from charms.layer import pod_spec

_GIVEN = "alertmanager.given"
_SEEN = "alertmanager.seen"
_VERSION = "alertmanager.version"

DELIVERY_SECONDS = 180
"""After that, every kubelet has delivered what Juju gave it; it usually takes half of it."""


def choose(desired, image):
    """Decide which configuration the pods get, from what Juju holds and the units remember.

    desired: a Desired without refusals. image: the reference of the image.
    Returns a proof.Choice, and notes what it is to be recognised by.
    """
    from charms.layer.alertmanager import proof, stored

    held, memory = stored.read(pod_spec.pod_spec_get()), pods.memory()
    choice = proof.choose(desired.files, image, held, memory, desired.default)
    name, before = proof.fingerprint(choice.current, image), given()
    unitdata.kv().set(_GIVEN, {**_told(choice, name, memory), **_doubt(name, before, held)})
    return choice


def _told(choice, name, memory):
    return {
        "name": name,
        "hash": choice.current.config_hash,
        "short": choice.current.short_hash,
        "proven": name == memory.proven,
        "refusal": memory.sentence if choice.refused else "",
    }


def _doubt(name, before, held):
    """Tell until when a refusal may be about an earlier configuration, still on a pod's disk.

    It can only be about this one if all pods ran the one before: then they hold no third.
    """
    from charms.layer.alertmanager import proof

    held_name = proof.fingerprint(held.current, held.image) if held else ""
    if before.get("name") == held_name == name:
        return {"live": before["live"], "doubted_until": before["doubted_until"]}
    sure = not held or (before.get("name") == held_name and before["live"])
    return {"live": False, "doubted_until": 0 if sure else time.time() + DELIVERY_SECONDS}


def given():
    """Return how the configuration that the pods were last given is recognised, as a dict."""
    return unitdata.kv().get(_GIVEN) or {}


def seen():
    """Return what the last look at the pods found, as a dict."""
    return unitdata.kv().get(_SEEN) or {}


def look(serving, ordinals):
    """Ask pods what they run, and note it.

    serving: returns how they are spoken to, None if nobody knows. ordinals: which. Returns those
    that answer, with their states.
    """
    served = serving() if pods.own_pod_exists() else None
    answers = pods.states(pods.pods(served, ordinals)) if served else []
    wanted = given().get("hash")
    live = [state for _, state in answers if state.config_hash == wanted and state.reloaded]
    found = {
        "asked": len(ordinals),
        "answering": len(answers),
        "live": len(live),
        "short": answers[0][1].short_hash if answers else "",
        "version": max((state.version for _, state in answers), default=""),
    }
    unitdata.kv().set(_SEEN, found)
    _show_version(found["version"])
    return answers


def prove(serving):
    """Look at all pods, and remember if all run what they were given, or if one refuses to.

    Returns whether that calls for another pod spec. What replaces a refused configuration is not
    judged itself: there would be nothing left to replace it with.
    """
    answers = look(serving, range(len(pods.living_units())))
    told, found = given(), seen()
    everywhere = found["live"] == found["asked"]
    if everywhere and not told["live"]:
        unitdata.kv().set(_GIVEN, {**told, "live": True})
    if told["proven"] or told["refusal"] or not answers:
        return False
    if everywhere:
        pods.remember(proven=told["name"])
        return True
    if time.time() < told["doubted_until"]:  # it may still be the one before that they refuse
        return False
    late = [pod for pod, state in answers if state.config_hash != told["hash"]]
    said = pods.refusal(late)
    if said:
        from charms.layer.alertmanager import proof

        sentence = proof.redacted(said, _secrets())
        hookenv.log(f"Alertmanager refused the configuration: {sentence}", hookenv.WARNING)
        pods.remember(refused=told["name"], sentence=sentence)
    return bool(said)


def _secrets():
    """Return what Alertmanager must not be quoted with: the secrets of what lies on its disk."""
    from alertmanager_config.edit import redact
    from alertmanager_config.yaml import reader
    from charms.layer.alertmanager import stored

    held = stored.read(pod_spec.pod_spec_get())
    if not held:
        return frozenset()
    found = set(redact.find_secrets(reader.parse_yaml(held.current.config.decode(), "")))
    for name, content in held.current.routing:
        if not name.endswith((".yml", ".tmpl")):
            found.update(content.decode(errors="replace").split())
    return found


def _show_version(version):
    """Let juju status show Alertmanager's version, if it is another than before."""
    if version and version != unitdata.kv().get(_VERSION):
        hookenv.application_version_set(version)
        unitdata.kv().set(_VERSION, version)
