"""Contracts: assembled from accepted lines, signed by a second person, versioned, moved by the calendar."""

import asyncio
import random
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from chassis.calendar import midnight
from chassis.database import Fence
from chassis.duties import SomebodyElseMust
from chassis.errors import NotAllowedNow, NotFound
from chassis.signature import NameDoesNotMatch
from contracts_svc.contracts import staff_views, version_views, views
from contracts_svc.contracts.contract import Contract, ContractChanged, NothingToSend, NothingToSign
from contracts_svc.contracts.history_views import list_entries, read_summary
from contracts_svc.contracts.lifecycle import LIFECYCLE, ContractState
from contracts_svc.contracts.permissions import DECIDE, PREPARE, VIEW
from contracts_svc.contracts.use_cases import (
    Chosen,
    ContractNamedTwice,
    NoEmergencyTermination,
    give_back_line,
    load,
    move_by_calendar,
    say_again,
    send_for_signature,
    sign_batch,
    terminate_in_emergency,
)
from contracts_svc.contracts.version import ContractVersion
from contracts_svc.program.round import know_round
from events.contracts import ContractExecuted
from events.contracts import ContractState as Snapshot
from events.examples import BY_TYPE
from events.offers import OfferLineRescinded
from events.rounds import RoundState
from tests.contracts.house import (
    ACCEPTED,
    ADMINISTRATOR,
    AREAS,
    ENDS,
    OFFICER,
    OTHER_OFFICER,
    SIGNED,
    STARTS,
    Supplier,
    accepted_line,
    signer,
    staff,
    typed,
)

pytestmark = pytest.mark.database


async def swept(supplier, sweep, as_of):
    """Run a sweep at a moment, for whatever contract of the module is due."""
    async with supplier.database.writing(Fence.system(), ADMINISTRATOR, at=as_of) as session:
        return await sweep(session, as_of, 1000)


def parties(contract: Contract):
    return contract.legal_business_name, contract.bidder_number, contract.starts_on, contract.ends_on


async def test_the_lines_of_a_bidder_become_one_contract_in_whatever_order_and_however_often_they_are_heard(database):
    first = Supplier(database)
    told = [
        accepted_line(
            first.organization_id,
            first.bidder_id,
            area,
            accepted_at=ACCEPTED + timedelta(hours=hour),
            legal_business_name=f"Name {hour}",
        )
        for hour, area in enumerate(AREAS)
    ]
    seen = []
    for seed in range(3):
        supplier = Supplier(database)
        ours = [
            each.model_copy(
                update={
                    "bidder_id": supplier.bidder_id,
                    "organization_id": supplier.organization_id,
                    "line_id": uuid4(),
                }
            )
            for each in told
        ]
        heard = [*ours, *ours]
        random.Random(seed).shuffle(heard)
        for each in heard:
            await supplier.hear(each)
        contract = await supplier.contract()
        assert len(contract.lines) == len(AREAS)
        seen.append((parties(contract), sorted(line.label for line in contract.lines)))
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][0] == ("Name 3", "2840001", STARTS, ENDS)


async def test_a_line_whose_offer_cms_took_back_leaves_the_contract_and_the_rest_is_sent_again(supplier):
    kept, gone = await supplier.accept(AREAS[0]), await supplier.accept(AREAS[1])
    await supplier.send()
    taken = OfferLineRescinded(
        **gone.model_dump(include=set(OfferLineRescinded.model_fields) - {"rescinded_at"}), rescinded_at=SIGNED
    )
    for _ in range(2):
        async with supplier.as_worker() as session:
            await give_back_line(session, taken)
    contract = await supplier.contract()
    assert (contract.state, contract.awaiting_signature) == (ContractState.ASSEMBLING, False)
    assert [(line.id, line.sent) for line in contract.lines] == [(kept.line_id, False)]
    await supplier.send()
    await supplier.sign()
    assert [line.id for line in (await supplier.contract()).lines if line.is_contracted] == [kept.line_id]
    async with supplier.as_worker() as session:  # CMS signed while its rescission was on its way: the signature wins
        await give_back_line(session, taken.model_copy(update={"line_id": kept.line_id}))
    assert [line.id for line in (await supplier.contract()).lines if line.is_contracted] == [kept.line_id]


