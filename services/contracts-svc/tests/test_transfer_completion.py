"""The one transaction in which a contract goes to its successor: all of it, or nothing, wherever it is cut."""

import asyncio
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError

from chassis.calendar import eastern_day
from chassis.database import Fence
from chassis.duties import SomebodyElseMust
from chassis.errors import NotAllowedNow
from contracts_svc.contracts.contract import Contract
from contracts_svc.duties.duty import ContractDuty
from contracts_svc.duties.planning import plan_duties
from contracts_svc.form_c import opening
from contracts_svc.form_c.lifecycle import ReportState
from contracts_svc.form_c.report import FormCReport
from contracts_svc.locations import reviewing as locations
from contracts_svc.locations.lifecycle import ChangeState
from contracts_svc.sealing.sealed_copy import SealedCopy
from contracts_svc.transfers.completing import NoLocationLeft, complete
from contracts_svc.transfers.lifecycle import TransferState
from contracts_svc.transfers.reviewing import ConditionsUnmet
from contracts_svc.transfers.statement import NOVATION_SIGNATURE
from contracts_svc.transfers.terms import Extent
from events.contracts import ContractState as Snapshot
from events.contracts import NoticeRequested
from tests.contracts.house import ADMINISTRATOR, AREAS, OFFICER, OTHER_OFFICER, signer, typed
from tests.contracts.sale import ASKED, NOVATED, SIGNED, Sale

pytestmark = pytest.mark.database
TODAY = eastern_day(SIGNED)
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
async def sale(database):
    """A seller with an active contract for two competitions, and a registered buyer."""
    return await Sale(database).ready()


async def partial(sale, *locations: str):
    """The terms under which the first of the seller's lines goes."""
    contract = await sale.holder.contract()
    (line,) = [each for each in contract.lines if AREAS[0] in each.label]
    where = locations or (sale.successor.new,)
    return sale.terms(extent=Extent.PARTIAL, lines=(line.id,), locations=where), line.id


def lines_of(contract: Contract):
    return {
        line.label: {each.ptan: (each.effective_from, each.effective_to) for each in line.locations}
        for line in contract.lines
    }


async def test_a_full_transfer_leaves_the_old_contract_transferred_and_a_new_one_with_lines_prices_and_end(sale):
    before = await sale.holder.contract()
    transfer_id = await sale.novated()
    await sale.complete(transfer_id)
    old = await sale.holder.contract()
    (new,) = await sale.contracts(sale.successor)
    assert (old.state.value, old.version) == ("TRANSFERRED", 1)
    assert (new.state.value, new.version, new.succeeds) == ("ACTIVE", 1, old.id)
    assert (new.starts_on, new.ends_on) == (before.starts_on, before.ends_on)
    assert new.legal_business_name == "Tallgrass Sample Bracing, Inc."
    assert {line.label: line.prices for line in new.lines} == {line.label: line.prices for line in before.lines}
    assert all(set(there) == {sale.successor.new} for there in lines_of(new).values())
    for label, there in lines_of(old).items():
        assert {until for _, until in there.values()} == {YESTERDAY}, label
    snapshot = (await sale.successor.said(Snapshot))[-1]
    assert (snapshot["status"], snapshot["version"]) == ("active", 1)
    assert (await sale.holder.said(Snapshot))[-1]["status"] == "transferred"
    for supplier in (sale.holder, sale.successor):
        notices = [each["fields"] for each in await supplier.said(NoticeRequested)]
        assert [each["outcome"] for each in notices] == ["approved-conditionally", "completed"]
        assert notices[-1]["effective_on"] == TODAY
    async with sale.successor.reading() as session:
        assert len((await session.scalars(select(SealedCopy))).all()) == 1


async def test_of_a_partial_transfer_the_rest_stays_unchanged_and_both_contracts_get_versions(sale):
    terms, line_id = await partial(sale)
    before = lines_of(await sale.holder.contract())
    await sale.complete(await sale.novated(terms))
    old = await sale.holder.contract()
    (new,) = await sale.contracts(sale.successor)
    assert (old.state.value, old.version, new.version) == ("ACTIVE", 2, 1)
    gone, kept = sorted(old.lines, key=lambda line: line.id != line_id)
    assert (gone.left_on, gone.stands, kept.stands) == (YESTERDAY, False, True)
    assert lines_of(old)[kept.label] == before[kept.label]
    assert lines_of(new) == {gone.label: {sale.successor.new: (TODAY, None)}}
    for day, who in ((YESTERDAY, sale.holder), (TODAY, sale.successor)):
        responsible = await sale.responsible(day)
        assert [each for each, _ in responsible[gone.label]] == [who.organization_id]
        assert [each for each, _ in responsible[kept.label]] == [sale.holder.organization_id]


