"""The sandbox's page for Alertmanager, in a browser and as a person uses it.

Debian builds Alertmanager without web pages. What the page has done is asked of Alertmanager's API.
"""

import itertools
import json
import urllib.request
from datetime import datetime, timedelta
from typing import List, NamedTuple

import pytest
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from support import browser, kubelet_cluster, real_programs

MARKUP = '<img src=x onerror="window.ran = 1">'
CONFIG = {
    "route": {
        "receiver": "team",
        "routes": [{"receiver": MARKUP, "matchers": ['alertname="Hostile"']}],
    },
    "receivers": [{"name": "team"}, {"name": MARKUP}],
}
CARDS = """
    const texts = (card, kind) => [...card.querySelectorAll(kind)].map((part) => part.innerText);
    return [...document.querySelectorAll(arguments[0] + " article")].map(
      (card) => [".label", ".beside", "button"].map((kind) => texts(card, kind)));
"""
SYNTAX = 'Write matchers like alertname="DiskFull", team=~"a|b".'
SILENT = "Alertmanager does not answer."

pytestmark = pytest.mark.xdist_group("web page")


class Card(NamedTuple):
    """An alert or a silence as the page shows it."""

    labels: List[str]
    lines: List[str]
    buttons: List[str]

    @property
    def state(self):
        """Its first word."""
        return self.lines[0].split()[0].rstrip(";")


