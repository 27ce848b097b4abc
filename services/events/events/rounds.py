"""What bidding-svc says to everybody about a round: its state, rule set, calendar, categories and areas."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from events.envelope import Event, Instant, Part
from events.kinds import Code, RoundCode
from events.rule_set import RuleSet

STATE = "connexion.rounds.state"

RoundPhase = Literal[
    "announced",
    "registration",
    "bidding",
    "evaluation",
    "awarding",
    "announced_suppliers",
    "performance",
    "expired",
    "cancelled",
]


class CalendarDate(Part):
    """A date of the round, such as `window-opens`, `cdrd` or `window-closes`.

    `due_at` is the last instant of a date until which somebody may act. A target may still move; an actual date was
    told to bidders.
    """

    code: Code
    on: date
    due_at: Instant | None = None
    certainty: Literal["target", "actual"]


class Category(Part):
    """A product category of the round; bidders price its lead item.

    `removed_on` is the day CMS took the category out of the round. `lead_item` and `contract_count` are None where
    they were not published.
    """

    code: Annotated[str, Field(pattern=r"^[A-Z]{2,6}$")]
    name: str
    lead_item: Annotated[str, Field(pattern=r"^[A-Z][0-9]{4}$")] | None
    remote_item: bool = False
    contract_count: int | None = None
    removed_on: date | None = None
    made_up: bool = Field(default=False, description="A value was generated for the platform and is no CMS fact.")


class Cba(Part):
    """A competitive bidding area; `state` is None where it is nationwide or regional."""

    code: Code
    name: str
    state: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None
    made_up: bool = Field(default=False, description="A value was generated for the platform and is no CMS fact.")


class RoundState(Event):
    """A round stands like this now; the latest snapshot of a round holds.

    Said by bidding-svc at every change of a round from its announcement on. Heard by contracts-svc and notices-svc, and
    open to downstream systems.
    """

    TYPE: ClassVar[str] = "connexion.rounds.round-state.v1"
    TOPIC: ClassVar[str] = STATE
    KEY: ClassVar[str] = "round_code"

    round_code: RoundCode
    name: str
    phase: RoundPhase
    rule_set: RuleSet
    calendar: tuple[CalendarDate, ...]
    categories: tuple[Category, ...]
    cbas: tuple[Cba, ...]
    closings: tuple[date, ...] = Field(
        default=(), description="Days on which offices are closed besides weekends and federal holidays, in order."
    )
    changed_at: Instant


EVENTS = (RoundState,)