async def test_a_successor_that_holds_the_same_competition_gets_the_locations_merged_into_its_contract(sale):
    await sale.successor.accept(AREAS[0])
    await sale.successor.send()
    await sale.successor.sign()
    await sale.complete(await sale.novated())
    (theirs,) = await sale.contracts(sale.successor)
    assert theirs.version == 2
    assert {label: set(there) for label, there in lines_of(theirs).items()} == {
        f"Back braces, {AREAS[0]}": {*sale.successor.ptans, sale.successor.new},
        f"Back braces, {AREAS[1]}": {sale.successor.new},
    }
    assert all(line.stands for line in theirs.lines)


async def test_a_location_of_the_contract_goes_with_the_lines_on_which_it_stands(sale):
    moved = sale.holder.ptans[0]
    await sale.successor.enrol(moved)
    transfer_id = await sale.novated(sale.terms(locations=(moved,)))
    await sale.complete(transfer_id)
    (new,) = await sale.contracts(sale.successor)
    assert lines_of(new)[f"Back braces, {AREAS[0]}"] == {moved: (TODAY, None)}


async def test_a_location_that_is_removed_while_it_is_transferred_goes_nowhere(sale):
    gone = sale.holder.ptans[0]
    await sale.successor.enrol(gone)
    transfer_id = await sale.novated(sale.terms(locations=(gone, sale.successor.new)))
    official = sale.holder.person("Dana.Whitlock", "location_change.view", "location_change.submit")
    for change_id in await sale.holder.ask(official, ASKED, goes=gone):
        for verb, by, more in (
            (locations.take, ADMINISTRATOR, {}),
            (locations.recommend, ADMINISTRATOR, {"what": "approve", "explanation": "", "confirmed": {}}),
            (locations.approve, OFFICER, {}),
        ):
            base = (await sale.holder.change(change_id)).row_version
            async with sale.holder.as_staff(by, NOVATED) as session:
                await verb(session, change_id, base, **more)
    await sale.complete(transfer_id)
    (new,) = await sale.contracts(sale.successor)
    assert {ptan for there in lines_of(new).values() for ptan in there} == {sale.successor.new}


async def test_nothing_is_signed_while_no_location_is_left_for_a_competition(sale):
    gone = sale.holder.ptans[0]
    await sale.successor.enrol(gone)
    transfer_id = await sale.novated(sale.terms(locations=(gone,)))
    async with sale.holder.as_staff(OFFICER, NOVATED) as session:
        contract = await session.get_one(Contract, (await sale.holder.contract()).id)
        for line in contract.lines:
            line.standing(gone).effective_to = eastern_day(NOVATED)
        contract.change("changed", OFFICER.user_id, NOVATED)
    with pytest.raises((ConditionsUnmet, NoLocationLeft)):
        await sale.complete(transfer_id)
    assert (await sale.transfer(transfer_id)).state is TransferState.NOVATION_RECEIVED


async def test_a_request_about_a_location_of_a_line_that_went_is_closed(sale):
    await sale.holder.enrol(sale.holder.new)
    transfer_id = await sale.novated()
    official = sale.holder.person("Dana.Whitlock", "location_change.view", "location_change.submit")
    asked = await sale.holder.ask(official, NOVATED, comes=sale.holder.new)
    await sale.complete(transfer_id)
    assert {(await sale.holder.change(each)).state for each in asked} == {ChangeState.CLOSED}


