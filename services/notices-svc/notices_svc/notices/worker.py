from chassis.database import Session
from chassis.kafka import Hears
from events import contracts
from events.bidding import STREAM, NoticeAnswered, NoticeDecided, NoticePartPrepared, NoticeRequested
from notices_svc.batches.released import take_released
from notices_svc.notices.rows import know_part
from notices_svc.notices.use_cases import closing, drafting

hears = Hears("notices")


@hears(STREAM, NoticePartPrepared)
async def on_notice_part_prepared(event: NoticePartPrepared, session: Session) -> None:
    """A notice that is asked for next has more rows than one message takes: these are some of them."""
    await know_part(session, event)


@hears(STREAM, NoticeRequested)
async def on_notice_requested(event: NoticeRequested, session: Session) -> None:
    """A reviewer decided that a bidder is told something; where a second person has released it, now."""
    if event.released_by is None:
        await drafting.draft(session, event)
    else:
        await take_released(session, event)


@hears(contracts.STREAM, contracts.NoticeRequested)
async def on_contract_notice_requested(event: contracts.NoticeRequested, session: Session) -> None:
    """Somebody of the program, or a date, decided that a contract supplier is told something."""
    if event.released_by is None:
        await drafting.draft(session, event)
    else:
        await take_released(session, event)


@hears(STREAM, NoticeAnswered)
async def on_notice_answered(event: NoticeAnswered, session: Session) -> None:
    """What a notice asks for was done where it belongs: an inquiry was submitted, say."""
    await closing.hear_answer(session, event)


@hears(STREAM, NoticeDecided)
async def on_notice_decided(event: NoticeDecided, session: Session) -> None:
    """Two reviewers decided about a notice."""
    await closing.close(session, event)


@hears(contracts.STREAM, contracts.NoticeAnswered)
async def on_contract_notice_answered(event: contracts.NoticeAnswered, session: Session) -> None:
    """What a notice to a contract supplier asks for was done where it belongs: a missing report has come, say."""
    await closing.hear_answer(session, event)
