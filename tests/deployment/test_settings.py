"""Compose and Kubernetes tell each process settings that it has, and all that it cannot start without."""

import importlib
from collections.abc import Iterable
from typing import Any

import pytest

from chassis.settings import BaseServiceSettings
from deploy.local.services import PACKAGES

PREFIX = "CONNEXION_"
TOLD_TO_ALL = {"KAFKA_BOOTSTRAP_SERVERS", "PUBLIC_URL", "TOKEN_ISSUER", "WORKER_PORT"}
"""So that an address is written once; some have no use for it."""
TOLD_TO_SEEDS = {"FIRST_RUN"}
"""Read by a service's seed, which is told what its service is told."""

a_service_role = pytest.mark.parametrize(
    ("short", "role"), [(short, role) for short in PACKAGES for role in ("edge", "worker")]
)


@a_service_role
def test_compose_tells_a_service_what_it_asks_for(compose: dict[str, Any], short: str, role: str) -> None:
    assert mistakes(PACKAGES[short], compose["services"][f"{short}-{role}"]["environment"]) == []


def test_compose_tells_the_portal_what_it_asks_for(compose: dict[str, Any]) -> None:
    assert mistakes("portal", compose["services"]["portal"]["environment"]) == []


@a_service_role
def test_kubernetes_tells_a_service_what_it_asks_for(manifests: list[dict[str, Any]], short: str, role: str) -> None:
    told = told_by(manifests, f"{short}-{role}")
    in_the_login_secret = {"CONNEXION_DATABASE_URL"}
    assert mistakes(PACKAGES[short], told | in_the_login_secret) == []


def test_kubernetes_tells_the_portal_what_it_asks_for(manifests: list[dict[str, Any]]) -> None:
    assert mistakes("portal", told_by(manifests, "portal")) == []


def mistakes(package: str, told: Iterable[str]) -> list[str]:
    names = {name.removeprefix(PREFIX) for name in told if name.startswith(PREFIX)}
    fields = {name.upper(): field for name, field in settings_of(package).model_fields.items()}
    unknown = names - fields.keys() - TOLD_TO_ALL - TOLD_TO_SEEDS
    missing = {name for name, field in fields.items() if field.is_required()} - names
    return [*(f"{name} is no setting" for name in unknown), *(f"{name} is not told" for name in missing)]


def settings_of(package: str) -> type[BaseServiceSettings]:
    if package == "portal":
        portal_settings: type[BaseServiceSettings] = importlib.import_module("portal.settings").PortalSettings
        return portal_settings
    service_settings: type[BaseServiceSettings] = importlib.import_module(f"{package}.app").SERVICE.settings
    return service_settings


def told_by(manifests: list[dict[str, Any]], deployment: str) -> set[str]:
    by_name = {(manifest["kind"], manifest["metadata"]["name"]): manifest for manifest in manifests}
    container = by_name["Deployment", deployment]["spec"]["template"]["spec"]["containers"][0]
    told = {variable["name"] for variable in container.get("env", ())}
    for source in container["envFrom"]:
        if "configMapRef" in source:
            told |= by_name["ConfigMap", source["configMapRef"]["name"]].get("data", {}).keys()
    return told
