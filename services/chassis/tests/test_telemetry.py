from collections.abc import Iterator

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import REGISTRY

from chassis import metrics, telemetry, tracing

CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"

_exporter = InMemorySpanExporter()


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        trace.set_tracer_provider(TracerProvider())
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    processor = SimpleSpanProcessor(_exporter)
    provider.add_span_processor(processor)
    _exporter.clear()
    yield _exporter
    processor.shutdown()
    provider._active_span_processor._span_processors = tuple(
        other for other in provider._active_span_processor._span_processors if other is not processor
    )
    _exporter._stopped = False


def application() -> FastAPI:
    app = FastAPI(telemetry=telemetry.OURS)
    router = APIRouter(prefix="/api/documents")

    @router.get("/files/{file_id}")
    async def read_file(file_id: str) -> dict[str, str | None]:
        return {"traceparent": tracing.current_traceparent()}

    @router.get("/broken")
    async def broken() -> None:
        raise RuntimeError("canary")

    async def on_error(_request: Request, _error: Exception) -> JSONResponse:
        return JSONResponse({"trace": tracing.current_trace_id()}, 500)

    app.include_router(router)
    app.add_route("/health/live", lambda _request: JSONResponse({"trace": tracing.current_trace_id()}))
    app.add_exception_handler(Exception, on_error)
    telemetry.instrument_edge(app)
    return app


async def call(path: str, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(application(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
        return await client.get(path, headers=headers)


def only(spans: InMemorySpanExporter) -> ReadableSpan:
    (span,) = spans.get_finished_spans()
    return span


async def test_a_request_continues_the_trace_of_its_caller(spans: InMemorySpanExporter) -> None:
    answer = await call("/api/documents/files/7", traceparent=CALLER)
    assert answer.json()["traceparent"].split("-")[1] == TRACE
    span = only(spans)
    assert span.parent is not None
    assert trace.format_span_id(span.parent.span_id) == "00f067aa0ba902b7"


async def test_a_request_without_a_caller_begins_a_trace(spans: InMemorySpanExporter) -> None:
    answer = await call("/api/documents/files/7")
    assert len(answer.json()["traceparent"]) == 55
    assert only(spans).parent is None


async def test_a_span_names_the_route_and_no_address(spans: InMemorySpanExporter) -> None:
    await call("/api/documents/files/canary-id?name=canary")
    span = only(spans)
    assert span.name == "GET /api/documents/files/{file_id}"
    assert "canary" not in str(span.to_json())


async def test_an_unexpected_error_is_answered_within_the_trace_and_its_text_stays_out(
    spans: InMemorySpanExporter,
) -> None:
    answer = await call("/api/documents/broken", traceparent=CALLER)
    assert answer.json() == {"trace": TRACE}
    span = only(spans)
    assert span.status.status_code is trace.StatusCode.ERROR
    assert "canary" not in str(span.to_json())


async def test_health_is_not_observed(spans: InMemorySpanExporter) -> None:
    assert (await call("/health/live", traceparent=CALLER)).json() == {"trace": None}
    assert spans.get_finished_spans() == ()


async def test_each_request_is_measured_by_route_and_status() -> None:
    labels = {"route": "/api/documents/files/{file_id}", "method": "GET", "status": "200"}
    unknown = {"route": telemetry.NO_ROUTE, "method": "GET", "status": "404"}
    before = measured(labels), measured(unknown)
    await call("/api/documents/files/7")
    await call("/api/documents/files/8")
    await call("/no/such/page")
    assert (measured(labels), measured(unknown)) == (before[0] + 2, before[1] + 1)


def measured(labels: dict[str, str]) -> float:
    return REGISTRY.get_sample_value("connexion_request_seconds_count", labels) or 0


def test_a_stored_trace_is_taken_up_again_and_left_behind(spans: InMemorySpanExporter) -> None:
    with tracing.attached({"traceparent": CALLER}):
        assert tracing.current_trace_id() == TRACE
        with tracing.span("send"):
            assert tracing.current_trace_id() == TRACE
    assert tracing.current_trace_id() is None
    assert tracing.current_traceparent() is None


def test_without_a_stored_trace_the_current_one_is_not_joined(spans: InMemorySpanExporter) -> None:
    with tracing.span("request"), tracing.attached({}):
        assert tracing.current_trace_id() is None


def test_a_damaged_stored_trace_is_no_trace() -> None:
    with tracing.attached({"traceparent": "00-nonsense"}):
        assert tracing.current_trace_id() is None


async def test_an_outgoing_request_carries_the_trace(spans: InMemorySpanExporter) -> None:
    request = httpx.Request("GET", "http://gateway/api/bidding/rounds")
    with tracing.attached({"traceparent": CALLER}):
        await tracing.pass_on_trace(request)
    assert request.headers["traceparent"].split("-")[1] == TRACE


def test_metrics_are_rendered_for_prometheus() -> None:
    metrics.RELAY_SENT.labels(topic="connexion.documents").inc()
    body, content_type = metrics.render()
    assert b'connexion_relay_sent_total{topic="connexion.documents"} 1.0' in body
    assert content_type.startswith("text/plain")
