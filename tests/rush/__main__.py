"""`make rush`: play the closing rush of a round against a running platform, a share of it.

    python -m tests.rush --platform .local/platform.json --factor 0.05 --seconds 30
    python -m tests.rush --platform people.json --address https://test.connexion.example.gov

`--platform` is a `platform.json`, or a file with `users` (user_id, password, role AO) alone; people sign in through the
gateway at `--address` with the identity provider behind it, which must be the stand-in's kind of form. Each phase lasts
`--seconds`. Whoever is refused for a passing reason tries again, as a person would; the exit status is 1 where somebody
gave up or a receipted file is not in that person's list with its digest.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.hearing import at_pace
from tests.bench.measuring import quantile
from tests.chaos.documents import pdf
from tests.chaos.patience import GaveUpError, patiently
from tests.chaos.person import Person
from tests.chaos.sender import RefusedError, Upload
from tests.rush.model import OVERLOAD, PAGES, PHASES, SIZE, Phase, files_of

FILES_OF_A_SLOT = 20


@dataclass
class Tally:
    """What a phase saw; waits are seconds from the begin to the receipt, or to the whole page."""

    waits: list[float] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    gave_up: list[str] = field(default_factory=list)

    async def time(self, what: Callable[[], Awaitable[object]]) -> None:
        """Do one thing to its end and note how it went."""
        began = time.perf_counter()
        try:
            await what()
        except RefusedError as refused:
            self.refused[refused.problem] = self.refused.get(refused.problem, 0) + 1
        except GaveUpError as trouble:
            self.gave_up.append(str(trouble))
        else:
            self.waits.append(time.perf_counter() - began)

    def __str__(self) -> str:
        refused = "".join(f", {number} refused as {problem}" for problem, number in self.refused.items())
        waits = f", p50 {quantile(self.waits, 0.5):.2f} s, p99 {quantile(self.waits, 0.99):.2f} s" if self.waits else ""
        return f"{len(self.waits)} done{refused}, {len(self.gave_up)} gave up{waits}"


@dataclass
class Rush:
    """People who are signed in, the places they can still upload to, and what they got receipts for."""

    people: list[Person]
    size: int
    places: list[tuple[Person, str]] = field(default_factory=list)
    receipts: list[tuple[Person, str, str]] = field(default_factory=list)

    async def gather(self) -> None:
        """Sign everybody in and find their open slots. Raises GaveUpError."""
        await asyncio.gather(*(patiently(person.sign_in, person.user_id) for person in self.people))
        for person in self.people:
            slots = [slot["id"] async for slot in person.pages("/api/documents/slots")]
            self.places += [(person, slot) for slot in slots for _ in range(FILES_OF_A_SLOT)]
        random.shuffle(self.places)

    async def play(self, phase: Phase, factor: float, seconds: float) -> Tally:
        """Let people come at the phase's rate, whether or not those before them are done; return when all are."""
        tally, dice = Tally(), random.Random()

        async def upload() -> None:
            person, slot = self.places.pop()
            document = pdf(f"rush-{dice.randrange(10**12):012}", dice, self.size)

            async def send() -> None:
                receipted = await Upload(person, slot, document).until_receipted()
                self.receipts.append((person, receipted.file_id, document.digest))

            await tally.time(send)

        async def read() -> None:
            person, path = dice.choice(self.people), dice.choice(PAGES)
            await tally.time(lambda: patiently(lambda: person.ask("GET", path), path))

        if phase.files_a_second:
            await at_pace(phase.files_a_second * factor, seconds, upload)
        else:
            await at_pace(phase.pages_a_second * factor, seconds, read)
        return tally

    async def lost(self) -> int:
        """Count receipted files that their owner's list does not hold with the digest that was sent."""
        kept: set[tuple[str, str]] = set()
        for person in self.people:
            kept |= {(file["id"], file["sha256"]) async for file in person.pages("/api/documents/files")}
        return sum((file, digest) not in kept for _, file, digest in self.receipts)


async def play(said: argparse.Namespace, platform: dict[str, Any]) -> int:
    """Play all phases; print a line for each."""
    address = said.address or platform["gateway"]
    officials = [user for user in platform["users"] if user["role"] == "AO"]
    phases = (*PHASES[:-1], OVERLOAD, PHASES[-1]) if said.overload else PHASES
    rush = Rush([Person(address, user["user_id"], user["password"]) for user in officials], said.size)
    try:
        await rush.gather()
        if (needed := files_of(phases, said.factor, said.seconds)) > len(rush.places):
            print(
                f"{needed} files want a place and these {len(officials)} people have {len(rush.places)}: "
                "a smaller --factor, fewer --seconds, or start with CONNEXION_DEMO_ORGANIZATIONS=100 make run."
            )
            return 2
        print(f"{said.factor:g} of the design population, {len(officials)} people, files of {said.size:,} bytes")
        gave_up = 0
        for phase in phases:
            tally = await rush.play(phase, said.factor, said.seconds)
            gave_up += len(tally.gave_up)
            print(f"{phase.name}: {tally}", flush=True)
        lost = await rush.lost()
    finally:
        for person in rush.people:
            await person.close()
    print(f"{len(rush.receipts)} receipts: lost {lost}, gave up {gave_up}")
    return 1 if lost or gave_up else 0


def main() -> int:
    """Read what was asked for and play it."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.rush", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--platform", default=".local/platform.json", help="who signs in, and where")
    parser.add_argument("--address", help="another address than the platform's own")
    parser.add_argument("--factor", type=float, default=0.05, help="share of 10,000 bidders")
    parser.add_argument("--seconds", type=float, default=20, help="length of a phase")
    parser.add_argument("--size", type=int, default=SIZE, help="bytes of a file")
    parser.add_argument("--overload", action="store_true", help="also three times the last minute")
    said = parser.parse_args()
    return asyncio.run(play(said, json.loads(Path(said.platform).read_text())))


if __name__ == "__main__":
    sys.exit(main())
