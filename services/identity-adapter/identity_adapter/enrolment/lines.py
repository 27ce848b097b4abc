"""The lines of a file as it arrives, none of them ever longer in memory than a line may be."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

LONGEST = 64 * 1024


@dataclass(frozen=True)
class Line:
    """One line, without its end. `content` is None when it is too long to be one."""

    number: int
    content: bytes | None


async def lines_of(chunks: AsyncIterator[bytes]) -> AsyncIterator[Line]:
    """Give the lines, counted from 1; empty ones are counted and left out."""
    number, begun = 1, bytearray()
    async for chunk in chunks:
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            begun += end[: LONGEST + 1 - len(begun)]
            if begun.strip():
                yield _line(number, begun)
            number, begun = number + 1, bytearray()
        begun += rest[: LONGEST + 1 - len(begun)]
    if begun.strip():
        yield _line(number, begun)


def _line(number: int, content: bytearray) -> Line:
    return Line(number, bytes(content.rstrip(b"\r")) if len(content) <= LONGEST else None)
