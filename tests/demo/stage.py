"""Who plays, on which platform, by which clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from chassis import program_time
from chassis.calendar import due_at, eastern_day, midnight
from deploy.local.services import PACKAGES
from tests.demo.caller import Caller
from tests.demo.cast import Supplier
from tests.demo.settling import Settling
from tests.demo.tally import Tally

A_MOMENT = timedelta(seconds=2)


@dataclass
class Round:
    """A round that is played: its code, what it is called, and who bids how (`cast.py`)."""

    code: str
    name: str
    rule_set: str
    """Code of the seeded round whose rule set it runs by."""
    financial: str
    """`credit_only` or `ratios_80_credit_20`, as the rule set says."""
    remote: bool
    categories: tuple[str, ...]
    areas: tuple[tuple[str, str, str], ...]
    """Code, name, state (empty: nationwide)."""
    documents: tuple[str, ...]
    bond_cents: int
    opens: date = date.min
    closes: date = date.min
    kept: dict[str, Any] = field(default_factory=dict)
    """What one act notes for another: ids by supplier."""

    @property
    def competitions(self) -> list[tuple[str, str]]:
        """Category and area of every competition."""
        return [(category, area) for category in self.categories for area, _, _ in self.areas]


class Stage:
    """The platform with its people; acts take it and nothing else."""

    def __init__(
        self, gateway: str, users: list[Mapping[str, str | None]], clock: Path, ports: Mapping[str, int], tally: Tally
    ) -> None:
        self.tally, self.clock, self.gateway = tally, clock, gateway
        self.settling = Settling(ports[f"{service}_worker"] for service in PACKAGES)
        self._callers: dict[str, Caller] = {str(user["user_id"]): Caller(gateway, user) for user in users}
        self.suppliers: list[Supplier] = []
        self.rounds: list[Round] = []
        program_time.use_file(clock)

    def staff(self, role: str) -> Caller:
        """Somebody inside the program."""
        return next(each for each in self._callers.values() if each.role == role)

    def official(self, supplier: Supplier, role: str = "AO") -> Caller:
        """Somebody who acts for a supplier."""
        return self._callers[supplier.people[role]]

    def caller(self, user_id: str) -> Caller:
        """Somebody by user id."""
        return self._callers[user_id]

    @property
    def now(self) -> datetime:
        """Program time, UTC."""
        return program_time.now()

    @property
    def today(self) -> date:
        """The Eastern day it is in the program."""
        return eastern_day(self.now)

    async def until_day(self, day: date) -> None:
        """Move the clock to the first moment of an Eastern day, and wait for what happens then."""
        await self.until(midnight(day) + A_MOMENT)

    async def until_after(self, day: date) -> None:
        """Move the clock past the cut-off of an Eastern day, and wait for what happens then."""
        await self.until(due_at(day) + timedelta(seconds=1) + A_MOMENT)

    async def until_after_due(self, due_at: str, *, late_minutes: int = 0) -> None:
        """Move the clock past a due time as the API told it; `late_minutes`: until nothing late is kept any more."""
        await self.until(datetime.fromisoformat(due_at) + timedelta(minutes=late_minutes, seconds=1) + A_MOMENT)

    async def until(self, moment: datetime) -> None:
        """Move the clock to a moment, unless it has passed, and wait for what happens then."""
        self.clock_to(moment)
        await self.settle()

    def clock_to(self, moment: datetime) -> None:
        """Move the clock to a moment, unless it has passed, and wait for nothing."""
        if moment > self.now:
            program_time.advance(self.clock, by=moment - self.now)

    async def settle(self) -> None:
        """Wait until nothing moves any more."""
        await self.settling.wait()

    async def close(self) -> None:
        """Let everybody go."""
        for caller in self._callers.values():
            await caller.close()
        await self.settling.close()
        program_time.use_file(None)
