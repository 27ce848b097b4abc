"""Loading a round from its reference file."""

from collections import Counter
from datetime import date

from bidding_svc.rounds import made_up
from bidding_svc.rounds.calendar import Certainty, RoundDate
from bidding_svc.rounds.category import RoundCategory, RoundCba
from bidding_svc.rounds.competition import Competition, Contest
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.reference import ReferenceRound
from bidding_svc.rounds.round import Round
from bidding_svc.rounds.rule_sets import RuleSetRecord
from chassis.calendar import midnight
from chassis.database import Session


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
    new = Round.draft(reference.code, reference.name, rules, session.at)
    runs = reference.phase is Phase.ANNOUNCED
    certainty = Certainty.TARGET if runs else Certainty.ACTUAL
    new.dates = [RoundDate(each.code, each.falls_on(first_run), certainty=certainty) for each in reference.calendar]
    new.categories = [RoundCategory(round_code=reference.code, **category.model_dump()) for category in categories]
    new.cbas = [RoundCba(round_code=reference.code, **cba.model_dump()) for cba in cbas]
    session.add_all([rules, new])
    await session.flush()
    competitions = list(made_up.competitions(new.code, categories, cbas))
    session.add_all(competitions)
    if runs:
        new.publish(midnight(new.date_of("announced").on), Counter(each.category_code for each in competitions))
    else:
        _as_history_left_them(new, competitions)
        new.take_as_history(reference.phase, session.at)
    return new


def _as_history_left_them(round_: Round, competitions: list[Competition]) -> None:
    removed = {each.code for each in round_.categories if each.removed_on is not None}
    for each in competitions:
        each.state = Contest.REMOVED if each.category_code in removed else Contest.AWARDED
