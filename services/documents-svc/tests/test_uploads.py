"""Resumable uploads, as a tus client meets them."""

import asyncio
import base64
import hashlib
import random
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from chassis import machine_time, program_time
from documents_svc.settlement.use_cases import lapse_due_uploads
from documents_svc.uploads.upload import LEASE
from tests.documents.cut import patch_cut_after
from tests.documents.house import BYTES, MIB, MOST, TUS, metadata, sha256, signature
from tests.infrastructure.waiting import eventually

pytestmark = [pytest.mark.storage, pytest.mark.slow]
CONTENT = b"%PDF-1.4 " + random.Random(2).randbytes(3 * MIB)


def problem(answer) -> str:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.json()["type"].removeprefix("urn:connexion:problem:")


def fields(answer) -> list[str]:
    return [field["path"] for field in answer.json()["fields"]]


async def test_a_file_goes_from_its_first_byte_to_a_signed_receipt(house):
    person = await house.person()
    slot = await house.slot(person.organization)
    answer = await person.upload(slot, CONTENT, nickname="ours", includes="score of October")
    assert answer.status_code == 204
    assert answer.headers["connexion-verdict"] == "in-time"
    file = await person.get(f"/files/{answer.headers['connexion-file']}")
    assert (file["state"], file["sha256"], file["size"]) == ("SCANNING", sha256(CONTENT), len(CONTENT))
    assert (file["label"], file["nickname"], file["includes"]) == ("Business credit report", "ours", "score of October")
    [received] = await house.said("document-received")
    assert received["receipt"] == answer.headers["connexion-receipt"]
    assert (received["file_id"], received["sha256"], received["verdict"]) == (file["id"], sha256(CONTENT), "in-time")


async def test_the_server_says_what_it_can_do(house):
    answer = await house.edge.client().options("/api/documents/uploads")
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert answer.headers["tus-extension"] == "creation,checksum,expiration,termination"
    assert "sha256" in answer.headers["tus-checksum-algorithm"]


@pytest.mark.parametrize(
    ("size", "status", "slug"),
    [(0, 422, "file-is-empty"), (MOST + 1, 413, "file-too-large"), (MOST, 201, None), (1, 201, None)],
)
async def test_a_file_has_one_byte_to_just_under_fifty_megabytes(house, size, status, slug):
    person = await house.person()
    answer = await person.begin(await house.slot(person.organization), size)
    assert answer.status_code == status
    if slug:
        assert (problem(answer), fields(answer)) == (slug, ["size"])
        assert "UPL-02" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("told", "slug", "field"),
    [
        ({"filename": "../../x"}, "file-name-with-folders", "filename"),
        ({"filename": "é" * 300}, "file-name-too-long", "filename"),
        ({"filename": "a\nb.pdf"}, "file-name-with-controls", "filename"),
        ({"filename": "a\0b.pdf"}, "file-name-with-controls", "filename"),
        ({"filename": "setup.exe"}, "not-an-accepted-type", "filename"),
        ({"certified_by": "SOMEBODY"}, "certified-by-another-person", "certified_by"),
        ({"certified_by": "DWHІTLOCK01"}, "certified-with-look-alikes", "certified_by"),
        ({"statement": "upload-certification/0"}, "statement-not-current", "statement"),
        ({"slot": uuid4()}, "not-found", "slot"),
        ({"slot": "one"}, "broken-tus-header", "slot"),
        ({"sha256": "abc"}, "not-a-digest", "sha256"),
    ],
)
async def test_what_is_wrong_with_an_announcement_has_its_own_answer(house, told, slug, field):
    person = await house.person()
    answer = await person.begin(await house.slot(person.organization), 10, **told)
    assert (problem(answer), fields(answer)) == (slug, [field])


