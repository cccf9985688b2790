"""The README says what the files say."""

import subprocess
import sys


def test_tables_are_up_to_date():
    done = subprocess.run(
        [sys.executable, "tools/readme_tables.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
