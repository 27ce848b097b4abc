"""A bidder of Round 2028 with its forms, as events and use cases make them; and answers that are right."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.bidders.use_cases import register_organization
from bidding_svc.form_a import use_cases as form_a
from bidding_svc.form_a.fields import BUSINESS, BY_NAME, DISCLOSURES, LOCATIONS
from bidding_svc.form_a.form_a import FormA
from bidding_svc.form_b import use_cases as form_b
from bidding_svc.form_b.bid import Bid
from bidding_svc.forms.problem import Weight
from bidding_svc.rounds import reference
from bidding_svc.rounds.round import Round
from bidding_svc.rounds.rule_sets import RuleSetRecord
from bidding_svc.rounds.use_cases.loading import load_round
from bidding_svc.rounds.use_cases.moving import move_due_rounds
from chassis import program_time
from chassis.actor import Actor
from chassis.calendar import eastern_day
from chassis.database import Database, Fence
from events.identity import OrganizationRegistered

ROUND = "R2028"
PTAN = "9000000001"

BUSINESS_ANSWERS = {
    "business_type": "c-corporation",
    "bidding_as": "single-location",
    "specialty_supplier": "no",
    "small_supplier": "yes",
    "gross_receipts": "$1,250,000.00",
}
DISCLOSURE_ANSWERS = {
    **dict.fromkeys(("legal_actions", "sanctions", "revocations", "convictions", "exclusions"), "no"),
    "complete": "yes",
}
LOCATION_ANSWERS = {"products": ["OTSK", "OTSB"], "states": ["MD", "VA"]}
BID_ANSWERS = {"amount": "20.00", "new_item_on_basis": "yes", "capacity": "100", "covers_all_items": "yes"}


class House:
    """One bidding organization and what its people do."""

    def __init__(self, database: Database, organization_id: UUID, ptan: str = PTAN) -> None:
        self.database, self.organization_id, self.ptan = database, organization_id, ptan
        self.number: str = ""
        self.closes_at: datetime | None = None

    def acting(self, user_id: str = "DWHITLOCK01"):
        actor = Actor("person", user_id, organization_id=self.organization_id)
        return self.database.writing(Fence.organization(self.organization_id), actor)

    def reading(self):
        return self.database.reading(Fence.organization(self.organization_id))

    async def edit(self, section: str, given: dict, *, base: int | None = None, by: str = "DWHITLOCK01") -> FormA:
        async with self.acting(by) as session:
            form, _, hand = await form_a.open_form(session, ROUND, base=base)
            await form_a.edit_section(session, form, BY_NAME[section], given, hand)
        return form

    async def edit_entry(self, section: str, key: str, given: dict, *, base: int | None = None) -> FormA:
        async with self.acting() as session:
            form, _, hand = await form_a.open_form(session, ROUND, base=base)
            await form_a.edit_entry(session, form, BY_NAME[section], key, given=given, hand=hand)
        return form

    async def fill_form_a(self) -> None:
        await self.edit(BUSINESS.name, BUSINESS_ANSWERS)
        await self.edit(DISCLOSURES.name, DISCLOSURE_ANSWERS)
        await self.edit_entry(LOCATIONS.name, self.ptan, LOCATION_ANSWERS)

    async def approve(self, *, base: int | None = None) -> FormA:
        async with self.acting() as session:
            form, round_, hand = await form_a.open_form(session, ROUND, base=base)
            await form_a.approve(session, form, round_, hand)
        return form

    async def begin_bid(self, category: str = "OTSK", cba: str = "nationwide") -> UUID:
        async with self.acting() as session:
            return (await form_b.begin_bid(session, ROUND, category, cba)).id

    async def edit_bid(self, bid_id: UUID, given: dict, *, base: int | None = None, by: str = "DWHITLOCK01") -> Bid:
        async with self.acting(by) as session:
            bid, round_, hand = await form_b.open_bid(session, bid_id, base=base)
            form_b.edit(bid, round_, given, hand)
        return bid

    async def certify(self, bid_id: UUID, *, base: int | None = None) -> Bid:
        async with self.acting() as session:
            bid, round_, hand = await form_b.open_bid(session, bid_id, base=base)
            await form_b.certify(session, bid, round_, hand)
        return bid

    async def withdraw(self, bid_id: UUID) -> Bid:
        async with self.acting() as session:
            bid, round_, hand = await form_b.open_bid(session, bid_id)
            await form_b.withdraw(session, bid, round_, hand)
        return bid

    async def submitted_bid(self) -> UUID:
        """A certified bid beside an approved Form A."""
        await self.fill_form_a()
        await self.approve()
        bid_id = await self.begin_bid()
        await self.edit_bid(bid_id, BID_ANSWERS)
        await self.certify(bid_id)
        return bid_id


async def open_house(database: Database, ptan: str = PTAN, name: str = "Larkspur Sample Medical, LLC") -> House:
    """A bidder in the open window of Round 2028."""
    async with database.writing(Fence.system(), Actor.system("test")) as session:
        await load_round(session, reference.load("round-2028"), eastern_day(program_time.now()))
    for _ in ("registration opens", "window opens"):
        async with database.writing(Fence.system(), Actor.system("test")) as session:
            await move_due_rounds(session, session.at, 1)
    house = House(database, uuid4(), ptan)
    event = OrganizationRegistered(organization_id=house.organization_id, legal_business_name=name, ptan=ptan)
    async with database.writing(Fence.organization(house.organization_id), Actor.system("test")) as session:
        await register_organization(session, event)
    return house


def said(thing: object, kind: type) -> list:
    """What an aggregate that no session knows has said."""
    return [event for event in thing.__dict__.get("_recorded", ()) if isinstance(event, kind)]


def codes(problems: Iterable) -> list[str]:
    return [problem.code for problem in problems]


def known(problems: Iterable) -> list:
    """What is known to be wrong: without what nobody could check, as no enrolment record was told."""
    return [problem for problem in problems if problem.weight is not Weight.COULD_NOT_CHECK]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def in_dbids(house: House) -> None:
    """Let the bids of the round be entered in DBidS; the house knows its bidder number and the close from then on."""
    async with house.database.writing(Fence.system(), Actor.system("test")) as session:
        round_ = await session.get_one(Round, ROUND)
        bids = round_.rules.bids.model_copy(update={"entered_in": "dbids", "feed_grace_minutes": 30})
        rules = RuleSetRecord("by DBidS", round_.rules.model_copy(update={"bids": bids}))
        session.add(rules)
        round_.rule_set = rules
        house.closes_at = round_.closes_at
        house.number = str(await session.scalar(select(Bidder.number)))
