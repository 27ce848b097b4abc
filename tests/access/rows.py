"""A real row for every route that names one, of every service: what the examples are made of.

Each factory puts rows of one organization into its service's database, the way events and use cases do, and returns
the values for path parameters by name.
"""

import uuid
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import select

from bidding_svc.awards.award import Award, AwardCompetition, AwardLine
from bidding_svc.awards.lifecycle import AwardKind
from bidding_svc.awards.payment_amount import ContractSupplier, PaymentAmount
from bidding_svc.bidders.bidder import Bidder
from bidding_svc.bidders.use_cases import register_organization
from bidding_svc.bonds.bond import Bond
from bidding_svc.deadlines.closing import Closing
from bidding_svc.enrolment.use_cases import know_location
from bidding_svc.evaluation.run import EvaluatedCompetition, EvaluationRun
from bidding_svc.form_a.fields import LINKS, LOCATIONS
from bidding_svc.form_a.use_cases import edit_entry, open_form
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState, FormBState
from bidding_svc.form_b.use_cases import begin_bid
from bidding_svc.imports.fee import Fee
from bidding_svc.inquiries.inquiry import Inquiry
from bidding_svc.offers.line import OfferLine
from bidding_svc.offers.offer import Offer
from bidding_svc.requirements.asked import BOND
from bidding_svc.requirements.received_file import ReceivedFile
from bidding_svc.requirements.requirement import Requirement
from bidding_svc.reviews.case import Finding, Proposal, ReviewCase
from bidding_svc.reviews.kinds import Kind
from bidding_svc.rounds.competition import Competition
from bidding_svc.rounds.round import Round
from bidding_svc.scores.score import FinancialScore, ScoreSummary, ScoringRun
from bidding_svc.seed import seed
from chassis import machine_time, program_time
from chassis.actor import Actor
from chassis.calendar import eastern_day
from chassis.database import Database, Fence, Session
from chassis.ids import new_id
from contracts_svc.breaches.action import Kind as ActionKind
from contracts_svc.breaches.action import Wish
from contracts_svc.breaches.case import BreachCase
from contracts_svc.breaches.grounds import Ground
from contracts_svc.breaches.loading import rules_for
from contracts_svc.contracts.contract import Contract
from contracts_svc.form_c.added_product import AddedProduct
from contracts_svc.form_c.certification import CertifiedReport
from contracts_svc.form_c.coded_product import CodedProduct
from contracts_svc.form_c.content import Product
from contracts_svc.form_c.period import ReportingPeriod, Span
from contracts_svc.form_c.report import FormCReport
from contracts_svc.subcontracting.disclosure import Disclosure
from contracts_svc.subcontracting.terms import Due
from contracts_svc.transfers.document import TransferDocument
from contracts_svc.transfers.finding import bring_documents
from contracts_svc.transfers.terms import Side
from contracts_svc.transfers.transfer import Transfer
from documents_svc.retention.use_cases import note_closed, place_hold
from documents_svc.retention.use_cases import propose as propose_disposal
from documents_svc.settlement.use_cases import open_slot
from documents_svc.slots.slot import Slot, SlotState
from events.bidding import NoticeRequested
from events.enrolment import EnrolmentState
from events.examples import BY_TYPE
from events.identity import ContactChangedV2, OrganizationRegistered
from events.notice_fields import CdrdFields, NoticeSlot, NoticeSubject, ReviewedDocument
from events.records import RecordsClosed
from events.records_schedule import RecordsSchedule
from events.requirements import RequirementOpened, RequirementReceived, SlotRequested
from events.rounds import RoundState
from identity_adapter.enrolment.use_cases import take_over
from identity_adapter.machines.use_cases import register_machine
from identity_adapter.members.membership import Membership
from identity_adapter.members.person import Person as SignedInPerson
from identity_adapter.organizations.organization import Organization
from identity_adapter.organizations.use_cases import register_organization as new_organization
from identity_adapter.sessions.lengths import SessionLengths
from identity_adapter.sessions.session import SignedInSession
from identity_adapter.sessions.use_cases import open_session
from identity_adapter.tickets.ticket import Topic
from identity_adapter.tickets.use_cases import open_ticket
from notices_svc.activity.use_cases import record_received
from notices_svc.batches.batch import NoticeBatch
from notices_svc.batches.use_cases import issue as issue_notice
from notices_svc.chat.chat import ChatTopic, Lasts
from notices_svc.chat.hours import ChatDay
from notices_svc.chat.people import PreChatForm
from notices_svc.chat.visiting import open_chat
from notices_svc.mail.contact import know_contact
from notices_svc.mail.pointer import Pointer
from notices_svc.mail.use_cases import queue
from notices_svc.notices.notice import Notice
from notices_svc.notices.use_cases.answering import respond
from notices_svc.notices.use_cases.drafting import draft as draft_notice
from notices_svc.program.round import know_round as know_notice_round
from notices_svc.program.round import terms_of
from notices_svc.todos.use_cases import ask_for_document
from tests.access.tokens import PERSON
from tests.contracts.house import Supplier
from tests.contracts.sale import Sale
from tests.contracts.subcontract import TERMS
from tests.documents.house import Person
from tests.documents.pdfs import pdf
from tests.enrolment.records import record