async def test_headers_that_are_not_tus_are_refused(house):
    person = await house.person()
    slot = await house.slot(person.organization)
    client, path = person.client, "/api/documents/uploads"
    told = {
        "Upload-Length": "5",
        "Upload-Metadata": metadata(slot=slot, filename="a.pdf", includes="a score", **signature()),
    }
    assert (await client.post(path, headers=told)).status_code == 412
    assert (await client.post(path, headers=TUS | told | {"Upload-Length": "-5"})).status_code == 400
    assert (await client.post(path, headers=TUS | told | {"Upload-Metadata": "slot ???"})).status_code == 400
    assert fields(await client.post(path, headers=TUS | {"Upload-Length": "5"})) == [
        "slot",
        "filename",
        "includes",
        "certified_by",
        "statement",
    ]
    location = (await client.post(path, headers=TUS | told)).headers["location"]
    assert (await client.patch(location, content=b"x", headers=TUS | {"Upload-Offset": "0"})).status_code == 415
    assert (await client.patch(location, content=b"x", headers=BYTES)).status_code == 400


async def test_a_file_arrives_in_many_pieces(house):
    person = await house.person()
    location = await person.begun(await house.slot(person.organization), len(CONTENT))
    offset = 0
    for size in (1, 700_001, 1_500_000):
        answer = await person.send(location, offset, CONTENT[offset : offset + size])
        offset += size
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(offset))
        assert (await person.stand(location)).headers["upload-offset"] == str(offset)
    answer = await person.send(location, offset, CONTENT[offset:])
    assert (await person.get(f"/files/{answer.headers['connexion-file']}"))["sha256"] == sha256(CONTENT)


async def test_several_edges_share_one_upload(open_house):
    house = await open_house(edges=2)
    first = await house.person()
    second = await house.person(first.organization, edge=1)
    location = await first.begun(await house.slot(first.organization), len(CONTENT))
    half = len(CONTENT) // 2
    await first.send(location, 0, CONTENT[:1000])
    await second.send(location, 1000, CONTENT[1000:half])
    answer = await first.send(location, half, CONTENT[half:])
    file = await first.get(f"/files/{answer.headers['connexion-file']}")
    assert file["sha256"] == sha256(CONTENT)


async def test_bytes_from_another_offset_are_refused_and_the_right_one_is_told(house):
    person = await house.person()
    location = await person.begun(await house.slot(person.organization), 10)
    await person.send(location, 0, b"%PDF-")
    for offset in (0, 4, 9):
        answer = await person.send(location, offset, b"x")
        assert (answer.status_code, problem(answer), answer.headers["upload-offset"]) == (409, "another-offset", "5")


async def test_more_than_was_announced_is_refused_and_nothing_of_it_counts(house):
    person = await house.person()
    location = await person.begun(await house.slot(person.organization), 10)
    assert (await person.send(location, 0, b"x" * 11)).status_code == 413

    async def without_a_length():
        yield b"x" * 6
        yield b"x" * 5

    answer = await person.send(location, 0, without_a_length())
    assert (answer.status_code, problem(answer)) == (413, "more-than-announced")
    assert (await person.stand(location)).headers["upload-offset"] == "0"
    assert (await person.send(location, 0, b"%PDF-12345")).status_code == 204


async def test_fewer_bytes_than_announced_get_no_receipt(house):
    person = await house.person()
    location = await person.begun(await house.slot(person.organization), 10)
    answer = await person.send(location, 0, b"%PDF-")
    assert "connexion-receipt" not in answer.headers
    assert await house.said("document-received") == []


async def test_a_repeated_finish_gets_the_same_receipt_and_makes_one_row(house):
    person = await house.person()
    location = await person.begun(await house.slot(person.organization), len(CONTENT))
    answers = [
        await person.send(location, 0, CONTENT),
        await person.stand(location),
        await person.send(location, len(CONTENT), b""),
    ]
    assert [answer.status_code for answer in answers] == [204, 200, 204]
    assert len({answer.headers["connexion-receipt"] for answer in answers}) == 1
    again = await person.send(location, 0, CONTENT)
    assert (again.status_code, again.headers["upload-offset"]) == (409, str(len(CONTENT)))
    assert len(await house.rows("select 1 from file")) == len(await house.rows("select 1 from receipt")) == 1
    assert len(await house.said("document-received")) == 1


