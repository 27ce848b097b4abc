"""The platform's own processes: each service's edge and worker, and the portal, with their settings."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from contracts_svc.sealing.sample_key import sealing_key
from deploy.local.place import REPOSITORY, Place
from deploy.local.ports import LOCALHOST, says_ok
from deploy.local.private import Secrets, signing_key, signing_keys
from deploy.local.program import Program

PACKAGES = {
    "bidding": "bidding_svc",
    "contracts": "contracts_svc",
    "documents": "documents_svc",
    "notices": "notices_svc",
    "identity": "identity_adapter",
}
SMALL = {"MALLOC_ARENA_MAX": "2"}
"""Fewer memory pools: eleven Python processes share this machine."""


FALL_BACK_BROKER = {"CONNEXION_KAFKA_FETCH_WAIT_MS": "5"}
"""The fall-back broker does not wake a waiting fetch."""


@dataclass(frozen=True)
class Surroundings:
    """What the services must know of the parts around them."""

    place: Place
    secrets: Secrets
    kafka: str
    real_broker: bool
    identity_provider: str
    client_id: str
    client_secret: str
    demo_people: Path
    first_run: str
    """ISO date of the first `make run`, from which the rounds' calendars are counted."""
    scanner: bool


def database_url(around: Surroundings, service: str, role: str, *, driver: str = "postgresql+asyncpg") -> str:
    """Return the address of a service's database for one of its roles (`migrator` or `login`)."""
    password = around.secrets.roles[f"{service}_{role}"]
    port = around.place.ports["postgres"]
    return f"{driver}://{service}_{role}:{password}@{LOCALHOST}:{port}/connexion_{service}"


def settings(around: Surroundings, service: str) -> dict[str, str]:
    """Return the environment of a service's edge, worker and seed."""
    place = around.place
    return {
        **SMALL,
        "CONNEXION_ENVIRONMENT": "local",
        "CONNEXION_SERVICE_PORT": str(place.ports[f"{service}_edge"]),
        "CONNEXION_WORKER_PORT": str(place.ports[f"{service}_worker"]),
        "CONNEXION_DATABASE_URL": database_url(around, service, "login"),
        "CONNEXION_KAFKA_BOOTSTRAP_SERVERS": around.kafka,
        **({} if around.real_broker else FALL_BACK_BROKER),
        "CONNEXION_PROGRAM_TIME_FILE": str(place.folder / "program-time.json"),
        "CONNEXION_TOKEN_ISSUER": place.public_url,
        "CONNEXION_AUDIT_SIGNING_KEY_FILE": str(signing_key(place.folder, f"audit-{service}")),
        **_own_settings(around, service),
    }


def edges(around: Surroundings) -> list[Program]:
    """Return each service's edge, which answers requests and needs its database only."""
    return [_served(around, service, "edge") for service in PACKAGES]


def workers(around: Surroundings) -> list[Program]:
    """Return each service's worker: consumers, relay, sweeps."""
    return [_served(around, service, "worker") for service in PACKAGES]


def portal(around: Surroundings) -> Program:
    """Return the web pages' process."""
    port = around.place.ports["portal"]
    uvicorn = ("uvicorn", "portal.app:create", "--factory", "--host", LOCALHOST, "--port", str(port), "--no-access-log")
    return _program("portal", uvicorn, port, _portal_settings(around) | _spans(around.place, "portal"))


def _own_settings(around: Surroundings, service: str) -> Mapping[str, str]:
    place = around.place
    if service == "bidding":
        return {"CONNEXION_FIRST_RUN": around.first_run}
    if service == "contracts":
        key, chain = sealing_key(place.folder / "keys" / "seal")
        return {
            "CONNEXION_CONTRACT_STORE_URL": f"file://{place.folder / 'contracts'}",
            "CONNEXION_SEAL_KEY_FILE": str(key),
            "CONNEXION_SEAL_CERTIFICATE_FILE": str(chain),
        }
    if service == "documents":
        scanner = {"CONNEXION_CLAMD_ADDRESS": f"{LOCALHOST}:{place.ports['clamd']}"}
        return {
            "CONNEXION_PARTIAL_FOLDER": str(place.folder / "uploads"),
            "CONNEXION_STORE_URL": f"file://{place.folder / 'files'}",
            "CONNEXION_RECEIPT_KEY_FOLDER": str(signing_keys(place.folder, "receipt")),
            **(scanner if around.scanner else {}),
        }
    if service == "identity":
        return {
            "CONNEXION_TOKEN_SIGNING_KEY_FILE": str(signing_keys(place.folder, "token")),
            "CONNEXION_IDENTITY_PROVIDER": around.identity_provider,
            "CONNEXION_CLIENT_ID": around.client_id,
            "CONNEXION_CLIENT_SECRET": around.client_secret,
            "CONNEXION_PUBLIC_URL": place.public_url,
            "CONNEXION_DEMO_PEOPLE_FILE": str(around.demo_people),
        }
    return {}


def _portal_settings(around: Surroundings) -> dict[str, str]:
    place = around.place
    return {
        **SMALL,
        "CONNEXION_ENVIRONMENT": "local",
        "CONNEXION_SERVICE_PORT": str(place.ports["portal"]),
        "CONNEXION_PROGRAM_TIME_FILE": str(place.folder / "program-time.json"),
        "CONNEXION_GATEWAY_INTERNAL_URL": f"http://{LOCALHOST}:{place.ports['gateway_internal']}",
        "CONNEXION_PUBLIC_URL": place.public_url,
        "CONNEXION_IDENTITY_PROVIDER_URL": around.identity_provider,
    }


def _served(around: Surroundings, service: str, role: str) -> Program:
    port = around.place.ports[f"{service}_{role}"]
    serve = ("chassis.serve", role, PACKAGES[service])
    name = f"{service}-{role}"
    return _program(name, serve, port, settings(around, service) | _spans(around.place, name))


def _spans(place: Place, process: str) -> dict[str, str]:
    return {"CONNEXION_SPANS_FILE": str(place.folder / "spans" / f"{process}.jsonl")}


def _program(name: str, module: Sequence[str], port: int, environment: Mapping[str, str]) -> Program:
    return Program(
        name=name,
        command=(sys.executable, "-m", *module),
        ready=lambda: says_ok(port, "/health/ready"),
        environment=environment,
        folder=REPOSITORY,
        stop_within=10,
    )
