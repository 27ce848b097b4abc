"""What a pod may send to, and who may call it, is what the house plan has, and nothing else."""

from typing import Any

import pytest

from deploy.local.services import PACKAGES

Labels = dict[str, str]
BROKER, DATABASE = 9093, 5432
OUTSIDE = 443


def labels_of(manifests: list[dict[str, Any]]) -> dict[str, Labels]:
    """The labels of every pod, by the name of what makes it."""
    return {
        manifest["metadata"]["name"]: manifest["spec"]["template"]["metadata"]["labels"]
        for manifest in manifests
        if manifest["kind"] in {"Deployment", "Job"}
    }


def rules(manifests: list[dict[str, Any]], direction: str, pod: Labels) -> list[dict[str, Any]]:
    """All rules of a direction ("egress", "ingress") that hold for a pod with these labels."""
    return [
        rule
        for policy in manifests
        if policy["kind"] == "NetworkPolicy" and _selects(policy["spec"]["podSelector"], pod)
        for rule in policy["spec"].get(direction, ())
    ]


def _selects(selector: dict[str, Any], labels: Labels) -> bool:
    return selector.get("matchLabels", {}).items() <= labels.items() and all(
        labels.get(one["key"]) in one["values"] for one in selector.get("matchExpressions", ())
    )


def may_send_to(manifests: list[dict[str, Any]], pod: Labels, port: int | str) -> list[dict[str, Any]]:
    """To whom this port is open for a pod: a list of peers, empty where it is shut, {} for anybody."""
    return [
        peer
        for rule in rules(manifests, "egress", pod)
        if port in {one["port"] for one in rule["ports"]}
        for peer in rule.get("to", [{}])
    ]


def test_nothing_is_called_and_nothing_leaves_unless_a_rule_opens_it(manifests: list[dict[str, Any]]) -> None:
    shut = {
        direction
        for policy in manifests
        if policy["kind"] == "NetworkPolicy" and policy["spec"]["podSelector"] == {}
        for direction in policy["spec"]["policyTypes"]
        if direction.lower() not in policy["spec"]
    }
    assert shut == {"Ingress", "Egress"}


def test_only_workers_reach_the_broker(manifests: list[dict[str, Any]]) -> None:
    reaching = {name for name, pod in labels_of(manifests).items() if may_send_to(manifests, pod, BROKER)}
    assert reaching == {f"{service}-worker" for service in PACKAGES}


@pytest.mark.parametrize("service", PACKAGES)
@pytest.mark.parametrize("process", ["edge", "worker", "migration"])
def test_a_process_reaches_its_own_database_and_no_other(
    manifests: list[dict[str, Any]], service: str, process: str
) -> None:
    peers = may_send_to(manifests, labels_of(manifests)[f"{service}-{process}"], DATABASE)
    assert [peer["podSelector"]["matchLabels"]["cnpg.io/cluster"] for peer in peers] == [service]


def test_every_database_that_a_rule_names_is_there(
    manifests: list[dict[str, Any]], databases: list[dict[str, Any]]
) -> None:
    clusters = {one["metadata"]["name"] for one in databases if one["kind"] == "Cluster"}
    assert clusters == set(PACKAGES)
    assert {one["spec"]["cluster"]["name"] for one in databases if one["kind"] == "ScheduledBackup"} == clusters


def test_services_and_portal_do_not_call_each_other(manifests: list[dict[str, Any]]) -> None:
    edges = {name: pod for name, pod in labels_of(manifests).items() if name.endswith("-edge") or name == "portal"}
    for name, pod in edges.items():
        assert may_send_to(manifests, pod, "https") == [], name
        callers = [peer for rule in rules(manifests, "ingress", pod) for peer in rule.get("from", [{}])]
        assert {str(peer) for peer in callers} == {
            str({"podSelector": {"matchLabels": {"app.kubernetes.io/name": "gateway"}}}),
            str({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}),
        }, name


def test_only_who_has_somebody_to_reach_outside_may_reach_outside(manifests: list[dict[str, Any]]) -> None:
    outside = {name for name, pod in labels_of(manifests).items() if {} in may_send_to(manifests, pod, OUTSIDE)}
    assert outside == {
        *(f"{service}-{process}" for service in ("documents", "contracts") for process in ("edge", "worker")),
        "identity-edge",
        "clamd",
    }
