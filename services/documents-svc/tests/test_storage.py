"""The store in both its kinds, and the disk that bytes arrive on."""

import errno
import os
from pathlib import Path

import pytest

from documents_svc.storage.__main__ import verify
from documents_svc.storage.bucket import BucketStore
from documents_svc.storage.folder import FolderStore
from documents_svc.storage.store import DamagedError, FileStore, key_of
from documents_svc.uploads import partial
from tests.documents import pdfs
from tests.documents.house import MIB, house_settings, sha256

pytestmark = [pytest.mark.storage, pytest.mark.slow]
CONTENT = os.urandom(9 * MIB + 1)


@pytest.fixture(params=["folder", "bucket"])
def store(request, tmp_path) -> FileStore:
    """A store of each kind."""
    if request.param == "folder":
        return FolderStore(tmp_path / "store")
    return BucketStore(in_bucket(request.getfixturevalue("object_store"), tmp_path), scratch=tmp_path / "scratch")


def in_bucket(object_store, folder: Path):
    return house_settings(folder, "postgresql+asyncpg://nobody@localhost/nothing", **bucket_settings(object_store))


def bucket_settings(object_store) -> dict[str, str]:
    return {
        "store_url": f"s3://{object_store.bucket}",
        "s3_endpoint": object_store.endpoint,
        "s3_region": object_store.region,
        "s3_access_key_id": object_store.access_key,
        "s3_secret_access_key": object_store.secret_key,
    }


def cut_up(folder: Path, content: bytes, *lengths: int) -> list[tuple[Path, int]]:
    """Lay the content into pieces that hold more than counts, as a writer that was cut leaves them."""
    pieces, start = [], 0
    for number, length in enumerate((*lengths, len(content) - sum(lengths))):
        path = folder / f"piece-{number}"
        path.write_bytes(content[start : start + length] + b"uncounted")
        pieces.append((path, length))
        start += length
    return pieces


async def whole(store: FileStore, digest: str) -> bytes:
    return b"".join([chunk async for chunk in store.read(digest)])


@pytest.mark.parametrize("lengths", [(), (MIB,), (1, 5 * MIB, MIB)])
async def test_what_is_kept_comes_back_whole_and_may_be_kept_again(store, tmp_path, lengths):
    content = CONTENT + bytes(len(lengths))
    digest = sha256(content)
    await store.keep(digest, cut_up(tmp_path, content, *lengths))
    assert await whole(store, digest) == content
    await store.keep(digest, [])
    async with store.on_disk(digest) as path:
        assert sha256(path.read_bytes()) == digest


async def test_a_file_that_nobody_needs_is_forgotten_and_one_that_somebody_begins_to_need_comes_back(store, tmp_path):
    digest = sha256(CONTENT)
    await store.keep(digest, cut_up(tmp_path, CONTENT))
    asked = iter([False, True])  # not needed when it was first asked, needed once the file was put aside
    await store.forget(digest, said(asked))
    assert await whole(store, digest) == CONTENT
    await store.forget(digest, said(iter([True])))
    assert await whole(store, digest) == CONTENT
    for _ in range(2):
        await store.forget(digest, said(iter([False, False])))
    with pytest.raises((OSError, FileNotFoundError)):
        await whole(store, digest)


async def test_a_question_that_fails_leaves_the_file_where_it_was(store, tmp_path):
    digest = sha256(CONTENT)
    await store.keep(digest, cut_up(tmp_path, CONTENT))
    with pytest.raises(RuntimeError):
        await store.forget(digest, said(iter([False])))
    assert await whole(store, digest) == CONTENT


def said(answers):
    """A question that is answered so, one after the other, and fails when there is no answer left."""

    async def ask():
        answer = next(answers, None)
        if answer is None:
            raise RuntimeError
        return answer

    return ask


