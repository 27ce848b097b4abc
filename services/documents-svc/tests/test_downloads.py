import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents_svc.files.edge import attachment
from documents_svc.settlement.use_cases import close_due_slots, settle_closed_slots
from tests.documents import pdfs

pytestmark = pytest.mark.database
STAFF = {"kind": "staff", "user": "ANALYST01", "permissions": ("staff.document.view",)}


@pytest.fixture
async def accepted(open_house, scanner):
    """A house with one accepted file: the house, who sent it, its id and its content."""
    house = await open_house(clamd_address=f"{scanner.host}:{scanner.port}")
    person = await house.person()
    slot = await house.slot(person.organization)
    content = pdfs.pdf(filling=3_000_000)
    file_id = await person.file(slot, content, filename='Prüfung 2026 "final".pdf')
    assert await house.checked(file_id) == "ACCEPTED"
    return house, person, file_id, content


async def test_an_accepted_file_comes_back_as_it_was_and_is_never_rendered(accepted):
    house, person, file_id, content = accepted
    answer = await person.client.get(f"/api/documents/files/{file_id}/content")
    assert answer.status_code == 200
    assert answer.content == content
    headers = answer.headers
    assert headers["content-type"] == "application/pdf"
    assert headers["content-disposition"].startswith('attachment; filename="Pr_fung 2026 _final_.pdf"; filename*=UTF-8')
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("sandbox")
    assert int(headers["content-length"]) == len(content)
    [read] = await house.rows("select actor_id from audit where action = 'file.read'")
    assert read.actor_id == person.user


async def test_a_prefetch_reads_nothing_and_leaves_no_trace(accepted):
    house, person, file_id, _ = accepted
    answer = await person.client.get(f"/api/documents/files/{file_id}/content", headers={"Sec-Purpose": "prefetch"})
    assert answer.status_code == 409
    assert await house.rows("select 1 from audit where action = 'file.read'") == []


async def test_a_stranger_finds_no_file_and_a_reader_needs_the_permission(accepted):
    house, person, file_id, _ = accepted
    stranger = await house.person()
    uploader_only = await house.person(person.organization, permissions=("document.upload",))
    for path in (f"/files/{file_id}/content", f"/files/{file_id}", f"/files/{file_id}/receipt"):
        assert (await stranger.client.get(f"/api/documents{path}")).status_code == 404
    assert (await stranger.get("/files"))["items"] == []
    assert (await uploader_only.client.get(f"/api/documents/files/{file_id}/content")).status_code == 403


async def test_what_bidders_send_is_sealed_from_staff_until_the_slot_has_settled(accepted):
    house, _, file_id, content = accepted
    analyst = await house.person(**STAFF)
    path = f"/api/documents/files/{file_id}/content"
    sealed = await analyst.client.get(path)
    assert (sealed.status_code, sealed.json()["type"]) == (409, "urn:connexion:problem:sealed-until-the-close")
    [row] = await house.rows("select late_until + interval '2 seconds' as after from slot")
    await house.sweep(close_due_slots, row.after)
    await house.sweep(settle_closed_slots, row.after)
    assert (await analyst.client.get(path)).content == content
    [read] = await house.rows("select actor_id from audit where action = 'file.read'")
    assert read.actor_id == "ANALYST01"


async def test_files_are_listed_newest_first_page_by_page_and_by_slot(house):
    person = await house.person()
    slots = [await house.slot(person.organization, label=f"Document {number}") for number in range(2)]
    sent = [str(await person.file(slots[number % 2], pdfs.pdf(note=str(number)))) for number in range(5)]
    first = await person.get("/files?limit=3")
    rest = await person.get(f"/files?limit=3&after={first['next']}")
    assert [file["id"] for file in first["items"] + rest["items"]] == sent[::-1]
    assert rest["next"] is None
    assert len((await person.get(f"/files?slot={slots[0]}"))["items"]) == 3


@given(st.text(max_size=300))
def test_no_name_breaks_the_header_it_is_told_in(name):
    header = attachment(name)
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
