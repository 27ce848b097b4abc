"""Print the Grafana dashboard from the metrics that the platform declares: `python -m deploy.dashboards`.

Every metric of `chassis.metrics` has its panel, under the question it answers, with its own words as description: one
that is declared tomorrow shows up by itself. The objectives of `telemetry/alerts.yaml` stand on top.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from prometheus_client import REGISTRY
from prometheus_client.metrics_core import Metric

from chassis import metrics
from deploy.local.place import REPOSITORY

FILE = REPOSITORY / "deploy" / "telemetry" / "dashboards" / "connexion.json"
Panel = dict[str, Any]

ROWS: Mapping[str, tuple[str, ...]] = {
    "Are requests answered?": ("request", "streams"),
    "Is what was decided also told?": ("outbox", "relay"),
    "Is what was told also done?": ("events", "handler", "inbox"),
    "Does what is due happen?": ("sweep",),
    "Is every file accounted for?": ("uploads", "upload", "scans", "scan", "balance"),
    "Is the audit sealed?": ("audit",),
    "Does mail go out?": ("mail",),
}
"""The questions, in the order of a round's day, each with the first words of its metrics' names."""
REST = "And the rest"
OBJECTIVES = (
    ("Requests that failed by our fault", "connexion:request_faults:ratio1h", "percentunit", 0.001),
    ("Answers that took more than a second", "connexion:requests_slow:ratio1h", "percentunit", 0.01),
)
LABELS = {metric._name: metric._labelnames for metric in vars(metrics).values() if hasattr(metric, "_labelnames")}  # noqa: SLF001  the library tells them nowhere else
WIDTH, HEIGHT, ACROSS = 8, 7, 3


def dashboard() -> dict[str, Any]:
    """Return the dashboard as Grafana imports it."""
    panels: list[Panel] = []
    _add(panels, "Are the objectives of the month kept?", [_objective(*each) for each in OBJECTIVES])
    families = [family for family in REGISTRY.collect() if family.name.startswith("connexion_")]
    for title, own in _by_row(families).items():
        _add(panels, title, [_panel(family) for family in own])
    return {
        "uid": "connexion",
        "title": "Connexion",
        "tags": ["connexion"],
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [_service_variable()]},
        "panels": panels,
    }


def text() -> str:
    """Return what the file has to hold."""
    return json.dumps(dashboard(), indent=1, sort_keys=True) + "\n"


def expressions(panels: list[Panel]) -> Iterator[str]:
    """Yield every query of a dashboard."""
    for panel in panels:
        yield from (target["expr"] for target in panel.get("targets", []))


def _by_row(families: list[Metric]) -> dict[str, list[Metric]]:
    rows: dict[str, list[Metric]] = {title: [] for title in (*ROWS, REST)}
    for family in sorted(families, key=lambda family: family.name):
        word = family.name.split("_")[1]
        title = next((title for title, words in ROWS.items() if word in words), REST)
        rows[title].append(family)
    return {title: own for title, own in rows.items() if own}


def _add(panels: list[Panel], title: str, own: list[Panel]) -> None:
    """Add a row and its panels, three beside each other, below what is there."""
    top = max((panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels), default=0)
    panels.append(_numbered(panels, {"type": "row", "title": title}, {"x": 0, "y": top, "w": WIDTH * ACROSS, "h": 1}))
    for place, panel in enumerate(own):
        down, across = divmod(place, ACROSS)
        where = {"x": across * WIDTH, "y": top + 1 + down * HEIGHT, "w": WIDTH, "h": HEIGHT}
        panels.append(_numbered(panels, panel, where))


def _numbered(panels: list[Panel], panel: Panel, where: dict[str, int]) -> Panel:
    return panel | {"id": len(panels) + 1, "gridPos": where}


def _objective(title: str, expression: str, unit: str, limit: float) -> Panel:
    chosen = f'{expression}{{service=~"$service"}}'
    steps = [{"color": "green", "value": None}, {"color": "red", "value": limit}]
    shown = _graph(title, f"The objective of a month is at most {limit:.1%}.", unit, [(chosen, "{{service}}")])
    shown["fieldConfig"]["defaults"] |= {
        "thresholds": {"mode": "absolute", "steps": steps},
        "custom": {"thresholdsStyle": {"mode": "line"}},
    }
    return shown


def _panel(family: Metric) -> Panel:
    """Draw a counter as a rate, a histogram as its median and 99th percentile, a gauge as it is."""
    named = ("service", *(label for label in LABELS[family.name] if label != "method"))
    by, legend = ", ".join(named), " ".join(f"{{{{{label}}}}}" for label in named)
    chosen = '{service=~"$service"}'
    if family.type == "counter":
        queries = [(f"sum by ({by}) (rate({family.name}_total{chosen}[5m]))", legend)]
    elif family.type == "histogram":
        buckets = f"sum by (le, service) (rate({family.name}_bucket{chosen}[5m]))"
        queries = [
            (f"histogram_quantile({share}, {buckets})", f"{{{{service}}}} p{share * 100:.0f}") for share in (0.5, 0.99)
        ]
    else:
        queries = [(f"max by ({by}) ({family.name}{chosen})", legend)]
    title = family.name.removeprefix("connexion_").replace("_", " ").capitalize()
    return _graph(title, family.documentation, _unit(family), queries)


def _unit(family: Metric) -> str:
    if family.name.endswith("_timestamp_seconds"):
        return "dateTimeFromNow"
    if family.name.endswith("_seconds"):
        return "s"
    if family.name.endswith("_bytes"):
        return "Bps"
    return "cps" if family.type == "counter" else "short"


def _graph(title: str, description: str, unit: str, queries: list[tuple[str, str]]) -> Panel:
    return {
        "type": "timeseries",
        "title": title,
        "description": description,
        "datasource": {"type": "prometheus", "uid": "${DS_PROMETHEUS}"},
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + place), "expr": expression, "legendFormat": legend}
            for place, (expression, legend) in enumerate(queries)
        ],
    }


def _service_variable() -> dict[str, Any]:
    query = "label_values(connexion_request_seconds_count, service)"
    datasource = {"type": "prometheus", "uid": "${DS_PROMETHEUS}"}
    shared = {"name": "service", "label": "Service", "type": "query", "datasource": datasource, "query": query}
    return shared | {"includeAll": True, "multi": True, "allValue": ".*", "refresh": 2, "current": {}}


def write(file: Path = FILE) -> None:
    """Write the file anew."""
    file.parent.mkdir(exist_ok=True)
    file.write_text(text())


if __name__ == "__main__":
    write()
    print(f"wrote {FILE}")
