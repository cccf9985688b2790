"""What all tests need before they import anything."""

import sys
from pathlib import Path

# Where the base layer finds distutils, which Python has had none of since 3.12; as in its hooks.
sys.path.append(str(Path(__file__).parents[1] / "layers" / "pod-spec" / "lib" / "stand_ins"))
