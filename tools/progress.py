"""Tell somebody who waits what goes on, how long each step took, and that it still goes on.

Standard library only: it speaks before anything else has been installed.
"""

import contextlib
import os
import threading
import time

SILENCE = 8.0
"""Seconds after which something is said, if only that the same still goes on."""
_BEGAN = "MAKE_RUN_BEGAN"  # by the clock that all processes have in common


class Progress:
    """Lines with the seconds since the first process began, of which this one may be the second."""

    def __init__(self):
        self._began = float(os.environ.setdefault(_BEGAN, repr(time.monotonic())))
        self._said = time.monotonic()
        self._lock = threading.Lock()

    def say(self, line):
        """Print a line."""
        with self._lock:
            self._said = time.monotonic()
            print(f"{self._said - self._began:5.0f} s  {line}", flush=True)

    @contextlib.contextmanager
    def step(self, what, look=None):
        """Say what the ``with`` block does, now, while it lasts, and how long it took in the end.

        look: called without arguments to say more about it while it lasts; returns a text.
        """
        began, is_over = time.monotonic(), threading.Event()
        self.say(what)
        reminder = threading.Thread(target=self._remind, args=(what, look, is_over), daemon=True)
        reminder.start()
        try:
            yield
        finally:
            is_over.set()
            reminder.join()
        self.say(f"{what}: took {time.monotonic() - began:.0f} s")

    def _remind(self, what, look, is_over):
        while not is_over.wait(max(0.0, self._said + SILENCE - time.monotonic())):
            if time.monotonic() >= self._said + SILENCE:
                self.say(f"still {what}" + (f": {look()}" if look else ""))
