"""What happens to a file between its receipt and its acceptance."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis import machine_time
from deploy.local.clamd import EICAR
from documents_svc.files.clamd import Clamd
from documents_svc.files.inspector import CouldNotCheck, Inspector
from documents_svc.files.rejection import MALWARE
from documents_svc.files.uploaded_file import CHECK_LEASE, CheckTakenOver
from documents_svc.files.use_cases import claim_checks, record_rejection
from tests.documents import pdfs
from tests.infrastructure.waiting import eventually

pytestmark = [pytest.mark.database, pytest.mark.slow]


@pytest.fixture
async def inspector():
    process = Inspector()
    yield process
    await process.close()


@pytest.fixture
async def checking(open_house, scanner):
    """A documents-svc with a malware scanner."""
    return await open_house(clamd_address=f"{scanner.host}:{scanner.port}")


PLAIN = [pdfs.pdf(), pdfs.pdf(40), pdfs.pdf(filling=3_000_000), pdfs.pdf(note="/JavaScript /JS")]


@pytest.mark.parametrize("content", PLAIN)
async def test_a_plain_pdf_passes(inspector, tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    assert await inspector.inspect(path, ["application/pdf"]) is None


async def test_the_process_that_opens_files_starts_again_after_its_death(inspector, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(pdfs.pdf())
    assert await inspector.inspect(path, ["application/pdf"]) is None
    inspector._process._process.kill()
    await inspector._process._process.wait()
    assert await inspector.inspect(path, ["application/pdf"]) is None


async def test_a_file_that_is_gone_could_not_be_checked(inspector, tmp_path):
    with pytest.raises(CouldNotCheck):
        await inspector.inspect(tmp_path / "gone", ["application/pdf"])


async def test_a_clean_file_is_accepted_and_told(checking):
    person = await checking.person()
    file_id = await person.file(await checking.slot(person.organization), pdfs.pdf())
    assert await checking.checked(file_id) == "ACCEPTED"
    [accepted] = await checking.said("document-accepted")
    assert accepted["file_id"] == str(file_id)
    assert [path for path in checking.settings.partial_folder.rglob("*") if path.is_file()] == []


async def test_malware_is_rejected_and_never_opens(checking):
    person = await checking.person()
    file_id = await person.file(await checking.slot(person.organization), pdfs.with_malware())
    file = await _rejected(checking, person, file_id)
    assert file["rejection"]["code"] == "UPL-05"


async def test_eicar_itself_is_rejected(checking):
    person = await checking.person()
    file = await _rejected(checking, person, await person.file(await checking.slot(person.organization), EICAR))
    assert file["rejection"]["code"] == "UPL-01"


async def test_eicar_split_over_two_requests_is_found(checking):
    person = await checking.person()
    content = pdfs.with_malware()
    location = await person.begun(await checking.slot(person.organization), len(content))
    middle = content.index(b"EICAR") + 2
    await person.send(location, 0, content[:middle])
    checking.resources.partial._tails.clear()
    answer = await person.send(location, middle, content[middle:])
    file = await _rejected(checking, person, UUID(answer.headers["connexion-file"]))
    assert file["rejection"]["code"] == "UPL-05"


async def _rejected(house, person, file_id) -> dict:
    assert await house.checked(file_id) == "REJECTED"
    assert (await person.client.get(f"/api/documents/files/{file_id}/content")).status_code == 409
    file = await person.get(f"/files/{file_id}")
    [told] = await house.said("document-rejected")
    assert (told["file_id"], told["code"], told["reason"]) == (str(file_id), *file["rejection"].values())
    return file


async def test_without_a_scanner_a_file_stays_not_scanned_and_says_why(house):
    person = await house.person()
    file_id = await person.file(await house.slot(person.organization), pdfs.pdf())
    assert await house.checked(file_id) == "NOT_SCANNED"
    file = await person.get(f"/files/{file_id}")
    assert file["not_scanned_because"] == "no malware scanner is configured"
    assert (await person.client.get(f"/api/documents/files/{file_id}/content")).status_code == 409


async def test_a_scanner_that_is_away_is_tried_again_and_nothing_opens_meanwhile(open_house, unused_tcp_port_factory):
    port = unused_tcp_port_factory()
    house = await open_house(clamd_address=f"127.0.0.1:{port}")
    person = await house.person()
    file_id = await person.file(await house.slot(person.organization), pdfs.pdf())
    assert await house.checked(file_id) == "NOT_SCANNED"
    assert (await person.client.get(f"/api/documents/files/{file_id}/content")).status_code == 409
    [row] = await house.rows("select check_due_at, check_tries from file")
    assert row.check_due_at > machine_time.now()
    assert row.check_tries == 1
    scanner = await asyncio.start_server(_answering(b"stream: OK\0"), "127.0.0.1", port)
    async with scanner:
        async with house.as_system() as session:
            await session.execute(text("update file set check_due_at = now()"))
        await eventually(lambda: _is(house, file_id, "ACCEPTED"), within=30)


def _answering(answer: bytes):
    """A scanner that reads everything and then says this."""

    async def serve(reader, writer):
        await reader.readuntil(b"zINSTREAM\0")
        while size := int.from_bytes(await reader.readexactly(4)):
            await reader.readexactly(size)
        writer.write(answer)
        await writer.drain()
        writer.close()

    return serve


async def _is(house, file_id, state) -> bool:
    return await house.checked(file_id) == state


@pytest.mark.parametrize(
    "answer",
    [
        b"INSTREAM size limit exceeded. ERROR\0",
        b"stream: OK but not quite\0",
        b"OK\0",
        b"",
        b"\xff\xfe\0",
        b"stream: Can't allocate memory ERROR\0",
        b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0",
    ],
)
async def test_whatever_a_scanner_says_but_ok_is_not_clean(tmp_path, answer):
    path = tmp_path / "file"
    path.write_bytes(bytes(3_000_000))
    scanner = await asyncio.start_server(_answering(answer), "127.0.0.1", 0)
    async with scanner:
        port = scanner.sockets[0].getsockname()[1]
        with pytest.raises(CouldNotCheck):
            await Clamd(f"127.0.0.1:{port}").find(path)


async def test_a_scanner_that_hangs_up_in_the_middle_has_not_scanned(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(bytes(8_000_000))

    async def hang_up(_reader, writer):
        writer.transport.abort()

    scanner = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with scanner:
        port = scanner.sockets[0].getsockname()[1]
        with pytest.raises(CouldNotCheck):
            await Clamd(f"127.0.0.1:{port}").find(path)


async def test_a_file_over_the_scanners_limit_is_not_clean(scanner, tmp_path):
    path = tmp_path / "file"
    with path.open("wb") as file:
        file.truncate(201 * 1024 * 1024)
    with pytest.raises(CouldNotCheck):
        await Clamd(f"{scanner.host}:{scanner.port}").find(path)


async def test_a_check_that_was_taken_over_records_nothing(house):
    person = await house.person()
    await person.file(await house.slot(person.organization), pdfs.pdf())
    async with house.as_system() as session:
        [first] = await claim_checks(session, 10, has_scanner=True)
        assert await claim_checks(session, 10, has_scanner=True) == []
        await session.execute(text("update file set check_due_at = now() - interval '1 second'"))
    async with house.as_system() as session:
        [second] = await claim_checks(session, 10, has_scanner=True)
    assert second.checker != first.checker
    with pytest.raises(CheckTakenOver):
        async with house.as_system() as session:
            await record_rejection(session, first, MALWARE)


async def test_the_same_content_again_is_only_warned_of(house):
    person = await house.person()
    slot = await house.slot(person.organization)
    content = pdfs.pdf()
    await person.file(slot, content)
    again = await person.file(slot, content)
    assert [warning["code"] for warning in (await person.get(f"/files/{again}"))["warnings"]] == ["UPL-06"]


async def test_the_last_accepted_file_replaces_the_earlier_one_which_is_kept(checking):
    person = await checking.person()
    slot = await checking.slot(person.organization)
    first = await person.file(slot, pdfs.pdf(note="first"))
    assert await checking.checked(first) == "ACCEPTED"
    second = await person.file(slot, pdfs.pdf(note="second"))
    assert await checking.checked(second) == "ACCEPTED"
    assert await checking.checked(first) == "SUPERSEDED"
    [told] = await checking.said("document-superseded")
    assert (told["file_id"], told["superseded_by"]) == (str(first), str(second))
    assert (await person.client.get(f"/api/documents/files/{first}/content")).status_code == 200


async def test_a_rejected_file_replaces_nothing(checking):
    person = await checking.person()
    slot = await checking.slot(person.organization)
    good = await person.file(slot, pdfs.pdf())
    assert await checking.checked(good) == "ACCEPTED"
    bad = await person.file(slot, pdfs.encrypted())
    assert await checking.checked(bad) == "REJECTED"
    assert await checking.checked(good) == "ACCEPTED"


async def test_a_slot_for_two_files_takes_two(checking):
    person = await checking.person()
    slot = await checking.slot(person.organization, max_files=2)
    for note in ("one", "two"):
        assert await checking.checked(await person.file(slot, pdfs.pdf(note=note))) == "ACCEPTED"
    answer = await person.begin(slot, 10)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:connexion:problem:slot-full")


async def test_a_claim_that_is_never_heard_of_again_runs_out(house):
    person = await house.person()
    file_id = await person.file(await house.slot(person.organization), pdfs.pdf())
    async with house.as_system() as session:
        await claim_checks(session, 10, has_scanner=True)
    [row] = await house.rows("select check_due_at from file where id = :id", id=file_id)
    assert machine_time.now() < row.check_due_at < machine_time.now() + CHECK_LEASE + timedelta(seconds=1)
