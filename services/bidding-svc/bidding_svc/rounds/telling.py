"""How a round is told to others: to the services as a snapshot, to the public as an announcement."""

from datetime import date, datetime
from typing import TYPE_CHECKING, cast

from events.public import AnnouncedCategory, RoundAnnounced, WindowExtended
from events.records import RecordsClosed
from events.rounds import CalendarDate, Category, Cba, RoundPhase, RoundState

if TYPE_CHECKING:
    from bidding_svc.rounds.round import Round


def snapshot(round_: "Round", at: datetime) -> RoundState:
    """Return the round as every other service may know it."""
    return RoundState(
        round_code=round_.code,
        name=round_.name,
        phase=cast("RoundPhase", round_.phase.value.lower()),
        rule_set=round_.rules,
        calendar=tuple(
            CalendarDate.model_validate(
                {"code": date.code, "on": date.on, "due_at": date.until, "certainty": date.certainty.value}
            )
            for date in sorted(round_.dates, key=lambda date: date.on)
        ),
        categories=tuple(Category.model_validate(each, from_attributes=True) for each in round_.categories),
        cbas=tuple(Cba.model_validate(each, from_attributes=True) for each in round_.cbas),
        closings=tuple(date.fromisoformat(day) for day in round_.closings),
        changed_at=at,
    )


def announcement(round_: "Round", at: datetime) -> RoundAnnounced:
    """Return what the public hears when the round is announced."""
    return RoundAnnounced(
        round_code=round_.code,
        name=round_.name,
        announced_at=at,
        opens_at=round_.opens_at,
        closes_at=round_.closes_at,
        cdrd_at=round_.cdrd_at,
        categories=tuple(
            AnnouncedCategory(code=each.code, name=each.name, lead_item=each.lead_item) for each in round_.categories
        ),
    )


def extended(round_: "Round", reason: str, at: datetime) -> WindowExtended:
    """Return what the public hears when an extension is in force."""
    return WindowExtended(
        round_code=round_.code,
        name=round_.name,
        extended_at=at,
        closes_at=round_.closes_at,
        cdrd_at=round_.cdrd_at,
        reason=reason,
    )


def records_closed(round_: "Round", at: datetime) -> RecordsClosed:
    """Return what whoever keeps the files of a round hears when it is over: from now on its schedule runs."""
    return RecordsClosed(records=round_.code, closed_at=at, schedule=round_.rules.records)
