"""The tests' own infrastructure: every part starts, answers, and can be taken away."""

import asyncio
import socket
from pathlib import Path

import asyncpg
import httpx
import obstore
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from obstore.store import S3Store

from chassis.kafka_clients import UNREACHABLE, start_producer
from deploy.local.clamd import EICAR
from deploy.local.java import find_java
from deploy.local.kafka import class_archive, fall_back_program
from deploy.local.ports import free_port
from deploy.local.program import Running
from tests.infrastructure.fixtures import DatabaseFor
from tests.infrastructure.interface import Kafka, ObjectStore, Postgres, Provider, Scanner
from tests.infrastructure.waiting import eventually


@pytest.mark.storage
async def test_postgresql_18_answers_the_superuser(postgres: Postgres) -> None:
    connection = await asyncpg.connect(postgres.admin_url)
    assert connection.get_server_version().major == 18
    await connection.close()


@pytest.mark.storage
async def test_a_killed_database_comes_back_with_its_committed_rows(infrastructure: Provider) -> None:
    own = infrastructure.start_postgres()
    connection = await asyncpg.connect(own.admin_url)
    await connection.execute("create table kept (n int); insert into kept values (7)")
    own.server.kill()
    own.server.start()
    connection = await asyncpg.connect(own.admin_url)
    assert await connection.fetchval("select n from kept") == 7
    await connection.close()
    own.server.stop()


@pytest.mark.storage
async def test_each_database_of_a_service_is_its_own_and_its_login_role_has_no_rights(
    database_for: DatabaseFor,
) -> None:
    first, second = await database_for("documents", package=None), await database_for("documents", package=None)
    assert first.name != second.name
    owner = await asyncpg.connect(_plain(first.migrator_url))
    await owner.execute("create table secret (n int)")
    service = await asyncpg.connect(_plain(first.login_url))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await service.fetch("select * from public.secret")
    await owner.close()
    await service.close()


@pytest.mark.broker
async def test_a_message_sent_is_read_again_after_the_broker_was_killed(infrastructure: Provider) -> None:
    own = infrastructure.start_kafka()
    if own.server is None or not own.real:
        pytest.skip("the broker is not ours, or keeps nothing")
    await _make_topic(own, "kept")
    producer = AIOKafkaProducer(bootstrap_servers=own.bootstrap_servers, enable_idempotence=True)
    await producer.start()
    await producer.send_and_wait("kept", b"seven")
    await producer.stop()
    own.server.kill()
    own.server.start()
    consumer = AIOKafkaConsumer("kept", bootstrap_servers=own.bootstrap_servers, auto_offset_reset="earliest")
    await consumer.start()
    assert (await asyncio.wait_for(consumer.getone(), 20)).value == b"seven"
    await consumer.stop()
    own.server.stop()


@pytest.mark.broker
async def test_a_frozen_broker_answers_nothing_until_it_thaws(infrastructure: Provider) -> None:
    own = infrastructure.start_kafka()
    if own.server is None:
        pytest.skip("the broker is not ours")
    await _make_topic(own, "slow")
    producer = AIOKafkaProducer(bootstrap_servers=own.bootstrap_servers)
    await producer.start()
    own.server.freeze()
    sending = asyncio.ensure_future(producer.send_and_wait("slow", b"late"))
    done, _ = await asyncio.wait([sending], timeout=0.5)
    assert not done
    own.server.thaw()
    await asyncio.wait_for(sending, 20)
    await producer.stop()
    own.server.stop()


@pytest.mark.real_kafka
@pytest.mark.broker
async def test_a_topic_nobody_made_does_not_appear_by_itself(kafka: Kafka) -> None:
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap_servers)
    await consumer.start()
    assert "nobody.made.this" not in await consumer.topics()
    assert not await _exists_after_asking(consumer, "nobody.made.this")
    await consumer.stop()


