"""`make trace` draws one request's way from what the processes wrote."""

import json
from pathlib import Path

import pytest
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode, format_trace_id
from opentelemetry.trace.propagation import set_span_in_context

from chassis.span_file import SpanFile
from deploy.local.trace import spans_of, trace_id, waterfall
from deploy.local.trouble import Trouble


def process(folder: Path, name: str) -> TracerProvider:
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: f"connexion-{name}"}))
    provider.add_span_processor(SimpleSpanProcessor(SpanFile(folder / f"{name}.jsonl")))
    return provider


def two_processes(folder: Path) -> str:
    """A request to one process that another hears of; returns the trace."""
    asked = process(folder, "documents-edge").get_tracer("t").start_span("POST /api/documents/uploads")
    heard = (
        process(folder, "notices-worker")
        .get_tracer("t")
        .start_span("hear document-accepted", set_span_in_context(asked), SpanKind.CONSUMER)
    )
    heard.set_status(Status(StatusCode.ERROR, "LookupError"))
    heard.end()
    asked.end()
    return format_trace_id(asked.get_span_context().trace_id)


def test_a_span_stands_under_the_one_that_caused_it_also_in_another_process(tmp_path: Path) -> None:
    spans = spans_of(two_processes(tmp_path), tmp_path)
    first, second = waterfall(spans)
    assert first.startswith("· documents-edge  POST /api/documents/uploads")
    assert second.startswith("  ⇠ notices-worker  hear document-accepted")
    assert second.endswith("failed: LookupError")


def test_other_traces_and_a_line_that_is_still_being_written_are_left_out(tmp_path: Path) -> None:
    wanted, _other = two_processes(tmp_path), two_processes(tmp_path)
    with (tmp_path / "documents-edge.jsonl").open("a") as file:
        file.write(f'{{"trace": "{wanted}", "span"')
    assert [span["process"] for span in spans_of(wanted, tmp_path)] == [
        "connexion-documents-edge",
        "connexion-notices-worker",
    ]


def test_a_span_whose_cause_is_not_kept_is_drawn_all_the_same(tmp_path: Path) -> None:
    orphans = [span for span in spans_of(two_processes(tmp_path), tmp_path) if span["parent"]]
    assert len(list(waterfall(orphans))) == 1


@pytest.mark.parametrize(
    "said",
    [
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "4bf92f35-77b3-4da6-a3ce-929d0e0e4736",
        "Reference: 4BF92F3577B34DA6A3CE929D0E0E4736",
    ],
)
def test_a_trace_may_be_named_as_one_finds_it(said: str) -> None:
    assert trace_id(said) == "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.mark.parametrize("said", ["", "4bf92f35", "x" * 32])
def test_what_names_no_trace_is_told_what_to_name(said: str) -> None:
    with pytest.raises(Trouble, match="make trace ID="):
        trace_id(said)


def test_a_span_file_is_begun_anew_before_it_fills_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chassis.span_file.BYTES_OF_ONE_FILE", 2_000)
    tracer = process(tmp_path, "portal").get_tracer("t")
    for number in range(40):
        tracer.start_span(f"span {number}").end()
    written = sorted(tmp_path.glob("portal.jsonl*"))
    assert [file.name for file in written] == ["portal.jsonl", "portal.jsonl.1"]
    assert all(file.stat().st_size <= 2_000 for file in written)
    assert json.loads(written[0].read_text().splitlines()[-1])["name"] == "span 39"


def test_a_trace_that_nobody_wrote_down_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="No span of"):
        spans_of("4bf92f3577b34da6a3ce929d0e0e4736", tmp_path)
