"""What watches the platform in Compose sees every process, reads the same alerts, and is in nobody's way."""

import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from deploy.local.services import PACKAGES
from tests.deployment.conftest import DEPLOY

SCRAPED = yaml.safe_load((DEPLOY / "telemetry" / "compose" / "prometheus.yaml").read_text())
COLLECTOR = yaml.safe_load((DEPLOY / "telemetry" / "collector.yaml").read_text())


def test_every_edge_and_worker_is_scraped_under_its_service() -> None:
    told = {group["labels"]["service"]: group["targets"] for group in SCRAPED["scrape_configs"][0]["static_configs"]}
    assert told == {short: [f"{short}-edge:8000", f"{short}-worker:8100"] for short in PACKAGES}


def test_nothing_of_the_platform_waits_for_what_watches_it(compose: dict[str, Any]) -> None:
    watching = {name for name, service in compose["services"].items() if "telemetry" in service.get("profiles", [])}
    assert watching == {"prometheus", "collector", "jaeger"}
    for name, service in compose["services"].items():
        assert watching.isdisjoint(service.get("depends_on", [])), name


def test_the_collector_passes_on_what_every_pipeline_names() -> None:
    for pipeline in COLLECTOR["service"]["pipelines"].values():
        for kind, named in pipeline.items():
            assert set(named) <= set(COLLECTOR[kind])
    port = COLLECTOR["receivers"]["otlp"]["protocols"]["http"]["endpoint"].rpartition(":")[2]
    assert port in re.search(r"collector:(\d+)", (DEPLOY / "compose.yaml").read_text())[0]


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool (Debian: prometheus) is not installed")
def test_prometheus_takes_the_configuration_and_its_rules() -> None:
    checked = ["promtool", "check", "config", "compose/prometheus.yaml"]
    told = subprocess.run(checked, cwd=DEPLOY / "telemetry", capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
