from chassis.database import Session
from chassis.kafka import Hears
from events import contracts, identity
from events.bidding import (
    STREAM,
    BidLapsed,
    BidRemoved,
    BidSubmitted,
    BidVoided,
    BidWithdrawn,
    FormAApproved,
    FormALocked,
    FormAVoided,
)
from events.form_c import FormCClosed, FormCOpened, FormCReopened, FormCSubmitted
from events.identity import RoleGranted, RoleRejected, RoleRequested
from events.information import InformationRequested, InformationSettled
from events.requirements import (
    RequirementClosed,
    RequirementDropped,
    RequirementFulfilled,
    RequirementOpened,
    RequirementReopened,
    RequirementRescheduled,
)
from notices_svc.todos import bid_forms, form_c, questions, role_requests, use_cases

hears = Hears("notices")


@hears(STREAM, RequirementOpened)
async def on_requirement_opened(event: RequirementOpened, session: Session) -> None:
    """A round asks a bidder for a document."""
    await use_cases.ask_for_document(session, event)


@hears(STREAM, RequirementFulfilled)
async def on_requirement_fulfilled(event: RequirementFulfilled, session: Session) -> None:
    """The bidder sent what was asked for."""
    await use_cases.document_sent(session, event)


@hears(STREAM, RequirementReopened)
async def on_requirement_reopened(event: RequirementReopened, session: Session) -> None:
    """What the bidder sent was rejected."""
    await use_cases.document_asked_again(session, event)


@hears(STREAM, RequirementDropped)
async def on_requirement_dropped(event: RequirementDropped, session: Session) -> None:
    """What was asked for need not be sent any more."""
    await use_cases.document_not_asked_any_more(session, event)


@hears(STREAM, FormAVoided)
async def on_form_a_voided(event: FormAVoided, session: Session) -> None:
    """An approved Form A was changed."""
    await bid_forms.approval_voided(session, event)


@hears(STREAM, FormAApproved)
async def on_form_a_approved(event: FormAApproved, session: Session) -> None:
    """Form A was approved."""
    await bid_forms.form_a_approved(session, event)


@hears(STREAM, BidVoided)
async def on_bid_voided(event: BidVoided, session: Session) -> None:
    """A submitted bid was changed."""
    await bid_forms.certification_voided(session, event)


@hears(STREAM, BidSubmitted)
async def on_bid_submitted(event: BidSubmitted, session: Session) -> None:
    """A bid was certified."""
    await bid_forms.bid_submitted(session, event)


@hears(STREAM, BidWithdrawn)
async def on_bid_withdrawn(event: BidWithdrawn, session: Session) -> None:
    """A bid was withdrawn."""
    await bid_forms.bid_withdrawn(session, event)


@hears(STREAM, FormALocked)
async def on_form_a_locked(event: FormALocked, session: Session) -> None:
    """The window closed on Form A."""
    await bid_forms.form_a_locked(session, event)


@hears(STREAM, BidLapsed)
async def on_bid_lapsed(event: BidLapsed, session: Session) -> None:
    """The window closed on a draft."""
    await bid_forms.bid_lapsed(session, event)


@hears(STREAM, BidRemoved)
async def on_bid_removed(event: BidRemoved, session: Session) -> None:
    """A bid was taken out with its competition."""
    await bid_forms.bid_removed(session, event)


@hears(STREAM, RequirementClosed)
async def on_requirement_closed(event: RequirementClosed, session: Session) -> None:
    """What was asked for can be sent no more."""
    await use_cases.document_asked_no_more(session, event)


@hears(STREAM, RequirementRescheduled)
async def on_requirement_rescheduled(event: RequirementRescheduled, session: Session) -> None:
    """What is asked for is due at another time."""
    await use_cases.document_due_at_another_time(session, event)


@hears(identity.STREAM, RoleRequested)
async def on_role_requested(event: RoleRequested, session: Session) -> None:
    """Somebody asks for a role of the organization."""
    await role_requests.ask_for_decision(session, event)


@hears(identity.STREAM, RoleGranted)
async def on_role_granted(event: RoleGranted, session: Session) -> None:
    """The request was granted, or a role was given without one."""
    await role_requests.decided(session, event.membership_id, event.granted_at)


@hears(identity.STREAM, RoleRejected)
async def on_role_rejected(event: RoleRejected, session: Session) -> None:
    """The request came to nothing."""
    await role_requests.decided(session, event.membership_id, event.rejected_at)


@hears(contracts.STREAM, FormCOpened)
async def on_form_c_opened(event: FormCOpened, session: Session) -> None:
    """A Form C report is awaited."""
    await form_c.report_opened(session, event)


@hears(contracts.STREAM, FormCSubmitted)
async def on_form_c_submitted(event: FormCSubmitted, session: Session) -> None:
    """A Form C report was certified."""
    await form_c.report_submitted(session, event)


@hears(contracts.STREAM, FormCReopened)
async def on_form_c_reopened(event: FormCReopened, session: Session) -> None:
    """A Form C report is awaited again."""
    await form_c.report_reopened(session, event)


@hears(contracts.STREAM, FormCClosed)
async def on_form_c_closed(event: FormCClosed, session: Session) -> None:
    """A Form C report is awaited no more."""
    await form_c.report_closed(session, event)


@hears(contracts.STREAM, InformationRequested)
async def on_information_requested(event: InformationRequested, session: Session) -> None:
    """The program asks about something a contract supplier filed."""
    await questions.asked(session, event)


@hears(contracts.STREAM, InformationSettled)
async def on_information_settled(event: InformationSettled, session: Session) -> None:
    """The question was answered, or can be answered no more."""
    await questions.settled(session, event)