TEST = Actor.system("access-tests")
SUMMARY: dict[str, Any] = {
    "method": "ratios_80_credit_20",
    "total": "57.6",
    "minimum": "39.5",
    "outcome": "PASSED",
    "missing": [],
    "documents": {},
    "ratio_points": "42.4500",
    "median_total": None,
    "run_at": "2026-01-01T00:00:00+00:00",
    "ratios": [],
    "credit": dict.fromkeys(("agency", "score", "low", "high", "better", "points", "maximum")) | {"personal": True},
}
"""A financial score summary as it is released."""


@dataclass(frozen=True)
class Site:
    """Where a factory works: a service's database, its running edge, and a client signed in for the organization."""

    database: Database
    app: FastAPI
    client: httpx.AsyncClient
    organization_id: uuid.UUID

    def as_worker(self) -> AbstractAsyncContextManager[Session]:
        """Open a transaction as the service's worker, behind the organization's fence."""
        return self.database.writing(Fence.organization(self.organization_id), TEST)


Factory = Callable[[Site], Awaitable[dict[str, Any]]]


async def bidding(site: Site) -> dict[str, Any]:
    """Two rounds, a fee, a closing; a bidder with its requirements, a location and a link on its Form A, and a bid."""
    today = eastern_day(program_time.now())
    await seed(site.database, today)
    async with site.database.writing(Fence.staff(), TEST) as session:
        session.add(Fee(year=2026, item="L0650", state="TX", amount_cents=102_345))
        session.add(Closing(day=today, reason="A made-up closing"))
    registered = OrganizationRegistered(
        organization_id=site.organization_id, legal_business_name="Larkspur Sample Medical, LLC", ptan="9000000001"
    )
    async with site.as_worker() as session:
        await register_organization(session, registered)
        requirement_id = await session.scalar(select(Requirement.id).limit(1))
        assert requirement_id is not None
        owner = {"requirement_id": requirement_id, "organization_id": site.organization_id}
        session.add(ReceivedFile(file_id=uuid.uuid4(), received_at=session.at, in_time=True, **owner))
    known = BY_TYPE[EnrolmentState.TYPE]
    assert isinstance(known, EnrolmentState)
    async with site.database.writing(Fence.system(), TEST) as session:
        await know_location(session, known.model_copy(update={"organization_id": site.organization_id}))
    official = Actor("person", "DWHITLOCK01", organization_id=site.organization_id)
    async with site.database.writing(Fence.organization(site.organization_id), official) as session:
        form, _, hand = await open_form(session, "R2028")
        await edit_entry(session, form, LOCATIONS, "9000000001", given={}, hand=hand)
        await edit_entry(session, form, LINKS, "a-link", given={}, hand=hand)
        bid_id = (await begin_bid(session, "R2028", "OTSK", "nationwide")).id
    async with site.as_worker() as session:
        bidder = (await session.scalars(select(Bidder))).one()
        proposal = Proposal("OTS knee braces, nationwide", None, bid_id=bid_id)
        case = ReviewCase(Kind.COMPLETENESS, bidder, [proposal], due_at=session.at, at=session.at)
        reviewed = ReviewCase(Kind.INQUIRY, bidder, [proposal], due_at=session.at, at=session.at)
        inquiry = Inquiry(reviewed, uuid.uuid4(), session.at + timedelta(days=30), session.at)
        session.add_all([case, reviewed, inquiry])
        await session.flush()
        finding_id = await session.scalar(select(Finding.id).where(Finding.case_id == case.id))
    async with site.database.writing(Fence.system(), TEST) as session:
        asked = (await session.scalars(select(Requirement).where(Requirement.document == BOND))).one()
        bond = Bond(asked, bidder, area="Nationwide", amount_cents=10_000_000, at=session.at)
        session.add(bond)
        score = FinancialScore(bidder, "", session.at)
        score.round_code = "R2021"  # a round past its close: staff see the finances of no other
        session.add(score)
        await session.flush()
        told: dict[str, Any] = {"organization_id": bidder.organization_id, "round_code": "R2021", "member": ""}
        number = {"bidder_number": bidder.number}
        session.add(ScoreSummary(score_id=score.id, summary=SUMMARY, released_at=session.at, **told, **number))
        scoring = ScoringRun(
            id=new_id(),
            round_code="R2021",
            rule_set_id=(await session.get_one(Round, "R2021")).rule_set.id,
            distribution={"ladders": {}, "medians": {}},
            subjects=0,
            median_total=None,
            digest="0" * 64,
            run_at=session.at,
            run_by="FANALYST01",
            frozen_at=None,
        )
        waiting = Bidder(uuid.uuid4(), await session.get_one(Round, "R2021"), 2_849_999, session.at)
        contest = (await session.scalars(select(Competition).where(Competition.round_code == "R2021").limit(1))).one()
        of_waiting: dict[str, Any] = {"organization_id": waiting.organization_id, "bidder_id": waiting.id}
        received = Bid(**of_waiting, competition=contest, label="a bid", at=session.at)
        received.state, received.form = BidState.RECEIVED, FormBState.LOCKED
        session.add_all([scoring, waiting, received])
    async with site.database.writing(Fence.staff(), TEST) as session:
        evaluation = EvaluationRun("R2021", {}, "PANALYST01", session.at)
        session.add(evaluation)
    async with site.database.writing(Fence.system(), TEST) as session:
        kept = {"demand": 1, "bid_limit": 1, "lead_item": "L0650", "contracts": None, "bids": []}
        place = {"category_code": "OTSB", "cba_code": "nationwide"}
        session.add(EvaluatedCompetition(run_id=evaluation.id, inputs=kept, inputs_digest="0" * 64, **place))
    offered = await _an_offer(site, evaluation.id, bidder, bid_id)
    entries = {"ptan": "9000000001", "section": "links", "key": "a-link"}
    of_the_round = {
        "code": "R2028",
        "date_code": "period-starts",
        "category": "OTSB",
        "cba": "nationwide",
        "kind": "cbas",
        "forms": "bids",
    }
    reviews = {"case_id": case.id, "finding_id": finding_id, "score_id": score.id}
    reviews |= {"inquiry_case_id": reviewed.id, "inquiry_id": inquiry.id}
    reviews |= {"run_id": evaluation.id, "what": "demand", "bond_id": bond.id} | offered
    reviews |= {"scoring_id": scoring.id}
    reviews |= {"evaluated_round": "R2021", "evaluated_bidder": await _a_received_bid(site)}
    return of_the_round | {"requirement_id": requirement_id, "bid_id": bid_id} | entries | reviews