async def test_pieces_that_are_not_what_was_counted_are_not_kept(store, tmp_path):
    digest = sha256(b"something else")
    with pytest.raises(DamagedError):
        await store.keep(digest, cut_up(tmp_path, CONTENT, MIB))
    with pytest.raises((OSError, FileNotFoundError)):
        await whole(store, digest)


async def test_a_file_goes_all_the_way_with_a_bucket(open_house, object_store, scanner):
    house = await open_house(clamd_address=f"{scanner.host}:{scanner.port}", **bucket_settings(object_store))
    person = await house.person()
    content = pdfs.pdf(filling=2 * MIB)
    file_id = await person.file(await house.slot(person.organization), content)
    assert await house.checked(file_id) == "ACCEPTED"
    assert (await person.client.get(f"/api/documents/files/{file_id}/content")).content == content
    assert [path for path in house.settings.partial_folder.rglob("*") if path.is_file()] == []


async def test_every_flipped_byte_in_the_store_is_found_and_named(house, capsys):
    """F33: one byte of each of some files is flipped, one file is gone; all others are as they were."""
    person = await house.person()
    slot = await house.slot(person.organization, max_files=20)
    files = {}
    for number in range(12):
        content = pdfs.pdf(note=f"file {number}")
        files[await person.file(slot, content)] = sha256(content)
    for file_id in files:
        await house.checked(file_id)
    folder = Path(house.settings.store_url.removeprefix("file://"))
    names = list(files)
    for file_id in names[:8]:
        flip_a_byte(folder / key_of(files[file_id]))
    (folder / key_of(files[names[8]])).unlink()
    assert await verify(house.settings) == 9
    told = capsys.readouterr().out
    assert all(f"file {file_id} has other bytes" in told for file_id in names[:8])
    assert f"file {names[8]} is not in the store" in told


def flip_a_byte(path: Path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)


async def test_a_store_that_is_away_loses_nothing_and_the_file_waits(open_house, unused_tcp_port):
    away = {"store_url": "s3://gone", "s3_endpoint": f"http://127.0.0.1:{unused_tcp_port}"}
    house = await open_house(**away, s3_access_key_id="x", s3_secret_access_key="x")
    person = await house.person()
    file_id = await person.file(await house.slot(person.organization), pdfs.pdf())
    assert (await person.get(f"/files/{file_id}/receipt"))["receipt"]["verdict"] == "in-time"


async def test_a_full_disk_gets_a_sentence_and_what_had_arrived_goes_on_when_there_is_room(house, monkeypatch):
    person = await house.person()
    slot = await house.slot(person.organization)
    location = await person.begun(slot, 10)
    await person.send(location, 0, b"%PDF-")
    with monkeypatch.context() as full:
        full.setattr(partial.os, "write", _failing(errno.ENOSPC))
        answer = await person.send(location, 5, b"12345")
        assert (answer.status_code, answer.json()["type"]) == (507, "urn:connexion:problem:no-room")
        full.setattr(partial.shutil, "disk_usage", lambda _folder: _Usage())
        assert (await person.begin(slot, 10)).status_code == 507
    assert (await person.stand(location)).headers["upload-offset"] == "5"
    assert (await person.send(location, 5, b"12345")).status_code == 204


async def test_bytes_that_could_not_be_synced_get_no_receipt(house, monkeypatch):
    person = await house.person()
    location = await person.begun(await house.slot(person.organization), 10)
    with monkeypatch.context() as broken:
        broken.setattr(partial.os, "fdatasync", _failing(errno.EIO))
        answer = await person.send(location, 0, b"%PDF-12345")
        assert answer.status_code == 500
    assert await house.said("document-received") == []
    assert (await person.stand(location)).headers["upload-offset"] == "0"
    assert (await person.send(location, 0, b"%PDF-12345")).status_code == 204


def _failing(code: int):
    def fail(*_arguments):
        raise OSError(code, os.strerror(code))

    return fail


class _Usage:
    free = 0
