"""Logs: one JSON object a line, with the trace it belongs to, and without personal data.

Our own code and the libraries (uvicorn, SQLAlchemy, aiokafka) write through the same processors. Whoever logs says
what happened and to which id; who the person is stands in the audit, not here. As a second line of defence, known
personal fields, e-mail addresses and tokens are taken out of whatever is logged.
"""

import logging
import re
import sys
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any, TextIO

import structlog
from opentelemetry import trace
from structlog.typing import EventDict, Processor, WrappedLogger

PERSONAL_FIELDS = frozenset({
    "address", "authorization", "body", "certified_by", "cookie", "cookies", "display_name", "ein", "email",
    "file_name", "filename", "first_name", "headers", "last_name", "name", "nickname", "password", "payload",
    "phone", "query", "secret", "ssn", "statement", "token", "user", "user_id", "username",
})  # fmt: skip
PERSONAL_ENDINGS = ("_email", "_token", "_cookie", "_password", "_phone", "_secret", "_filename")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
JWS = re.compile(r"eyJ[\w-]+\.[\w-]*\.[\w-]*")
REMOVED = "(removed)"


def set_up(service_name: str, *, level: int = logging.INFO) -> None:
    """Send all logs of the process to standard output as JSON lines. Called once, at start.

    uvicorn's access log is off: the gateway keeps one, and paths may hold ids.
    """
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_service(service_name),
        add_trace,
        write_exception,
        remove_personal_data,
    ]
    handler = _StandardOutput()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [other for other in root.handlers if not isinstance(other, _StandardOutput)] + [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("uvicorn.access").disabled = True
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


class _StandardOutput(logging.StreamHandler[TextIO]):
    """Writes to what standard output is at that moment, also after somebody exchanged it."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stdout
        super().emit(record)


def _add_service(service_name: str) -> Processor:
    def add(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["service"] = service_name
        return event

    return add


def add_trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Add the ids of the current trace and span, where there is one."""
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        event["trace_id"] = trace.format_trace_id(span.trace_id)
        event["span_id"] = trace.format_span_id(span.span_id)
    return event


def write_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Turn `exc_info` into where it happened and the first line of each error in the chain.

    Libraries quote data from the second line on: the database its DETAIL, pydantic the input.
    """
    info = event.pop("exc_info", None)
    error = _error_of(info)
    if error is not None:
        event["error"] = [_first_line(link) for link in _chain(error)]
        event["stack"] = _frames(error.__traceback__)
    return event


def remove_personal_data(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Take out the values of known personal fields, and e-mail addresses and tokens wherever they stand."""
    return {key: REMOVED if _is_personal(key) else _cleaned(value) for key, value in event.items()}


def _is_personal(key: str) -> bool:
    plain = key.lower().replace("-", "_")
    return plain in PERSONAL_FIELDS or plain.endswith(PERSONAL_ENDINGS)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return JWS.sub(REMOVED, EMAIL.sub(REMOVED, value))
    if isinstance(value, Mapping):
        return {key: REMOVED if _is_personal(str(key)) else _cleaned(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_cleaned(inner) for inner in value]
    return value


def _error_of(info: Any) -> BaseException | None:
    if isinstance(info, BaseException):
        return info
    if isinstance(info, tuple):
        return info[1] if isinstance(info[1], BaseException) else None
    return sys.exc_info()[1] if info else None


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return chain


def _first_line(error: BaseException) -> str:
    lines = str(error).splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def _frames(stack: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(stack)]
