import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from chassis import logs
from chassis.tracing import current_trace_id, span


@pytest.fixture(autouse=True)
def set_up() -> Iterator[None]:
    before = logging.getLogger().handlers[:]
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        trace.set_tracer_provider(TracerProvider())
    logs.set_up("documents-edge")
    yield
    logging.getLogger().handlers = before
    logging.getLogger("uvicorn.access").disabled = False
    structlog.reset_defaults()


def line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The one line that was said; what the event loop says of things other tests left is not ours."""
    lines = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    [said] = [line for line in lines if line.get("logger") not in {"asyncio", "opentelemetry.sdk.trace.export"}]
    return dict(said)


def test_a_line_is_json_with_service_level_time_and_our_fields(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger("documents").info("file received", slot_id="s-1", size=18)
    said = line(capsys)
    assert said["event"] == "file received"
    assert (said["service"], said["level"], said["slot_id"], said["size"]) == ("documents-edge", "info", "s-1", 18)
    assert said["timestamp"].endswith("Z")


def test_lines_of_libraries_look_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("aiokafka").warning("Topic %s is not available", "connexion.bidding")
    said = line(capsys)
    assert (said["event"], said["logger"]) == ("Topic connexion.bidding is not available", "aiokafka")


def test_a_line_carries_the_trace_it_belongs_to(capsys: pytest.CaptureFixture[str]) -> None:
    with span("work"):
        structlog.get_logger().info("in a trace")
        trace_id = current_trace_id()
    said = line(capsys)
    assert said["trace_id"] == trace_id
    assert len(said["span_id"]) == 16


def test_outside_of_a_trace_no_ids_are_made_up(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().info("alone")
    assert "trace_id" not in line(capsys)


@pytest.mark.parametrize("field", ["name", "email", "user_id", "filename", "token", "cookie", "Set-Cookie", "cx_token"])
def test_personal_fields_lose_their_value(field: str, capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().info(
        "signed in", **{field: "canary", "nested": {field: "canary"}, "many": [{field: "canary"}]}
    )
    printed = capsys.readouterr().out
    assert "canary" not in printed
    assert printed.count(logs.REMOVED) == 3


def test_addresses_and_tokens_are_taken_out_of_any_text(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("smtp").error("550 no such user: %s, %s", "jane.doe@example.com", "eyJhbGciOiJ9.eyJzdWIi.c2ln")
    printed = capsys.readouterr().out
    assert "jane" not in printed
    assert "eyJ" not in printed


def test_personal_extras_of_libraries_are_taken_out(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("library").info("call", extra={"email": "canary", "attempt": 2})
    said = line(capsys)
    assert (said["email"], said["attempt"]) == (logs.REMOVED, 2)


def test_an_error_tells_where_it_happened_but_not_the_data_it_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        save()
    except RuntimeError:
        structlog.get_logger().exception("request failed")
    printed = capsys.readouterr().out
    said = json.loads(printed)
    assert said["error"] == ["RuntimeError: could not save", "ValueError: duplicate key"]
    assert any("test_logs.py" in frame for frame in said["stack"])
    assert "canary" not in printed


def test_errors_of_libraries_are_written_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        {"here": 1}["missing"]
    except KeyError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    assert line(capsys)["error"] == ["KeyError: 'missing'"]


def test_the_access_log_of_uvicorn_is_off(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("uvicorn.access").info("GET /api/documents/files/7 200")
    assert capsys.readouterr().out == ""


def test_setting_up_twice_writes_each_line_once(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("documents-edge")
    structlog.get_logger().info("once")
    assert capsys.readouterr().out.count("once") == 1


def save() -> None:
    raise RuntimeError("could not save") from ValueError("duplicate key\nDETAIL: Key (nickname)=(canary) exists")