@pytest.mark.storage
async def test_the_object_store_keeps_what_is_put(object_store: ObjectStore) -> None:
    store = S3Store(
        object_store.bucket,
        endpoint=object_store.endpoint,
        access_key_id=object_store.access_key,
        secret_access_key=object_store.secret_key,
        region=object_store.region,
        client_options={"allow_http": True},
    )
    await obstore.put_async(store, "a/b", b"bytes")
    assert bytes(await (await obstore.get_async(store, "a/b")).bytes_async()) == b"bytes"


@pytest.mark.storage
async def test_the_object_store_refuses_a_stranger(object_store: ObjectStore) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{object_store.endpoint}/{object_store.bucket}?list-type=2")
    assert answer.status_code == 403


@pytest.mark.storage
@pytest.mark.parametrize(("body", "verdict"), [(EICAR, b"FOUND"), (b"%PDF-1.7 a letter", b"OK")])
def test_the_scanner_finds_the_test_virus_and_nothing_else(scanner: Scanner, body: bytes, verdict: bytes) -> None:
    with socket.create_connection((scanner.host, scanner.port), timeout=10) as connection:
        connection.sendall(b"zINSTREAM\0" + len(body).to_bytes(4, "big") + body + bytes(4))
        assert verdict in connection.recv(200)


async def test_waiting_ends_with_what_was_last_seen() -> None:
    with pytest.raises(AssertionError, match=r"three blind mice did not come true.*last seen: 0"):
        await eventually(lambda: 0, within=0.1, what="three blind mice")


def test_the_broker_says_whether_it_is_apache_kafka(kafka: Kafka) -> None:
    if not isinstance(kafka.server, Running):
        pytest.skip("the broker was given, or its image names it")
    assert kafka.real == ("kafka.Kafka" in kafka.server.program.command)


def _plain(url: str) -> str:
    return url.replace("+asyncpg", "")


async def _make_topic(kafka: Kafka, name: str) -> None:
    from aiokafka.admin import AIOKafkaAdminClient, NewTopic

    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    await admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
    await admin.close()


async def _exists_after_asking(consumer: AIOKafkaConsumer, name: str) -> bool:
    consumer.partitions_for_topic(name)
    consumer._client.add_topic(name)
    await consumer._client.force_metadata_update()
    return name in await consumer.topics()


@pytest.mark.broker
async def test_the_fall_back_broker_carries_a_message(tmp_path: Path) -> None:
    port = free_port()
    with Running(fall_back_program(port), tmp_path / "broker.log"):
        given = Kafka(f"127.0.0.1:{port}", real=False, server=None)
        await _make_topic(given, "look")
        producer = AIOKafkaProducer(bootstrap_servers=given.bootstrap_servers)
        consumer = AIOKafkaConsumer(
            "look", bootstrap_servers=given.bootstrap_servers, auto_offset_reset="earliest", fetch_max_wait_ms=5
        )
        await producer.start()
        await producer.send_and_wait("look", b"seven")
        await consumer.start()
        assert (await asyncio.wait_for(consumer.getone(), 20)).value == b"seven"
        await consumer.stop()
        await producer.stop()


@pytest.mark.broker
@pytest.mark.real_kafka
def test_the_broker_starts_from_its_parsed_classes_where_they_are_kept(kafka: Kafka) -> None:
    if kafka.server is None or not isinstance(kafka.server, Running):
        pytest.skip("the broker is not a process of ours")
    archive = class_archive(find_java())
    assert (f"-XX:SharedArchiveFile={archive}" in kafka.server.program.command) == archive.exists()


@pytest.mark.broker
async def test_a_producer_of_ours_does_without_idempotence_on_the_fall_back_broker_only(tmp_path: Path) -> None:
    port = free_port()
    with Running(fall_back_program(port), tmp_path / "broker.log"):
        given = Kafka(f"127.0.0.1:{port}", real=False, server=None)
        await _make_topic(given, "said")
        plain = {"bootstrap_servers": given.bootstrap_servers, "client_id": "test"}
        producer = await start_producer(plain)
        await producer.send_and_wait("said", b"seven")
        await producer.stop()
        with pytest.raises(UNREACHABLE):  # spoken to as one in production, it is refused and not made do with
            await start_producer({**plain, "security_protocol": "PLAINTEXT"})
