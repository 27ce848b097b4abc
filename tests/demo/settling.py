"""Waiting until the platform has come to rest, by what its workers tell of themselves at `/metrics`.

At rest: for `QUIET` seconds no event was published, handled or tried again and no sweep moved anything, while every
sweep that runs within seconds has run; no outbox holds anything. Parked events, and things that a sweep could not move,
are surprises; a sweep that failed as a whole goes on by itself.
"""

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import httpx
from prometheus_client.parser import text_string_to_metric_families

from chassis import machine_time

QUIET = 1.5
"""Seconds; the relay looks every second, and a sweep that waits for another runs within one at the demo's pace."""
LOOK_EVERY = 0.25
TRIES = 20
WITHIN = 300.0
"""Seconds until something that never ends is a surprise."""
OFTEN = 2.6
"""Sweeps that run at least this often (seconds) are waited for."""
MOVING = (
    "connexion_relay_sent_total",
    "connexion_events_handled_total",
    "connexion_events_retried_total",
    "connexion_sweep_moved_total",
)
WRONG = ("connexion_events_parked_total", "connexion_sweep_left_total")
ALWAYS_MOVING = frozenset({"how far the bidders of a round are is counted"})
"""Sweeps that do the same again and again; they tell nothing of rest."""


class UnrestError(Exception):
    """The platform did not come to rest."""


@dataclass(frozen=True)
class Sight:
    """What all workers told at one moment: counters of what moved and went wrong, and what waits."""

    moved: Mapping[str, float]
    wrong: Mapping[str, float]
    waiting: float
    oldest_sweep: float


class Settling:
    """Looks at the workers of one platform."""

    def __init__(self, ports: Iterable[int]) -> None:
        self._addresses = [f"http://127.0.0.1:{port}/metrics" for port in ports]
        self._http = httpx.AsyncClient(timeout=30, trust_env=False)

    async def wait(self) -> float:
        """Return when everything is at rest, with the seconds it took. Raises `UnrestError`."""
        began = time.monotonic()
        since, last = machine_time.now().timestamp(), await self.look()
        while time.monotonic() - began < WITHIN:
            await asyncio.sleep(LOOK_EVERY)
            seen = await self.look()
            if seen.moved != last.moved:
                since, last = machine_time.now().timestamp(), seen
            rested = machine_time.now().timestamp() - since >= QUIET
            if rested and seen.oldest_sweep >= since and not seen.waiting:
                return time.monotonic() - began
        moving = {name: count for name, count in seen.moved.items() if count != last.moved.get(name)}
        raise UnrestError(f"not at rest after {WITHIN:.0f} s: waiting {seen.waiting}, moving {moving}")

    async def wrong(self) -> dict[str, float]:
        """Return what went wrong by now: parked events, things a sweep could not move."""
        return {name: count for name, count in (await self.look()).wrong.items() if count}

    async def look(self) -> Sight:
        """Read every worker once."""
        answers = await asyncio.gather(*(self._read(address) for address in self._addresses))
        moved: dict[str, float] = {}
        wrong: dict[str, float] = {}
        waiting, every, succeeded = 0.0, {}, {}
        for number, answer in enumerate(answers):
            for family in text_string_to_metric_families(answer.text):
                for sample in family.samples:
                    key = f"{number} {sample.name} {' '.join(sample.labels.values())}"
                    if sample.name in MOVING and sample.labels.get("sweep") not in ALWAYS_MOVING:
                        moved[key] = sample.value
                    elif sample.name in WRONG:
                        wrong[key] = sample.value
                    elif sample.name == "connexion_outbox_unsent":
                        waiting += sample.value
                    elif sample.name == "connexion_sweep_every_seconds":
                        every[number, sample.labels["sweep"]] = sample.value
                    elif sample.name == "connexion_sweep_last_success_timestamp_seconds":
                        succeeded[number, sample.labels["sweep"]] = sample.value
        often = [succeeded[key] for key, seconds in every.items() if seconds <= OFTEN]
        return Sight(moved, wrong, waiting, min(often, default=0.0))

    async def _read(self, address: str) -> httpx.Response:
        """Ask one worker; one that was busy, or is being started again, is asked again."""
        for left in reversed(range(TRIES)):
            try:
                return await self._http.get(address)
            except httpx.TransportError:
                if not left:
                    raise
                await asyncio.sleep(LOOK_EVERY)
        raise AssertionError("the last try returns or raises")

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()
