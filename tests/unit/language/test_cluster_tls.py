"""The file that --cluster.tls-config names."""

import pytest
from alertmanager_config import check_cluster_tls
from alertmanager_config.version import NEWEST, since
from support import cluster_tls_corpus, spoilt_fields

# The first that has the flag, those at which something changed, and the newest.
MINORS = (24, 26, 27, 28, NEWEST)
NAME = "gossip.yml"


def refusals(text, version, files=spoilt_fields.FILES):
    problems = check_cluster_tls(text, NAME, "secret-files", version, files)
    return [str(problem) for problem in problems if not problem.warning]


@pytest.mark.parametrize("case", cluster_tls_corpus.CASES, ids=lambda case: case.text)
def test_each_version_takes_what_it_starts_with(case):
    for minor in MINORS:
        found = refusals(case.text, (0, minor, 0))
        accepted = bool(case.accepting & since(minor) & ~since(minor + 1))
        assert accepted == (found == []), (minor, found)
        assert accepted or any(case.says in problem or "only in" in problem for problem in found)


def test_a_problem_names_option_file_line_and_key():
    (found,) = refusals("tls_server_config:\n  cert_file: cert.pem\n", (0, 35, 0))
    assert found == "secret-files line 2, gossip.yml.tls_server_config: needs key_file"


def test_without_a_version_only_what_every_one_refuses_is_refused():
    text = "tls_server_config: {cert_file: cert.pem, key_file: key.pem}\n"
    assert refusals(text, None) == []
    assert refusals(text, (0, 25, 0)) != []


def test_of_files_whose_contents_nobody_knows_only_the_names_are_judged():
    files = {"cert.pem": None, "key.pem": None}
    text = "tls_server_config: {cert_file: cert.pem, key_file: %s}\ntls_client_config: {}\n"
    assert refusals(text % "key.pem", (0, 35, 0), files) == []
    assert len(refusals(text % "other.pem", (0, 35, 0), files)) == 1


def test_a_version_of_the_future_may_have_other_keys():
    text = "tls_server_config: {cert_file: cert.pem, key_file: key.pem, new: 1}\n"
    assert refusals(text, (0, NEWEST + 1, 0)) == []
    assert refusals(text, (0, NEWEST, 0)) != []
