"""Spans in a file, for a platform on one machine that has no collector: `make trace` reads them."""

import json
from collections.abc import Sequence
from logging import LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path

from opentelemetry.sdk.resources import SERVICE_NAME
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import StatusCode, format_span_id, format_trace_id

BYTES_OF_ONE_FILE = 8_000_000
OLDER_FILES = 1


class SpanFile(SpanExporter):
    """Writes each span as one line of JSON; the file is begun anew at 8 MB and the one before it kept."""

    def __init__(self, file: Path) -> None:
        """Write to `file`; its folder is made if need be."""
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = RotatingFileHandler(file, maxBytes=BYTES_OF_ONE_FILE, backupCount=OLDER_FILES, delay=True)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Write finished spans."""
        for span in spans:
            self._file.emit(LogRecord("spans", 0, "", 0, _line(span), None, None))
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """Close the file."""
        self._file.close()


def _line(span: ReadableSpan) -> str:
    context = span.context
    assert context is not None  # noqa: S101  a finished span has one
    return json.dumps(
        {
            "trace": format_trace_id(context.trace_id),
            "span": format_span_id(context.span_id),
            "parent": format_span_id(span.parent.span_id) if span.parent else None,
            "process": span.resource.attributes.get(SERVICE_NAME),
            "name": span.name,
            "kind": span.kind.name.lower(),
            "began_ns": span.start_time,
            "ended_ns": span.end_time,
            "failed": span.status.description or "yes" if span.status.status_code is StatusCode.ERROR else None,
            "attributes": dict(span.attributes or {}),
        }
    )