async def test_a_contract_is_sent_signed_by_somebody_else_and_told_to_everybody(supplier):
    await supplier.accept()
    assert (await supplier.contract()).state is ContractState.ASSEMBLING
    await supplier.send()
    assert (await supplier.contract()).state is ContractState.PENDING_CMS
    await supplier.sign()
    contract = await supplier.contract()
    assert (contract.state, contract.version, contract.signed_by) == (ContractState.EXECUTED, 1, "Olive.Officer")
    assert contract.number.startswith("R2028-")
    (executed,) = await supplier.said(ContractExecuted)
    assert (executed["line_ids"], executed["version"]) == ((contract.lines[0].id,), 1)
    (snapshot,) = await supplier.said(Snapshot)
    assert (snapshot["status"], snapshot["revision"], snapshot["version"]) == ("executed", 1, 1)
    (line,) = snapshot["lines"]
    assert [(each["ptan"], each["effective_from"]) for each in line["locations"]] == [
        (each, STARTS) for each in supplier.ptans
    ]
    assert [(each["hcpcs"], each["amount"]) for each in line["prices"]] == [("L0648", 51_000), ("L0650", 102_345)]


async def test_before_it_is_sent_a_contract_is_there_for_staff_alone(supplier):
    await supplier.accept()
    contract = await supplier.contract()
    async with supplier.as_staff(OFFICER) as session:
        assert (await version_views.list_versions(session, OFFICER, contract.id, None, 25)).items == []
    async with supplier.reading() as session:
        with pytest.raises(NotFound):
            await version_views.list_versions(session, supplier.person("Dana.Whitlock", VIEW), contract.id, None, 25)


async def test_nobody_signs_what_they_sent(supplier):
    await supplier.accept()
    await supplier.send(by=OFFICER)
    async with supplier.as_staff(OTHER_OFFICER) as session:
        queue = await staff_views.read_queue(session, None, 100)
    assert queue.statement.needs_name
    contract = await supplier.contract()
    assert [each.sent_by for each in queue.items if each.id == contract.id] == ["Olive.Officer"]
    with pytest.raises(SomebodyElseMust):
        await supplier.sign(by=OFFICER)
    await supplier.sign(by=OTHER_OFFICER)
    assert (await supplier.contract()).signed_by == "Otto.Officer"


async def test_a_signature_is_under_ones_own_name_and_over_what_was_read(supplier):
    await supplier.accept()
    await supplier.send()
    contract = await supplier.contract()
    async with supplier.as_staff(OFFICER, SIGNED) as session:
        with pytest.raises(NameDoesNotMatch):
            await sign_batch(
                session,
                [Chosen(contract.id, contract.row_version)],
                signer(OFFICER),
                typed(OTHER_OFFICER).model_copy(update={"certified_by": OFFICER.user_id}),
            )
        with pytest.raises(ContractChanged):
            await sign_batch(session, [Chosen(contract.id, contract.row_version - 1)], signer(OFFICER), typed(OFFICER))
        with pytest.raises(ContractNamedTwice):
            await sign_batch(session, [Chosen(contract.id, contract.row_version)] * 2, signer(OFFICER), typed(OFFICER))
    assert (await supplier.contract()).state is ContractState.PENDING_CMS


async def test_two_officers_who_sign_overlapping_batches_at_once_sign_each_contract_once(database):
    suppliers = [Supplier(database) for _ in range(3)]
    for each in suppliers:
        await each.accept()
        await each.send()
    contracts = [await each.contract() for each in suppliers]

    async def sign(officer, chosen):
        async with suppliers[0].as_staff(officer, SIGNED) as session:
            await sign_batch(
                session, [Chosen(one.id, one.row_version) for one in chosen], signer(officer), typed(officer)
            )

    outcomes = await asyncio.gather(
        sign(OFFICER, contracts[:2]), sign(OTHER_OFFICER, contracts[:0:-1]), return_exceptions=True
    )
    refused = [each for each in outcomes if each is not None]
    assert len(refused) == 1
    assert isinstance(refused[0], ContractChanged | NothingToSign)
    for each in suppliers:
        await each.seal()
    said = [await each.said(ContractExecuted) for each in suppliers]
    assert sorted(len(each) for each in said) == [0, 1, 1]
    async with suppliers[0].as_staff(OFFICER) as session:
        made = await session.scalars(
            select(ContractVersion.contract_id).where(ContractVersion.contract_id.in_([each.id for each in contracts]))
        )
        assert len(made.all()) == 2


async def test_a_batch_is_signed_as_a_whole_or_not_at_all(database):
    ready, assembling = Supplier(database), Supplier(database)
    await ready.accept()
    await ready.send()
    await assembling.accept()
    one, other = await ready.contract(), await assembling.contract()
    with pytest.raises(NothingToSign):
        async with ready.as_staff(OFFICER, SIGNED) as session:
            chosen = [Chosen(each.id, each.row_version) for each in (one, other)]
            await sign_batch(session, chosen, signer(OFFICER), typed(OFFICER))
    assert (await ready.contract()).state is ContractState.PENDING_CMS


