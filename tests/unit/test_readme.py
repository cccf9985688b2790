"""The documents say what the files say, and name what is there."""

import re
import subprocess
import sys
from pathlib import Path

import kubernetes_validate
import yaml

ROOT = Path(__file__).resolve().parents[2]


def test_tables_are_up_to_date():
    done = subprocess.run(
        [sys.executable, "tools/readme_tables.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_security_names_tests_that_are_there_and_a_network_policy_that_is_one():
    text = (ROOT / "SECURITY.md").read_text()
    named = set(re.findall(r"tests/[\w/.-]+", text))
    assert named
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
    (policy,) = re.findall(r"^```yaml\n(.*?)^```", text, re.M | re.S)
    kubernetes_validate.validate(yaml.safe_load(policy), "1.33", strict=True)


def test_no_link_leads_nowhere():
    known = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    listed = subprocess.run(known, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    pages = [ROOT / name for name in listed.split()]
    assert ROOT / "docs/how-to/relations/README.md" in pages
    broken = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in pages
        if page.exists()
        for link in re.findall(r"\]\((?!https?:)([^)#\s]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ]
    assert broken == []
