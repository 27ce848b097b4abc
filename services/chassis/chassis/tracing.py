"""The trace a piece of work belongs to, as W3C trace context.

Works without any collector: ids are made, passed on, and written to outbox, audit and logs.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

W3C = TraceContextTextMapPropagator()


def current_traceparent() -> str | None:
    """Return the `traceparent` header of the current span, for an outbox row; None outside any span."""
    carrier: dict[str, str] = {}
    W3C.inject(carrier)
    return carrier.get("traceparent")


def current_trace_id() -> str | None:
    """Return the trace id (32 hex digits) of the current span, for an audit row; None outside any span."""
    span = trace.get_current_span().get_span_context()
    return trace.format_trace_id(span.trace_id) if span.is_valid else None


@contextmanager
def attached(carrier: dict[str, str]) -> Iterator[None]:
    """Run the body within the trace that `carrier` (headers `traceparent`, `tracestate`) tells.

    Without one the body runs outside of any trace, so that it joins none by accident.
    """
    token = context.attach(W3C.extract(carrier, context=Context()))
    try:
        yield
    finally:
        context.detach(token)


@contextmanager
def span(name: str, *, kind: SpanKind = SpanKind.INTERNAL) -> Iterator[Span]:
    """Run the body as a span of the current trace, or of a new one.

    An error marks the span by its class; its text, which may quote data, does not go into the span.
    """
    tracer = trace.get_tracer("connexion")
    with tracer.start_as_current_span(
        name, kind=kind, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield current
        except BaseException as error:
            current.set_status(StatusCode.ERROR, type(error).__name__)
            raise


async def pass_on_trace(request: httpx.Request) -> None:
    """Put the current trace context into an outgoing request: a `request` event hook of an httpx client."""
    W3C.inject(request.headers)
