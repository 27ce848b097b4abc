"""The periods of members and role requests, read once from `policy.toml`."""

import tomllib
from datetime import timedelta
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, PositiveInt


class Policy(BaseModel):
    """How long things may last."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role_request_days: PositiveInt
    inactivity_days: PositiveInt
    use_noted_minutes: PositiveInt
    official_check_hours: PositiveInt
    waiting_check_minutes: PositiveInt

    @property
    def role_request(self) -> timedelta:
        """How long a request waits for a decision."""
        return timedelta(days=self.role_request_days)

    @property
    def inactivity(self) -> timedelta:
        """How long a role may go unused."""
        return timedelta(days=self.inactivity_days)

    @property
    def use_noted(self) -> timedelta:
        """How exactly the last use is known."""
        return timedelta(minutes=self.use_noted_minutes)

    @property
    def official_check(self) -> timedelta:
        """How old the answer of the enrolment record about an official may grow."""
        return timedelta(hours=self.official_check_hours)

    @property
    def waiting_check(self) -> timedelta:
        """The same, while somebody waits for it."""
        return timedelta(minutes=self.waiting_check_minutes)


@cache
def policy() -> Policy:
    """Return the policy. Raises `pydantic.ValidationError` when the file does not hold together."""
    return Policy.model_validate(tomllib.loads((files(__package__) / "policy.toml").read_text("utf-8")))