async def _a_received_bid(site: Site) -> str:
    """A bid in a round past its close, with a case of its amount. Returns the number of its bidder."""
    async with site.database.writing(Fence.system(), TEST) as session:
        bidder = Bidder(site.organization_id, await session.get_one(Round, "R2021"), 2110001, session.at)
        session.add(bidder)
        await session.flush()
        competition = (await session.scalars(select(Competition).where(Competition.round_code == "R2021"))).first()
        assert competition is not None
        bid = Bid(
            organization_id=site.organization_id,
            bidder_id=bidder.id,
            competition=competition,
            label="Bid",
            at=session.at,
        )
        bid.state, bid.compare_at = BidState.RECEIVED, None
        session.add(bid)
        await session.flush()
        proposal = Proposal("Bid", None, bid_id=bid.id)
        session.add(ReviewCase(Kind.BONA_FIDE, bidder, [proposal], due_at=session.at, at=session.at))
    return bidder.number


async def _an_offer(site: Site, run_id: uuid.UUID, bidder: Bidder, bid_id: uuid.UUID) -> dict[str, Any]:
    """An award that was released, and the offer of it to the bidder."""
    place = {"category_code": "OTSK", "cba_code": "nationwide", "label": "OTS knee braces, nationwide"}
    now, day = program_time.now(), eastern_day(program_time.now())
    async with site.database.writing(Fence.staff(), TEST) as session:
        session.add(
            award := Award("R2028", run_id, AwardKind.FIRST, by="X", person=uuid.uuid4(), digest="0" * 64, at=now)
        )
        await session.flush()
        about = {"award_id": award.id} | place
        told: dict[str, Any] = {"because": [], "paid": None, "otherwise": None, "offers": 1, "prices": []}
        session.add(AwardCompetition(awarded=True, **told, **about))
        line = {"bid_id": bid_id, "bidder_id": bidder.id, "bidder_number": bidder.number, "why": "WINNING"} | about
        session.add(AwardLine(at_or_below_median=True, unchecked=False, locations=[], reasons=[], **line))
        public: dict[str, Any] = {"round_code": "R2028", "category_code": "OTSK", "cba_code": "nationwide"}
        session.add(PaymentAmount(item="L1833", amount_cents=100, published_at=now, **public))
        named = {"bidder_number": bidder.number, "legal_business_name": "Larkspur"}
        session.add(ContractSupplier(announced_at=now, **named, **public))
    async with site.database.writing(Fence.system(), TEST) as session:
        offer = Offer(award.id, bidder, "Larkspur", period=(day, day), issued_at=now, due_at=now + timedelta(days=9))
        about = {"offer_id": offer.id, "organization_id": bidder.organization_id, "bidder_id": bidder.id}
        about |= {"bid_id": bid_id, "round_code": "R2028"} | place
        offered: dict[str, Any] = {"prices": [{"hcpcs": "L0650", "amount": 100}], "locations": ["9000000001"]}
        offer.lines = [OfferLine(about, at_or_below_median=True, bond_at_risk=True, **offered)]
        session.add(offer)
    return {"award_id": award.id, "offer_id": offer.id, "line_id": offer.lines[0].id}


