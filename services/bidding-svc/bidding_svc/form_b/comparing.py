"""The bids of a competition are compared with each other: by the worker, which alone sees every bidder's."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select, tuple_, update

from bidding_svc.bidders.bidder import Bidder, Organization
from bidding_svc.form_a.fields import LINKS, MEMBERS, NETWORK
from bidding_svc.form_a.form_a import FormA, FormAEntry
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.groups import Groups, read_groups
from bidding_svc.form_b.lifecycle import NEVER_RECEIVED, BidState
from bidding_svc.form_b.related import DeclaredLink, Relations, Told
from bidding_svc.forms.reading import read_section
from bidding_svc.rounds.round import Round
from chassis.database import Session

ONE_AT_A_TIME = 7_402_205
"""The advisory lock that keeps two workers from comparing at once."""
STANDING = tuple(state for state in BidState if state not in (BidState.DRAFT, *NEVER_RECEIVED))
"""Also those disqualified since: bids that must not stand beside each other are out all of them, in whatever order."""
COMPARED = (BidState.DRAFT, *STANDING)

Place = tuple[str, str, str]
"""A competition: round, category, area."""


async def compare_bids(session: Session, as_of: datetime, limit: int) -> int:
    """Compare the competitions in which something changed. Returns how many were compared."""
    if not await session.scalar(select(func.pg_try_advisory_xact_lock(ONE_AT_A_TIME))):
        return 0
    await _mark_bids_of_changed_forms(session, as_of)
    place = (Bid.round_code, Bid.category_code, Bid.cba_code)
    changed = select(*place).where(Bid.compare_at <= as_of).group_by(*place).limit(limit)
    places = [(row[0], row[1], row[2]) for row in await session.execute(changed)]
    for code in {place[0] for place in places}:
        round_ = await session.get_one(Round, code)
        groups = await read_groups(session, round_)
        relations = await _relations(session, round_, groups)
        states = {area.code: area.state for area in round_.cbas}
        for each in places:
            if each[0] == code:
                await _compare(session, each, relations, groups, state=states[each[2]], as_of=as_of)
    return len(places)


async def _mark_bids_of_changed_forms(session: Session, as_of: datetime) -> None:
    """Let the bids of a bidder be compared anew when its Form A has changed."""
    changed = await session.scalars(
        update(FormA).where(FormA.compared_version < FormA.version).values(compared_version=FormA.version)
        .returning(FormA.id).execution_options(synchronize_session=False)
    )  # fmt: skip
    bidders = changed.all()
    if bidders:
        await session.execute(
            update(Bid)
            .where(Bid.bidder_id.in_(bidders), Bid.state.in_(COMPARED))
            .values(compare_at=as_of)
            .execution_options(synchronize_session=False)
        )


async def _compare(
    session: Session, place: Place, relations: Relations, groups: Groups, *, state: str | None, as_of: datetime
) -> None:
    found = await session.scalars(
        select(Bid)
        .where(tuple_(Bid.round_code, Bid.category_code, Bid.cba_code) == place)
        .order_by(Bid.id)
        .with_for_update(key_share=True)  # whoever names a bid in a row of their own does not wait, and so no deadlock
        .execution_options(populate_existing=True)
    )
    bids: Sequence[Bid] = found.all()
    standing = [bid.bidder_id for bid in bids if bid.state in STANDING]
    for bid in bids:
        findings = relations.findings(bid.bidder_id, standing) if bid.state in COMPARED else {}
        if bid.state in COMPARED and groups.has_unlisted(bid.bidder_id, bid.category_code, state):
            findings["BID-06"] = Told.BIDDER
        bid.note_findings(findings, as_of)


async def _relations(session: Session, round_: Round, groups: Groups) -> Relations:
    """Read who belongs together in a round."""
    links: list[DeclaredLink] = []
    members: dict[UUID, set[str]] = defaultdict(set)
    entries = await session.execute(
        select(FormAEntry, FormA)
        .join(FormA, FormA.id == FormAEntry.form_id)
        .where(FormA.round_code == round_.code, FormAEntry.section.in_((LINKS.name, MEMBERS.name)))
    )
    for entry, form in entries:
        if entry.ptan and entry.section == LINKS.name:
            links.append(_declared(form.id, entry))
        elif entry.ptan and form.business.get("bidding_as", {}).get("given") == NETWORK:
            members[form.id].add(entry.ptan)
    return Relations(
        owners=await _owners(session, round_.code),
        recorded_groups=groups.of,
        members={network: frozenset(ptans) for network, ptans in members.items()},
        links=links,
        threshold=round_.rules.ownership_threshold,
    )


def _declared(bidder: UUID, entry: FormAEntry) -> DeclaredLink:
    values, _ = read_section(LINKS, entry.sheet.answers, {})
    share: Decimal | None = values.get("share")
    return DeclaredLink(bidder, str(entry.ptan), values.get("kind"), share)


async def _owners(session: Session, round_code: str) -> dict[str, UUID]:
    rows = await session.execute(
        select(Organization.ptan, Bidder.id)
        .join(Bidder, Bidder.organization_id == Organization.organization_id)
        .where(Bidder.round_code == round_code)
    )
    return {row.ptan: row.id for row in rows}