async def test_what_was_sent_is_not_sent_again_and_a_stale_page_sends_nothing(supplier):
    await supplier.accept()
    before = await supplier.contract()
    await supplier.send()
    for base, refusal in ((before.row_version, ContractChanged), (None, NotAllowedNow)):
        contract = await supplier.contract()
        with pytest.raises(refusal):
            async with supplier.as_staff(ADMINISTRATOR) as session:
                await send_for_signature(session, contract.id, contract.row_version if base is None else base)


async def test_a_line_accepted_after_the_signature_extends_the_contract_by_a_new_version(supplier):
    await supplier.executed()
    await supplier.accept(AREAS[1])
    assert len((await supplier.said(Snapshot))[-1]["lines"]) == 1
    later = datetime(2028, 3, 1, 15, tzinfo=UTC)
    await swept(supplier, move_by_calendar, later)
    await supplier.send(at=later)
    await supplier.sign(at=later)
    contract = await supplier.contract()
    assert (contract.state, contract.version) == (ContractState.ACTIVE, 2)
    new = next(line for line in contract.lines if line.cba_code == AREAS[1])
    assert (new.since_version, new.locations[0].effective_from) == (2, date(2028, 3, 1))
    assert [each["status"] for each in (await supplier.said(Snapshot))] == ["executed", "active", "active"]
    with pytest.raises(NothingToSend):
        await supplier.send(at=later)


async def test_a_contract_starts_and_expires_at_midnight_of_its_days_however_late_the_sweep_comes(supplier):
    await supplier.executed()
    assert await swept(supplier, move_by_calendar, midnight(STARTS) - timedelta(seconds=1)) == 0
    await swept(supplier, move_by_calendar, midnight(STARTS) + timedelta(days=3))
    contract = await supplier.contract()
    assert (contract.state, contract.statuses[-1]) == (
        ContractState.ACTIVE,
        {"state": "ACTIVE", "since": "2028-01-01"},
    )
    await swept(supplier, move_by_calendar, midnight(ENDS))
    assert (await supplier.contract()).state is ContractState.ACTIVE
    await swept(supplier, move_by_calendar, midnight(ENDS) + timedelta(days=30))
    contract = await supplier.contract()
    assert (contract.state, contract.statuses[-1]) == (
        ContractState.EXPIRED,
        {"state": "EXPIRED", "since": "2031-01-01"},
    )
    assert contract.moves_at is None


async def test_a_suspension_ends_after_its_last_day_and_never_outlives_the_contract(database):
    for until, state, day in (
        (date(2028, 6, 30), ContractState.ACTIVE, "2028-07-01"),
        (date(2031, 6, 30), ContractState.EXPIRED, "2031-01-01"),
    ):
        supplier = Supplier(database)
        await supplier.executed()
        await swept(supplier, move_by_calendar, midnight(STARTS))
        async with supplier.as_staff(OFFICER, datetime(2028, 5, 1, 15, tzinfo=UTC)) as session:
            contract = await load(session, (await supplier.contract()).id)
            contract.suspend(until, "BREACH", session.at)
        async with supplier.reading() as session:
            shown = views.summary_of(await supplier.contract()).status
        assert (shown.words, shown.day) == ("Suspended until", until)
        await swept(supplier, move_by_calendar, midnight(until + timedelta(days=1)))
        contract = await supplier.contract()
        assert (contract.state, contract.statuses[-1]["since"]) == (state, day)


async def test_a_contract_ends_in_an_emergency_only_where_the_rules_of_its_round_allow_it(supplier):
    await supplier.executed()
    await swept(supplier, move_by_calendar, midnight(STARTS))
    contract = await supplier.contract()
    with pytest.raises(NoEmergencyTermination):
        async with supplier.as_staff(OFFICER) as session:
            await terminate_in_emergency(session, contract.id, contract.row_version)
    example = BY_TYPE[RoundState.TYPE]
    rules = example.rule_set.model_copy(update={"emergency_termination": True})
    async with supplier.database.writing(Fence.system(), ADMINISTRATOR) as session:
        await know_round(session, example.model_copy(update={"round_code": "R2028", "rule_set": rules}))
    async with supplier.as_staff(OFFICER, datetime(2029, 4, 1, 15, tzinfo=UTC)) as session:
        await terminate_in_emergency(session, contract.id, contract.row_version)
    contract = await supplier.contract()
    shown = views.summary_of(contract).status
    assert (contract.cause, shown.words, shown.day) == ("EMERGENCY", "Terminated", date(2029, 4, 1))
    assert (await supplier.said(Snapshot))[-1]["status"] == "terminated"


async def test_every_night_the_snapshot_is_said_again_word_for_word(supplier):
    await supplier.executed()
    await supplier.accept(AREAS[1])
    await swept(supplier, say_again, midnight(date(2027, 10, 5)))
    assert await swept(supplier, say_again, midnight(date(2027, 10, 5)) + timedelta(hours=3)) == 0
    await swept(supplier, say_again, midnight(date(2027, 10, 6)))
    first, *again = await supplier.said(Snapshot)
    assert again == [first, first]


