from datetime import date, datetime

from bidding_svc.bidders.use_cases import number_known_organizations
from bidding_svc.rounds import made_up
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.reference import ReferenceRound
from bidding_svc.rounds.round import Round, RoundCategory, RoundCba, RoundDate, RuleSetRecord
from chassis.calendar import midnight
from chassis.database import Session
from chassis.sweeps import due


async def load_round(session: Session, reference: ReferenceRound, first_run: date) -> Round | None:
    """Load a round from its reference file, or return None when it stands already.

    `first_run` is the day from which dates given as a number of days are counted. A round of the past is taken in the
    phase the file names; one that is to run is announced as of its announcement date.
    """
    if await session.get(Round, reference.code) is not None:
        return None
    categories = [made_up.with_lead_item(category) for category in reference.categories]
    cbas = [*reference.cbas, *made_up.areas(reference.made_up_cbas)]
    rules = RuleSetRecord(reference.code, reference.rule_set)
    certainty = "target" if reference.phase is Phase.ANNOUNCED else "actual"
    new = Round(
        code=reference.code,
        name=reference.name,
        phase=Phase.DRAFT,
        rule_set_id=rules.id,
        rule_set=rules,
        changed_at=session.at,
        dates=[
            RoundDate(each.code, each.falls_on(first_run), cut_off=each.cut_off, certainty=certainty)
            for each in reference.calendar
        ],
        categories=[RoundCategory(round_code=reference.code, **category.model_dump()) for category in categories],
        cbas=[RoundCba(round_code=reference.code, **cba.model_dump()) for cba in cbas],
    )
    session.add_all([rules, new])
    await session.flush()
    session.add_all(made_up.competitions(new.code, categories, cbas))
    if reference.phase is Phase.ANNOUNCED:
        new.announce(midnight(new.date_of("announced").on))
    else:
        new.take_as_history(reference.phase, session.at)
    return new


async def move_due_rounds(session: Session, as_of: datetime, limit: int) -> int:
    """Move on the rounds whose calendar date has come, each as of its due time. Returns how many moved."""
    rounds = await due(session, Round, Round.next_move_at, as_of, limit)
    for each in rounds:
        each.move_on()
        if each.phase is Phase.REGISTRATION:
            await number_known_organizations(session, each)
    return len(rounds)
