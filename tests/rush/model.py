"""How people come before a close and after it: the design population of a round, a share of it at a time."""

from dataclasses import dataclass

SIZE = 2_000_000
"""Bytes of a mean file."""


@dataclass(frozen=True)
class Phase:
    """A stretch of the rush: how many files, or pages, a second the whole population asks for."""

    name: str
    files_a_second: float = 0.0
    pages_a_second: float = 0.0


PHASES = (
    Phase("the last hour", files_a_second=8.3),
    Phase("the last ten minutes", files_a_second=20),
    Phase("the last minute", files_a_second=42),
    Phase("everybody reads after the close", pages_a_second=600),
)
OVERLOAD = Phase("three times the last minute", files_a_second=126)

PAGES = ("/home", "/documents", "/todo", "/notices", "/activity", "/receipts")
"""What somebody reads who wants to know how it stands."""


def files_of(phases: tuple[Phase, ...], factor: float, seconds: float) -> int:
    """How many files these phases send at this share of the population, each for so many seconds."""
    return sum(round(phase.files_a_second * factor * seconds) for phase in phases)
