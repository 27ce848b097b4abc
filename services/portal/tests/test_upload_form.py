"""The upload by a plain form: passed on as it arrives, refused with all that was typed, kept over a sign-in."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from fake_gateway import SLOT, FakeGateway, token
from test_pages import words

from portal.passing_form import NotAForm, PassingForm

KIND = "multipart/form-data; boundary=cut"


def form(**fields: str) -> bytes:
    """A form as a browser sends it: key and slot first, the file before the certification."""
    typed = {"idempotency_key": "key-1", "slot": SLOT, "nickname": "Spring report", "includes": "A score", **fields}
    part = "--cut\r\nContent-Disposition: form-data; name="
    before = "".join(f'{part}"{name}"\r\n\r\n{value}\r\n' for name, value in typed.items())
    file = f'{part}"file"; filename="report.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7 content\r\n'
    certified = f'{part}"certified_by"\r\n\r\ndana.whitlock\r\n--cut--\r\n'
    return (before + file + certified).encode()


async def send(person: httpx.AsyncClient, body: bytes) -> httpx.Response:
    return await person.post("/documents/uploads", content=body, headers={"content-type": KIND})


async def test_the_form_is_passed_on_byte_for_byte_with_its_key(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    answer = await send(person, form())
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/documents/files/{gateway.files[0]['id']}?sent=1"
    assert gateway.files[0]["size"] == len(b"%PDF-1.7 content")
    seen = gateway.headers_seen[-1]
    assert (seen["idempotency-key"], seen["content-type"]) == ("key-1", KIND)
    assert seen["content-length"] == str(len(form()))


async def test_every_form_carries_a_key_of_its_own(person: httpx.AsyncClient) -> None:
    keys = [re.findall(r'name="idempotency_key" value="([^"]+)"', (await person.get("/documents")).text) for _ in "12"]
    assert len(keys[0]) == 1
    assert keys[0] != keys[1]


async def test_a_refused_form_comes_back_with_everything_typed_and_the_sentence_at_its_field(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    sentence = "Certify with the user ID you signed in with (UPL-09)."
    told = {"detail": sentence, "fields": [{"path": "certified_by", "message": sentence}]}
    gateway.failing[f"/api/documents/slots/{SLOT}/files"] = (422, told)
    page = await send(person, form())
    assert page.status_code == 422
    assert "<title>Error: Document Center | Connexion</title>" in page.text
    assert f'<a href="#certified_by">{sentence}</a>' in page.text
    assert re.search(r'id="certified_by-error">.*' + re.escape(sentence), page.text)
    assert 'value="Spring report"' in page.text
    assert 'aria-invalid="true"' in page.text


async def test_a_refusal_about_no_field_is_told_in_the_summary(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.failing[f"/api/documents/slots/{SLOT}/files"] = (413, {"detail": "The file is too large (UPL-02)."})
    page = await send(person, form())
    assert page.status_code == 413
    assert "<li>The file is too large (UPL-02).</li>" in page.text


async def test_a_form_that_meets_an_ended_session_keeps_what_was_typed_until_after_sign_in(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    person.cookies.set("cx_token", token(timedelta(seconds=-1)))
    gateway.session_lives = False
    refused = await person.post(
        "/documents/uploads",
        content=form(),
        headers={"content-type": KIND, "referer": "http://portal.test/documents"},
    )
    assert refused.status_code == 401
    assert "What you typed is kept for 15 minutes." in refused.text
    assert "return_to=%2Fdocuments" in refused.text
    assert gateway.files == []
    gateway.session_lives = True
    person.cookies.set("cx_session", "opaque")
    person.cookies.set("cx_token", token())
    page = await person.get("/documents")
    assert "What you typed is back." in page.text
    assert 'value="Spring report"' in page.text
    assert "What you typed is back." not in (await person.get("/documents")).text


async def test_a_signature_that_needs_a_fresh_sign_in_leads_there_and_keeps_what_was_typed(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.sign_in_is_old = True
    headers = {"content-type": KIND, "referer": "http://portal.test/documents"}
    refused = await person.post("/documents/uploads", content=form(), headers=headers)
    assert refused.status_code == 403
    assert "Sign in once more to go on" in refused.text
    assert "What you typed is kept for 15 minutes." in refused.text
    assert 'href="/api/identity/sign-in?return_to=%2Fdocuments&amp;again=true"' in refused.text
    page = await person.get("/documents")
    assert "What you typed is back." in page.text
    assert 'value="Spring report"' in page.text


@pytest.mark.parametrize("body", [b"", b"--cut--\r\n", b"not a form at all", b"--cut\r\nContent-Disposition: broken"])
async def test_what_is_no_form_is_refused(person: httpx.AsyncClient, gateway: FakeGateway, body: bytes) -> None:
    assert (await send(person, body)).status_code == 400
    assert not any("slots" in asked for asked in gateway.asked)


async def test_a_cancelled_upload_is_given_up_and_the_page_shown_again(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    half = gateway.upload()
    gateway.uploads[half["id"]] = half
    answer = await person.post(f"/documents/uploads/{half['id']}/cancellation")
    assert answer.headers["location"] == "/documents#uploading"
    assert gateway.uploads == {}


async def in_chunks(body: bytes, length: int) -> AsyncIterator[bytes]:
    for start in range(0, len(body), length):
        yield body[start : start + length]


@pytest.mark.parametrize("length", [1, 7, 64, 100_000])
async def test_the_form_is_read_the_same_however_it_is_cut(length: int) -> None:
    passing = PassingForm(KIND, in_chunks(form(), length))
    assert await passing.start_until("slot") == SLOT
    assert b"".join([chunk async for chunk in passing.body()]) == form()
    assert passing.fields["certified_by"] == "dana.whitlock"
    assert "file" not in passing.fields


async def test_a_file_is_never_held() -> None:
    """However large the file, what the form holds on to stays small."""
    large = form().replace(b"content", b"x" * 5_000_000)
    passing = PassingForm(KIND, in_chunks(large, 65_536))
    await passing.start_until("slot")
    async for _ in passing.body():
        assert sum(len(chunk) for chunk in passing._held) <= 65_536
    assert sum(len(value) for value in passing.fields.values()) < 200


async def test_a_form_that_hides_its_slot_behind_a_file_is_refused_early() -> None:
    body = form().replace(b"content", b"x" * 1_000_000).replace(b'name="slot"', b'name="other"')
    taken = 0

    async def counted() -> AsyncIterator[bytes]:
        nonlocal taken
        async for chunk in in_chunks(body, 16_384):
            taken += len(chunk)
            yield chunk

    with pytest.raises(NotAForm):
        await PassingForm(KIND, counted()).start_until("slot")
    assert taken < 200_000


async def test_a_bond_asks_for_its_area_and_a_wrong_choice_is_told_at_its_field(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    assert 'name="cba"' not in (await person.get("/documents")).text
    gateway.bond_area = "akron-oh"
    sentence = "Choose the competitive bidding area (CBA) that this document is for (UPL-08)."
    told = {"detail": sentence, "fields": [{"path": "cba", "message": sentence}]}
    gateway.failing[f"/api/documents/slots/{SLOT}/files"] = (422, told)
    page = (await send(person, form(cba="akron-oh"))).text
    assert f'<a href="#cba">{sentence}</a>' in page
    assert '<option value="akron-oh" selected>' in page


async def test_a_file_is_replaced_from_its_page_and_the_form_says_which_one(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    file = gateway.receive(b"%PDF-1.7 old", state="ACCEPTED", nickname="Spring report", includes="A score")
    assert (
        f'href="/documents?replaces={file["id"]}#upload"' in (await person.get(f"/documents/files/{file['id']}")).text
    )
    page = (await person.get(f"/documents?replaces={file['id']}")).text
    assert f'name="replaces" value="{file["id"]}"' in page
    assert 'value="Spring report"' in page
    told = {"detail": "The window has closed."}
    gateway.failing[f"/api/documents/slots/{SLOT}/files"] = (409, told)
    again = await send(person, form(replaces=file["id"]))
    assert f'name="replaces" value="{file["id"]}"' in again.text
    assert 'name="replaces"' not in (await person.get("/documents")).text


async def test_what_was_replaced_stays_on_the_page_of_its_document(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    old = gateway.receive(b"%PDF-1.7 old", state="SUPERSEDED", nickname="Spring report")
    new = gateway.receive(b"%PDF-1.7 new", state="ACCEPTED", nickname="Summer report", replaces=old["id"])
    for file in (old, new):
        page = words(await person.get(f"/documents/files/{file['id']}"))
        assert "Versions Every version is kept" in page
        assert page.count("This one counts") == 1
        assert "Replaced" in page
    assert f'href="/documents/files/{old["id"]}"' in (await person.get(f"/documents/files/{new['id']}")).text
    assert "Replace this file" not in words(await person.get(f"/documents/files/{old['id']}"))


async def test_every_document_that_is_asked_shows_however_many_there_are(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.requirements += [gateway.requirement(label=f"Bid surety bond {number}") for number in range(130)]
    page = words(await person.get("/documents"))
    assert "0 of 131 received" in page
    assert "Bid surety bond 129" in page
