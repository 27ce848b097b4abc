"""Workers are scaled on the lag of exactly the groups they form."""

import pytest

from deploy.local.services import PACKAGES
from deploy.worker_scaling import FILE, heard_by, scaled_workers, text
from events.topics import BY_NAME

SCALED = {
    resource["metadata"]["name"].removesuffix("-worker"): resource["spec"]
    for resource in scaled_workers()
    if resource["kind"] == "ScaledObject"
}


def test_the_file_is_printed_from_what_the_services_hear() -> None:
    assert FILE.read_text() == text(), "print it anew: python -m deploy.worker_scaling"


@pytest.mark.parametrize("service", PACKAGES)
def test_every_topic_a_service_hears_counts_and_no_other(service: str) -> None:
    told = {(one["metadata"]["topic"], one["metadata"]["consumerGroup"]) for one in SCALED[service]["triggers"]}
    assert told == {(hearing.topic, hearing.group) for hearing in heard_by(service)}


@pytest.mark.parametrize("service", PACKAGES)
def test_no_worker_is_started_that_would_have_no_partition_to_read(service: str) -> None:
    widest = max(BY_NAME[hearing.topic].partitions for hearing in heard_by(service))
    assert SCALED[service]["maxReplicaCount"] == widest