async def notices(site: Site) -> dict[str, Any]:
    """A To-Do and an entry of the activity; an issued notice with an answer and an e-mail that failed; a batch."""
    now = program_time.now()
    about: dict[str, Any] = {
        "organization_id": site.organization_id,
        "round_code": "R2028",
        "document": "business-credit-report",
    }
    opened = RequirementOpened(
        **about,
        requirement_id=uuid.uuid4(),
        label="Business credit report",
        covered=True,
        slot_id=uuid.uuid4(),
        permission="document.upload",
        due_at=now + timedelta(days=25),
        cdrd_at=now,
    )
    received = RequirementReceived(
        **about,
        requirement_id=opened.requirement_id,
        label="Business credit report",
        file_id=uuid.uuid4(),
        received_at=now,
        by_cdrd=False,
    )
    async with site.as_worker() as session:
        await ask_for_document(session, opened)
        await record_received(session, received)
    return await _a_notice(site)


async def _a_notice(site: Site) -> dict[str, Any]:
    slot = NoticeSlot(slot_id=uuid.uuid4(), document="credit-report", label="Credit report")
    asked = NoticeRequested(
        notice_id=uuid.uuid4(),
        organization_id=site.organization_id,
        round_code="R2021",
        about=NoticeSubject(kind="review", id=uuid.uuid4()),
        requested_by=uuid.uuid4(),
        requested_at=program_time.now(),
        fields=CdrdFields(
            bidder_number="1000234",
            documents=(ReviewedDocument(document="credit-report", label="Credit report", received=False),),
        ),
        slots=(slot,),
    )
    told = BY_TYPE[RoundState.TYPE]
    assert isinstance(told, RoundState)
    official = Actor(
        "person",
        "DWHITLOCK01",
        organization_id=site.organization_id,
        permissions=frozenset({"notice.cdrd.view", "notice.cdrd.respond"}),
    )
    async with site.database.writing(Fence.system(), TEST) as session:
        await know_notice_round(session, told)
        await draft_notice(session, asked)
        notice = await session.get_one(Notice, asked.notice_id)
        notice.approve(session.at)
        issue_notice(session, notice, await terms_of(session, "R2021"), session.at)
    async with site.database.writing(Fence.staff(), TEST) as session:
        session.add(batch := NoticeBatch("R2021", "cdrd", None, session.at))
    contact = ContactChangedV2(
        membership_id=uuid.uuid4(),
        person_id=uuid.uuid4(),
        organization_id=site.organization_id,
        email="dana@larkspur.example",
        permissions=("notice.cdrd.view",),
        changed_at=program_time.now(),
    )
    async with site.database.writing(Fence.system(), TEST) as session:
        await know_contact(session, contact)
        await queue(session, [asked.notice_id], "issued")
        pointer = await session.scalar(select(Pointer).where(Pointer.notice_id == asked.notice_id))
        assert pointer is not None
        pointer.claim(machine_time.now(), timedelta(minutes=1))
        pointer.refuse("550")
    async with site.database.writing(Fence.organization(site.organization_id), official) as session:
        await respond(session, asked.notice_id, "Here it is.", [])
    chat_id = await _a_chat(site)
    day = eastern_day(program_time.now())
    return {
        "notice_id": asked.notice_id,
        "batch_id": batch.id,
        "pointer_id": pointer.id,
        "chat_id": chat_id,
        "slug": "file-size",
        "day": day + timedelta(days=1),
    }


