"""One event all the way: a commit, the wake-up, the relay, the broker, another transaction; in one trace."""

import asyncio

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from chassis.actor import Actor
from chassis.database import Fence
from chassis.relay import Relay
from chassis.tracing import current_trace_id, span
from chassis.wake import EVERY, Wake
from tests.infrastructure.waiting import eventually

pytestmark = [pytest.mark.broker]


@pytest.fixture
async def relay(place, listener):
    settings = place.settings.model_copy(update={"otlp_endpoint": "http://collector.invalid"})
    stop = asyncio.Event()
    task = asyncio.create_task(Relay("notices", settings, topics=(listener.stream,)).run(stop))
    yield
    stop.set()
    await task


@pytest.fixture
def spans():
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        trace.set_tracer_provider(TracerProvider())
    exporter = InMemorySpanExporter()
    processor = SimpleSpanProcessor(exporter)
    trace.get_tracer_provider().add_span_processor(processor)
    yield exporter.get_finished_spans
    processor.shutdown()


async def test_one_trace_runs_from_the_request_through_relay_and_broker_to_the_handler(listener, place, relay, spans):
    listener.note_effects()
    async with listener.listening():
        with span("POST /api/notices/things"):
            begun = current_trace_id()
            async with listener.database.writing(Fence.system(), Actor.system("tests")) as session:
                session.say(listener.event(thing="a", number=1))
        await place.effects_of(1)
        await eventually(lambda: len([s for s in spans() if _trace_id(s) == begun]) >= 3)
    assert await place.admin.fetchval("select trace_id from effect") == begun
    by_name = {s.name.split()[0]: s for s in spans() if _trace_id(s) == begun}
    assert set(by_name) == {"POST", "send", "hear"}
    assert by_name["send"].parent.span_id == by_name["POST"].context.span_id
    assert by_name["hear"].parent.span_id == by_name["send"].context.span_id


def _trace_id(finished) -> str:
    return trace.format_trace_id(finished.context.trace_id)


async def test_commits_are_pooled_into_few_wake_ups_outside_of_their_transactions(place):
    heard = []
    await place.admin.add_listener("outbox", lambda *_: heard.append(1))
    wake = Wake(place.settings.database_url)
    running = asyncio.create_task(wake.run())
    try:
        wake()
        await eventually(lambda: heard)
        for _ in range(1_000):
            wake()
        await eventually(lambda: len(heard) >= 2)
        wake()
        await eventually(lambda: len(heard) >= 3)
    finally:
        running.cancel()
    assert len(heard) < 10


async def test_wake_ups_go_on_however_often_and_whenever_their_connection_is_cut(place):
    heard = []
    await place.admin.add_listener("outbox", lambda *_: heard.append(1))
    running = asyncio.create_task((wake := Wake(place.settings.database_url)).run())

    async def woken() -> bool:
        wake()
        return bool(heard)

    try:
        for cut in range(25):
            heard.clear()
            await eventually(woken)
            await asyncio.sleep(cut * EVERY / 25)  # each cut meets another moment of the sending
            await place.admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where application_name = 'wake' and datname = current_database()"
            )
        heard.clear()
        await eventually(woken)
    finally:
        running.cancel()
