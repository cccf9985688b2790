"""The side of Prometheus, or of anything else that scrapes.

Flags, for an endpoint called ``{endpoint_name}`` in metadata.yaml:

========================================  ===========================  ===========================
flag                                      set                          cleared
========================================  ===========================  ===========================
endpoint.{endpoint_name}.joined           a related application has    the last of them left
                                          units
endpoint.{endpoint_name}.scraped.changed  scraped() or problems()      by the charm, once it has
                                          returns something else than  acted on it
                                          in the hook before
========================================  ===========================  ===========================

No other flag is public. In particular ``changed`` and ``departed``, which the framework sets, are
cleared here: they miss what changes in an application's databag, and fields that are removed.
``scraped.changed`` is cleared and set again at each change, so that a trigger on it fires each time
even if the charm never clears it.
"""

import hashlib
from typing import Dict, NamedTuple, Tuple

from charmhelpers.core import hookenv, unitdata
from charms.reactive import Endpoint, clear_flag, get_flags, set_flag

from . import scraping


class Problem(NamedTuple):
    """What an application published and nobody can use."""

    application: str
    message: str

    def __str__(self) -> str:
        return f"{self.application}: {self.message}"


class PrometheusScrapeRequires(Endpoint):
    """The endpoint of a charm that scrapes.

    ```python
    @when("endpoint.metrics-endpoint.scraped.changed")
    def configure_scraping():
        for application, scraped in endpoint_from_name("metrics-endpoint").scraped().items():
            write(scraped.configs, scraped.certificates, scraped.groups)
        clear_flag("endpoint.metrics-endpoint.scraped.changed")
    ```
    """

    def register_triggers(self):
        """See to it that a refreshed charm looks at old relations with new eyes."""
        if hookenv.hook_name() == "upgrade-charm":
            # otherwise the framework calls manage_flags only in this endpoint's own hooks
            self.manage_flags()

    def manage_flags(self):
        """Work out the flags from what the relations hold now."""
        self.all_departed_units.clear()
        clear_flag(self.expand_name("departed"))
        for flag in get_flags():
            if f"{flag}.".startswith(self.expand_name("changed.")):
                clear_flag(flag)
        received = self._received("")
        # repr, because a digest of it that is lost or outdated costs no more than one flag
        digest = hashlib.sha256(repr(received).encode()).hexdigest() if any(received) else None
        key = self.expand_name("scraped")
        if digest != unitdata.kv().get(key):
            unitdata.kv().set(key, digest)
            clear_flag(self.expand_name("scraped.changed"))
            set_flag(self.expand_name("scraped.changed"))

    def scraped(self, directory: str = "") -> Dict[str, scraping.Scraped]:
        """Return what related applications want to have scraped, by their names, sorted.

        directory: where the charm will put the files with certificates. An application that has
        said nothing yet is left out, and so is one that cannot be understood or whose jobs have
        names that an application before it has taken (see problems). What an application says over
        several relations is put together.
        """
        return self._received(directory)[0]

    def problems(self) -> Tuple[Problem, ...]:
        """Return what related applications published that is left out of scraped()."""
        return self._received("")[1]

    def _received(self, directory):
        found, problems, owners = {}, [], {}
        # without units, charms.reactive takes our databag for theirs
        relations = [relation for relation in self.relations if relation.joined_units]
        for relation in sorted(relations, key=lambda one: (one.application_name, one.relation_id)):
            application = relation.application_name
            units = {unit.unit_name: unit.received_raw for unit in relation.joined_units}
            try:
                scraped = scraping.decode(relation.received_app_raw, units, directory)
            except scraping.DecodeError as error:
                problems.append(Problem(application, str(error)))
                continue
            if not scraped:
                continue
            names = [config["job_name"] for config in scraped.configs]
            taken = [name for name in names if name in owners]
            if taken:
                message = f"scrape_jobs: {owners[taken[0]]} has a job of the name {taken[0]!r:.200}"
                problems.append(Problem(application, message))
                continue
            owners.update(dict.fromkeys(names, application))
            before = found.get(application)
            found[application] = scraping.merge(before, scraped) if before else scraped
        return found, tuple(sorted(problems))
