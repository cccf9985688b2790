"""``make run``: whatever it takes to start the demonstration on a fresh machine.

    python3 -m tools.run_sandbox [--units N] [--juju 2.9|3.6] [--alertmanager-image IMAGE] ...

Standard library only. It installs what is missing, makes a virtual environment, and goes on in
that as tools.demonstrate.
"""

import os
import sys

from tools import system_packages
from tools.environment import ROOT, EnvironmentFailure, environment
from tools.progress import Progress


def main(arguments):
    """Becomes the demonstration; returns only if that cannot be, with the exit code."""
    progress = Progress()
    try:
        wanted = system_packages.missing()
        if wanted:
            with progress.step(f"installing {', '.join(wanted)}"):
                system_packages.install(wanted)
        with progress.step("preparing the environment"):
            python = environment("run") / "python"
    except (system_packages.PackagesError, EnvironmentFailure) as error:
        print(f"ERROR {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    os.chdir(ROOT)
    os.environ["PYTHONPATH"] = os.path.join(ROOT, "lib")  # the reader of YAML is there
    os.execv(str(python), [str(python), "-m", "tools.demonstrate", *arguments])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
