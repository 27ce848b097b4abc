"""Every alert tells somebody what to read, about metrics that exist, with commands that run."""

import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

from chassis import metrics
from tests.deployment.conftest import DEPLOY

REPOSITORY = DEPLOY.parent
RUNBOOKS = sorted((DEPLOY / "runbooks").glob("*.md"))
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((DEPLOY / "telemetry" / "alerts.yaml").read_text())["groups"]
    for rule in group["rules"]
]
ALERTS = [rule for rule in RULES if "alert" in rule]
TARGETS = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))


def declared() -> set[str]:
    """Every series that the platform can tell, as Prometheus names it."""
    assert metrics.REGISTRY is REGISTRY
    names = set()
    for family in REGISTRY.collect():
        endings = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"]}.get(family.type, [""])
        names |= {family.name + ending for ending in endings}
    return names


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_names_its_runbook_and_how_urgent_it_is(alert):
    assert (REPOSITORY / alert["annotations"]["runbook"]).is_file()
    assert alert["annotations"]["summary"].endswith(".")
    assert alert["labels"]["severity"] in {"page", "ticket"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.get("alert") or rule["record"])
def test_a_rule_reads_only_what_the_platform_tells(rule):
    read = set(re.findall(r"\bconnexion_\w+", rule["expr"]))
    recorded = {other["record"] for other in RULES if "record" in other}
    assert read <= declared()
    assert set(re.findall(r"\bconnexion:[\w:]+", rule["expr"])) <= recorded
    assert read or "connexion:" in rule["expr"]


@pytest.mark.parametrize("runbook", RUNBOOKS, ids=lambda path: path.stem)
def test_a_runbook_names_commands_and_pages_that_exist(runbook: Path):
    text = runbook.read_text()
    modules = set(re.findall(r"python -m ([\w.]+)", text)) | set(re.findall(r"`(chassis\.\w+)", text))
    assert {module for module in modules if find_spec(module) is None} == set()
    assert set(re.findall(r"`make ([a-z-]+)", text)) <= TARGETS
    linked = re.findall(r"\]\(([^)#]+)\)", text)
    assert [link for link in linked if not (runbook.parent / link).exists()] == []


def test_every_runbook_is_found_from_the_first_page():
    listed = (DEPLOY / "runbooks" / "README.md").read_text()
    assert [path.name for path in RUNBOOKS if f"({path.name})" not in listed and path.stem != "README"] == []


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool (Debian: prometheus) is not installed")
def test_the_alerts_ring_when_they_should_and_only_then():
    prove = ["promtool", "test", "rules", "alerts_test.yaml"]
    told = subprocess.run(prove, cwd=DEPLOY / "telemetry", capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
