"""Killing a process in the middle of what its connections do: at a chance moment, once at a time."""

import asyncio
import random
from typing import Protocol


class Killable(Protocol):
    """A process that is started again when it was killed."""

    def kill(self) -> None: ...


class Killings:
    """So many kills of one process, each after a chance number of moments that would have done."""

    def __init__(self, process: Killable, kills: int, dice: random.Random, *, most_passed: int) -> None:
        self._process, self._left, self._dice, self._most_passed = process, kills, dice, most_passed
        self._to_pass = dice.randint(0, most_passed)
        self._under_way = False

    def due(self) -> bool:
        """Take note of a moment that would do; True when the process is to be killed in this one by the caller.

        Decided without waiting, since several connections of the process have such moments at the same time.
        """
        if self._under_way or self._left == 0:
            return False
        if self._to_pass > 0:
            self._to_pass -= 1
            return False
        self._under_way = True
        return True

    async def carry_out(self) -> None:
        """Kill the process; it is started again."""
        await asyncio.to_thread(self._process.kill)
        self._left -= 1
        self._to_pass = self._dice.randint(0, self._most_passed)
        self._under_way = False
