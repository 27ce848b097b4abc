"""A process is killed once at a time, however many of its connections have the moment for it."""

import random

from tests.chaos.killings import Killings


class Process:
    def __init__(self) -> None:
        self.kills = 0

    def kill(self) -> None:
        self.kills += 1


async def test_moments_that_come_while_it_is_being_killed_pass():
    process = Process()
    killings = Killings(process, 2, random.Random(1), most_passed=0)
    assert killings.due()
    assert not killings.due()
    await killings.carry_out()
    assert killings.due()
    await killings.carry_out()
    assert not killings.due()
    assert process.kills == 2


async def test_a_chance_number_of_moments_passes_first():
    dice = random.Random(3)
    passed = random.Random(3).randint(0, 5)
    killings = Killings(Process(), 1, dice, most_passed=5)
    assert [killings.due() for _ in range(passed + 1)] == [False] * passed + [True]
