"""What COS charms call the jobs of an application, and read of its dashboards.

Run by the Python of requirements/neighbours.txt. Reads JSON: scrape_metadata and the content of a
dashboard. Prints the start of each job's name, the labels of its alerts, and the dashboard.
"""

import json
import sys

from cosl import JujuTopology
from cosl.utils import LZMABase64

ASKED = json.load(sys.stdin)
topology = JujuTopology.from_dict(ASKED["metadata"])
print(
    json.dumps(
        {
            "jobs": f"juju_{topology.identifier}_prometheus_scrape",
            "labels": topology.alert_expression_dict,
            "dashboard": json.loads(LZMABase64.decompress(ASKED["content"])),
        }
    )
)