async def test_a_chunk_whose_checksum_differs_does_not_count(house):
    person = await house.person()
    location = await person.begun(await house.slot(person.organization), 10)
    wrong = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    answer = await person.send(location, 0, b"%PDF-", **{"Upload-Checksum": f"sha256 {wrong}"})
    assert (answer.status_code, problem(answer)) == (460, "checksum-mismatch")
    assert (await person.stand(location)).headers["upload-offset"] == "0"
    for offset, chunk, algorithm in ((0, b"%PDF-", "sha256"), (5, b"12345", "sha1")):
        right = base64.b64encode(hashlib.new(algorithm, chunk).digest()).decode()
        answer = await person.send(location, offset, chunk, **{"Upload-Checksum": f"{algorithm} {right}"})
        assert answer.status_code == 204
    assert (await person.get(f"/files/{answer.headers['connexion-file']}"))["sha256"] == sha256(b"%PDF-12345")
    assert (await person.send(location, 0, b"x", **{"Upload-Checksum": "crc32 AAAA"})).status_code == 400


async def test_another_file_than_the_announced_digest_is_refused_and_may_be_sent_again(house):
    person = await house.person()
    location = await person.begun(await house.slot(person.organization), 10, sha256=sha256(b"%PDF-12345"))
    answer = await person.send(location, 0, b"%PDF-54321")
    assert (answer.status_code, problem(answer)) == (460, "another-file-than-announced")
    assert (await person.stand(location)).headers["upload-offset"] == "0"
    assert (await person.send(location, 0, b"%PDF-12345")).status_code == 204


async def test_two_tabs_write_one_upload_and_one_wins(open_house):
    house = await open_house(edges=2)
    one = await house.person()
    two = await house.person(one.organization, edge=1)
    location = await one.begun(await house.slot(one.organization), len(CONTENT))
    other = bytes(len(CONTENT))
    going_on = asyncio.Event()

    async def slowly():
        yield CONTENT[:MIB]
        await going_on.wait()
        yield CONTENT[MIB:]

    first = asyncio.create_task(one.send(location, 0, slowly()))
    await eventually(lambda: house.rows("select 1 from upload where writer is not null"))
    second = await two.send(location, 0, other)
    assert second.status_code in {409, 423}
    assert int(second.headers["upload-offset"]) <= MIB
    going_on.set()
    answer = await first
    assert answer.status_code == 204
    assert (await one.get(f"/files/{answer.headers['connexion-file']}"))["sha256"] == sha256(CONTENT)


async def test_a_writer_that_sleeps_loses_its_claim_and_mixes_nothing(house):
    person = await house.person()
    location = await person.begun(await house.slot(person.organization), len(CONTENT))
    going_on = asyncio.Event()

    async def sleepy():
        yield bytes(MIB)
        await going_on.wait()
        yield bytes(len(CONTENT) - MIB)

    asleep = asyncio.create_task(person.send(location, 0, sleepy()))
    await eventually(lambda: house.rows("select 1 from upload where arrived > 0"))
    began = machine_time.now()
    answer = await eventually(lambda: _resumed(person, location, CONTENT), within=15)
    assert machine_time.now() - began < LEASE + timedelta(seconds=4)
    going_on.set()
    assert (await asleep).status_code in {409, 423}
    file = await person.get(f"/files/{answer.headers['connexion-file']}")
    assert file["sha256"] == sha256(bytes(MIB) + CONTENT[MIB:])
    assert len(await house.rows("select 1 from file")) == 1


