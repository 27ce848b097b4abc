"""What the broker is told about topics and users is what the published language says."""

import pytest
import yaml

from chassis.kafka import group_of
from chassis.parking import replay_group
from deploy.kafka_resources import files, user_resources
from events.topics import BY_NAME, ENROLMENT_BRIDGE, SERVICES, TOPICS

USERS = {user["metadata"]["name"].removeprefix("connexion-"): user for user in user_resources()}


def may(user: str, kind: str, name: str, operation: str) -> bool:
    """Whether the access list lets a user do that, as the broker's authorizer reads it."""
    return any(
        acl["resource"]["type"] == kind
        and operation in acl["operations"]
        and (
            name.startswith(acl["resource"]["name"])
            if acl["resource"]["patternType"] == "prefix"
            else name == acl["resource"]["name"]
        )
        for acl in USERS[user]["spec"]["authorization"]["acls"]
    )


@pytest.mark.parametrize(("file", "text"), files().items(), ids=lambda value: getattr(value, "name", ""))
def test_the_files_are_printed_from_the_records(file, text):
    assert file.read_text() == text, "print them anew: python -m deploy.kafka_resources"
    assert all(yaml.safe_load_all(text))


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_only_a_writer_writes_and_only_a_reader_reads(topic):
    for user in USERS:
        assert may(user, "topic", topic.name, "Write") == (user in topic.writers)
        assert may(user, "topic", topic.name, "Read") == (user in topic.readers)


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_a_service_joins_its_own_groups_and_nobody_elses(service):
    groups = [replay_group(service), *(group_of(service, topic.name) for topic in TOPICS if service in topic.readers)]
    assert all(may(service, "group", group, "Read") for group in groups)
    others = SERVICES - {service}
    assert not any(may(service, "group", group_of(other, TOPICS[0].name), "Read") for other in others)


def test_nobody_deletes_or_changes_a_topic():
    operations = {
        operation
        for user in USERS.values()
        for acl in user["spec"]["authorization"]["acls"]
        for operation in acl["operations"]
    }
    assert operations == {"Read", "Write", "Create", "Describe", "DescribeConfigs"}


def test_the_bridge_to_the_enrolment_record_tells_and_learns_nothing():
    bridge = [name for name in BY_NAME if may(ENROLMENT_BRIDGE, "topic", name, "Read")]
    assert bridge == []
