"""The dashboard shows every metric there is, and asks for none that is not."""

import re

from deploy.dashboards import FILE, dashboard, expressions, text
from tests.deployment.test_alerts import RULES, declared

PANELS = dashboard()["panels"]
ASKED = " ".join(expressions(PANELS))


def test_the_file_is_printed_from_the_declared_metrics():
    assert FILE.read_text() == text(), "print it anew: python -m deploy.dashboards"


def test_every_query_reads_only_what_the_platform_tells_and_what_the_rules_record():
    assert set(re.findall(r"\bconnexion_\w+", ASKED)) <= declared()
    assert set(re.findall(r"\bconnexion:[\w:]+", ASKED)) <= {rule["record"] for rule in RULES if "record" in rule}


def test_no_metric_is_told_that_nobody_can_see():
    families = {re.sub(r"_(total|bucket|count|sum)$", "", name) for name in declared() if name.startswith("connexion_")}
    shown = {re.sub(r"_(total|bucket)$", "", name) for name in re.findall(r"\bconnexion_\w+", ASKED)}
    assert families - shown == set()


def test_no_panel_covers_another():
    taken = [
        (x, y)
        for panel in PANELS
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(taken) == len(set(taken))
