"""The upload by a plain form: it streams through, its fields come in any order, and it is done once."""

import pytest

from documents_svc.uploads.intake import BATCH
from tests.documents import pdfs
from tests.documents.house import MIB, sha256, signature
from tests.infrastructure.waiting import eventually

pytestmark = [pytest.mark.database, pytest.mark.slow]
BOUNDARY = "b0undary"
MULTIPART = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
SIGNED = signature("dwhitlock01") | {"nickname": "ours", "includes": "score of October"}


def field(name: str, value: str) -> bytes:
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


def file_part(content: bytes, filename: str = "report.pdf") -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n\r\n'
    return head.encode() + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


SIGNATURE = b"".join(field(name, value) for name, value in SIGNED.items())


async def post(person, slot, body, **headers):
    return await person.client.post(f"/api/documents/slots/{slot}/files", content=body, headers=MULTIPART | headers)


def problem(answer) -> tuple[str, list[str]]:
    told = answer.json()
    return told["type"].removeprefix("urn:connexion:problem:"), [one["path"] for one in told.get("fields", [])]


@pytest.mark.parametrize("order", ["fields first", "file first"])
async def test_a_form_gets_the_same_receipt_as_a_resumable_upload(house, order):
    person = await house.person()
    content = pdfs.pdf(filling=3 * MIB)
    parts = [SIGNATURE, file_part(content)]
    body = form(*(parts if order == "fields first" else reversed(parts)))
    answer = await post(person, await house.slot(person.organization), body)
    assert answer.status_code == 201
    file = answer.json()
    assert (file["sha256"], file["size"], file["nickname"]) == (sha256(content), len(content), "ours")
    receipt = await person.get(f"/files/{file['id']}/receipt")
    assert receipt["receipt"]["number"] == file["receipt_number"]
    [received] = await house.said("document-received")
    assert received["receipt"] == receipt["jws"]


@pytest.mark.parametrize(
    ("parts", "status", "slug", "fields"),
    [
        ([SIGNATURE, file_part(b"")], 422, "file-is-empty", ["file"]),
        ([SIGNATURE], 422, "form-without-file", ["file"]),
        ([SIGNATURE, file_part(b"%PDF-", "")], 422, "form-without-file", ["file"]),
        ([SIGNATURE, file_part(b"%PDF-", "setup.exe")], 422, "not-an-accepted-type", ["file"]),
        ([SIGNATURE, file_part(b"%PDF-", "../../x.pdf")], 422, "file-name-with-folders", ["file"]),
        ([file_part(b"%PDF-")], 422, "certified-by-another-person", ["certified_by"]),
        (
            [file_part(b"%PDF-"), field("certified_by", "SOMEBODY")],
            422,
            "certified-by-another-person",
            ["certified_by"],
        ),
        ([SIGNATURE, file_part(b"%PDF-"), file_part(b"%PDF-")], 422, "form-with-two-files", ["file"]),
        ([field("nickname", "x" * 9000), file_part(b"%PDF-")], 422, "not-a-form", []),
    ],
)
async def test_what_is_wrong_with_a_form_has_its_own_answer_and_leaves_nothing(house, parts, status, slug, fields):
    person = await house.person()
    answer = await post(person, await house.slot(person.organization), form(*parts))
    assert (answer.status_code, *problem(answer)) == (status, slug, fields)
    assert await house.rows("select 1 from file") == []
    assert await house.rows("select 1 from upload where state = 'UPLOADING'") == []
    assert [path for path in house.settings.partial_folder.rglob("*") if path.is_file()] == []


async def test_one_byte_over_the_limit_is_refused_while_it_streams(house):
    person = await house.person()
    slot = await house.slot(person.organization, max_bytes=2 * BATCH)
    exact = await post(person, slot, form(SIGNATURE, file_part(bytes(2 * BATCH))))
    over = await post(person, slot, form(SIGNATURE, file_part(bytes(2 * BATCH + 1))))
    assert exact.status_code == 201
    assert (over.status_code, *problem(over)) == (413, "file-too-large", ["file"])


async def test_what_is_no_form_is_refused(house):
    person = await house.person()
    slot = await house.slot(person.organization)
    answers = [
        await post(person, slot, b"{}", **{"Content-Type": "application/json"}),
        await post(person, slot, b"this is no multipart body"),
        await post(person, slot, form(SIGNATURE, file_part(b"%PDF-"))[:-6]),
    ]
    assert [(answer.status_code, problem(answer)[0]) for answer in answers] == [(422, "not-a-form")] * 3
    assert await house.rows("select 1 from file") == []


async def test_a_form_sent_twice_under_one_key_is_done_once(house):
    person = await house.person()
    slot = await house.slot(person.organization)
    body = form(SIGNATURE, file_part(pdfs.pdf()))
    first, again = [await post(person, slot, body, **{"Idempotency-Key": "once"}) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert len(await house.said("document-received")) == 1


async def test_a_form_whose_line_goes_down_leaves_nothing(house):
    person = await house.person()
    slot = await house.slot(person.organization)

    async def cut():
        yield SIGNATURE + file_part(bytes(2 * MIB))
        raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        await post(person, slot, cut())
    await eventually(lambda: house.rows("select 1 from upload where state = 'GIVEN_UP'"))
    assert await house.rows("select 1 from file") == []


async def test_a_form_after_the_close_is_refused(house):
    person = await house.person()
    answer = await post(person, await house.slot(person.organization, closes=-1), form(SIGNATURE, file_part(b"%PDF-")))
    assert (answer.status_code, problem(answer)[0]) == (409, "only-what-a-notice-asks-for")
