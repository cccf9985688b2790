"""A real browser without a window, for tests of what a person sees.

A test that needs it is skipped where Chromium or its driver is missing, and says so.
"""

import contextlib
import os
import shutil
import tempfile
from typing import Iterator, List

import pytest
from selenium import webdriver
from support import processes
from support.kubelet_cluster import awaited

FLAGS = (
    "--headless=new",
    "--no-sandbox",  # which root may not have
    "--disable-gpu",
    "--disable-dev-shm-usage",  # containers have little of it
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # this machine and nothing else
    "--remote-debugging-pipe",  # so that it ends with its driver, however that ends
    "--window-size=1000,760",
)


class _Service(webdriver.ChromeService):
    """The driver, which ends when whoever started it does, however that ends."""

    def __init__(self, chromedriver: str, **more):
        super().__init__(shutil.which("setpriv"), **more)
        self._words = ["--pdeathsig=KILL", chromedriver]

    def command_line_args(self) -> List[str]:
        return [*self._words, *super().command_line_args()]


@contextlib.contextmanager
def opened() -> Iterator[webdriver.Chrome]:
    """Lend a browser; when the block ends no process and no file of it is left."""
    programs = [shutil.which(name) for name in ("chromium", "chromedriver")]
    # a snap has a /tmp of its own
    if not all(programs) or any(path.startswith("/snap/") for path in programs):
        pytest.skip("needs Debian's packages chromium and chromium-driver")
    chromium, chromedriver = programs
    with tempfile.TemporaryDirectory(prefix="browser-") as folder:
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        for flag in (*FLAGS, f"--user-data-dir={folder}/profile"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        homes = dict.fromkeys(("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"), folder)
        service = _Service(chromedriver, env={**os.environ, **homes})
        driver = webdriver.Chrome(options, service)
        try:
            yield driver
        finally:
            driver.quit()
            awaited(lambda: not processes.marked(folder), what="the browser to end")
