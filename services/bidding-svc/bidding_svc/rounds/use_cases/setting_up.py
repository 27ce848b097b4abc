"""Setting a round up, and announcing it. Every change names the version of the round it was decided by."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from bidding_svc.rounds.calendar import Certainty
from bidding_svc.rounds.competition import Competition, Contest
from bidding_svc.rounds.round import Round
from bidding_svc.rounds.rule_sets import RuleSetRecord
from chassis.database import ReadSession, Session
from chassis.errors import Conflict, Invalid, NotFound
from events.rule_set import RuleSet


class AsRead(NamedTuple):
    """A round as somebody read it, and decides about it now: its code and its version then."""

    code: str
    version: int


class RoundExists(Conflict):
    """There is a round with this code. Choose another one, or go on with that round."""


class NotTheNextVersion(Conflict):
    """Somebody added this version of the rule set before you. Look at it, then add the next one."""


class UnknownRuleSet(Invalid):
    """There is no such rule set, or not in this version."""


async def add_rule_set(session: Session, name: str, rules: RuleSet) -> RuleSetRecord:
    """Keep a rule set, whose own `version` is the next one of its name. Rounds that were announced keep theirs.

    Raises `NotTheNextVersion`, also when somebody else adds that version at the same moment.
    """
    latest = await session.scalar(select(func.max(RuleSetRecord.version)).where(RuleSetRecord.name == name))
    if rules.version != (latest or 0) + 1:
        raise NotTheNextVersion(f"The next version of “{name}” is {(latest or 0) + 1}.", field="rules.version")
    record = RuleSetRecord(name, rules)
    await _add(session, record, NotTheNextVersion(field="rules.version"))
    return record


async def draft_round(session: Session, code: str, name: str, rule_set: tuple[str, int]) -> Round:
    """Begin a round by a rule set in one version. Raises `RoundExists` or `UnknownRuleSet`."""
    round_ = Round.draft(code, name, await _rule_set(session, *rule_set), session.at)
    await _add(session, round_, RoundExists(field="code"))
    return round_


async def use_rule_set(session: Session, which: AsRead, rule_set: tuple[str, int]) -> Round:
    """Let a draft run by another rule set. Raises `RuleSetIsFixed` once it was announced."""
    round_ = await round_to_change(session, which)
    round_.use_rule_set(await _rule_set(session, *rule_set), session.at)
    return round_


async def set_date(
    session: Session, which: AsRead, date_code: str, *, on: date, certainty: Certainty, reason: str
) -> Round:
    """Set or change a date of a round's calendar; see `Round.set_date` for what it refuses."""
    round_ = await round_to_change(session, which)
    round_.set_date(date_code, on, certainty, by=session.actor.user_id, reason=reason, at=session.at)
    return round_


async def publish(session: Session, which: AsRead) -> Round:
    """Announce a round. Raises `RoundNotComplete` naming each thing it lacks."""
    round_ = await round_to_change(session, which)
    round_.publish(session.at, await priced_areas(session, which.code))
    return round_


async def priced_areas(session: Session | ReadSession, code: str) -> dict[str, int]:
    """Count the competitions of each category: in how many areas it has a bid limit and a demand."""
    counted = await session.execute(
        select(Competition.category_code, func.count())
        .where(Competition.round_code == code, Competition.state != Contest.REMOVED)
        .group_by(Competition.category_code)
    )
    return dict(counted.all())


async def round_to_change(session: Session, which: AsRead) -> Round:
    """Return a round for changing it, locked. Raises `NotFound`, or `RoundChanged` when it is another one by now."""
    found = await session.scalar(select(Round).where(Round.code == which.code).with_for_update(of=Round))
    if found is None:
        raise NotFound
    found.require_version(which.version)
    return found


async def _add(session: Session, new: Round | RuleSetRecord, taken: Conflict) -> None:
    """Write a new row at once. Raises `taken` where there is one already."""
    try:
        async with session.begin_nested():
            session.add(new)
    except IntegrityError:
        raise taken from None


async def _rule_set(session: Session, name: str, version: int) -> RuleSetRecord:
    found = await session.scalar(
        select(RuleSetRecord).where(RuleSetRecord.name == name, RuleSetRecord.version == version)
    )
    if found is None:
        raise UnknownRuleSet(field="rule_set")
    return found
