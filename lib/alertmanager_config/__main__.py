"""python -m alertmanager_config does what the command alertmanager-config does."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
