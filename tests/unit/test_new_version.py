"""What lists the differences between the tables and the source of a version."""

import pytest

from tools import new_version

CONFIG = """
package config

type Receiver struct {
	// A unique identifier for this receiver.
	Name string `yaml:"name" json:"name"`
	Labels map[string]string `yaml:"labels,omitempty"`
	%s
	internal int
}
"""
MAIN = """
var a = kingpin.Flag("cluster.peer", "").String()
var b = kingpin.Flag("x.y", "").Bool()
"""


@pytest.fixture
def module(tmp_path):
    files = {
        "config/config.go": CONFIG % 'Novelty []*Novelty `yaml:"novelty_configs,omitempty"`',
        "config/config_test.go": CONFIG % 'Other string `yaml:"only_in_a_test"`',
        "cmd/alertmanager/main.go": MAIN,
        "featurecontrol/featurecontrol.go": 'const (\n\tFeatureX = "new-feature"\n)\n',
        "template/template.go": 'var DefaultFuncs = FuncMap{\n\t"toUpper": a,\n\t"shout": b,\n}\n',
        "template/default.tmpl": '{{ define "__subject" }}{{ end }}{{- define "new.text" -}}',
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_what_is_new_and_what_is_gone_is_told(module):
    found = list(new_version.differences([module], (0, 35, 0)))
    assert "new a receiver (Receiver): key novelty_configs" in found
    assert "gone: a receiver (Receiver): key slack_configs" in found
    assert "new flag x.y" in found
    assert "new feature new-feature" in found
    assert "new template function shout" in found
    assert "new template new.text" in found
    assert not [line for line in found if "only_in_a_test" in line or "cluster.peer " in line]


def test_a_version_that_is_not_known_is_held_against_the_newest(module):
    newest = list(new_version.differences([module], (0, 35, 0)))
    assert list(new_version.differences([module], (0, 99, 0))) == newest


@pytest.mark.parametrize("words", [[], [""], ["latest"], ["0.35.0", "0.34.0"]])
def test_a_version_has_to_be_named(words, capsys):
    assert new_version.main(words) == 2
    assert "name a version" in capsys.readouterr().err
