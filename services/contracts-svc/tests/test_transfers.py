"""Transfers of contracts: asked for from either side, packaged, reviewed, approved, novated, completed, or over."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from chassis.calendar import due_at
from chassis.duties import SomebodyElseMust
from chassis.errors import NotAllowedNow, NotFound
from contracts_svc.contracts import views as contract_views
from contracts_svc.contracts.history_views import list_entries, read_summary
from contracts_svc.contracts.permissions import VIEW as VIEW_CONTRACT
from contracts_svc.transfers import requesting, reviewing, staff_views, views
from contracts_svc.transfers.document import TransferDocument
from contracts_svc.transfers.lifecycle import DECIDE, LIFECYCLE, REVIEW, SUBMIT, VIEW, TransferState
from contracts_svc.transfers.receiving import lapse_due, reject
from contracts_svc.transfers.requesting import (
    AlreadyAsked,
    NameTheLines,
    NameTheLocations,
    NoSuchNumber,
    OnlyTheOfficial,
    TooLate,
)
from contracts_svc.transfers.reviewing import ConditionsUnmet, ExplanationNeeded
from contracts_svc.transfers.terms import Extent, Side
from contracts_svc.transfers.transfer import BeforeThePackage, NotInEffect, NotRecommended, Transfer, TransferChanged
from contracts_svc.transfers.wanted import Phase
from events.contract_documents import FileTaken, SlotRequested
from events.contracts import NoticeRequested
from tests.contracts.house import ADMINISTRATOR, OFFICER, OTHER_OFFICER, STARTS, Supplier, staff
from tests.contracts.sale import ASKED, EFFECTIVE, NOVATED, PACKED, SIGNED, TOOK_EFFECT, Sale

pytestmark = pytest.mark.database


@pytest.fixture
async def sale(database):
    """A seller with an active contract for two competitions, and a registered buyer."""
    return await Sale(database).ready()


async def state(sale, transfer_id):
    return (await sale.transfer(transfer_id)).state


async def test_a_supplier_asks_and_each_side_is_asked_for_its_own_documents(sale):
    transfer_id = await sale.asked()
    transfer = await sale.transfer(transfer_id)
    assert (transfer.state, transfer.successor_id) == (TransferState.NOTIFIED, sale.successor.organization_id)
    assert transfer.package_due_at == due_at(date(2028, 4, 2))
    assert transfer.novation_due_at == due_at(date(2028, 4, 13))
    for supplier, labels in (
        (
            sale.holder,
            {"Cover letter or draft sale instrument", "Signed novation agreement", "Executed sale instrument"},
        ),
        (
            sale.successor,
            {
                "Financial documents, as for a bid",
                "Business and ownership chart",
                "Locations, with licenses and accreditation",
                "Signed novation agreement",
                "Executed sale instrument",
            },
        ),
    ):
        slots = await supplier.said(SlotRequested)
        assert {slot["label"] for slot in slots} == labels
        assert {slot["upload_permission"] for slot in slots} == {SUBMIT}
        assert {slot["read_permission"] for slot in slots} == {VIEW}


async def test_the_authorized_official_of_a_successor_asks_by_the_number_and_sees_only_this_transfer(sale):
    contract = await sale.holder.contract()
    backup = sale.successor.person("Ben.Backup", VIEW, SUBMIT)
    terms = sale.terms(extent=Extent.PARTIAL)
    with pytest.raises(OnlyTheOfficial):
        async with sale.successor.as_person(backup, ASKED) as session:
            await requesting.draft(session, terms, contract_id=None, number=contract.number, replaces=None)
    with pytest.raises(NoSuchNumber):
        async with sale.as_side(Side.SUCCESSOR) as session:
            await requesting.draft(session, terms, contract_id=None, number="12", replaces=None)
    async with sale.as_side(Side.SUCCESSOR) as session:
        drafted = await requesting.draft(session, terms, contract_id=None, number=contract.number, replaces=None)
    transfer_id = await sale.submit(drafted, Side.SUCCESSOR)
    transfer = await sale.transfer(transfer_id)
    assert (transfer.contract_id, transfer.holder_id) == (contract.id, sale.holder.organization_id)
    async with sale.successor.reading() as session:
        read = await views.read_mine(session, sale.buyer, transfer_id)
        assert (await contract_views.list_contracts(session, sale.buyer, None, 25)).items == []
        with pytest.raises(NotFound):
            await contract_views.read_contract(session, sale.buyer, contract.id)
    assert (read.side, read.contract_id, read.lines) == (Side.SUCCESSOR, None, [])
    await sale.send(transfer_id, Phase.PACKAGE, PACKED)
    assert await state(sale, transfer_id) is TransferState.NOTIFIED, "nobody named what goes"
    chosen = [contract.lines[0].id]
    with pytest.raises(NameTheLines):
        everything = [line.id for line in contract.lines]
        await sale.side_acts(Side.HOLDER, transfer_id, requesting.name_lines, everything)
    with pytest.raises(NotFound):
        await sale.side_acts(Side.SUCCESSOR, transfer_id, requesting.name_lines, chosen)
    await sale.side_acts(Side.HOLDER, transfer_id, requesting.name_lines, chosen)
    assert await state(sale, transfer_id) is TransferState.PACKAGE_RECEIVED
    async with sale.successor.reading() as session:
        read = await views.read_mine(session, sale.buyer, transfer_id)
    assert [line.label for line in read.lines] == [contract.lines[0].label]


async def test_a_successor_that_registers_later_is_found_then(sale):
    ptan = sale.successor.new[:-1] + "8"
    party = sale.terms().successor.model_copy(update={"ptan": ptan})
    transfer_id = await sale.asked(sale.terms(successor=party))
    assert (await sale.transfer(transfer_id)).successor_id is None
    await sale.successor.enrol(ptan)
    await sale.bring(PACKED)
    assert (await sale.transfer(transfer_id)).successor_id == sale.successor.organization_id
    assert len(await sale.documents(transfer_id, Phase.PACKAGE, Side.SUCCESSOR)) == 3


async def test_what_could_not_be_filed_is_refused_when_it_is_drafted(sale):
    contract = await sale.holder.contract()
    both = tuple(line.id for line in contract.lines)
    for terms, refused in (
        (sale.terms(effective_on=date(2028, 3, 6)), TooLate),
        (sale.terms(locations=()), NameTheLocations),
        (sale.terms(extent=Extent.PARTIAL), NameTheLines),
        (sale.terms(extent=Extent.PARTIAL, lines=both), NameTheLines),
        (sale.terms(extent=Extent.PARTIAL, lines=(uuid4(),)), requesting.NotOfTheContract),
    ):
        with pytest.raises(refused):
            await sale.draft(terms)


async def test_of_two_requests_for_one_contract_one_comes_first(sale):
    first, second = await sale.draft(), await sale.draft()
    outcomes = await asyncio.gather(*(sale.submit(each) for each in (first, second)), return_exceptions=True)
    assert [type(each) for each in outcomes if isinstance(each, Exception)] == [AlreadyAsked]


async def test_a_package_is_complete_once_both_sides_sent_everything_and_a_doubled_event_counts_once(sale):
    transfer_id = await sale.asked()
    await sale.send(transfer_id, Phase.PACKAGE, PACKED, Side.HOLDER)
    assert await state(sale, transfer_id) is TransferState.NOTIFIED
    *rest, last = await sale.documents(transfer_id, Phase.PACKAGE, Side.SUCCESSOR)
    for document in rest:
        await sale.receive(document, PACKED)
    file_id = uuid4()
    for _ in range(2):
        await sale.receive(last, PACKED, file_id=file_id)
    assert await state(sale, transfer_id) is TransferState.PACKAGE_RECEIVED
    (document,) = [each for each in await sale.documents(transfer_id, Phase.PACKAGE) if each.id == last.id]
    assert [file["file_id"] for file in document.files] == [str(file_id)]
    assert len([each for each in await sale.successor.said(FileTaken) if each["file_id"] == file_id]) == 2


async def test_a_rejected_file_leaves_its_document_awaited_and_a_late_one_never_counts(sale):
    transfer_id = await sale.asked()
    (document,) = await sale.documents(transfer_id, Phase.PACKAGE, Side.HOLDER)
    told = await sale.receive(document, PACKED)
    assert (await sale.transfer(transfer_id)).holder_package_at == PACKED
    async with sale.holder.as_worker(PACKED) as session:
        await reject(session, document.id, told.file_id)
    assert (await sale.transfer(transfer_id)).holder_package_at is None
    await sale.receive(document, PACKED, verdict="late")
    assert (await sale.transfer(transfer_id)).holder_package_at is None


async def test_each_side_reads_its_own_documents_and_staff_those_of_both(sale):
    transfer_id = await sale.asked()
    codes = {}
    for side, supplier, actor in (
        (Side.HOLDER, sale.holder, sale.seller),
        (Side.SUCCESSOR, sale.successor, sale.buyer),
    ):
        async with supplier.reading() as session:
            read = await views.read_mine(session, actor, transfer_id)
            rows = (await session.scalars(select(TransferDocument))).all()
        assert {row.organization_id for row in rows} == {supplier.organization_id}, "the fence of the database"
        assert {document.side for document in read.documents} == {side}, "the fence of the query"
        codes[side] = {document.code for document in read.documents}
    assert codes[Side.HOLDER] == {"chow-notice", "novation", "instrument"}
    async with sale.holder.as_staff(ADMINISTRATOR) as session:
        read = await staff_views.read_for_staff(session, ADMINISTRATOR, transfer_id)
    assert len(read.documents) == len(codes[Side.HOLDER]) + len(codes[Side.SUCCESSOR])
    stranger = Supplier(sale.database)
    nosy = stranger.person("Sam.Stranger", VIEW, SUBMIT)
    async with stranger.reading() as session:
        assert (await session.scalars(select(Transfer))).all() == []
        assert (await views.list_mine(session, nosy, None, 25)).items == []
        with pytest.raises(NotFound):
            await views.read_mine(session, nosy, transfer_id)


async def test_an_end_user_meets_no_trace_of_a_transfer(sale):
    transfer_id = await sale.approved()
    contract = await sale.holder.contract()
    end_user = sale.holder.person("Eve.User", VIEW_CONTRACT)
    official = sale.holder.person("Dana.Whitlock", VIEW_CONTRACT, VIEW, SUBMIT)
    for actor, words in ((official, "Active - change pending"), (end_user, "Active")):
        async with sale.holder.reading() as session:
            listed = await contract_views.list_contracts(session, actor, None, 25)
            summary = await read_summary(session, actor, contract.id, STARTS)
            entries = await list_entries(session, actor, contract.id, None, 25)
        assert [listed.items[0].status.words, summary.status.words] == [words] * 2
        told = "".join([entries.model_dump_json(), summary.model_dump_json()])
        assert ("transfer" in told.lower()) is (actor is official)
    assert await state(sale, transfer_id) is TransferState.AWAITING_NOVATION


async def test_nothing_is_approved_before_every_condition_is_met_or_confirmed_by_hand(sale):
    contract = await sale.holder.contract()
    transfer_id = await sale.asked(sale.terms(extent=Extent.PARTIAL, lines=(contract.lines[0].id,)))
    await sale.send(transfer_id, Phase.PACKAGE, PACKED)
    await sale.act(transfer_id, reviewing.take)
    transfer = await sale.transfer(transfer_id)
    assert transfer.checks == {
        "TR-1": "yes",
        "TR-2": "could-not-check",
        "TR-5": "could-not-check",
        "TR-6": "yes",
        "TR-7": "yes",
        "TR-8": "could-not-check",
        "TR-9": "could-not-check",
    }
    told = {"what": "approve", "explanation": ""}
    with pytest.raises(ConditionsUnmet, match="TR-2"):
        await sale.act(transfer_id, reviewing.recommend, **told, confirmed={"TR-5": "Seen."})
    await sale.act(transfer_id, reviewing.review_finances, "unacceptable", "No liquidity.")
    by_hand = dict.fromkeys(("TR-2", "TR-5", "TR-8", "TR-9"), "Seen.")
    with pytest.raises(ConditionsUnmet, match="TR-2"):
        await sale.act(transfer_id, reviewing.recommend, **told, confirmed=by_hand)
    await sale.act(transfer_id, reviewing.review_finances, "acceptable", "")
    await sale.successor.enrol(sale.successor.new, version=2, licences=())
    with pytest.raises(ConditionsUnmet, match="TR-1"):
        await sale.act(transfer_id, reviewing.recommend, **told, confirmed=by_hand)
    await sale.successor.enrol(sale.successor.new, version=3)
    await sale.act(transfer_id, reviewing.recommend, **told, confirmed=by_hand)
    await sale.act(transfer_id, reviewing.approve, by=OFFICER)
    assert await state(sale, transfer_id) is TransferState.AWAITING_NOVATION


async def test_a_location_of_the_sold_company_may_not_stay_on_a_line_that_stays(sale):
    contract = await sale.holder.contract()
    line = contract.lines[0].id
    transfer_id = await sale.asked(sale.terms(extent=Extent.PARTIAL, lines=(line,), locations=(sale.holder.ptans[0],)))
    await sale.send(transfer_id, Phase.PACKAGE, PACKED)
    await sale.act(transfer_id, reviewing.take)
    assert (await sale.transfer(transfer_id)).checks["TR-6"] == "no"


async def test_nobody_decides_what_they_recommended_and_nothing_is_decided_unrecommended(sale):
    both = staff("Bea.Both", permissions=frozenset({REVIEW, DECIDE}))
    transfer_id = await sale.asked()
    await sale.send(transfer_id, Phase.PACKAGE, PACKED)
    await sale.act(transfer_id, reviewing.take)
    await sale.act(transfer_id, reviewing.review_finances, "acceptable", "")
    with pytest.raises(NotRecommended):
        await sale.act(transfer_id, reviewing.approve, by=OFFICER)
    await sale.act(transfer_id, reviewing.recommend, what="approve", explanation="", confirmed={}, by=both)
    async with sale.holder.as_staff(both) as session:
        read = await staff_views.read_for_staff(session, both, transfer_id)
        assert not staff_views.DECISIONS & set(read.allowed_actions)
    with pytest.raises(SomebodyElseMust):
        await sale.act(transfer_id, reviewing.approve, by=both)
    outcomes = await asyncio.gather(
        sale.act(transfer_id, reviewing.approve, by=OFFICER),
        sale.act(transfer_id, reviewing.decide_against, "deny", "No.", by=OTHER_OFFICER),
        return_exceptions=True,
    )
    assert [isinstance(each, Exception) for each in outcomes].count(True) == 1


@pytest.mark.parametrize(("verb", "outcome"), [("deny", "denied"), ("not required", "not-required")])
async def test_a_decision_against_it_is_explained_to_both_sides_and_leaves_the_contract(sale, verb, outcome):
    transfer_id = await sale.asked()
    await sale.recommended(transfer_id, "deny" if verb == "deny" else "not-required")
    with pytest.raises(ExplanationNeeded):
        await sale.act(transfer_id, reviewing.decide_against, verb, " ", by=OFFICER)
    await sale.act(transfer_id, reviewing.decide_against, verb, "It is a stock sale.", by=OFFICER)
    for supplier in (sale.holder, sale.successor):
        (notice,) = await supplier.said(NoticeRequested)
        assert (notice["fields"]["outcome"], notice["fields"]["explanation"]) == (outcome, "It is a stock sale.")
    contract = await sale.holder.contract()
    assert (contract.version, contract.state.value) == (1, "ACTIVE")
    assert await state(sale, await sale.asked()) is TransferState.NOTIFIED, "it can be asked for anew"


async def test_what_is_asked_is_answered_by_either_side_and_the_package_may_grow_meanwhile(sale):
    transfer_id = await sale.asked()
    await sale.send(transfer_id, Phase.PACKAGE, PACKED)
    await sale.act(transfer_id, reviewing.ask, "Which assets?", at=PACKED)
    await sale.bring(PACKED)
    assert {each.due_at for each in await sale.documents(transfer_id, Phase.PACKAGE)} == {due_at(date(2028, 4, 10))}
    await sale.side_acts(Side.SUCCESSOR, transfer_id, requesting.answer, "All of them.", at=PACKED)
    transfer = await sale.transfer(transfer_id)
    assert (transfer.state, transfer.lapses_at) == (TransferState.PACKAGE_RECEIVED, None)
    assert [each["text"] for each in transfer.exchange] == ["Which assets?", "All of them."]


async def test_what_cms_holds_already_is_waived(sale):
    transfer_id = await sale.asked()
    await sale.send(transfer_id, Phase.PACKAGE, PACKED, Side.HOLDER)
    financials, *others = await sale.documents(transfer_id, Phase.PACKAGE, Side.SUCCESSOR)
    for document in others:
        await sale.receive(document, PACKED)
    await sale.act(transfer_id, reviewing.waive, financials.id, at=PACKED, because="Sent with the bid of this round")
    assert await state(sale, transfer_id) is TransferState.PACKAGE_RECEIVED


async def test_the_package_comes_before_the_change_takes_effect_or_it_lapses_once_the_slots_are_settled(sale):
    transfer_id = await sale.asked()
    due = (await sale.transfer(transfer_id)).package_due_at
    late = due + timedelta(seconds=1)
    await sale.sweep(lapse_due, late)
    assert await state(sale, transfer_id) is TransferState.NOTIFIED, "what came in the last second may be heard later"
    await sale.settle(transfer_id, Phase.PACKAGE, late)
    await sale.sweep(lapse_due, due)
    assert await state(sale, transfer_id) is TransferState.NOTIFIED
    await sale.sweep(lapse_due, late)
    assert await state(sale, transfer_id) is TransferState.LAPSED
    (notice,) = await sale.successor.said(NoticeRequested)
    assert notice["fields"]["outcome"] == "lapsed"


async def test_a_novation_of_the_last_second_counts_and_one_side_alone_does_not(sale):
    transfer_id = await sale.approved()
    due = (await sale.transfer(transfer_id)).novation_due_at
    last = due + timedelta(milliseconds=999)
    await sale.send(transfer_id, Phase.NOVATION, NOVATED, Side.SUCCESSOR)
    await sale.settle(transfer_id, Phase.NOVATION, last)
    await sale.sweep(lapse_due, last)
    assert await state(sale, transfer_id) is TransferState.AWAITING_NOVATION
    await sale.send(transfer_id, Phase.NOVATION, last, Side.HOLDER)
    await sale.sweep(lapse_due, due + timedelta(seconds=1))
    assert await state(sale, transfer_id) is TransferState.NOVATION_RECEIVED


async def test_a_novation_that_did_not_come_in_time_lapses_and_the_supplier_stays_the_same(sale):
    transfer_id = await sale.approved()
    due = (await sale.transfer(transfer_id)).novation_due_at
    await sale.settle(transfer_id, Phase.NOVATION, due)
    await sale.sweep(lapse_due, due + timedelta(seconds=1))
    assert await state(sale, transfer_id) is TransferState.LAPSED
    assert {who for each in (await sale.responsible(date(2028, 5, 1))).values() for who, _ in each} == {
        sale.holder.organization_id
    }


async def test_a_change_that_takes_effect_on_another_day_moves_the_clocks_and_once_told_stands(sale):
    transfer_id = await sale.approved()
    later = date(2028, 4, 18)
    with pytest.raises(BeforeThePackage):
        await sale.side_acts(Side.HOLDER, transfer_id, requesting.re_date, date(2028, 3, 10), at=TOOK_EFFECT)
    await sale.side_acts(Side.SUCCESSOR, transfer_id, requesting.re_date, later, at=TOOK_EFFECT)
    transfer = await sale.transfer(transfer_id)
    assert (transfer.took_effect, transfer.novation_due_at) == (False, due_at(date(2028, 4, 28)))
    await sale.bring(TOOK_EFFECT)
    assert {each.due_at for each in await sale.documents(transfer_id, Phase.NOVATION)} == {due_at(date(2028, 4, 28))}
    at = datetime(2028, 4, 18, 15, tzinfo=UTC)
    await sale.side_acts(Side.HOLDER, transfer_id, requesting.re_date, later, at=at)
    with pytest.raises(NotAllowedNow):
        await sale.side_acts(Side.HOLDER, transfer_id, requesting.re_date, date(2028, 4, 20), at=at)


async def test_cms_signs_only_what_took_effect(sale):
    transfer_id = await sale.approved()
    await sale.send(transfer_id, Phase.NOVATION, PACKED)
    assert await state(sale, transfer_id) is TransferState.NOVATION_RECEIVED
    with pytest.raises(NotInEffect):
        await sale.complete(transfer_id)
    await sale.side_acts(Side.HOLDER, transfer_id, requesting.re_date, EFFECTIVE, at=TOOK_EFFECT)
    await sale.complete(transfer_id)
    assert await state(sale, transfer_id) is TransferState.COMPLETED


async def test_when_both_sides_withdraw_at_once_there_is_one_outcome(sale):
    transfer_id = await sale.approved()
    base = (await sale.transfer(transfer_id)).row_version

    async def withdraw(side):
        async with sale.as_side(side, NOVATED) as session:
            await requesting.withdraw(session, transfer_id, base)

    outcomes = await asyncio.gather(withdraw(Side.HOLDER), withdraw(Side.SUCCESSOR), return_exceptions=True)
    assert [type(each) for each in outcomes if isinstance(each, Exception)] == [TransferChanged]
    assert await state(sale, transfer_id) is TransferState.WITHDRAWN


async def test_withdrawn_while_cms_signs_one_of_the_two_wins(sale):
    transfer_id = await sale.novated()
    base = (await sale.transfer(transfer_id)).row_version

    async def withdraw():
        async with sale.as_side(Side.SUCCESSOR, SIGNED) as session:
            await requesting.withdraw(session, transfer_id, base)

    outcomes = await asyncio.gather(withdraw(), sale.complete(transfer_id), return_exceptions=True)
    assert [isinstance(each, Exception) for each in outcomes].count(True) == 1
    ended = await state(sale, transfer_id)
    holder = await sale.holder.contract()
    assert (ended, holder.state.value) in {
        (TransferState.WITHDRAWN, "ACTIVE"),
        (TransferState.COMPLETED, "TRANSFERRED"),
    }


async def test_a_contract_that_ended_takes_its_transfer_with_it(sale):
    transfer_id = await sale.approved()
    async with sale.holder.as_staff(OFFICER, NOVATED) as session:
        contract = await reviewing.contract_of(session, await session.get_one(Transfer, transfer_id))
        contract.terminate("EMERGENCY", NOVATED)
    await sale.sweep(lapse_due, NOVATED)
    transfer = await sale.transfer(transfer_id)
    assert (transfer.state, transfer.explanation) == (TransferState.LAPSED, "The contract has ended.")


@pytest.mark.parametrize("ended", sorted(LIFECYCLE.ends))
def test_a_transfer_with_an_outcome_keeps_it(ended):
    for verb in LIFECYCLE.verbs:
        with pytest.raises(NotAllowedNow):
            LIFECYCLE.next(ended, verb)


async def test_the_work_list_goes_on_where_a_page_ended_and_holds_no_draft(sale):
    drafted = await sale.draft()
    async with sale.holder.as_staff(ADMINISTRATOR) as session:
        with pytest.raises(NotFound):
            await staff_views.read_for_staff(session, ADMINISTRATOR, drafted.id)
    transfer_id = await sale.submit(drafted)
    async with sale.holder.as_staff(ADMINISTRATOR) as session:
        seen, after = [], None
        while True:
            page = await staff_views.list_work(session, ADMINISTRATOR, TransferState.NOTIFIED, after, 1)
            seen += [each.id for each in page.items]
            after = page.next
            if after is None:
                break
    assert transfer_id in seen
