"""The programs that the cluster half runs, and the Debian packages that bring them.

Standard library only: it is asked before anything else has been installed.
"""

import os
import shutil
from typing import List

_PROGRAMS = {
    "bwrap": "bubblewrap",
    "busybox": "busybox-static",
    "dnsmasq": "dnsmasq-base",
    "gpgv": "gpgv",
    "ip": "iproute2",
    "nsenter": "util-linux",
    "perl": "perl-base",
    "setpriv": "util-linux",
    "unshare": "util-linux",
}
PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])
"""Where programs are looked for; an ordinary user's own PATH often lacks sbin."""


def missing() -> List[str]:
    """Return the packages of those that are not there."""
    return sorted({_PROGRAMS[name] for name in _PROGRAMS if not shutil.which(name, path=PATH)})
