"""The documents say what the files say, and name what is there."""

import re
import subprocess
import sys
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from charms.layer import pod_spec

ROOT = Path(__file__).resolve().parents[2]
LISTED = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
    cwd=ROOT,
    capture_output=True,
    text=True,
    check=True,
).stdout.split()
FILES = [name for name in LISTED if (ROOT / name).exists()]
FOLDERS = "|".join(sorted({name.partition("/")[0] for name in FILES if "/" in name}))
PAGES = [name for name in FILES if name.endswith(".md")]
# The changelog also has names of the past.
PAGES_OF_TODAY = [name for name in PAGES if name != "CHANGELOG.md"]
TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M)


def read(page):
    """Return the text of a page, without the files that it shows."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.sub(r"^```\w+\n.*?^```", "", text, flags=re.M | re.S)


def is_there(path):
    """Tell whether a file or folder of this repository has a path that ends with this one."""
    pattern = re.escape(path.rstrip("/")).replace(r"\*", "[^/]*")
    return any(re.search(rf"(^|/){pattern}(/|$)", name) for name in FILES)


def heading_anchors(page):
    titles = re.findall(r"^#+ (.*)$", read(page), re.M)
    return {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}


def test_tables_are_up_to_date():
    done = subprocess.run(
        [sys.executable, "tools/readme_tables.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_security_shows_a_network_policy_that_is_one():
    text = (ROOT / "SECURITY.md").read_text()
    (policy,) = re.findall(r"^```yaml\n(.*?)^```", text, re.M | re.S)
    kubernetes_validate.validate(yaml.safe_load(policy), "1.33", strict=True)


@pytest.mark.parametrize("page", PAGES)
def test_no_link_leads_nowhere(page):
    for link in re.findall(r"\]\((?!https?:)([^)\s]+)", read(page)):
        path, _, anchor = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), link
        assert not anchor or anchor in heading_anchors(target.resolve().relative_to(ROOT)), link


@pytest.mark.parametrize("page", PAGES_OF_TODAY)
def test_every_path_that_a_page_names_is_there(page):
    below = rf"(?<![\w./$~-])(?:{FOLDERS})/(?:[\w.*-]*[\w*]/?)*"
    module = r"[\w-][\w./-]*\.(?:py|sh|j2|toml|ini)\b"
    text = read(page)
    named = re.findall(f"{below}|{module}", text)
    imported = re.findall(r"`((?:charms\.layer|alertmanager_config)\.[\w.]+)", text)
    named += [name.replace(".", "/") + ".py" for name in imported]
    assert [path for path in named if not is_there(path)] == []


@pytest.mark.parametrize("page", PAGES_OF_TODAY)
def test_every_command_of_make_is_there(page):
    commands = re.findall(r"`(?:\w+=\S+ )?make ([a-z-]+)", read(page))
    commands += re.findall(r"^make ([a-z-]+)", read(page), re.M)
    assert set(commands) <= set(TARGETS)


def test_every_choice_of_tests_finds_one():
    text = (ROOT / "SECURITY.md").read_text()
    chosen = re.findall(r"`(tests/\S+) -k (?:(\w+)|\"(\w+) or (\w+)\")`", text)
    assert chosen
    for file, *words in chosen:
        tests = re.findall(r"def (test_\w+)", (ROOT / file).read_text())
        for word in filter(None, words):
            assert any(word in test for test in tests), (file, word)


def test_the_base_layer_documents_every_public_name():
    text = (ROOT / "layers/pod-spec/README.md").read_text()
    assert [name for name in pod_spec.__all__ if not re.search(rf"\b{name}\b", text)] == []