async def test_reports_and_dates_that_are_open_go_with_the_contract(database):
    sale = Sale(database)
    await sale.ready()
    opened_at = datetime.combine(date(2028, 7, 3), SIGNED.timetz())
    for sweep in (plan_duties, opening.plan_periods):
        await sale.sweep(sweep, ASKED)
    transfer_id = await sale.novated()
    await sale.sweep(opening.open_reports, opened_at)
    await sale.complete(transfer_id, at=opened_at)
    async with database.reading(Fence.system()) as session:
        reports = (await session.scalars(select(FormCReport).order_by(FormCReport.id))).all()
        duties = (await session.scalars(select(ContractDuty).order_by(ContractDuty.due_on))).all()
    ours, theirs = sale.holder.organization_id, sale.successor.organization_id
    of = {side: [each for each in reports if each.organization_id == side] for side in (ours, theirs)}
    assert [each.state for each in of[ours]] == [ReportState.CLOSED] * 2
    assert [(each.state, each.starts_on) for each in of[theirs]] == [(ReportState.OPEN, date(2028, 7, 1))] * 2
    codes = {side: [each.code for each in duties if each.organization_id == side] for side in (ours, theirs)}
    assert codes[theirs] == ["FORM_C", "SUBCONTRACT_INITIAL", "FORM_C", "FORM_C", "FORM_C", "FORM_C", "PERIOD_ENDS"]
    assert [each.due_on for each in duties if each.organization_id == ours and each.due_on > date(2028, 7, 3)] == [
        date(2030, 12, 31)
    ]
    await sale.sweep(opening.open_reports, opened_at + timedelta(days=1))
    async with database.reading(Fence.system()) as session:
        assert len((await session.scalars(select(FormCReport))).all()) == len(reports)


async def test_who_recommended_a_transfer_does_not_sign_it_and_it_is_signed_once(sale):
    transfer_id = await sale.novated()
    with pytest.raises(SomebodyElseMust):
        await sale.complete(transfer_id, by=ADMINISTRATOR)
    outcomes = await asyncio.gather(
        sale.complete(transfer_id, by=OFFICER), sale.complete(transfer_id, by=OTHER_OFFICER), return_exceptions=True
    )
    assert [isinstance(each, Exception) for each in outcomes].count(True) == 1
    assert len(await sale.contracts(sale.successor)) == 1
    with pytest.raises(NotAllowedNow):
        await sale.complete(transfer_id)


class Cut(Exception):
    """The process is killed here."""


async def standing(sale):
    """Everything that a completed transfer changes, to compare."""
    contracts = [
        (each.state.value, each.version, each.row_version, lines_of(each))
        for supplier in (sale.holder, sale.successor)
        for each in await sale.contracts(supplier)
    ]
    said = [len(await supplier.said(Snapshot)) for supplier in (sale.holder, sale.successor)]
    return contracts, said


async def test_killed_at_any_statement_of_the_completion_nothing_has_happened_and_it_can_be_signed_again(sale):
    """Each statement of the transaction, its commit included, is the last one once."""
    transfer_id = await sale.novated((await partial(sale))[0])
    before, cut = await standing(sale), 0
    done = False
    while not done:
        cut += 1
        left = cut

        def kill(_conn, _cursor, statement, *_more):
            nonlocal left
            left -= 1
            if left == 0:
                raise Cut(statement)

        event.listen(sale.database.engine.sync_engine, "before_cursor_execute", kill)
        try:
            await sale.complete(transfer_id)
            done = True
        except Cut:
            pass
        finally:
            event.remove(sale.database.engine.sync_engine, "before_cursor_execute", kill)
        if not done:
            assert (await sale.transfer(transfer_id)).state is TransferState.NOVATION_RECEIVED, cut
            assert await standing(sale) == before, cut
    assert cut > 20, "every statement was the last one once"
    assert (await sale.transfer(transfer_id)).state is TransferState.COMPLETED
    responsible = await sale.responsible(TODAY)
    assert {label: len(who) for label, who in responsible.items()} == dict.fromkeys(responsible, 1)


async def test_with_the_database_gone_before_the_commit_the_supplier_stays_the_same(sale):
    """The server ends the connection when everything is written and nothing is committed."""
    transfer_id = await sale.novated()
    before = await standing(sale)
    base = (await sale.transfer(transfer_id)).row_version
    signature = typed(OFFICER, NOVATION_SIGNATURE.name)
    with pytest.raises(DBAPIError):
        async with sale.holder.as_staff(OFFICER, SIGNED) as session:
            await complete(session, transfer_id, base, signer(OFFICER, SIGNED), signature)
            await session.flush()
            pid = await session.scalar(text("select pg_backend_pid()"))
            async with sale.database.engine.connect() as other:
                await other.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid})
    assert (await sale.transfer(transfer_id)).state is TransferState.NOVATION_RECEIVED
    assert await standing(sale) == before
    await sale.complete(transfer_id)
    assert (await sale.transfer(transfer_id)).state is TransferState.COMPLETED
