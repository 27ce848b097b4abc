from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bidding_svc.awards import publishing
from bidding_svc.awards.award import RELEASER_DID_NOT_PREPARE, Award, AwardCompetition, AwardLine
from bidding_svc.awards.lifecycle import AwardKind
from bidding_svc.awards.obstacles import obstacles, undecided_offers
from bidding_svc.awards.planning import Plan, plan, released_run
from bidding_svc.evaluation.run import EvaluationRun
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round
from bidding_svc.rounds.use_cases.setting_up import AsRead, round_to_change
from bidding_svc.scores.use_cases import release_scores
from chassis.calendar import eastern_day
from chassis.database import Session
from chassis.errors import Conflict, FieldProblem, Invalid, NotAllowed, NotAllowedNow, NotFound
from chassis.ids import Entity


class NoReleasedEvaluation(NotAllowedNow):
    """The round has no released evaluation yet. Awards follow from one."""


class AwardUnderWay(Conflict):
    """An award of this round is prepared or being released already. Release or discard that one first."""


class NotReady(NotAllowedNow):
    """Something must be done before this award can be released; the page of the award lists it."""


class PlanChanged(NotAllowedNow):
    """Things have changed since this award was prepared: others would be offered contracts. Prepare it again."""


class UncheckedNotAcknowledged(Invalid):
    """Licenses or accreditation of some bids could not be checked again. Say that you have read this, or wait."""


class OffersUndecided(NotAllowedNow):
    """Some offers are not decided yet. The suppliers are announced once every offer is."""


async def prepare(session: Session, round_code: str) -> Award:
    """Prepare the awards of a round, or further offers once they are out: nobody outside sees anything of it.

    Raises `NotFound`, `NoReleasedEvaluation`, `AwardUnderWay`.
    """
    round_ = await session.get(Round, round_code)
    if round_ is None:
        raise NotFound
    if session.actor.person_id is None:
        raise NotAllowed
    run = await released_run(session, round_code)
    if run is None:
        raise NoReleasedEvaluation
    kind = AwardKind.FIRST if round_.phase is Phase.EVALUATION else AwardKind.FURTHER
    planned = await plan(session, round_, run, kind, eastern_day(session.at))
    award = Award(
        round_code,
        run.id,
        kind,
        by=session.actor.user_id,
        person=session.actor.person_id,
        digest=planned.digest,
        at=session.at,
    )
    try:
        async with session.begin_nested():
            session.add(award)
    except IntegrityError:
        raise AwardUnderWay from None
    _keep(session, award, planned)
    return award


async def discard(session: Session, award_id: UUID, base: int) -> Award:
    """Do not release an award. Raises `NotFound`, `AwardChanged`, `NotAllowedNow`."""
    award = await _award(session, award_id, base)
    award.discard()
    return award


async def release(session: Session, award_id: UUID, base: int, *, unchecked_acknowledged: bool) -> Award:
    """Release an award: payment amounts are public, summaries are released, offers and notices go out.

    Everything counts from this moment; a sweep makes the offers. Raises `NotFound`, `AwardChanged`, `NotAllowedNow`,
    `NotReady`, `PlanChanged`, `UncheckedNotAcknowledged`, and `SomebodyElseMust` for who prepared it.
    """
    award = await _award(session, award_id, base)
    await RELEASER_DID_NOT_PREPARE.require(session, Entity("award", award.id))
    round_ = await session.get_one(Round, award.round_code, with_for_update={"of": Round})
    award.release(session.actor.user_id, session.actor.person_id, session.at)
    planned = await plan(session, round_, await _run(session, award), award.kind, eastern_day(session.at))
    if found := await obstacles(session, round_, award.kind, planned):
        refused = NotReady(" ".join(each.words for each in found))
        refused.fields = [FieldProblem(each.code, each.words) for each in found]
        raise refused
    if planned.digest != award.digest:
        raise PlanChanged
    if award.unchecked and not unchecked_acknowledged:
        raise UncheckedNotAcknowledged(field="unchecked_acknowledged")
    if award.kind is AwardKind.FIRST:
        await publishing.publish_payment_amounts(session, round_, planned)
    await release_scores(session, round_.code)  # with further offers: of whom an inquiry brought back
    if award.kind is AwardKind.FIRST:
        round_.publish_payment_amounts(session.at)
    return award


async def announce_suppliers(session: Session, which: AsRead) -> Round:
    """Tell the public who the contract suppliers are. Raises `NotFound`, `RoundChanged`, `OffersUndecided`."""
    round_ = await round_to_change(session, which)
    round_.announce_suppliers(session.at)
    under_way = (Award.round_code == round_.code, Award.kind == AwardKind.FIRST, Award.finished_at.is_not(None))
    out = await session.scalar(select(Award.id).where(*under_way))
    if out is None or await undecided_offers(session, round_.code):
        raise OffersUndecided
    await publishing.publish_suppliers(session, round_)
    return round_


def _keep(session: Session, award: Award, planned: Plan) -> None:
    """Write the plan down beside the award: what the second person reads, and what happens at the release."""
    offered = [line for line in planned.lines if not line.reasons]
    award.bidders = len({line.bidder_id for line in offered})
    award.lines, award.unchecked = len(offered), sum(line.unchecked for line in offered)
    session.add_all(
        AwardCompetition(
            award_id=award.id,
            category_code=each.place[0],
            cba_code=each.place[1],
            label=each.label,
            awarded=each.awarded,
            because=list(each.because),
            paid=each.paid,
            otherwise=each.otherwise,
            offers=sum(line.place == each.place for line in offered),
            prices=[{"hcpcs": item, "amount": amount} for item, amount in each.prices],
        )
        for each in planned.competitions
    )
    session.add_all(
        AwardLine(
            award_id=award.id,
            bid_id=line.bid_id,
            bidder_id=line.bidder_id,
            bidder_number=line.bidder_number,
            category_code=line.place[0],
            cba_code=line.place[1],
            label=line.label,
            why=line.why,
            at_or_below_median=line.at_or_below_median,
            locations=list(line.locations),
            reasons=list(line.reasons),
            unchecked=line.unchecked,
            done_at=None,
        )
        for line in planned.lines
    )


async def _run(session: Session, award: Award) -> EvaluationRun:
    return await session.get_one(EvaluationRun, award.run_id)


async def _award(session: Session, award_id: UUID, base: int) -> Award:
    found: Award | None = await session.scalar(select(Award).where(Award.id == award_id).with_for_update())
    if found is None:
        raise NotFound
    found.require_version(base)
    return found
