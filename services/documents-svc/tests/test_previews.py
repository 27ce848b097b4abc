"""Pages of an accepted file, shown one at a time: to whom, how large, and what is said of a file that does not show."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from documents_svc.files.capped_process import CappedProcess
from documents_svc.previews import renderer as rendering_house
from documents_svc.previews.rendering import LONGEST_SIDE, MOST_PIXELS, render
from documents_svc.settlement.use_cases import close_due_slots, settle_closed_slots
from tests.documents import pdfs
from tests.documents.broken_pdfs import ALL, BOMBS
from tests.infrastructure.waiting import eventually

STAFF = {"kind": "staff", "user": "ANALYST01", "permissions": ("staff.document.view",)}


def written(*pages: str, size: tuple[int, int] = (612, 792)) -> bytes:
    """A PDF whose pages show these words."""
    made = pikepdf.new()
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    for words in pages:
        page = made.add_blank_page(page_size=size)
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=made.make_indirect(font)))
        page.Contents = pikepdf.Stream(made, f"BT /F1 24 Tf 72 700 Td ({words}) Tj ET".encode())
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


@pytest.fixture
async def accepted(open_house, scanner):
    """A house with one accepted file of two pages: the house, who sent it, and its id."""
    house = await open_house(clamd_address=f"{scanner.host}:{scanner.port}")
    person = await house.person()
    slot = await house.slot(person.organization)
    file_id = await person.file(slot, written("Net sales 12,345", "Total assets 67,890"), filename="balance.pdf")
    assert await house.checked(file_id) == "ACCEPTED"
    return house, person, file_id


async def settled(house) -> None:
    [row] = await house.rows("select late_until + interval '2 seconds' as after from slot")
    await house.sweep(close_due_slots, row.after)
    await house.sweep(settle_closed_slots, row.after)


@pytest.mark.database
async def test_a_page_comes_as_a_picture_with_its_text_and_tells_how_many_pages_there_are(accepted):
    _, person, file_id = accepted
    page = await person.get(f"/files/{file_id}/pages/2?width=640")
    assert (page["page"], page["pages"], page["text"]) == (2, 2, "Total assets 67,890")
    answer = await person.client.get(f"/api/documents/files/{file_id}/pages/2/picture?width=640")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    with Image.open(io.BytesIO(answer.content)) as shown:
        assert shown.size == (page["width"], page["height"]) == (640, 829)
        assert min(shown.convert("L").getdata()) < 64  # something is written on it
    headers = answer.headers
    assert headers["cache-control"] == "private, max-age=300"
    assert "Cookie" in headers["vary"]
    assert headers["x-content-type-options"] == "nosniff"
    known = {"If-None-Match": headers["etag"]}
    again = await person.client.get(f"/api/documents/files/{file_id}/pages/2/picture?width=640", headers=known)
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.database
async def test_every_look_at_a_page_is_audited_by_who_looked_and_at_which_page(accepted):
    house, person, file_id = accepted
    await person.get(f"/files/{file_id}/pages/1")
    await person.client.get(f"/api/documents/files/{file_id}/pages/2/picture")
    prefetch = {"Sec-Purpose": "prefetch"}
    for path in (f"/api/documents/files/{file_id}/pages/1", f"/api/documents/files/{file_id}/pages/1/picture"):
        assert (await person.client.get(path, headers=prefetch)).status_code == 409
    looked = await house.rows("select actor_id, after from audit where action = 'file.preview' order by id")
    assert [(row.actor_id, row.after["page"], row.after["as"]) for row in looked] == [
        (person.user, 1, "text"),
        (person.user, 2, "picture"),
    ]


@pytest.mark.database
async def test_pages_are_fenced_like_the_download(accepted):
    house, person, file_id = accepted
    stranger = await house.person()
    uploader_only = await house.person(person.organization, permissions=("document.upload",))
    analyst = await house.person(**STAFF)
    for path in (f"/api/documents/files/{file_id}/pages/1", f"/api/documents/files/{file_id}/pages/1/picture"):
        assert (await person.client.get(path)).status_code == 200  # it is kept from now on, and still fenced
        assert (await stranger.client.get(path)).status_code == 404
        assert (await uploader_only.client.get(path)).status_code == 403
        sealed = await analyst.client.get(path)
        assert (sealed.status_code, sealed.json()["type"]) == (409, "urn:connexion:problem:sealed-until-the-close")
    await settled(house)
    assert (await analyst.client.get(f"/api/documents/files/{file_id}/pages/1")).status_code == 200


@pytest.mark.database
async def test_there_is_no_page_behind_the_last_and_a_width_is_one_of_a_few(accepted):
    _, person, file_id = accepted
    address = f"/api/documents/files/{file_id}/pages"
    behind = await person.client.get(f"{address}/3")
    assert (behind.status_code, behind.json()["type"]) == (404, "urn:connexion:problem:no-such-page")
    assert (await person.client.get(f"{address}/0")).status_code == 422
    assert (await person.client.get(f"{address}/1/picture?width=100000")).status_code == 422


@pytest.mark.database
async def test_no_page_of_a_file_that_was_not_accepted_is_shown(house):
    person = await house.person()
    file_id = await person.file(await house.slot(person.organization), written("Not looked at yet"))
    answer = await person.client.get(f"/api/documents/files/{file_id}/pages/1")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:connexion:problem:not-openable")


@pytest.mark.database
async def test_a_page_that_was_made_is_not_made_again_and_no_transaction_waits_for_one(accepted, monkeypatch):
    house, person, file_id = accepted
    asked = []

    async def ask(process, told, ask=CappedProcess.ask):
        asked.append(told["page"])
        async with house.superuser() as connection:

            async def no_transaction_waits():  # one of a preview would wait for as long as this looks
                return not await connection.fetchval(
                    "select count(*) from pg_stat_activity where state like 'idle in transaction%'"
                    " and datname = current_database()"
                )

            await eventually(no_transaction_waits)
        return await ask(process, told)

    monkeypatch.setattr(CappedProcess, "ask", ask)
    for page in (1, 2, 1, 2):
        await person.get(f"/files/{file_id}/pages/{page}")
    assert asked == [1, 2]


@pytest.mark.database
async def test_who_comes_when_many_pages_are_being_made_is_told_to_come_again(accepted, monkeypatch):
    _, person, file_id = accepted
    monkeypatch.setattr(rendering_house, "MOST_WAITING", -rendering_house.AT_ONCE)
    answer = await person.client.get(f"/api/documents/files/{file_id}/pages/1")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:connexion:problem:many-are-previewing")


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory):
    """Ask the process about one file after another; the same process answers for all of them."""
    path: Path = tmp_path_factory.mktemp("shown") / "file"
    program = (sys.executable, "-m", "documents_svc.previews.rendering_process")
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:

        def answer(content: bytes, page: int = 1):
            path.write_bytes(content)
            process.stdin.write(json.dumps({"path": str(path), "page": page, "width": 960}).encode() + b"\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield answer
        process.stdin.close()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(pdfs.encrypted, "protected", id="protected"),
        pytest.param(pdfs.cut_short, "broken", id="cut short"),
        pytest.param(lambda: b"no PDF at all", "broken", id="not a PDF"),
        pytest.param(pdfs.without_pages, "broken", id="without pages"),
    ],
)
def test_a_file_that_cannot_be_shown_says_why(ask, content, why):
    assert ask(content())["cannot"] == why


@pytest.mark.parametrize("name", BOMBS)
def test_no_bomb_takes_the_process_along(ask, name):
    said = ask(BOMBS[name].make())
    assert "image" in said or said["cannot"] in {"too-heavy", "broken", "protected", "no-such-page"}
    assert "image" in ask(ALL["plain"].make())


@pytest.mark.parametrize("size", [(14_400, 14_400), (3, 14_400), (14_400, 3), (612, 792)])
def test_no_picture_is_larger_than_its_bounds_whatever_the_page(tmp_path, size):
    path = tmp_path / "file"
    path.write_bytes(written("strip", size=size))
    shown = render(path, 1, 1440)
    assert shown["width"] * shown["height"] <= MOST_PIXELS * 1.01
    assert max(shown["width"], shown["height"]) <= LONGEST_SIDE + 1
