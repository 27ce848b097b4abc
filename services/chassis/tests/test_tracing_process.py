"""A process that traces: with a collector, without one, and with one that is away."""

import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from chassis.telemetry import EXPORT_WITHIN

PROCESS = """
import sys
from chassis import telemetry, tracing
from chassis.settings import BaseServiceSettings

endpoint = sys.argv[1] if len(sys.argv) > 1 else None
telemetry.start("documents-edge", BaseServiceSettings(environment="local", otlp_endpoint=endpoint))
telemetry.start("documents-edge", BaseServiceSettings(environment="local", otlp_endpoint=endpoint))
with tracing.span("upload"):
    print(tracing.current_traceparent())
"""

WORK = """
import statistics, sys, time
from chassis import telemetry, tracing
from chassis.settings import BaseServiceSettings

endpoint = sys.argv[1] if len(sys.argv) > 1 else None
telemetry.start("documents-edge", BaseServiceSettings(environment="local", otlp_endpoint=endpoint))
waits = []
for _ in range(3000):
    began = time.perf_counter()
    with tracing.span("request"):
        pass
    waits.append(time.perf_counter() - began)
    time.sleep(0.0005)
print("p99", statistics.quantiles(waits, n=100)[98])
"""
"""More spans than the exporter's queue holds; prints the 99th percentile of the time one takes, in seconds."""


class Collector(HTTPServer):
    """Keeps what is sent to it."""

    received: list[tuple[str, bytes]]


class Keep(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.received.append((self.path, body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Keep quiet."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    server = Collector(("127.0.0.1", 0), Keep)
    server.received = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def run(*arguments: str, program: str = PROCESS) -> str:
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def test_with_a_collector_spans_are_sent_under_the_name_of_the_process(collector: Collector) -> None:
    trace_id = run(f"http://127.0.0.1:{collector.server_port}/").split("-")[1]
    ((path, body),) = collector.received
    assert path == "/v1/traces"
    assert b"connexion-documents-edge" in body
    assert bytes.fromhex(trace_id) in body


def test_without_a_collector_there_are_trace_ids_all_the_same() -> None:
    version, trace_id, span_id, flags = run().strip().split("-")
    assert (version, len(trace_id), len(span_id), len(flags)) == ("00", 32, 16, 2)
    assert int(trace_id, 16) > 0


def test_a_collector_that_is_away_holds_a_process_that_stops_for_a_moment_only() -> None:
    without, away = timed(), timed("http://127.0.0.1:9")
    assert away - without < EXPORT_WITHIN + 3


def test_a_collector_that_hangs_makes_nobody_wait() -> None:
    """F44: it takes the connection and never answers; what its queue cannot hold is given up, not waited for."""
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        told = run(f"http://127.0.0.1:{hanging.getsockname()[1]}", program=WORK)
    (p99,) = re.findall(r"^p99 (.*)$", told, re.MULTILINE)
    assert float(p99) < EXPORT_WITHIN / 100


def timed(*arguments: str) -> float:
    began = time.monotonic()
    run(*arguments)
    return time.monotonic() - began