async def test_versions_stay_as_they_were_and_the_contract_can_be_read_as_of_a_day(supplier):
    await supplier.executed()
    official = supplier.person("Dana.Whitlock", VIEW)
    await supplier.accept(AREAS[1])
    later = datetime(2028, 3, 1, 15, tzinfo=UTC)
    await swept(supplier, move_by_calendar, later)
    await supplier.send(at=later)
    await supplier.sign(at=later)
    contract = await supplier.contract()
    async with supplier.reading() as session:
        page = await version_views.list_versions(session, official, contract.id, None, 25)
        assert [(each.number, each.reason) for each in page.items] == [(2, "extended"), (1, "signed")]
        first = await version_views.read_version(session, official, contract.id, 1)
        assert [line.cba_code for line in first.lines] == [AREAS[0]]
        today = date(2028, 4, 1)
        for on, known_on, state, version, furnishing in (
            (date(2028, 2, 1), today, ContractState.ACTIVE, 2, [2, 0]),
            (date(2028, 3, 1), today, ContractState.ACTIVE, 2, [2, 2]),
            (date(2028, 2, 1), date(2028, 2, 1), ContractState.ACTIVE, 1, [2]),
            (date(2027, 12, 1), today, ContractState.EXECUTED, 2, [0, 0]),
            (date(2027, 9, 1), today, None, 2, [0, 0]),
        ):
            stood = await views.read_on_day(session, official, contract.id, on, known_on)
            by_area = {line.cba_code: len(line.locations) for line in stood.lines}
            assert (stood.state, stood.version) == (state, version)
            assert [by_area[area] for area in AREAS[:2] if area in by_area] == furnishing
        with pytest.raises(NotFound):
            await views.read_on_day(session, official, contract.id, today, date(2027, 1, 1))


async def test_a_supplier_sees_nothing_before_it_is_sent_and_nothing_of_another_organization(database):
    supplier, stranger = Supplier(database), Supplier(database)
    await supplier.accept()
    contract = await supplier.contract()
    official = supplier.person("Dana.Whitlock", VIEW)
    async with supplier.reading() as session:
        assert (await views.list_contracts(session, official, None, 25)).items == []
    await supplier.send()
    async with supplier.reading() as session:
        (shown,) = (await views.list_contracts(session, official, None, 25)).items
    assert (shown.status.words, shown.version) == ("Awaiting CMS signature", 0)
    async with stranger.reading() as session:
        with pytest.raises(NotFound):
            await views.read_contract(session, stranger.person("Sam.Stranger", VIEW), contract.id)


async def test_the_history_shows_each_entry_to_who_holds_its_permission(supplier):
    contract = await supplier.executed()
    async with supplier.as_staff(OFFICER) as session:
        kept = await load(session, contract.id)
        kept.note("breach", "A breach notice", "notice.breach.view", session.at)
    for permissions, kinds in (((VIEW,), ["executed"]), ((VIEW, "notice.breach.view"), ["breach", "executed"])):
        actor = supplier.person("Dana.Whitlock", *permissions)
        async with supplier.reading() as session:
            listed = await list_entries(session, actor, contract.id, None, 25)
            summary = await read_summary(session, actor, contract.id, STARTS)
        assert sorted(each.kind for each in listed.items) == kinds
        assert sorted(each.kind for each in summary.happened) == kinds
        assert (summary.lines, summary.locations) == (1, 2)


async def test_what_staff_may_do_now_follows_permissions_state_and_four_eyes(supplier):
    await supplier.accept()
    administrator = staff("Ann.Admin", permissions=frozenset({PREPARE}))
    officer = staff("Olive.Officer", permissions=frozenset({DECIDE, PREPARE}))

    async def allowed(actor):
        async with supplier.as_staff(actor) as session:
            return (await staff_views.view_of(session, actor, await supplier.contract())).allowed_actions

    assert await allowed(administrator) == ["send for signature"]
    await supplier.send(by=officer)
    assert (await allowed(officer), await allowed(administrator)) == ([], [])
    other = staff("Otto.Officer", permissions=frozenset({DECIDE}))
    assert await allowed(other) == ["sign"]
    async with supplier.as_staff(other) as session:
        queue = await staff_views.list_contracts(session, None, to_sign=True, after=None, limit=100)
    assert (await supplier.contract()).id in [each.id for each in queue.items]


def test_an_ended_contract_stays_ended():
    for state in (ContractState.TERMINATED, ContractState.TRANSFERRED, ContractState.EXPIRED):
        for verb in LIFECYCLE.verbs:
            with pytest.raises(NotAllowedNow):
                LIFECYCLE.next(state, verb)
