"""Reference data of the rounds, as files a person can read: `reference/*.toml`."""

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, model_validator

from bidding_svc.rounds.phase import Phase
from events.rounds import Category, Cba
from events.rule_set import RuleSet

FILES = Path(__file__).parent.parent / "reference"


class ReferenceDate(BaseModel):
    """A date of the calendar: fixed (`on`), or counted in days from the day the platform first ran (`day`)."""

    code: str
    on: date | None = None
    day: int | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.on is None) == (self.day is None):
            raise ValueError("give either `on` or `day`")
        return self

    def falls_on(self, first_run: date) -> date:
        """Return the day it is, on a platform that first ran on `first_run`."""
        return self.on or first_run + timedelta(days=self.day or 0)


class ReferenceRound(BaseModel):
    """A round as a reference file tells it."""

    code: str
    name: str
    phase: Phase
    calendar: list[ReferenceDate]
    categories: list[Category]
    cbas: list[Cba]
    made_up_cbas: int
    rule_set: RuleSet


def load(name: str) -> ReferenceRound:
    """Read `reference/<name>.toml`. Raises pydantic's ValidationError naming each field that is wrong."""
    data: dict[str, Any] = tomllib.loads((FILES / f"{name}.toml").read_text())
    data["rule_set"].setdefault("financial_minimum", None)
    for category in data["categories"]:
        category.setdefault("lead_item", None)
    for cba in data["cbas"]:
        cba.setdefault("state", None)
    return ReferenceRound.model_validate(data)