async def _a_chat(site: Site) -> uuid.UUID:
    """A chat that the agent of the tests' tokens answers."""
    form = PreChatForm(
        key="k" * 40 + uuid.uuid4().hex,
        first_name="Priya",
        last_name="Natarajan",
        email="priya@larkspur.example",
        phone="410-555-0123",
        topic=ChatTopic.UPLOADS,
        question="Where is the receipt?",
    )
    lasts = Lasts(queued=timedelta(hours=2), silent=timedelta(hours=1), wrap_up=timedelta(hours=1))
    async with site.database.writing(Fence.staff(), TEST) as session:
        for ahead in range(-1, 2):
            day = eastern_day(session.at) + timedelta(days=ahead)
            await session.merge(ChatDay(day=day, opens=time(0), closes=time(23, 59, 59), set_at=session.at))
    async with site.database.writing(Fence.system(), TEST) as session:
        chat = await open_chat(session, form, None, has_room=True, lasts=lasts)
        chat.take(PERSON, "Dana", session.at, lasts)
    return form.chat_id


async def contracts(site: Site) -> dict[str, Any]:
    """A known round; a signed and sealed contract of the organization, a request to add a location to it, and an open
    Form C report with an added product; one contract to be signed, and one to be sealed."""
    supplier = Supplier(site.database)
    supplier.organization_id = site.organization_id
    await supplier.know_round()
    contract = await supplier.executed(at=program_time.now())
    await site.app.state.contracts.store.keep("0" * 64, b"x")
    to_sign, to_seal = Supplier(site.database), Supplier(site.database)
    for each in (to_sign, to_seal):
        each.organization_id = site.organization_id
        await each.accept()
        await each.send(at=program_time.now())
    await to_seal.only_sign(at=program_time.now())
    official = supplier.person("Dana.Whitlock")
    (change_id,) = await supplier.ask(official, program_time.now(), comes=supplier.new)
    change = await supplier.change(change_id)
    report, product = await _form_c(site, contract.id)
    return {
        "disclosure_id": await _disclosure(site, contract.id),
        **await _transfer(site, contract.id, official),
        "case_id": await _breach(site, contract.id),
        "report_id": report.id,
        "added_id": product.id,
        "contract_id": contract.id,
        "number": 1,
        "change_id": change_id,
        "request_id": change.request_id,
    }


