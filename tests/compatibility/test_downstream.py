"""What the README tells a downstream system to do works, on a broker, with clients that are not ours."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from events.envelope import Envelope, source_of
from events.examples import BY_TYPE
from events.golden import EXAMPLE_ID, EXAMPLE_TIME
from events.public import ANNOUNCEMENTS, RoundAnnounced

README = Path(__file__).parents[2] / "services/events/README.md"
EXAMPLE = BY_TYPE[RoundAnnounced.TYPE]

pytestmark = pytest.mark.broker


@pytest.fixture
async def announced(kafka, new_topic):
    """A topic laid out like connexion.public, on which one round was announced."""
    topic = await new_topic(ANNOUNCEMENTS)
    envelope = Envelope.of(EXAMPLE, id=EXAMPLE_ID, time=EXAMPLE_TIME, source=source_of("bidding"))
    headers = [(name, value.encode()) for name, value in envelope.headers().items()]
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers) as producer:
        await producer.send_and_wait(topic, EXAMPLE.body(), key=EXAMPLE.key.encode(), headers=headers)
    return topic


def block(language, topic):
    found = re.search(rf"^```{language}\n(.*?)^```", README.read_text(), re.DOTALL | re.MULTILINE)
    assert found, f"the README has no {language} example"
    # The topic stands alone, or ends a word; as the start of an event's type it stays.
    return re.sub(rf"{re.escape(ANNOUNCEMENTS)}(?!\.)", topic, found[1])


def test_the_consumer_of_the_readme_hears_the_announcement(kafka, announced):
    consumer = subprocess.Popen(
        [sys.executable, "-c", block("python", announced)],
        env={**os.environ, "KAFKA": kafka.bootstrap_servers},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        # The test's own time limit ends the wait where nothing comes.
        assert consumer.stdout
        heard = consumer.stdout.readline()
    finally:
        consumer.kill()
        consumer.communicate()
    assert heard.split() == [str(EXAMPLE_ID), "R2021"]


@pytest.mark.real_kafka
@pytest.mark.skipif(shutil.which("kcat") is None, reason="kcat is not installed on this machine")
def test_kcat_prints_the_announcement(kafka, announced):
    command = block("sh", announced).replace("localhost:9192", kafka.bootstrap_servers)
    printed = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True, timeout=60)
    headers, key, value = printed.stdout.splitlines()
    assert f"ce_type={EXAMPLE.TYPE}" in headers.split(",")
    assert key == "R2021"
    assert json.loads(value) == json.loads(EXAMPLE.body())
