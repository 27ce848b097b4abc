import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.form_a.content import read_form_a
from bidding_svc.form_a.fields import BUSINESS, DISCLOSURES, LINKS, LOCATIONS, MEMBERS
from bidding_svc.form_a.form_a import FormA, FormAEntry
from bidding_svc.form_a.lifecycle import FormAState
from bidding_svc.form_a.rules import problems_of
from bidding_svc.form_a.statement import FORM_A_APPROVAL
from bidding_svc.forms.choices import choices_of
from bidding_svc.forms.digest import digest_of
from bidding_svc.forms.field import Section
from bidding_svc.forms.hand import Hand
from bidding_svc.forms.problem import FormProblem
from bidding_svc.forms.reading import Answers
from bidding_svc.forms.window import closed_rounds, require_open
from bidding_svc.requirements.following import follow_form_a
from bidding_svc.rounds.round import Round
from chassis import program_time
from chassis.database import ReadSession, Session
from chassis.errors import Invalid, NotFound
from chassis.ids import Entity
from chassis.signature import Signer, Typed, sign
from chassis.sweeps import each


class NotAPtan(Invalid):
    """A PTAN has ten digits. It stands on your enrollment record."""


async def edit_section(session: Session, form: FormA, section: Section, given: Answers, hand: Hand) -> None:
    """Save answers of a section that is answered once."""
    if form.edit(section, given, hand):
        await _let_documents_follow(session, form, section)


async def edit_entry(session: Session, form: FormA, section: Section, key: str, *, given: Answers, hand: Hand) -> None:
    """Save answers of a location, link or member; one that is not on the form yet is added.

    Raises `NotAPtan` where entries stand under PTANs and the key is none.
    """
    if section.keyed_by_ptan and not re.fullmatch(r"[0-9]{10}", key):
        raise NotAPtan(field=section.name)
    entry = await _entry(session, form, section, key)
    if entry is None:
        entry = form.add_entry(section, key, hand)
        session.add(entry)
    form.edit_entry(entry, section, given, hand)
    await _let_documents_follow(session, form, section)


async def remove_entry(session: Session, form: FormA, section: Section, key: str, hand: Hand) -> None:
    """Take a location, link or member off the form. Raises `NotFound`."""
    entry = await _entry(session, form, section, key)
    if entry is None:
        raise NotFound
    form.remove_entry(entry, section, hand)
    await session.delete(entry)
    await _let_documents_follow(session, form, section)


async def sign_and_approve(session: Session, round_code: str, signer: Signer, typed: Typed, *, base: int) -> FormA:
    """Approve the actor's Form A as it stands at version `base`, and keep the signature under it.

    Raises what `sign` raises for a signature that is not good, and what `FormA.approve` raises.
    """
    form, round_, hand = await open_form(session, round_code, base=base)
    content = await content_of(session, form)
    await sign(
        session, signer, FORM_A_APPROVAL, typed, subject=Entity("form-a", form.id), content_sha256=digest_of(content)
    )
    await approve(session, form, round_, hand)
    return form


async def approve(session: Session, form: FormA, round_: Round, hand: Hand) -> None:
    """Approve Form A as it stands, once nothing is missing or wrong."""
    form.approve(await judge(session, form, round_), hand)


async def content_of(session: Session, form: FormA) -> dict[str, Any]:
    """Return everything a Form A says, as it was given: what its signature is about."""
    entries = await entries_of(session, form)
    sections = {section.name: form.sheet(section).answers for section in (BUSINESS, DISCLOSURES)}
    return sections | {
        section.name: {entry.key: entry.sheet.answers for entry in entries if entry.section == section.name}
        for section in (LOCATIONS, LINKS, MEMBERS)
    }


async def judge(session: Session | ReadSession, form: FormA, round_: Round) -> list[FormProblem]:
    """Return what of a Form A is not right yet."""
    entries = await entries_of(session, form)
    return problems_of(read_form_a(form, entries, choices_of(round_)), round_.rules)


async def entries_of(session: Session | ReadSession, form: FormA) -> Sequence[FormAEntry]:
    """Return the locations, links and members of a form."""
    found = await session.scalars(select(FormAEntry).where(FormAEntry.form_id == form.id).order_by(FormAEntry.key))
    return found.all()


async def open_form(
    session: Session, round_code: str, *, base: int | None = None, may_void: bool = True
) -> tuple[FormA, Round, Hand]:
    """Return the actor's Form A of a round, locked for this transaction, with its round and the hand that acts.

    The time is taken once the form is locked: what waited past the close is too late. Raises `NotFound`, and
    `WindowNotOpen` outside the bid window.
    """
    statement = select(FormA).where(
        FormA.round_code == round_code, FormA.organization_id == session.actor.organization_id
    )
    form = await session.scalar(statement.with_for_update())
    if form is None:
        raise NotFound
    round_, at = await session.get_one(Round, round_code), program_time.now()
    require_open(round_, at)
    hand = Hand(by=session.actor.user_id, at=at, closes_at=round_.closes_at, base=base, may_void=may_void)
    return form, round_, hand


async def begin_form(session: Session, bidder: Bidder, at: datetime) -> FormA:
    """Give a new bidder its empty Form A."""
    form = FormA(bidder_id=bidder.id, organization_id=bidder.organization_id, round_code=bidder.round_code, at=at)
    await session.flush()
    session.add(form)
    return form


async def lock_closed_forms(session: Session, as_of: datetime, limit: int) -> int:
    """Lock the forms of rounds whose window has closed or that were cancelled, as of then. Returns how many."""
    closes = {round_.code: ended_at for round_, ended_at in await closed_rounds(session, as_of)}
    forms = await session.scalars(
        select(FormA)
        .where(FormA.state != FormAState.LOCKED, FormA.round_code.in_(closes))
        .order_by(FormA.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return await each(session, forms.all(), lambda form: form.lock(closes[form.round_code]))


async def _let_documents_follow(session: Session, form: FormA, section: Section) -> None:
    """Ask for the documents the form calls for now (domain/documents.md 3): business type and network decide."""
    if section not in (BUSINESS, MEMBERS):
        return
    await session.flush()
    round_ = await session.get_one(Round, form.round_code)
    content = read_form_a(form, await entries_of(session, form), choices_of(round_))
    await follow_form_a(session, form.id, form.organization_id, round_, content)


async def _entry(session: Session, form: FormA, section: Section, key: str) -> FormAEntry | None:
    found: FormAEntry | None = await session.scalar(
        select(FormAEntry).where(
            FormAEntry.form_id == form.id, FormAEntry.section == section.name, FormAEntry.key == key
        )
    )
    return found
