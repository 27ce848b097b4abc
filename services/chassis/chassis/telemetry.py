"""Telemetry of a process: where its spans go, how its logs are written, and what is measured of each request.

Spans are exported only where an OTLP endpoint, or on one's own machine a file, is configured. Trace context is in
`chassis.tracing`, logs in `chassis.logs`, metrics in `chassis.metrics`.
"""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from opentelemetry import propagate, trace
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode

from chassis import logs
from chassis.metrics import REQUEST_SECONDS
from chassis.settings import BaseServiceSettings
from chassis.span_file import SpanFile
from chassis.tracing import W3C, attached, span

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

NOT_OBSERVED = frozenset({"/health/live", "/health/ready", "/metrics"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE = "no route"
EXPORT_WITHIN = 2.0
"""Seconds after which spans are given up: a collector that is away must not hold a process that stops."""

OURS: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
"""For `FastAPI(telemetry=OURS)`: its own spans hold paths and queries (ids, a sign-in's code); ours do not."""


def start(process: str, settings: BaseServiceSettings) -> None:
    """Begin to log and to trace under the name of this process ("documents-edge"). Called once, when it starts.

    Only `traceparent` and `tracestate` are passed on: baggage could carry what must not travel.
    """
    logs.set_up(process)
    if isinstance(trace.get_tracer_provider(), TracerProvider):
        return
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: f"connexion-{process}"}))
    if settings.otlp_endpoint:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        exporter = OTLPSpanExporter(f"{settings.otlp_endpoint.rstrip('/')}/v1/traces", timeout=EXPORT_WITHIN)
        provider.add_span_processor(BatchSpanProcessor(exporter))
    if settings.spans_file:
        provider.add_span_processor(BatchSpanProcessor(SpanFile(settings.spans_file), schedule_delay_millis=500))
    trace.set_tracer_provider(provider)
    propagate.set_global_textmap(W3C)


def instrument_edge(app: FastAPI) -> None:
    """Give every request a span that continues the caller's trace, and measure it.

    The observer stands outside of everything, so that an answer to an unexpected error still names its trace.
    """
    build = app.build_middleware_stack
    app.build_middleware_stack = lambda: ObservedRequests(build())  # type: ignore[method-assign]


class ObservedRequests:
    """ASGI middleware: a server span and a duration for each request, by route template, never by address or query."""

    def __init__(self, app: App) -> None:
        """Stand in front of `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection; only HTTP requests that are not about health are observed."""
        if scope["type"] != "http" or scope["path"] in NOT_OBSERVED:
            await self._app(scope, receive, send)
            return
        status = 500

        async def send_seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        started = time.perf_counter()
        with attached(_trace_headers(scope)), span(scope["method"], kind=SpanKind.SERVER) as current:
            try:
                await self._app(scope, receive, send_seen)
            finally:
                _observe(current, scope, status, time.perf_counter() - started)


def _observe(current: Span, scope: Scope, status: int, seconds: float) -> None:
    method = scope["method"] if scope["method"] in METHODS else "other"
    route = getattr(scope.get("route"), "path", NO_ROUTE)
    current.update_name(f"{method} {route}")
    current.set_attributes({"http.request.method": method, "http.route": route, "http.response.status_code": status})
    if status >= 500:
        current.set_status(StatusCode.ERROR)
    REQUEST_SECONDS.labels(route=route, method=method, status=str(status)).observe(seconds)


def _trace_headers(scope: Scope) -> dict[str, str]:
    return {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in scope["headers"]
        if name in (b"traceparent", b"tracestate")
    }
