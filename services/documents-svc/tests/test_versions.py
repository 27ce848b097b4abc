"""Replacing a file before the close: the new version counts, the old one is kept and stays readable."""

from datetime import timedelta

import pytest

from chassis import program_time
from documents_svc.settlement.use_cases import close_due_slots, settle_closed_slots
from tests.documents import pdfs
from tests.documents.house import House, Person

pytestmark = [pytest.mark.database, pytest.mark.slow]


@pytest.fixture
async def checking(open_house, scanner) -> House:
    """A documents-svc with a malware scanner."""
    return await open_house(clamd_address=f"{scanner.host}:{scanner.port}")


async def sent(house: House, person: Person, slot, note: str, **told) -> str:
    """Upload a version and return its id, once it was accepted."""
    file_id = await person.file(slot, pdfs.pdf(note=note), **told)
    assert await house.checked(file_id) == "ACCEPTED"
    return str(file_id)


async def history(person: Person, file_id: str) -> list[tuple[str, str, bool]]:
    """Id, state and whether it counts, newest first."""
    items = (await person.get(f"/files/{file_id}/versions"))["items"]
    return [(item["file"]["id"], item["file"]["state"], item["counts"]) for item in items]


async def test_a_new_version_counts_and_the_older_ones_stay_in_the_history_with_their_receipts(checking):
    person = await checking.person()
    slot = await checking.slot(person.organization, max_files=20)
    first = await sent(checking, person, slot, "first")
    beside = await sent(checking, person, slot, "another paper")
    second = await sent(checking, person, slot, "second", replaces=first)
    third = await sent(checking, person, slot, "third", replaces=second)
    expected = [(third, "ACCEPTED", True), (second, "SUPERSEDED", False), (first, "SUPERSEDED", False)]
    for asked_by in (first, second, third):
        assert await history(person, asked_by) == expected
    assert await history(person, beside) == [(beside, "ACCEPTED", True)]
    for version in (await person.get(f"/files/{first}/versions"))["items"]:
        [receipt] = version["receipts"]
        [check] = [(await person.client.post("/api/documents/receipt-checks", json={"receipt": receipt["jws"]})).json()]
        assert check["valid"]
        assert check["receipt"]["file_id"] == version["file"]["id"]
        assert (await person.client.get(f"/api/documents/files/{version['file']['id']}/content")).status_code == 200
    told = [(event["file_id"], event["superseded_by"]) for event in await checking.said("document-superseded")]
    assert told == [(first, second), (second, third)]


async def test_two_people_who_replace_the_same_file_at_once_leave_one_that_counts(checking):
    person = await checking.person()
    slot = await checking.slot(person.organization, max_files=20)
    first = await sent(checking, person, slot, "first")
    mine, theirs = [await person.file(slot, pdfs.pdf(note=note), replaces=first) for note in ("mine", "theirs")]
    assert {await checking.checked(mine), await checking.checked(theirs)} <= {"ACCEPTED", "SUPERSEDED"}
    assert await history(person, first) == [
        (str(theirs), "ACCEPTED", True),
        (str(mine), "SUPERSEDED", False),
        (first, "SUPERSEDED", False),
    ]


async def test_a_version_that_is_rejected_leaves_the_one_before_it_standing(checking):
    person = await checking.person()
    slot = await checking.slot(person.organization, max_files=20)
    good = await sent(checking, person, slot, "good")
    bad = await person.file(slot, pdfs.encrypted(), replaces=good)
    assert await checking.checked(bad) == "REJECTED"
    assert await history(person, good) == [(str(bad), "REJECTED", False), (good, "ACCEPTED", True)]


async def test_in_a_slot_for_one_file_every_file_is_a_version(checking):
    person = await checking.person()
    slot = await checking.slot(person.organization)
    first, second = [await sent(checking, person, slot, note) for note in ("first", "second")]
    assert [state for _, state, _ in await history(person, first)] == ["ACCEPTED", "SUPERSEDED"]
    assert [file for file, *_ in await history(person, second)] == [second, first]


async def test_the_final_list_of_a_slot_names_every_version(checking):
    person = await checking.person()
    slot = await checking.slot(person.organization, max_files=20)
    first = await sent(checking, person, slot, "first")
    second = await sent(checking, person, slot, "second", replaces=first)
    [row] = await checking.rows("select late_until + interval '2 seconds' as after from slot")
    await checking.sweep(close_due_slots, row.after)
    await checking.sweep(settle_closed_slots, row.after)
    [settled] = await checking.said("slot-settled")
    states = {file["file_id"]: (file["verdict"], file["state"]) for file in settled["files"]}
    assert states == {first: ("in-time", "superseded"), second: ("in-time", "accepted")}


async def test_a_full_slot_still_takes_a_new_version(house):
    person = await house.person()
    slot = await house.slot(person.organization, max_files=2)
    first, _ = [await person.file(slot, pdfs.pdf(note=note)) for note in ("one", "two")]
    assert (await person.begin(slot, 10)).json()["type"] == "urn:connexion:problem:slot-full"
    assert (await person.begin(slot, 10, replaces=first)).status_code == 201


async def test_only_a_file_of_the_same_document_can_be_replaced(house):
    person = await house.person()
    slot, other = [await house.slot(person.organization, max_files=2) for _ in range(2)]
    elsewhere = await person.file(other, pdfs.pdf())
    stranger = await house.person()
    theirs = await stranger.file(await house.slot(stranger.organization), pdfs.pdf())
    for file_id, slug in ((elsewhere, "nothing-to-replace"), (theirs, "nothing-to-replace"), ("x", "not-a-file-id")):
        refused = (await person.begin(slot, 10, replaces=file_id)).json()
        assert refused["type"] == f"urn:connexion:problem:{slug}"
        assert [field["path"] for field in refused["fields"]] == ["replaces"]


async def test_the_history_is_told_page_by_page_and_to_readers_only(house):
    person = await house.person()
    slot = await house.slot(person.organization)
    files = [str(await person.file(slot, pdfs.pdf(note=str(number)))) for number in range(5)]
    path = f"/files/{files[0]}/versions"
    first = await person.get(f"{path}?limit=3")
    rest = await person.get(f"{path}?limit=3&after={first['next']}")
    assert [item["file"]["id"] for item in first["items"] + rest["items"]] == files[::-1]
    uploader_only = await house.person(person.organization, permissions=("document.upload",))
    assert (await uploader_only.client.get(f"/api/documents{path}")).status_code == 403
    assert (await (await house.person()).client.get(f"/api/documents{path}")).status_code == 404


async def test_a_version_cannot_be_begun_after_the_close(house):
    person = await house.person()
    slot = await house.slot(person.organization)
    first = await person.file(slot, pdfs.pdf())
    async with house.superuser() as connection:
        await connection.execute("update slot set closes_at = $1", program_time.now() - timedelta(minutes=1))
    assert (await person.begin(slot, 10, replaces=first)).status_code == 409
