"""The validator says what real servers of fourteen versions were recorded to do."""

import pytest
from alertmanager_config import check
from support import recorded_verdicts

VERSIONS = sorted(recorded_verdicts.VERDICTS)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_validator_refuses_what_a_server_cannot_live_with(version):
    wrong = []
    for name, how in recorded_verdicts.VERDICTS[version].items():
        text = recorded_verdicts.CONFIGURATIONS[name]
        found = check.check_text(text, name, version, files=recorded_verdicts.FILES)
        refused = [str(problem) for problem in found if not problem.warning]
        if bool(refused) != (how != "accepts"):
            wrong.append((name, how, refused))
    assert wrong == []


def test_every_configuration_has_a_verdict_of_every_version():
    assert len(VERSIONS) >= 14
    for version in VERSIONS:
        assert set(recorded_verdicts.VERDICTS[version]) == set(recorded_verdicts.CONFIGURATIONS)


def test_a_version_alters_its_own_verdicts_alone():
    verdicts = recorded_verdicts.VERDICTS
    name = next(iter(recorded_verdicts.CONFIGURATIONS))
    for version in ("0.19.0", "0.22.2", "0.36.0"):
        altered = {**verdicts, version: {name: "hangs"}}
        text = recorded_verdicts.format_table(altered)
        assert recorded_verdicts.parse_table(text) == altered
    assert recorded_verdicts.format_table(verdicts) == recorded_verdicts.TABLE.read_text("utf-8")


@pytest.mark.parametrize("words", [[], [""], ["latest"], ["0.35.0", "0.34.0"]])
def test_a_version_has_to_be_named(words, capsys):
    assert recorded_verdicts.main(words) == 2
    assert capsys.readouterr().err == "verdicts: name a version, such as VERSION=0.35.0\n"
