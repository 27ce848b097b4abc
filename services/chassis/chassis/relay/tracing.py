"""The trace of a row goes on when it is told, hours later if need be."""

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_PROPAGATOR = TraceContextTextMapPropagator()


def telling(topic: str, event_type: str, traceparent: str | None) -> tuple[str | None, Span | None]:
    """Begin the span of one publish; return the `traceparent` to send and the span to end on acknowledgement.

    The span continues the trace context stored with the row: that of the request that caused the event. A row without
    one belongs to no trace and starts none.
    """
    if traceparent is None:
        return None, None
    span = trace.get_tracer("chassis.relay").start_span(
        f"send {topic}",
        context=_PROPAGATOR.extract({"traceparent": traceparent}),
        kind=SpanKind.PRODUCER,
        attributes={"messaging.system": "kafka", "messaging.destination.name": topic, "event.type": event_type},
    )
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier, trace.set_span_in_context(span))
    return carrier.get("traceparent", traceparent), span
