from typing import Annotated, Literal

from fastapi import Path, Query, Response
from pydantic import BaseModel, Field

from bidding_svc.form_a import use_cases, views
from bidding_svc.form_a.fields import BUSINESS, BY_NAME, DISCLOSURES, LOCATIONS
from bidding_svc.form_a.form_a import FormA
from bidding_svc.forms.permissions import APPROVE_FORM_A, EDIT_BUSINESS, EDIT_LOCATIONS, VIEW
from bidding_svc.forms.reading import Given
from bidding_svc.forms.views import FormFields
from chassis.database import Session
from chassis.door import CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit, Page
from chassis.signature import CurrentSigner, Typed
from chassis.versions import IfMatch, etag

router = SliceRouter(prefix="/api/bidding/form-a", tags=["Form A"])

RoundCode = Annotated[str, Path(pattern=r"^R\d{4}[A-Z]?$")]
Ptan = Annotated[str, Path(pattern=r"^[0-9]{10}$")]
Key = Annotated[str, Path(pattern=r"^[0-9a-z-]{1,40}$", description="A PTAN for a member; any new id for a link.")]


class Edit(BaseModel):
    """Answers to save, by field name; fields that are left out stay as they are, None empties one.

    `may_void`: whether this may void the approval; otherwise what would is refused, as `would-void`.
    """

    answers: Annotated[dict[str, Given], Field(max_length=60)]
    may_void: bool = True


@router.get("/fields", permission=VIEW)
async def list_fields(
    session: ReadingSession, round_code: Annotated[str, Query(alias="round", pattern=r"^R\d{4}[A-Z]?$")]
) -> FormFields:
    """List what Form A asks in a round."""
    return await views.list_fields(session, round_code)


@router.get("/known-locations", permission=VIEW)
async def list_known_locations(
    actor: CurrentActor, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[views.KnownLocation]:
    """List your organization's locations of the enrollment record, to choose from."""
    return await views.list_known_locations(session, actor, after, limit)


@router.get("/{code}", permission=VIEW)
async def read_form(
    code: RoundCode, actor: CurrentActor, session: ReadingSession, response: Response
) -> views.FormAView:
    """Read your organization's Form A."""
    return _tagged(response, await views.read_my_form(session, actor, code))


@router.patch("/{code}/business", permission=EDIT_BUSINESS)
async def edit_business(
    code: RoundCode, edit: Edit, base: IfMatch, session: WritingSession, response: Response
) -> views.FormAView:
    """Save answers of the business organization section."""
    form, _, hand = await use_cases.open_form(session, code, base=base, may_void=edit.may_void)
    await use_cases.edit_section(session, form, BUSINESS, edit.answers, hand)
    return await _saved(session, form, response)


@router.patch("/{code}/disclosures", permission=EDIT_BUSINESS)
async def edit_disclosures(
    code: RoundCode, edit: Edit, base: IfMatch, session: WritingSession, response: Response
) -> views.FormAView:
    """Save answers of the disclosures."""
    form, _, hand = await use_cases.open_form(session, code, base=base, may_void=edit.may_void)
    await use_cases.edit_section(session, form, DISCLOSURES, edit.answers, hand)
    return await _saved(session, form, response)


@router.patch("/{code}/locations/{ptan}", permission=EDIT_LOCATIONS)
async def edit_location(
    *, code: RoundCode, ptan: Ptan, edit: Edit, base: IfMatch, session: WritingSession, response: Response
) -> views.FormAView:
    """Save answers of a location; a PTAN that is not on the form yet is added."""
    form, _, hand = await use_cases.open_form(session, code, base=base, may_void=edit.may_void)
    await use_cases.edit_entry(session, form, LOCATIONS, ptan, given=edit.answers, hand=hand)
    return await _saved(session, form, response)


@router.delete("/{code}/locations/{ptan}", permission=EDIT_LOCATIONS)
async def remove_location(
    *, code: RoundCode, ptan: Ptan, base: IfMatch, session: WritingSession, response: Response
) -> views.FormAView:
    """Take a location off the form."""
    form, _, hand = await use_cases.open_form(session, code, base=base)
    await use_cases.remove_entry(session, form, LOCATIONS, ptan, hand)
    return await _saved(session, form, response)


@router.patch("/{code}/{section}/{key}", permission=EDIT_BUSINESS)
async def edit_link_or_member(
    *,
    code: RoundCode,
    section: Literal["links", "members"],
    key: Key,
    edit: Edit,
    base: IfMatch,
    session: WritingSession,
    response: Response,
) -> views.FormAView:
    """Save answers of an ownership link or a network member; a new key is added."""
    form, _, hand = await use_cases.open_form(session, code, base=base, may_void=edit.may_void)
    await use_cases.edit_entry(session, form, BY_NAME[section], key, given=edit.answers, hand=hand)
    return await _saved(session, form, response)


@router.delete("/{code}/{section}/{key}", permission=EDIT_BUSINESS)
async def remove_link_or_member(
    *,
    code: RoundCode,
    section: Literal["links", "members"],
    key: Key,
    base: IfMatch,
    session: WritingSession,
    response: Response,
) -> views.FormAView:
    """Take an ownership link or a network member off the form."""
    form, _, hand = await use_cases.open_form(session, code, base=base)
    await use_cases.remove_entry(session, form, BY_NAME[section], key, hand)
    return await _saved(session, form, response)


class Approval(BaseModel):
    """What the official typed under the statement of the form."""

    signature: Typed


@router.post("/{code}/approval", permission=APPROVE_FORM_A)
async def approve_form(
    *,
    code: RoundCode,
    approval: Approval,
    base: IfMatch,
    session: WritingSession,
    signer: CurrentSigner,
    response: Response,
) -> views.FormAView:
    """Approve Form A as you read it, under your signature."""
    form = await use_cases.sign_and_approve(session, code, signer, approval.signature, base=base)
    return await _saved(session, form, response)


async def _saved(session: Session, form: FormA, response: Response) -> views.FormAView:
    await session.flush()
    return _tagged(response, await views.view_of(session, session.actor, form))


def _tagged(response: Response, view: views.FormAView) -> views.FormAView:
    response.headers["ETag"] = etag(view.version)
    return view
