"""Being reached through an ingress: what it is told, and what comes of its answer."""

import json

import pytest
from support.charm_stories import APP, BAD, UNIT, configure, deploy, idle, self_signed, since

URL = "http://lb.example/lma-alertmanager"
LINKS = f"--web.external-url={URL}"
AT_ROOT = "--web.route-prefix=/"
POD = "alertmanager-0.alertmanager-endpoints.lma.svc"


@pytest.fixture
def ingress(juju, charm):
    """Relate an ingress that the test plays; return the relation."""
    deploy(juju, charm)
    return relate(juju)


def relate(juju, name="traefik"):
    juju.add_remote_app(name, "ingress", "ingress")
    relation = juju.relate(f"{APP}:ingress", name)
    juju.settle()
    return relation


def answer(juju, relation, text, name="traefik"):
    juju.write(relation, name, {"ingress": text})
    juju.settle()


def container(juju):
    return juju.pod_spec(APP)["containers"][0]


def links(juju):
    """Return the arguments that an ingress changes."""
    words = ("--web.external-url", "--web.route-prefix")
    return [word for word in container(juju)["args"] if word.startswith(words)]


def test_links_use_the_url_and_pods_serve_at_the_root(juju, ingress):
    before = container(juju)
    answer(juju, ingress, json.dumps({"url": URL}))
    after = container(juju)
    assert links(juju) == [LINKS, AT_ROOT]
    assert after["kubernetes"] == before["kubernetes"]
    assert [word for word in after["args"] if word not in (LINKS, AT_ROOT)] == before["args"]


def test_another_url_is_followed_and_the_same_one_changes_nothing(juju, ingress):
    answer(juju, ingress, json.dumps({"url": URL}))
    answer(juju, ingress, json.dumps({"url": f"{URL}-new"}))
    assert links(juju) == [f"{LINKS}-new", AT_ROOT]
    began = len(juju.history)
    answer(juju, ingress, json.dumps({"url": f"{URL}-new", "more": 1}))
    assert since(juju, began) == []


@pytest.mark.parametrize("end", ["null", "", "broken"])
def test_it_ends_as_it_began(juju, charm, end):
    deploy(juju, charm)
    before = juju.application(APP).pod_spec
    relation = relate(juju)
    answer(juju, relation, json.dumps({"url": URL}))
    assert juju.application(APP).pod_spec != before
    if end == "broken":
        juju.remove_relation(APP, "traefik")
        juju.settle()
    else:
        answer(juju, relation, end)
    assert juju.application(APP).pod_spec == before


@pytest.mark.parametrize(
    "rubbish",
    [
        "}{",
        "[]",
        '"http://lb.example"',
        '{"url": 5}',
        '{"url": "ftp://ann:s3cret@lb.example"}',
        '{"url": "http://[::1"}',
        '{"url": "http://lb.example/a b --log.level=debug"}',
        '{"url": "http://ann:s3cret@lb.example"}',
    ],
)
def test_rubbish_is_logged_and_left_alone(juju, ingress, rubbish):
    before = juju.application(APP).pod_spec
    answer(juju, ingress, rubbish)
    assert juju.application(APP).pod_spec == before
    (line,) = [line for line in juju.log_lines() if "the ingress gives" in line]
    assert line.startswith("WARNING")
    assert "s3cret" not in line


def test_what_the_operator_says_goes_into_links_and_the_path_is_still_taken_off(juju, ingress):
    configure(juju, external_url="https://alerts.example/am")
    assert links(juju) == ["--web.external-url=https://alerts.example/am"]
    answer(juju, ingress, json.dumps({"url": URL}))
    assert links(juju) == ["--web.external-url=https://alerts.example/am", AT_ROOT]
    assert container(juju)["kubernetes"]["readinessProbe"]["httpGet"]["path"] == "/-/ready"
    juju.reset_config(APP, "external-url")
    juju.settle()
    assert links(juju) == [LINKS, AT_ROOT]


def test_other_relations_keep_working(juju, ingress):
    juju.add_remote_app("loki", "alertmanager", "alertmanager_dispatch")
    juju.add_remote_app("page", "catalogue", "catalogue")
    loki = juju.relate(f"{APP}:alerting", "loki")
    page = juju.relate(f"{APP}:catalogue", "page")
    answer(juju, ingress, json.dumps({"url": URL}))
    assert juju.databag(loki, UNIT)["url"] == f"http://{POD}:9093"
    assert juju.databag(page, APP)["url"] == URL
    configure(juju, alertmanager_config=BAD, external_url="https://alerts.example/am")
    assert juju.databag(loki, UNIT)["url"] == f"http://{POD}:9093"
    assert juju.databag(page, APP)["url"] == URL


def test_tls_is_told(juju, ingress, tmp_path):
    certificate, key = self_signed(POD, tmp_path)
    configure(juju, tls_cert=certificate, tls_key=key)
    assert juju.databag(ingress, APP)["scheme"] == '"https"'


def test_another_leader_keeps_the_url(juju, charm):
    deploy(juju, charm, units=2)
    relation = relate(juju)
    answer(juju, relation, json.dumps({"url": URL}))
    before = juju.application(APP).pod_spec
    juju.set_leader(APP, "alertmanager/1")
    juju.settle()
    configure(juju, log_level="debug")
    assert links(juju) == [LINKS, AT_ROOT]
    configure(juju, log_level="info")
    assert juju.application(APP).pod_spec == before


def test_a_health_check_is_told_unless_a_password_is_needed_for_it(juju, ingress):
    assert json.loads(juju.databag(ingress, APP)["healthcheck_params"]) == {"path": "/-/healthy"}
    answer(juju, ingress, json.dumps({"url": URL}))
    idle(juju)
    assert "healthcheck_params" in juju.databag(ingress, APP)
    configure(juju, web_users=f"ann: $2y$10${'a' * 53}")
    assert "healthcheck_params" not in juju.databag(ingress, APP)


def test_the_health_check_is_taken_back_where_it_may_be_what_an_ingress_refuses(juju, ingress):
    told = juju.databag(ingress, APP)
    juju.update_status(APP)
    juju.settle()
    told.pop("healthcheck_params")
    assert juju.databag(ingress, APP) == told
    idle(juju)
    answer(juju, ingress, json.dumps({"url": URL}))
    assert links(juju) == [LINKS, AT_ROOT]
    assert juju.databag(ingress, APP) == told
    juju.remove_relation(APP, "traefik")
    juju.settle()
    assert "healthcheck_params" in juju.databag(relate(juju, "another"), APP)


def test_an_idle_hook_does_not_ask(juju, ingress):
    answer(juju, ingress, json.dumps({"url": URL}))
    (run,) = idle(juju)
    assert len(run.calls) <= 8


@pytest.mark.parametrize("effect", ["commit", "fail", "kill", "kill-after"])
def test_an_answer_arrives_whatever_goes_wrong(juju, ingress, effect):
    tool = None if effect == "commit" else "pod-spec-set"
    juju.inject(UNIT, effect, hook="ingress-relation-changed", tool=tool)
    juju.write(ingress, "traefik", {"ingress": json.dumps({"url": URL})})
    juju.settle(expect_errors=True)
    juju.advance(300)
    juju.settle()
    assert links(juju) == [LINKS, AT_ROOT]
