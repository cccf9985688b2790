"""Lets charmhelpers be imported off Ubuntu, for example on Debian, which it refuses although it
would run.

charmhelpers.osplatform takes this branch where Python still has linux_distribution, and treats the
answer as Ubuntu.
"""

import platform

platform.linux_distribution = lambda: ("debian", "12", "")
