"""Deploying a bundle: applications, options, images, scale and relations in one file."""

import pytest
import yaml
from support.juju_versions import on

BUNDLE = """
bundle: kubernetes
applications:
  web:
    charm: ./tiny
    scale: 2
    options: {name: ann, count: 3, debug: true}
    resources: {img: "tiny:2"}
  tiny:
    charm: ./tiny
    num_units: 1
    resources: {img: "tiny:1"}
    trust: true
relations:
  - [tiny:peer, web:web]
"""
ON_KUBERNETES = 'series "kubernetes" not supported by charm, supported series are: focal'


@pytest.fixture
def bundle(tiny, tmp_path):
    """Writes bundle.yaml beside the charm, changed at the top."""
    tiny.write_charm(requires={"peer": {"interface": "http"}})

    def write(text=BUNDLE, **changes):
        content = dict(yaml.safe_load(text), **changes)
        (tmp_path / "bundle.yaml").write_text(yaml.safe_dump(content))

    write()
    return write


@pytest.fixture
def bare(tiny, bundle):
    """The charm without manifest.yaml."""
    (tiny.charm / "manifest.yaml").unlink()
    return bundle


@on(["2.9.47", "2.9.52", "3.6"])
def test_applications_and_relations_are_made(bare, juju, type_):
    done = type_("deploy ./bundle.yaml")
    assert (done.code, done.err) == (
        0,
        "  added resource img\n  added resource img\nDeploy of bundle completed.\n",
    )
    charm = str(juju.application("tiny").charm.directory.parents[2] / "tiny")
    assert done.out.splitlines() == [
        "Executing changes:",
        f"- upload charm {charm}",
        "- deploy application tiny with 1 unit",
        f"- upload charm {charm}",
        "- deploy application web with 2 units using tiny",
        "- add relation tiny:peer - web:web",
    ]
    juju.settle()
    assert sorted(juju.application("web").units) == ["web/0", "web/1"]
    settings = juju.config("web")
    assert (settings["name"], settings["count"], settings["debug"]) == ("ann", 3, True)
    assert juju.application("web").resources["img"].path == "tiny:2"
    assert juju.runs("peer-relation-joined", "tiny/0")


@on(["2.9.47", "2.9.52"])
def test_2_9_deploys_what_a_bundle_names_as_series_kubernetes(bare, juju, type_):
    type_("deploy ./bundle.yaml")
    assert juju.application("tiny").platform.series == "kubernetes"


@on("2.9.42")
def test_until_2_9_42_a_manifest_means_nothing_in_a_bundle(bundle, juju, type_):
    assert type_("deploy ./bundle.yaml").code == 0
    assert juju.application("tiny").platform.series == "kubernetes"


@on(["2.9.43", "2.9.47", "2.9.52"])
def test_2_9_refuses_a_charm_with_manifest_in_a_bundle(bundle, juju, type_):
    refused = type_("deploy ./bundle.yaml")
    assert refused.code == 1
    assert refused.err == f"ERROR cannot deploy bundle: {ON_KUBERNETES}\n"
    assert juju.model.applications == {}


def test_2_9_52_takes_it_with_series_kubernetes_and_force(bundle, juju, type_):
    assert type_("deploy ./bundle.yaml --force").err.endswith(
        'cannot deploy bundle: cannot deploy application "tiny": cannot deploy application:'
        ' inconsistent values for series detected. argument: "kubernetes", charm origin series:'
        ' "kubernetes", charm origin base: "", charm url: "focal"\n'
    )
    bundle(series="kubernetes")
    assert type_("deploy ./bundle.yaml --force").err.endswith(f"{ON_KUBERNETES}\n")
    of_all = yaml.safe_load(BUNDLE)["applications"]
    bundle(applications={name: dict(of_all[name], series="kubernetes") for name in of_all})
    assert type_("deploy ./bundle.yaml").err.endswith(f"{ON_KUBERNETES}\n")
    assert type_("deploy ./bundle.yaml --force").code == 0
    assert juju.application("tiny").platform.series == "kubernetes"


@on("3.6")
def test_juju_3_takes_a_charm_with_manifest(bundle, juju, type_):
    assert type_("deploy ./bundle.yaml").code == 0
    assert juju.application("tiny").platform.base.shown == "ubuntu@20.04"


@on("3.6")
def test_it_fails_at_the_first_application_that_is_refused(bundle, juju, type_):
    bundle(applications={"web": {"charm": "./tiny", "options": {"name": 3}}})
    assert type_("deploy ./bundle.yaml").err == (
        'ERROR cannot deploy bundle: cannot deploy application "web":'
        " local charm missing OCI images for: img\n"
    )
    images = {"img": "tiny:1"}
    bundle(applications={"web": {"charm": "./tiny", "resources": images, "options": {"name": 3}}})
    assert type_("deploy ./bundle.yaml").err == (
        'ERROR cannot deploy bundle: cannot deploy application "web":'
        ' option "name" expected string, got 3\n'
    )
    assert juju.model.applications == {}


@on("3.6")
def test_an_application_without_scale_has_no_units(bundle, juju, type_):
    bundle(applications={"tiny": {"charm": "./tiny", "resources": {"img": "tiny:1"}}}, relations=[])
    assert "- deploy application tiny\n" in type_("deploy ./bundle.yaml").out
    assert juju.application("tiny").units == {}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"bundle": None}, 'the sandbox deploys on Kubernetes only: the bundle must say "bundle'),
        ({"machines": {}}, 'the sandbox does not model "machines" of a bundle'),
        ({"applications": {}}, "at least one application must be specified"),
        ({"applications": [1]}, "bundle: applications: expected map, got list"),
        (
            {"applications": {"a": {"charm": "ch:tiny"}}},
            'charm "ch:tiny" of application "a" is no path: the sandbox reaches no Charmhub',
        ),
        (
            {"applications": {"a": {"charm": "./tiny", "constraints": "mem=1G"}}},
            'the sandbox does not model "constraints" of application "a"',
        ),
        ({"applications": {"a": {"charm": "./none"}}}, "no charm was found at"),
        (
            {"applications": {"a": {"charm": "./tiny", "scale": -1}}},
            'negative number of units specified on application "a"',
        ),
        (
            {"applications": {"a": {"charm": "./tiny", "scale": 1, "num_units": 1}}},
            'cannot specify both scale and num_units for application "a"',
        ),
        (
            {"applications": {"a": {"charm": "./tiny", "scale": "2"}}},
            'the number of units of application "a" is no whole number',
        ),
        ({"relations": [["tiny"]]}, "relation ['tiny'] has 1 endpoint(s), not 2"),
    ],
)
@on("3.6")
def test_a_wrong_bundle_is_refused(bundle, type_, changes, error):
    bundle(**changes)
    refused = type_("deploy ./bundle.yaml")
    assert refused.code == 1
    assert refused.err.splitlines()[-1].startswith(f"ERROR cannot deploy bundle: {error}")


def test_options_of_charms_mean_nothing_to_a_bundle(bundle, type_):
    refused = type_("deploy ./bundle.yaml -n 2 --config a=b")
    assert refused.err == (
        "ERROR options provided but not supported when deploying a bundle: -n, --config\n"
    )
