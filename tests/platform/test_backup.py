"""A backup is put back only where nothing stands, and only as it was written. `make drill` walks the whole way."""

import json
import shutil
from pathlib import Path

import pytest

from deploy.local import postgres
from deploy.local.backup import WRITTEN, backup, copy_databases, restore
from deploy.local.place import Place
from deploy.local.ports import free_port
from deploy.local.program import Running
from deploy.local.trouble import Trouble
from tests.infrastructure.platform import place_of_its_own

SHA_OF_A = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return place_of_its_own(tmp_path / "platform")


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A backup of a platform with one file and an empty PostgreSQL."""
    folder = tmp_path / "backup"
    (folder / "files").mkdir(parents=True)
    (folder / "files" / "one").write_text("a")
    server, port = tmp_path / "server", free_port()
    tmp_path.chmod(0o711)  # PostgreSQL's user passes through
    postgres.prepare(server)
    with Running(postgres.program(server, port), tmp_path / "log"):
        copy_databases(Place(tmp_path, {"postgres": port}), folder / "postgres")
    told = {"begun_at": "2026-11-24T19:00:00+00:00", "heads": {}, "digests": {"files/one": SHA_OF_A}}
    (folder / WRITTEN).write_text(json.dumps(told))
    return folder


def test_a_platform_that_does_not_run_is_not_backed_up(place: Place, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="does not run"):
        backup(place, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


def test_a_backup_is_put_back_and_its_databases_start(place: Place, written: Path) -> None:
    restore(place, written)
    assert (place.folder / "files" / "one").read_text() == "a"
    with Running(postgres.program(place.folder / "postgres", free_port()), place.folder / "log"):
        pass  # it is left as soon as the server accepts connections


def test_nothing_is_overwritten(place: Place, written: Path) -> None:
    (place.folder / "postgres").mkdir(parents=True)
    with pytest.raises(Trouble, match="nothing is overwritten"):
        restore(place, written)


def test_a_folder_without_a_finished_backup_is_refused(place: Place, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="no finished backup"):
        restore(place, tmp_path)


@pytest.mark.parametrize("damage", ["changed file", "missing file", "changed database"])
def test_a_backup_that_is_not_as_it_was_written_is_refused_before_anything_changes(
    place: Place, written: Path, damage: str
) -> None:
    if damage == "changed file":
        (written / "files" / "one").write_text("b")
    elif damage == "missing file":
        shutil.rmtree(written / "files")
    else:
        (written / "postgres" / "global" / "pg_filenode.map").write_bytes(b"x")
    with pytest.raises(Trouble):
        restore(place, written)
    assert not place.folder.exists()
