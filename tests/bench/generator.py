"""The load on an HTTP server: one request sent again and again, over connections that stay open.

It knows just enough HTTP to cost little beside the server: answers must have a Content-Length.
"""

import asyncio
import time
from array import array
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from deploy.local.ports import LOCALHOST

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length: "


@dataclass(frozen=True)
class Load:
    """What came of a load: each answer's milliseconds; `failures` are answers that were not 200."""

    latencies: "array[float]"
    failures: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Good answers a second."""
        return (len(self.latencies) - self.failures) / self.seconds


def get(path: str, token: str = "") -> bytes:
    """Write a GET request."""
    bearer = f"Authorization: Bearer {token}\r\n" if token else ""
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\n{bearer}\r\n".encode()


async def keep_busy(_: None, port: int, request: bytes, lines: int, seconds: float) -> Load:
    """Send the next request on each of `lines` connections as soon as the answer is there: the most it can do."""
    meter = _Meter()
    ends = time.perf_counter() + seconds

    def again(line: "_Line") -> None:
        if time.perf_counter() < ends:
            meter.sent += 1
            line.send(time.perf_counter())
        else:
            meter.end_at(meter.sent)

    async with _lines(port, request, lines, meter, again) as opened:
        began, meter.sent = time.perf_counter(), lines
        for line in opened:
            line.send(began)
        await meter.done.wait()
        return meter.load(time.perf_counter() - began)


async def keep_pace(_: None, port: int, request: bytes, rate: float, seconds: float, lines: int = 64) -> Load:
    """Send `rate` requests a second, whether or not earlier ones were answered; waiting for a connection counts."""
    meter = _Meter()
    idle: deque[_Line] = deque()
    due: deque[float] = deque()

    def again(line: "_Line") -> None:
        meter.end_at(meter.sent)
        if due:
            line.send(due.popleft())
        else:
            idle.append(line)

    async with _lines(port, request, lines, meter, again) as opened:
        idle.extend(opened)
        began, sent = time.perf_counter(), 0
        while (now := time.perf_counter()) < began + seconds:
            while sent < (now - began) * rate:
                sent += 1
                if idle:
                    idle.pop().send(now)
                else:
                    due.append(now)
            await asyncio.sleep(0.001)
        async with asyncio.timeout(30):
            meter.end_at(sent)
            await meter.done.wait()
        return meter.load(seconds)


class _Meter:
    def __init__(self) -> None:
        self.latencies: array[float] = array("d")
        self.failures = 0
        self.sent = -1
        self.done = asyncio.Event()

    def end_at(self, sent: int) -> None:
        """Be done when everything sent is answered; what is sent is final now."""
        self.sent = sent
        if len(self.latencies) == sent:
            self.done.set()

    def load(self, seconds: float) -> Load:
        return Load(self.latencies, self.failures, seconds)


class _Line(asyncio.Protocol):
    """One connection with at most one request under way."""

    def __init__(self, request: bytes, meter: _Meter, answered: Callable[["_Line"], None]) -> None:
        self._request, self._meter, self._answered = request, meter, answered
        self._received = b""
        self._since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.WriteTransport", transport)

    def send(self, since: float) -> None:
        self._since = since
        self.transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head = self._received.find(HEAD_END)
        if head < 0 or len(self._received) < head + len(HEAD_END) + self._length(head):
            return
        self._meter.latencies.append((time.perf_counter() - self._since) * 1000)
        self._meter.failures += not self._received.startswith(b"HTTP/1.1 200")
        self._received = b""
        self._answered(self)

    def _length(self, head: int) -> int:
        at = self._received.lower().find(LENGTH, 0, head) + len(LENGTH)
        return int(self._received[at : self._received.find(b"\r", at)])


class _lines:  # noqa: N801  a context manager
    def __init__(self, port: int, request: bytes, count: int, meter: _Meter, answered: Callable[[_Line], None]) -> None:
        self._port, self._count = port, count
        self._make = lambda: _Line(request, meter, answered)
        self._opened: list[_Line] = []

    async def __aenter__(self) -> list[_Line]:
        loop = asyncio.get_running_loop()
        for _ in range(self._count):
            _, line = await loop.create_connection(self._make, LOCALHOST, self._port)
            self._opened.append(line)
        return self._opened

    async def __aexit__(self, *_: object) -> None:
        for line in self._opened:
            line.transport.close()