async def _breach(site: Site, contract_id: uuid.UUID) -> uuid.UUID:
    """A breach case whose notice has gone out."""
    now = program_time.now()
    async with site.database.writing(Fence.system(), TEST) as session:
        case = BreachCase(await session.get_one(Contract, contract_id), Ground.OTHER, now)
        case.recommend(["A deviation"], uuid.uuid4(), 0, now)
        case.name_actions([Wish(kind=ActionKind.TERMINATE)])
        session.add(case)
        await session.flush()
        rules = await rules_for(session, case)
        case.issue(rules, cap_allowed=True, barred_check="By hand.", named_on=None, base=1, at=now)
        case.note_issued(now, rules)
    return case.id


async def _disclosure(site: Site, contract_id: uuid.UUID) -> uuid.UUID:
    today = eastern_day(program_time.now())
    async with site.database.writing(Fence.system(), TEST) as session:
        contract = await session.get_one(Contract, contract_id)
        disclosure = Disclosure(contract, TERMS, Due(today, today), program_time.now())
        session.add(disclosure)
    return disclosure.id


async def _transfer(site: Site, contract_id: uuid.UUID, official: Actor) -> dict[str, Any]:
    """A transfer of a contract that was asked for, with the documents of the supplier's side."""
    now = program_time.now()
    terms = Sale(site.database).terms(effective_on=eastern_day(now) + timedelta(days=30))
    async with site.database.writing(Fence.organization(site.organization_id), official) as session:
        transfer = Transfer(Side.HOLDER, site.organization_id, terms, now)
        transfer.name_contract(await session.get_one(Contract, contract_id))
        session.add(transfer)
        await session.flush()
        transfer.submit(now + timedelta(days=29), now + timedelta(days=40), now)
    async with site.database.writing(Fence.system(), TEST) as session:
        await bring_documents(session, now, 1000)
    async with site.database.writing(Fence.system(), TEST) as session:
        wanted = select(TransferDocument.id).where(TransferDocument.transfer_id == transfer.id)
        document_id = await session.scalar(wanted.limit(1))
    return {"transfer_id": transfer.id, "document_id": document_id}


async def _form_c(site: Site, contract_id: uuid.UUID) -> tuple[FormCReport, AddedProduct]:
    """An open Form C report of a contract that was certified before, with an added product; one that is listed."""
    now = program_time.now()
    today = eastern_day(now)
    async with site.database.writing(Fence.system(), TEST) as session:
        contract = await session.get_one(Contract, contract_id)
        span = Span(today, today + timedelta(days=180), today - timedelta(days=1))
        period = ReportingPeriod(contract, span, today + timedelta(days=10), today + timedelta(days=40))
        report = FormCReport(contract, contract.lines[0], period, lead_item=None, last=None, at=now)
        product = AddedProduct(report, Product("L0650", "Sample Maker", "Model", "1", "added"), now)
        session.add(period)
        await session.flush()
        session.add(report)
        await session.flush()
        listed = {"hcpcs": "L0650", "manufacturer": "Listed Maker", "model_name": "Model", "model_number": "1"}
        coded = CodedProduct(id=new_id(), key="listed", **listed)
        session.add_all([product, CertifiedReport(report, "DWHITLOCK01", now)])
    async with site.database.writing(Fence.staff(), TEST) as session:
        session.add(coded)
    return report, product


