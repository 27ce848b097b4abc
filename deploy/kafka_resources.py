"""Topics and users of the broker as Strimzi resources, printed from the records in `events.topics`.

    python -m deploy.kafka_resources     write deploy/kubernetes/kafka/topics.yaml and users.yaml anew

Whoever writes a topic may also make it (a relay brings a lost topic back); nobody else may, and nobody may delete one.
A reader joins consumer groups that begin with its own name only. `tests/deployment/test_kafka_resources.py` holds the
files against the records.
"""

from pathlib import Path
from typing import Any

import yaml

from events.topics import SERVICES, TOPICS, Topic

FOLDER = Path(__file__).parent / "kubernetes" / "kafka"
API = "kafka.strimzi.io/v1"
CLUSTER = {"strimzi.io/cluster": "connexion"}
REPLICAS, IN_SYNC = 3, 2

Resource = dict[str, Any]


def topic_resources() -> list[Resource]:
    """Return a KafkaTopic for each record."""
    return [_topic(topic) for topic in TOPICS]


def user_resources() -> list[Resource]:
    """Return a KafkaUser for each service and for each kind of outside system that a record names."""
    outside = {name for topic in TOPICS for name in topic.readers | topic.writers} - SERVICES
    return [_user(name) for name in (*sorted(SERVICES), *sorted(outside))]


def written(resources: list[Resource]) -> str:
    """Return resources as a file's text."""
    head = "# Printed from services/events/events/topics.py by python -m deploy.kafka_resources.\n"
    return head + yaml.safe_dump_all(resources, sort_keys=False, width=120)


def _topic(topic: Topic) -> Resource:
    return {
        "apiVersion": API,
        "kind": "KafkaTopic",
        "metadata": {"name": topic.name, "labels": CLUSTER},
        "spec": {
            "partitions": topic.partitions,
            "replicas": REPLICAS,
            "config": {**topic.configuration, "min.insync.replicas": str(IN_SYNC)},
        },
    }


def _user(name: str) -> Resource:
    written_by = [topic.name for topic in TOPICS if name in topic.writers]
    read_by = [topic.name for topic in TOPICS if name in topic.readers]
    acls = [_may("topic", topic, "Write", "Create", "Describe", "DescribeConfigs") for topic in written_by]
    acls += [_may("topic", topic, "Read", "Describe") for topic in read_by]
    if read_by:
        acls.append(_may("group", f"{name}.", "Read", pattern="prefix"))
    return {
        "apiVersion": API,
        "kind": "KafkaUser",
        "metadata": {"name": f"connexion-{name}", "labels": CLUSTER},
        "spec": {
            "authentication": {"type": "scram-sha-512"},
            "authorization": {"type": "simple", "acls": acls},
        },
    }


def _may(kind: str, name: str, *operations: str, pattern: str = "literal") -> Resource:
    return {
        "resource": {"type": kind, "name": name, "patternType": pattern},
        "operations": list(operations),
    }


def files() -> dict[Path, str]:
    """Return what each file has to hold."""
    return {
        FOLDER / "topics.yaml": written(topic_resources()),
        FOLDER / "users.yaml": written(user_resources()),
    }


if __name__ == "__main__":
    for file, text in files().items():
        file.write_text(text)
        print(f"wrote {file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file}")
