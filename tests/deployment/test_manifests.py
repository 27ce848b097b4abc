"""What must hold for every pod, whoever adds the next one."""

from typing import Any

WORKLOADS = {"Deployment", "Job"}


def pods(manifests: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        f"{manifest['kind']} {manifest['metadata']['name']}": manifest["spec"]["template"]["spec"]
        for manifest in manifests
        if manifest["kind"] in WORKLOADS
    }


def test_every_pod_runs_without_privileges(manifests: list[dict[str, Any]]) -> None:
    for name, pod in pods(manifests).items():
        assert pod["securityContext"]["runAsNonRoot"], name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert not pod["automountServiceAccountToken"], name
        for container in pod["containers"]:
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}, name
            assert not container["securityContext"]["allowPrivilegeEscalation"], name


def test_every_container_asks_for_resources_and_has_a_memory_limit(manifests: list[dict[str, Any]]) -> None:
    for name, pod in pods(manifests).items():
        for container in pod["containers"]:
            assert {"cpu", "memory"} <= container["resources"]["requests"].keys(), name
            assert "memory" in container["resources"]["limits"], name


def test_every_process_that_stays_is_probed(manifests: list[dict[str, Any]]) -> None:
    for name, pod in pods(manifests).items():
        if name.startswith("Deployment"):
            for container in pod["containers"]:
                assert {"startupProbe", "readinessProbe", "livenessProbe"} <= container.keys(), name


def test_our_processes_have_time_to_finish_what_they_have_begun(manifests: list[dict[str, Any]]) -> None:
    for name, pod in pods(manifests).items():
        if name.startswith("Deployment") and name != "Deployment clamd":
            assert pod["terminationGracePeriodSeconds"] == 40, name


def test_every_port_that_a_service_sends_to_is_one_of_its_pods(manifests: list[dict[str, Any]]) -> None:
    templates = [manifest["spec"]["template"] for manifest in manifests if manifest["kind"] == "Deployment"]
    for service in (manifest for manifest in manifests if manifest["kind"] == "Service"):
        selector = service["spec"]["selector"].items()
        behind = [template for template in templates if selector <= template["metadata"]["labels"].items()]
        assert len(behind) == 1, service["metadata"]["name"]
        ports = {port["name"] for container in behind[0]["spec"]["containers"] for port in container["ports"]}
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= ports


def test_only_workers_hold_the_keys_that_seal_the_audit(manifests: list[dict[str, Any]]) -> None:
    holders = {
        name
        for name, pod in pods(manifests).items()
        for volume in pod.get("volumes", ())
        if volume.get("secret", {}).get("secretName", "").endswith("-audit-key")
    }
    assert holders == {name for name in pods(manifests) if name.endswith("-worker")}


def test_only_the_worker_of_contracts_holds_the_key_that_seals(manifests: list[dict[str, Any]]) -> None:
    holders = {
        name
        for name, pod in pods(manifests).items()
        for volume in pod.get("volumes", ())
        if volume.get("secret", {}).get("secretName") == "contracts-seal"
    }
    assert holders == {"Deployment contracts-worker"}


def test_only_migrations_hold_the_right_to_change_tables(manifests: list[dict[str, Any]]) -> None:
    holders = {
        name
        for name, pod in pods(manifests).items()
        for source in pod["containers"][0].get("envFrom", ())
        if source.get("secretRef", {}).get("name", "").endswith("-migrator")
    }
    assert holders == {name for name in pods(manifests) if name.endswith("-migration")}


def test_in_production_every_process_of_ours_is_scaled_by_exactly_one_autoscaler(
    production: list[dict[str, Any]],
) -> None:
    scaled = [
        manifest["spec"]["scaleTargetRef"]["name"]
        for manifest in production
        if manifest["kind"] in {"HorizontalPodAutoscaler", "ScaledObject"}
    ]
    deployments = {
        manifest["metadata"]["name"]: manifest for manifest in production if manifest["kind"] == "Deployment"
    }
    assert sorted(scaled) == sorted(deployments.keys() - {"clamd"})
    assert not any("replicas" in deployments[name]["spec"] for name in scaled), "the autoscaler says how many"
