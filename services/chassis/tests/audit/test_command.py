import asyncio
import json
from pathlib import Path

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer

from chassis import audit
from chassis.audit import Report, main
from chassis.ids import new_id
from events.audit import BatchSealed
from events.envelope import Envelope, source_of
from tests.infrastructure.fixtures import NewTopicNamed
from tests.infrastructure.interface import Kafka
from tests.probe.sealed_trail import KEY, Sealed, judge

pytestmark = pytest.mark.storage


async def test_a_report_says_the_first_bad_row_first_and_counts(sealed: Sealed) -> None:
    findings = judge(sealed.heads, await sealed.trail("update audit set reason = 'x'"))
    lines = Report("probe", 6, 6, 48, 0, findings).lines()
    assert lines[0] == "probe: 6 batches with 48 rows, 6 heads published, 0 rows not sealed yet. Wrong: 48."
    assert lines[1] == f"First bad row: batch 1, row 1, id {sealed.heads[0].rows[0][0]}: edited"
    assert len(lines) == 2 + 48
    assert "All is as it was signed" in Report("probe", 6, 6, 48, 0, []).lines()[0]


@pytest_asyncio.fixture
async def published(sealed: Sealed, kafka: Kafka, new_topic: NewTopicNamed, monkeypatch: pytest.MonkeyPatch) -> None:
    """The heads stand in a topic, among those of another service, and the environment names all parts."""
    topic = await new_topic("heads", partitions=3)
    await publish(kafka, topic, [*sealed.heads, sealed.heads[0].model_copy(update={"service": "notices"})])
    monkeypatch.setattr(audit, "HEADS", topic)
    monkeypatch.setenv("CONNEXION_ENVIRONMENT", "local")
    monkeypatch.setenv("CONNEXION_DATABASE_URL", sealed.database.login_url)
    monkeypatch.setenv("CONNEXION_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrap_servers)


@pytest.mark.broker
async def test_the_command_compares_with_the_broker_and_names_the_first_bad_row(
    published: None, sealed: Sealed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = tmp_path / "jwks.json"
    keys.write_text(json.dumps({"keys": [KEY.public().jwk()]}))
    command = ["verify", "--package", "tests.probe", "--keys", str(keys)]

    assert await asyncio.to_thread(main, command) == 0
    assert "6 batches with 48 rows, 6 heads published" in capsys.readouterr().out

    await sealed.superuser.execute(
        "delete from audit where batch = 6; delete from audit_batch where number = 6; delete from outbox"
    )
    assert await asyncio.to_thread(main, command) == 1
    assert f"First bad row: batch 6, row 1, id {sealed.heads[5].rows[0][0]}: deleted" in capsys.readouterr().out

    assert await asyncio.to_thread(main, [*command, "--without-broker"]) == 0  # what only the broker knows


async def test_what_cannot_be_verified_is_said_and_is_not_a_success(
    sealed: Sealed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONNEXION_ENVIRONMENT", "local")
    monkeypatch.setenv("CONNEXION_DATABASE_URL", sealed.database.login_url + "_gone")
    assert await asyncio.to_thread(main, ["verify", "--package", "tests.probe"]) == 2
    assert "--keys" in capsys.readouterr().err
    (tmp_path / "keys.json").write_text("{}")
    command = ["verify", "--package", "tests.probe", "--without-broker", "--keys"]
    assert await asyncio.to_thread(main, [*command, str(tmp_path / "keys.json")]) == 2
    assert "neither a JWKS nor a PEM file" in capsys.readouterr().err
    KEY.save(tmp_path / "key.pem")
    assert await asyncio.to_thread(main, [*command, str(tmp_path / "key.pem")]) == 2
    assert "could not be verified" in capsys.readouterr().err


async def publish(kafka: Kafka, topic: str, heads: list[BatchSealed]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers)
    await producer.start()
    for head in heads:
        envelope = Envelope.of(head, id=new_id(), time=head.sealed_at, source=source_of(head.service))
        headers = [(name, value.encode()) for name, value in envelope.headers().items()]
        await producer.send_and_wait(topic, head.body(), key=head.key.encode(), headers=headers)
    await producer.stop()