async def test_a_line_cut_at_random_bytes_is_resumed_to_the_same_digest(open_house):
    house = await open_house(edges=2)
    people = [await house.person()]
    people.append(await house.person(people[0].organization, edge=1))
    seeded = random.Random(27)
    cuts = 0
    for _ in range(4):
        content = b"%PDF-1.4 " + seeded.randbytes(2 * MIB)
        location = await people[0].begun(await house.slot(people[0].organization), len(content))
        for _ in range(25):
            person = seeded.choice(people)
            stand = await person.stand(location)
            offset = int(stand.headers["upload-offset"])
            rest = content[offset:]
            await patch_cut_after(person, location, offset, rest, seeded.randrange(max(1, len(rest) // 8)))
            cuts += 1
        receipted = await eventually(partial(_resumed, people[1], location, content), within=5)
        assert (await people[0].get(f"/files/{receipted.headers['connexion-file']}"))["sha256"] == sha256(content)
    assert cuts == 100
    assert len(await house.rows("select 1 from file")) == len(await house.said("document-received")) == 4


async def _resumed(person, location, content):
    """Do what a tus client does: ask where the upload stands and go on; the answer once it holds the receipt."""
    offset = int((await person.stand(location)).headers["upload-offset"])
    answer = await person.send(location, offset, content[offset:])
    return answer if answer.status_code == 204 else None


async def test_a_cut_line_keeps_what_had_arrived(house):
    person = await house.person()
    location = await person.begun(await house.slot(person.organization), len(CONTENT))
    await patch_cut_after(person, location, 0, CONTENT, 2 * MIB)
    stand = await eventually(lambda: _stands_after(person, location, 2 * MIB))
    assert stand == 2 * MIB


async def _stands_after(person, location, least) -> int | None:
    offset = int((await person.stand(location)).headers["upload-offset"])
    return offset if offset >= least else None


async def test_an_upload_given_up_is_gone_with_its_bytes(house):
    person = await house.person()
    location = await person.begun(await house.slot(person.organization), 10)
    await person.send(location, 0, b"%PDF-")
    assert (await person.client.delete(location, headers=TUS)).status_code == 204
    assert (await person.stand(location)).status_code == 410
    assert (await person.send(location, 5, b"12345")).status_code == 410
    assert [path for path in house.settings.partial_folder.rglob("*") if path.is_file()] == []
    assert (await person.client.delete(location, headers=TUS)).status_code == 409


async def test_only_its_sender_sees_an_upload(house):
    person = await house.person()
    location = await person.begun(await house.slot(person.organization), 10)
    stranger = await house.person()
    colleague = await house.person(person.organization, user="SOMEBODY")
    for other in (stranger, colleague):
        assert (await other.stand(location)).status_code == 404
        assert (await other.send(location, 0, b"x")).status_code == 404
        assert (await other.client.delete(location, headers=TUS)).status_code == 404
        assert (await other.get("/uploads"))["items"] == []
    [mine] = (await person.get("/uploads"))["items"]
    assert (mine["size"], mine["offset"], mine["label"]) == (10, 0, "Business credit report")
    assert (await person.get(f"/files/{mine['id']}"))["state"] == "UPLOADING"


async def test_an_upload_needs_the_permission(house):
    reader = await house.person(permissions=("document.view",))
    assert (await reader.begin(await house.slot(reader.organization), 10)).status_code == 403
    uploader = await house.person(reader.organization)
    other_slot = await house.slot(reader.organization, upload_permission="bond.upload")
    assert (await uploader.begin(other_slot, 10)).status_code == 403


async def test_an_upload_whose_time_is_over_lapses_and_its_bytes_stay_as_evidence(house):
    person = await house.person()
    location = await person.begun(await house.slot(person.organization), 10)
    await person.send(location, 0, b"%PDF-")
    later = program_time.now() + timedelta(days=1)
    assert await house.sweep(lapse_due_uploads, later) == 1
    answer = await person.stand(location)
    assert answer.status_code == 410
    assert [path.stat().st_size for path in house.settings.partial_folder.rglob("*") if path.is_file()] == [5]
    [row] = await house.rows("select after from audit where action = 'upload.lapse'")
    assert row.after["arrived"] == 5


async def test_the_expiry_is_told(house):
    person = await house.person()
    begun = await person.begin(await house.slot(person.organization), 10)
    stand = await person.stand(begun.headers["location"])
    assert begun.headers["upload-expires"] == stand.headers["upload-expires"]
    assert begun.headers["upload-expires"].endswith("GMT")