class Page:
    """The page of one Alertmanager, at an address."""

    def __init__(self, driver, address):
        self.driver, self.address = driver, address

    def open(self):
        """Load it, or load it again."""
        self.driver.get(self.address)

    def until(self, condition):
        """Wait until a condition is met; what the page shows if it never is."""
        try:
            WebDriverWait(self.driver, 60, poll_frequency=0.3).until(lambda _: condition())
        except TimeoutException:
            raise AssertionError("\n".join([self.text("body"), *self.log()])) from None

    def text(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector).text

    def alerts(self):
        return [Card(*parts) for parts in self.driver.execute_script(CARDS, "#alert-list")]

    def silences(self):
        return [Card(*parts) for parts in self.driver.execute_script(CARDS, "#silence-list")]

    def states(self):
        """Return the states of all alerts, and of all silences."""
        return tuple([card.state for card in cards] for cards in (self.alerts(), self.silences()))

    def press(self, where):
        """Press the first button in an element."""
        self.driver.find_element(By.CSS_SELECTOR, f"{where} button").click()

    def fill(self, **fields):
        """Type into fields of the form, in the place of what is there."""
        for name, text in fields.items():
            field = self.driver.find_element(By.ID, name)
            field.clear()
            field.send_keys(text)

    def value(self, name):
        return self.driver.find_element(By.ID, name).get_attribute("value")

    def log(self):
        """Return what the browser has complained of since it was asked last."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def api(self, path, content=None):
        """Return what Alertmanager's API answers to a GET, or to a POST of the content."""
        request = urllib.request.Request(
            f"{self.address}api/v2/{path}",
            data=None if content is None else json.dumps(content).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def fire(self, labels, **annotations):
        self.api("alerts", [{"labels": labels, "annotations": annotations}])


@pytest.fixture(scope="module")
def driver():
    with browser.opened() as driver:
        yield driver


@pytest.fixture(scope="module")
def cluster(driver, tmp_path_factory):
    with kubelet_cluster.started(tmp_path_factory.mktemp("world")) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def names():
    return (f"am{number}" for number in itertools.count())


@pytest.fixture
def app(names):
    """The name of an Alertmanager that has no alerts and no silences yet."""
    return next(names)


@pytest.fixture
def run(cluster, app):
    """Runs that Alertmanager, of a Debian suite."""

    def run(suite="trixie", scale=1):
        tag = f":v{real_programs.version('alertmanager', suite)}"
        cluster.run(kubelet_cluster.alertmanager(tag, json.dumps(CONFIG), app=app, scale=scale))

    yield run
    cluster.delete(app)


@pytest.fixture
def page_of(run, cluster, driver, app):
    """Gives its page, where make run would have it; nobody has opened it yet."""

    def page_of(suite="trixie"):
        run(suite)
        cluster.ready(app, timeout=60)
        host, port = cluster.publish(app, 9093)
        driver.get_log("browser")  # of the page before
        return Page(driver, f"http://{host}:{port}/")

    return page_of


@pytest.mark.parametrize("suite", real_programs.SUITES)
def test_an_alert_is_silenced_until_its_silence_is_expired(page_of, suite):
    page = page_of(suite)
    page.fire({"alertname": "DiskFull", "instance": "db-1:9100"}, summary="Full by noon.")
    page.open()
    page.until(lambda: page.states() == (["active"], []))
    (card,) = page.alerts()
    assert card.labels == ['alertname="DiskFull"', 'instance="db-1:9100"']
    assert card.lines[0].endswith(", to team")
    assert (card.lines[1:], card.buttons) == (["Full by noon."], ["Silence"])

    page.press("#alert-list")
    page.fill(hours="3", creator="ann", comment="new disks")
    page.press("#silence")
    page.until(lambda: page.states() == (["silenced"], ["active"]))
    (silence,) = page.api("silences")
    assert matchers(silence) == [("alertname", "=", "DiskFull"), ("instance", "=", "db-1:9100")]
    assert (silence["createdBy"], silence["comment"]) == ("ann", "new disks")
    assert hours(silence) == pytest.approx(3, abs=0.1)
    (alert,) = page.api("alerts")
    assert (alert["status"]["state"], alert["status"]["silencedBy"]) == (
        "suppressed",
        [silence["id"]],
    )

    page.open()
    page.until(lambda: page.states() == (["silenced"], ["active"]))
    assert page.alerts()[0].buttons == []
    (card,) = page.silences()
    assert card.labels == ['alertname="DiskFull"', 'instance="db-1:9100"']
    assert card.lines[0].endswith(", by ann: new disks")
    assert (card.lines[1:], card.buttons) == ([silence["id"]], ["Expire"])

    page.press("#silence-list")
    page.until(lambda: page.states() == (["active"], []))
    assert [each["status"]["state"] for each in page.api("silences")] == ["expired"]
    assert [each["status"]["state"] for each in page.api("alerts")] == ["active"]
    assert page.log() == []


def test_what_others_have_written_is_shown_and_runs_nothing(page_of):
    labels = {
        "alertname": "Hostile",
        "script": "</script><script>window.ran = 2</script>",
        "odd": 'C:\\new\t"a, b"\n}',
        MARKUP: MARKUP,
    }
    page = page_of()
    page.fire(labels, summary=MARKUP)
    page.open()
    page.until(lambda: page.states() == (["active"], []))
    page.press("#alert-list")
    page.fill(creator=MARKUP, comment=labels["script"])
    page.press("#silence")
    page.until(lambda: page.states() == (["silenced"], ["active"]))
    (silence,) = page.api("silences")
    assert {name: value for name, _, value in matchers(silence)} == labels

    (card,) = page.alerts()
    assert '"<img src=x onerror=\\"window.ran = 1\\">"="<img src=x onerror=\\"' in card.labels[0]
    assert 'script="</script><script>window.ran = 2</script>"' in card.labels
    assert card.lines[0].endswith(f", to {MARKUP}")
    assert card.lines[1:] == [MARKUP]
    (card,) = page.silences()
    assert card.lines[0].endswith(f", by {MARKUP}: {labels['script']}")
    count = "return document.querySelectorAll('main :is(img, script)').length"
    assert page.driver.execute_script(count) == 0
    assert page.driver.execute_script("return window.ran") is None
    assert page.log() == []


def test_what_is_refused_is_said_in_a_line_that_stays(page_of):
    page = page_of()
    page.open()
    for written, said in (
        ("DiskFull", SYNTAX),
        ('alertname="DiskFull" severity="page"', SYNTAX),
        ('path=~"(.*"', "missing closing )"),
    ):
        page.fill(matchers=written, creator="ann", comment="new disks")
        page.press("#silence")
        page.until(lambda said=said: said in page.text("#problem"))
        assert page.value("matchers") == written
    assert page.text("#problem")[0].isalpha()  # a sentence, and not the JSON that it came in
    refusal = (
        f"{page.address}api/v2/silences - Failed to load resource: "
        "the server responded with a status of 400 (Bad Request)"
    )
    page.until(lambda: page.log() == [refusal])
    page.fire({"alertname": "Later"})
    page.until(lambda: page.states() == (["active"], []))  # the page has looked by itself
    assert "missing closing )" in page.text("#problem")

    page.fill(matchers=r'path=~"C:\\.*|10\.0\.0\.1",team!=a , "b c"!~"\"d\"",e=""')
    page.press("#silence")
    page.until(lambda: page.states() == (["active"], ["active"]))
    (silence,) = page.api("silences")
    assert matchers(silence) == [
        ("path", "=~", r"C:\.*|10\.0\.0\.1"),
        ("team", "!=", "a"),
        ("b c", "!~", '"d"'),
        ("e", "=", ""),
    ]
    assert (page.text("#problem"), page.value("matchers"), page.log()) == ("", "", [])


def test_the_browser_says_which_field_is_wrong(page_of):
    page = page_of()
    page.open()
    right = {"matchers": "a=b", "hours": "2", "creator": "ann", "comment": "new disks"}
    for field, wrong in (("matchers", ""), ("hours", "0"), ("hours", "1e9"), ("comment", "")):
        page.fill(**{**right, field: wrong})
        page.press("#silence")
        says = "return [document.activeElement.id, document.activeElement.validationMessage]"
        focused, message = page.driver.execute_script(says)
        assert focused == field
        assert message
    assert page.api("silences") == []
    page.fill(**right)
    page.press("#silence")
    page.until(lambda: page.states() == ([], ["active"]))


def test_it_says_when_alertmanager_does_not_answer(page_of, run):
    page = page_of()
    page.open()
    page.until(lambda: "members: 1" in page.text("#status"))
    run(scale=0)
    page.until(lambda: page.text("#status") == SILENT)
    page.fill(matchers="a=b", creator="ann", comment="new disks")
    page.press("#silence")
    page.until(lambda: page.text("#problem") == SILENT)
    run()
    page.until(lambda: "members: 1" in page.text("#status"))
    page.press("#silence")
    page.until(lambda: page.states() == ([], ["active"]))
    assert page.text("#problem") == ""


def matchers(silence):
    """Return the matchers of a silence of the API: (name, operator, value)."""
    return [
        (
            each["name"],
            {(True, False): "=", (False, False): "!=", (True, True): "=~", (False, True): "!~"}[
                each["isEqual"], each["isRegex"]
            ],
            each["value"],
        )
        for each in silence["matchers"]
    ]


def hours(silence):
    """Return how long a silence lasts."""
    start, end = (
        datetime.strptime(silence[key], "%Y-%m-%dT%H:%M:%S.%f%z") for key in ("startsAt", "endsAt")
    )
    return (end - start) / timedelta(hours=1)
