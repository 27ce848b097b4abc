"""Setting rounds up and deciding about them: for those who hold `staff.round.manage`; others may watch."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Path, Response
from pydantic import BaseModel, Field

from bidding_svc.rounds import set_up_views as views
from bidding_svc.rounds.calendar import Certainty
from bidding_svc.rounds.edge import RoundCode, router, rule_sets
from bidding_svc.rounds.phase import MANAGE, WATCH
from bidding_svc.rounds.round import Round
from bidding_svc.rounds.use_cases import deciding, setting_up
from bidding_svc.rounds.use_cases.setting_up import AsRead
from bidding_svc.rounds.views import RuleSetView
from chassis.actor import Actor
from chassis.database import Session
from chassis.door import CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit, Page
from chassis.versions import IfMatch, etag
from events.rule_set import RuleSet

Name = Annotated[str, Field(min_length=1, max_length=100)]
Reason = Annotated[str, Field(max_length=1000, description="Stays in the history.")]
DateCode = Annotated[str, Path(pattern=r"^[a-z]+(-[a-z]+)*$", max_length=60)]
CategoryCode = Annotated[str, Path(pattern=r"^[A-Z]{2,6}$")]
CbaCode = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]

set_ups = SliceRouter(prefix="/api/bidding/round-set-ups", tags=["round set-up"])


class RuleSetChoice(BaseModel):
    """A rule set in one version."""

    name: Name
    version: Annotated[int, Field(ge=1)]


class NewRuleSet(BaseModel):
    """A rule set to keep; `rules.version` is the next version of its name."""

    name: Name
    rules: RuleSet


class NewRound(BaseModel):
    """A round to begin."""

    code: Annotated[str, Field(pattern=r"^R[0-9]{4}[A-Z]?$")]
    name: Name
    rule_set: RuleSetChoice


class DateSetting(BaseModel):
    """Where a date of the calendar is put, and why."""

    on: date
    certainty: Certainty
    reason: Reason


class Extension(BaseModel):
    """A later close of the bid window, for every bidder."""

    closes_on: date
    reason: Reason


class Because(BaseModel):
    """Why it is done."""

    reason: Reason


@set_ups.get("", permission=WATCH)
async def list_set_ups(session: ReadingSession, after: After = None, limit: Limit = 25) -> Page[views.SetUpSummary]:
    """List all rounds, drafts too."""
    return await views.list_set_ups(session, after, limit)


@set_ups.get("/{code}", permission=WATCH)
async def read_set_up(
    code: RoundCode, actor: CurrentActor, session: ReadingSession, response: Response
) -> views.SetUpView:
    """Read a round for setting it up: what it lacks, what may be decided, how far an extension is."""
    view = await views.read_set_up(session, actor, code)
    response.headers["ETag"] = etag(view.version)
    return view


@rule_sets.post("", permission=MANAGE, status_code=201)
async def add_rule_set(body: NewRuleSet, session: WritingSession) -> RuleSetView:
    """Keep a rule set as a new version; rounds that were announced keep theirs."""
    record = await setting_up.add_rule_set(session, body.name, body.rules)
    return RuleSetView(name=record.name, version=record.version, rules=record.rules)


@dataclass(frozen=True)
class Decision:
    """A decision about one round: who makes it, in which transaction, about which version of the round."""

    which: AsRead
    actor: Actor
    session: Session
    response: Response

    async def answer(self, round_: Round) -> views.SetUpView:
        """Answer with the round as it stands now, and its version as ETag."""
        return await _answer(self.session, self.actor, self.response, round_)


async def _decision(
    code: RoundCode, base: IfMatch, actor: CurrentActor, session: WritingSession, response: Response
) -> Decision:
    return Decision(AsRead(code, base), actor, session, response)


Deciding = Annotated[Decision, Depends(_decision, scope="function")]


@router.post("", permission=MANAGE, status_code=201)
async def draft_round(
    body: NewRound, actor: CurrentActor, session: WritingSession, response: Response
) -> views.SetUpView:
    """Begin a round. Nobody outside sees it before it is published."""
    chosen = (body.rule_set.name, body.rule_set.version)
    return await _answer(session, actor, response, await setting_up.draft_round(session, body.code, body.name, chosen))


@router.put("/{code}/rule-set", permission=MANAGE)
async def use_rule_set(body: RuleSetChoice, about: Deciding) -> views.SetUpView:
    """Let a draft run by another rule set, or another version."""
    chosen = (body.name, body.version)
    return await about.answer(await setting_up.use_rule_set(about.session, about.which, chosen))


@router.put("/{code}/calendar/{date_code}", permission=MANAGE)
async def set_date(date_code: DateCode, body: DateSetting, about: Deciding) -> views.SetUpView:
    """Set a date, move it, or make a target date actual; the old value stays in the history."""
    round_ = await setting_up.set_date(
        about.session, about.which, date_code, on=body.on, certainty=body.certainty, reason=body.reason
    )
    return await about.answer(round_)


@router.post("/{code}/publication", permission=MANAGE)
async def publish(about: Deciding) -> views.SetUpView:
    """Announce a round; each thing it lacks is named."""
    return await about.answer(await setting_up.publish(about.session, about.which))


@router.post("/{code}/extensions", permission=MANAGE)
async def extend_window(body: Extension, about: Deciding) -> views.SetUpView:
    """Give every bidder more time. It is in force once every upload slot has confirmed the new close."""
    return await about.answer(await deciding.extend_window(about.session, about.which, body.closes_on, body.reason))


@router.post("/{code}/cancellation", permission=MANAGE)
async def cancel(body: Because, about: Deciding) -> views.SetUpView:
    """End a round before its period begins."""
    return await about.answer(await deciding.cancel(about.session, about.which, body.reason))


@router.post("/{code}/categories/{category}/removal", permission=MANAGE)
async def remove_category(category: CategoryCode, body: Because, about: Deciding) -> views.SetUpView:
    """Take a category out of a round, with every competition of it."""
    return await about.answer(await deciding.remove_category(about.session, about.which, category, body.reason))


@router.post("/{code}/competitions/{category}/{cba}/removal", permission=MANAGE)
async def remove_competition(category: CategoryCode, cba: CbaCode, body: Because, about: Deciding) -> views.SetUpView:
    """Take one category in one area out of a round."""
    round_ = await deciding.remove_competition(about.session, about.which, category, cba, body.reason)
    return await about.answer(round_)


async def _answer(session: Session, actor: Actor, response: Response, round_: Round) -> views.SetUpView:
    view = await views.set_up_of(session, actor, round_)
    response.headers["ETag"] = etag(view.version)
    return view
