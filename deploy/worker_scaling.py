"""Workers are scaled on what they have still to hear: KEDA resources, printed from what each service says it hears.

    python -m deploy.worker_scaling     write deploy/kubernetes/lag/workers.yaml anew

A service gets one more worker for each `EVENTS_PER_WORKER` events it is behind on any one topic, up to the partitions
of the widest topic it hears: more would have nothing to read. `tests/deployment/test_worker_scaling.py` holds the file
against the records.
"""

import importlib
from pathlib import Path
from typing import Any

import yaml

from chassis.kafka import Hearing, hearings
from chassis.service import Service
from deploy.local.services import PACKAGES
from events.topics import BY_NAME

FILE = Path(__file__).parent / "kubernetes" / "lag" / "workers.yaml"
AT_LEAST = 2
EVENTS_PER_WORKER = 1_000
COOL_DOWN_SECONDS = 600

Resource = dict[str, Any]


def scaled_workers() -> list[Resource]:
    """Return how KEDA signs in to the broker for a service, and what it scales the service's workers on."""
    return [resource for name in sorted(PACKAGES) for resource in (_sign_in(name), _scaled(name))]


def heard_by(service: str) -> list[Hearing]:
    """Return what a service's workers hear, a topic each, by its composition root; `service` is its short name."""
    root: Service = importlib.import_module(f"{PACKAGES[service]}.app").SERVICE
    return sorted(hearings(root.name, root.hears), key=lambda hearing: hearing.topic)


def _sign_in(service: str) -> Resource:
    secret = f"{service}-broker"
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "TriggerAuthentication",
        "metadata": {"name": f"{service}-broker"},
        "spec": {
            "secretTargetRef": [
                {"parameter": "username", "name": secret, "key": "CONNEXION_KAFKA_USERNAME"},
                {"parameter": "password", "name": secret, "key": "CONNEXION_KAFKA_PASSWORD"},
            ],
            "configMapTargetRef": [{"parameter": "ca", "name": "trust", "key": "ca.crt"}],
        },
    }


def _scaled(service: str) -> Resource:
    heard = heard_by(service)
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": f"{service}-worker"},
        "spec": {
            "scaleTargetRef": {"name": f"{service}-worker"},
            "minReplicaCount": AT_LEAST,
            "maxReplicaCount": max(AT_LEAST, *(BY_NAME[hearing.topic].partitions for hearing in heard)),
            "cooldownPeriod": COOL_DOWN_SECONDS,
            "triggers": [_behind_on(service, hearing) for hearing in heard],
        },
    }


def _behind_on(service: str, hearing: Hearing) -> Resource:
    return {
        "type": "kafka",
        "metadata": {
            "bootstrapServers": "connexion-kafka-bootstrap.kafka:9093",
            "consumerGroup": hearing.group,
            "topic": hearing.topic,
            "lagThreshold": str(EVENTS_PER_WORKER),
            "sasl": "scram_sha512",
            "tls": "enable",
        },
        "authenticationRef": {"name": f"{service}-broker"},
    }


def text() -> str:
    """Return what the file has to hold."""
    head = "# Printed from what the services hear by python -m deploy.worker_scaling.\n"
    return head + yaml.safe_dump_all(scaled_workers(), sort_keys=False, width=120)


if __name__ == "__main__":
    FILE.write_text(text())
    print(f"wrote {FILE}")
