"""Slots: opened by an event, closed and settled by sweeps, extended by another event."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from chassis import program_time
from chassis.lifecycle import Lifecycle
from documents_svc.files import uploaded_file
from documents_svc.receipts.receipt import Receipt
from documents_svc.settlement.use_cases import (
    close_due_slots,
    lapse_due_uploads,
    settle_closed_slots,
)
from documents_svc.slots import slot as slots
from documents_svc.slots.slot import Slot, SlotHasAnotherOwner
from documents_svc.uploads import upload
from tests.documents import pdfs
from tests.documents.house import House, Person
from tests.documents.slots import ask_again

pytestmark = [pytest.mark.database, pytest.mark.slow]
MINUTE = timedelta(minutes=1)


async def state_of(house: House, slot_id: UUID) -> str:
    [row] = await house.rows("select state from slot where id = :id", id=slot_id)
    return row.state


async def after_the_late_minutes(house: House, slot_id: UUID):
    """Close what is due 61 minutes after the close, and return that moment."""
    [row] = await house.rows("select closes_at from slot where id = :id", id=slot_id)
    later = row.closes_at + 61 * MINUTE
    assert await house.sweep(close_due_slots, later) == 1
    await house.sweep(lapse_due_uploads, later)
    return later


async def test_a_slot_that_is_asked_for_is_opened_and_echoed(house):
    person = await house.person()
    slot_id = await house.slot(person.organization)
    [echo] = await house.said("slot-opened")
    assert echo["slot_id"] == str(slot_id)
    [mine] = (await person.get("/slots"))["items"]
    assert (mine["id"], mine["state"], mine["allowed_actions"]) == (str(slot_id), "OPEN", ["upload"])
    assert (await person.get(f"/slots/{slot_id}"))["label"] == "Business credit report"


async def test_another_organization_sees_no_slot(house):
    person = await house.person()
    slot_id = await house.slot(uuid4())
    assert (await person.get("/slots"))["items"] == []
    assert (await person.client.get(f"/api/documents/slots/{slot_id}")).status_code == 404
    assert (await person.begin(slot_id, 10)).status_code == 404


async def test_an_upload_outside_the_times_is_refused_and_an_attempt_after_the_close_is_kept_as_evidence(house):
    person = await house.person()
    early = await person.begin(await house.slot(person.organization, opens=5), 10)
    assert (early.status_code, early.json()["type"]) == (409, "urn:connexion:problem:slot-not-open-yet")
    late_slot = await house.slot(person.organization, closes=-1)
    late = await person.begin(late_slot, 10)
    assert (late.status_code, late.json()["type"]) == (409, "urn:connexion:problem:only-what-a-notice-asks-for")
    [evidence] = await house.rows("select * from audit where action = 'slot.refuse_upload'")
    assert (evidence.entity_id, evidence.reason, evidence.actor_id) == (
        str(late_slot),
        "only-what-a-notice-asks-for",
        person.user,
    )


async def test_a_slot_belongs_to_its_organization_for_good(house):
    slot_id = await house.slot(uuid4())
    with pytest.raises(SlotHasAnotherOwner):
        await ask_again(house, slot_id, slot_subject="requirement:2")


async def test_a_slot_closes_only_when_its_late_minutes_are_over(house):
    person = await house.person()
    slot_id = await house.slot(person.organization)
    [row] = await house.rows("select closes_at from slot")
    assert await house.sweep(close_due_slots, row.closes_at + 59 * MINUTE) == 0
    assert await house.sweep(close_due_slots, row.closes_at + 60 * MINUTE) == 0
    assert await house.sweep(close_due_slots, row.closes_at + 60 * MINUTE + timedelta(seconds=1)) == 1
    assert await state_of(house, slot_id) == "CLOSED"


async def test_a_slot_settles_with_its_final_list_only_when_nothing_is_uploading_or_scanning(open_house, scanner):
    house = await open_house(clamd_address=f"{scanner.host}:{scanner.port}")
    person = await house.person()
    slot_id = await house.slot(person.organization, max_files=5)
    good = await person.file(slot_id, pdfs.pdf())
    bad = await person.file(slot_id, pdfs.encrypted())
    await person.begun(slot_id, 10)
    [row] = await house.rows("select closes_at from slot")
    later = row.closes_at + 61 * MINUTE
    await house.sweep(close_due_slots, later)
    assert await house.sweep(settle_closed_slots, later) == 0
    assert {await house.checked(good), await house.checked(bad)} == {"ACCEPTED", "REJECTED"}
    assert await house.sweep(settle_closed_slots, later) == 0
    await house.sweep(lapse_due_uploads, later)
    assert await house.sweep(settle_closed_slots, later) == 1
    [settled] = await house.said("slot-settled")
    states = {file["file_id"]: (file["verdict"], file["state"]) for file in settled["files"]}
    assert states == {str(good): ("in-time", "accepted"), str(bad): ("in-time", "rejected")}
    assert await house.sweep(settle_closed_slots, later) == 0


async def test_a_file_that_could_not_be_scanned_does_not_keep_a_slot_from_settling(house):
    person = await house.person()
    slot_id = await house.slot(person.organization)
    assert await house.checked(await person.file(slot_id, pdfs.pdf())) == "NOT_SCANNED"
    later = await after_the_late_minutes(house, slot_id)
    assert await house.sweep(settle_closed_slots, later) == 1
    [settled] = await house.said("slot-settled")
    assert [file["state"] for file in settled["files"]] == ["not-scanned"]


async def begun_before_the_close(house: House, person: Person, slot_id: UUID, **closes) -> str:
    """Begin an upload in time; then the close moves to where a test wants it, as if the time had passed."""
    location = await person.begun(slot_id, 10)
    async with house.as_system() as session:
        slot = await session.get_one(Slot, slot_id)
        begun = await session.scalar(select(upload.Upload))
        slot.closes_at = program_time.now() - timedelta(**closes)
        slot.late_until = slot.closes_at + 60 * MINUTE
        begun.started_at = slot.closes_at - timedelta(seconds=1)
        begun.expires_at = upload.expiry(slot, begun.started_at)
    return location


async def test_a_file_begun_before_the_close_and_finished_within_the_hour_is_kept_and_marked_late(house):
    person = await house.person()
    slot_id = await house.slot(person.organization)
    location = await begun_before_the_close(house, person, slot_id, minutes=5)
    answer = await person.send(location, 0, b"%PDF-12345")
    assert (answer.status_code, answer.headers["connexion-verdict"]) == (204, "late")
    [told] = await house.said("document-received")
    assert told["verdict"] == "late"


async def test_a_file_finished_after_the_late_minutes_is_refused_with_signed_evidence(house):
    person = await house.person()
    slot_id = await house.slot(person.organization)
    location = await begun_before_the_close(house, person, slot_id, minutes=59, seconds=59.5)

    async def slowly():
        yield b"%PDF-"
        async with house.as_system() as session:
            slot = await session.get_one(Slot, slot_id)
            slot.closes_at -= MINUTE
            slot.late_until -= MINUTE
        yield b"12345"

    answer = await person.send(location, 0, slowly())
    assert (answer.status_code, answer.json()["type"]) == (410, "urn:connexion:problem:arrived-too-late")
    assert answer.headers["connexion-verdict"] == "refused"
    receipt = await person.get(f"/files/{answer.headers['connexion-file']}/receipt")
    assert receipt["receipt"]["verdict"] == "refused"
    assert await house.said("document-received") == []
    assert (await person.stand(location)).status_code == 410
    assert (await person.get(f"/files/{answer.headers['connexion-file']}"))["state"] == "REFUSED"


async def test_bytes_that_come_when_the_time_is_over_are_not_taken(house):
    person = await house.person()
    slot_id = await house.slot(person.organization)
    location = await begun_before_the_close(house, person, slot_id, minutes=61)
    answer = await person.send(location, 0, b"%PDF-12345")
    assert (answer.status_code, answer.json()["type"]) == (410, "urn:connexion:problem:upload-lapsed")


async def test_an_extension_judges_late_and_refused_files_again_and_signs_it(house):
    person = await house.person()
    slot_id = await house.slot(person.organization)
    location = await begun_before_the_close(house, person, slot_id, minutes=5)
    late = await person.send(location, 0, b"%PDF-12345")
    await ask_again(house, slot_id, closes_at=program_time.now() + 60 * MINUTE)
    file = await person.get(f"/files/{late.headers['connexion-file']}")
    assert file["verdict"] == "in-time"
    assert file["receipt_number"] != late.headers["connexion-receipt-number"]
    receipt = await person.get(f"/files/{file['id']}/receipt")
    assert receipt["receipt"]["verdict"] == "in-time"
    assert receipt["receipt"]["received_at"].startswith(file["received_at"][:19])
    assert [told["verdict"] for told in await house.said("document-received")] == ["late", "in-time"]
    assert len(await house.said("slot-opened")) == 2


async def test_an_extension_reopens_a_settled_slot_and_revives_what_had_lapsed(house):
    person = await house.person()
    slot_id = await house.slot(person.organization)
    location = await person.begun(slot_id, 10)
    await person.send(location, 0, b"%PDF-")
    later = await after_the_late_minutes(house, slot_id)
    assert await house.sweep(settle_closed_slots, later) == 1
    assert (await person.stand(location)).status_code == 410
    await ask_again(house, slot_id, closes_at=program_time.now() + timedelta(days=2))
    assert await state_of(house, slot_id) == "OPEN"
    assert (await person.stand(location)).headers["upload-offset"] == "5"
    assert (await person.send(location, 5, b"12345")).status_code == 204


async def test_an_extension_heard_when_it_is_over_judges_what_arrived_and_the_slot_settles_again(house):
    person = await house.person()
    slot_id = await house.slot(person.organization)
    location = await begun_before_the_close(house, person, slot_id, minutes=5)
    late = await person.send(location, 0, b"%PDF-12345")
    [row] = await house.rows("select closes_at from slot")
    extended_to, heard_at = row.closes_at + 10 * MINUTE, row.closes_at + 90 * MINUTE
    await house.sweep(close_due_slots, heard_at)
    await house.checked(UUID(late.headers["connexion-file"]))
    assert await house.sweep(settle_closed_slots, heard_at) == 1
    await ask_again(house, slot_id, closes_at=extended_to)
    assert await state_of(house, slot_id) == "OPEN"
    assert (await person.get(f"/files/{late.headers['connexion-file']}"))["verdict"] == "in-time"
    await house.sweep(close_due_slots, heard_at)
    assert await house.sweep(settle_closed_slots, heard_at) == 1
    before, after = await house.said("slot-settled")
    assert [each["verdict"] for told in (before, after) for each in told["files"]] == ["late", "in-time"]


async def test_a_slot_asked_to_close_now_takes_no_more_and_settles_with_what_it_has(house):
    person = await house.person()
    slot_id = await house.slot(person.organization)
    await person.file(slot_id, pdfs.pdf())
    going = await person.begun(slot_id, 10)
    now = program_time.now()
    await ask_again(house, slot_id, closes_at=now, late_minutes=0)
    later = now + timedelta(seconds=2)
    assert await house.sweep(close_due_slots, later) == 1
    assert await house.sweep(lapse_due_uploads, later) == 1
    assert (await person.stand(going)).status_code == 410
    [view] = (await person.get("/slots"))["items"]
    assert view["allowed_actions"] == []


async def test_a_close_that_does_not_move_is_only_echoed(house):
    person = await house.person()
    slot_id = await house.slot(person.organization)
    await person.file(slot_id, pdfs.pdf())
    await ask_again(house, slot_id)
    assert len(await house.said("slot-opened")) == 2
    assert len(await house.said("document-received")) == 1


async def test_a_late_file_never_replaces_one_that_was_in_time(open_house, scanner):
    house = await open_house(clamd_address=f"{scanner.host}:{scanner.port}")
    person = await house.person()
    slot_id = await house.slot(person.organization)
    good = await person.file(slot_id, pdfs.pdf(note="in time"))
    assert await house.checked(good) == "ACCEPTED"
    content = pdfs.pdf(note="late")
    location = await person.begun(slot_id, len(content))
    await _close_now(house, slot_id)
    late = UUID((await person.send(location, 0, content)).headers["connexion-file"])
    assert await house.checked(late) == "ACCEPTED"
    assert await house.checked(good) == "ACCEPTED"
    await ask_again(house, slot_id, closes_at=program_time.now() + 60 * MINUTE)
    assert await house.checked(good) == "SUPERSEDED"


async def _close_now(house: House, slot_id: UUID) -> None:
    async with house.as_system() as session:
        slot = await session.get_one(Slot, slot_id)
        started_at = await session.scalar(select(upload.Upload.started_at).order_by(upload.Upload.started_at.desc()))
        slot.closes_at = started_at - timedelta(milliseconds=999)  # a quick finish is late too


async def test_receipts_of_both_judgements_stay(house):
    person = await house.person()
    slot_id = await house.slot(person.organization)
    location = await begun_before_the_close(house, person, slot_id, minutes=5)
    await person.send(location, 0, b"%PDF-12345")
    await ask_again(house, slot_id, closes_at=program_time.now() + 60 * MINUTE)
    async with house.as_system() as session:
        receipts = list(await session.scalars(select(Receipt).order_by(Receipt.issued_at)))
    assert [receipt.verdict.value for receipt in receipts] == ["late", "in-time"]


@pytest.mark.parametrize("lifecycle", [slots.LIFECYCLE, upload.LIFECYCLE, uploaded_file.LIFECYCLE])
def test_every_state_machine_is_a_table_that_draws_itself(lifecycle: Lifecycle):
    drawn = lifecycle.mermaid()
    assert all(move.verb in drawn for move in lifecycle.moves)