async def identity(site: Site) -> dict[str, Any]:
    """An organization, which gets an id of its own, with its enrolment record, two members and somebody who asks to be
    one; one of the two is the person who asks in the tests, with a session, a ticket in its hand, and a request to be a
    member elsewhere; a machine."""
    async with site.database.writing(Fence.system(), TEST) as session:
        await take_over(session, [record("9000000001")])
        made = await new_organization(session, "Larkspur Sample Medical, LLC", "9000000001")
        shown = await register_machine(session, "sample-downstream", "Sample downstream system", ["rounds.read"])
        opened = await _session_of(session, PERSON)
        official = SignedInPerson("MOKAFOR02", "Miriam", "Okafor", "miriam@a.example")
        member = Membership.appoint(official, made, "BAO", program_time.now(), machine_time.now())
        asking = Membership.appoint(opened.person, made, "AO", program_time.now(), machine_time.now())
        elsewhere = await new_organization(session, "Tallgrass Sample Bracing, Inc.", "9000000002")
        own, somebodys = _request_of(opened.person, elsewhere), _request_of(_somebody(), made)
        session.add_all([official, member, asking, own, somebodys])
        await session.flush()
        ticket = await open_ticket(session, Topic.ROLES, "Called in", person_id=official.id, organization_id=made.id)
        ticket.take(PERSON, opened.id)
        opened.ticket_id = ticket.id
    return {
        "organization_id": made.id,
        "ptan": made.ptan,
        "member_id": member.id,
        "request_id": own.id,
        "somebody_elses_request_id": somebodys.id,
        "person_id": official.id,
        "ticket_id": ticket.id,
        "machine_id": shown.machine.id,
        "secret_id": shown.kept.id,
        "session_id": opened.id,
    }


def _somebody() -> SignedInPerson:
    return SignedInPerson("JREYES03", "Joel", "Reyes", "joel@a.example")


def _request_of(person: SignedInPerson, organization: Organization) -> Membership:
    now = program_time.now()
    return Membership.request(person, organization, "EU", now, ptan=organization.ptan, due_at=now + timedelta(days=30))


async def _session_of(session: Session, person_id: uuid.UUID) -> SignedInSession:
    person = SignedInPerson("DWHITLOCK01", "Dana", "Whitlock", "dana@a.example")
    person.id = person_id
    session.add(person)
    await session.flush()
    opened, _ = await open_session(
        session,
        person_id,
        None,
        signed_in_at=machine_time.now(),
        id_token="x",
        brought=None,
        browser="Firefox on Windows",
        lengths=SessionLengths(timedelta(minutes=30), timedelta(hours=12)),
    )
    return opened


async def documents(site: Site) -> dict[str, Any]:
    """A slot with one upload under way and one file received."""
    now = program_time.now()
    asked = SlotRequested(
        slot_id=uuid.uuid4(),
        slot_subject="requirement:access-tests",
        organization_id=site.organization_id,
        upload_permission="document.upload",
        read_permission="document.view",
        staff_read_permission="staff.document.view",
        label="Business credit report",
        accepted_types=("application/pdf",),
        max_bytes=1_000_000,
        max_files=20,
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=1),
    )
    async with site.as_worker() as session:
        await open_slot(session, asked, site.app.state.documents.keys)
    official = Person(site.client, site.organization_id)
    under_way = await official.begun(asked.slot_id, 100_000)
    file_id = await official.file(asked.slot_id, pdf())
    files = {
        "slot_id": asked.slot_id,
        "upload_id": under_way.rsplit("/", 1)[1],
        "file_id": file_id,
        "page": 1,
        "version": 1,
    }
    return files | await _records(site, official, asked)


async def _records(site: Site, official: Person, asked: SlotRequested) -> dict[str, Any]:
    """A file whose time is over, a legal hold on it, and a disposal that waits."""
    kept = asked.model_copy(update={"slot_id": uuid.uuid4(), "records": "R2019"})
    async with site.as_worker() as session:
        await open_slot(session, kept, site.app.state.documents.keys)
    await official.file(kept.slot_id, pdf())
    closed_at = program_time.now() - timedelta(days=4000)
    closed = RecordsClosed(records="R2019", closed_at=closed_at, schedule=RecordsSchedule())
    async with site.database.writing(Fence.system(), TEST) as session:
        await note_closed(session, closed)
        (await session.get_one(Slot, kept.slot_id)).state = SlotState.SETTLED
    async with site.database.writing(Fence.staff(), TEST) as session:
        hold = await place_hold(session, organization_id=site.organization_id, records=None, matter="Case 12-3")
        disposal = await propose_disposal(session, closed_at)
    return {"hold_id": hold.id, "disposal_id": disposal.id}
