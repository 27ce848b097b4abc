import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from chassis import machine_time, program_time

SLACK = timedelta(seconds=5)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "state" / "program-time.json"
    program_time.use_file(path)
    yield path
    program_time.use_file(None)


def ahead() -> timedelta:
    return program_time.now() - machine_time.now()


def near(length: timedelta, expected: timedelta) -> bool:
    return abs(length - expected) < SLACK


def test_without_a_file_program_time_is_real_time_in_utc() -> None:
    assert near(ahead(), timedelta(0))
    assert program_time.now().tzinfo is UTC
    assert machine_time.now().tzinfo is UTC


def test_a_file_that_is_not_there_yet_means_no_offset(file: Path) -> None:
    assert near(ahead(), timedelta(0))


def test_an_advance_is_seen_at_once_and_advances_add_up(file: Path) -> None:
    program_time.advance(file, by=timedelta(days=2))
    assert near(ahead(), timedelta(days=2))
    assert program_time.advance(file, by=timedelta(hours=1)) == timedelta(days=2, hours=1)
    assert near(ahead(), timedelta(days=2, hours=1))


def test_machine_time_does_not_move_with_the_program(file: Path) -> None:
    before = machine_time.now()
    program_time.advance(file, by=timedelta(days=300))
    assert machine_time.now() - before < SLACK


def test_a_smaller_offset_in_the_file_is_ignored_with_a_log_line(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    program_time.advance(file, by=timedelta(days=2))
    assert near(ahead(), timedelta(days=2))
    replace(file, '{"offset_seconds": 60}')
    assert near(ahead(), timedelta(days=2))
    assert "went back" in caplog.text


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"offset_seconds": "soon"}', '{"offset_seconds": 1e300}', "\x00"])
def test_a_damaged_file_changes_nothing_and_is_logged(
    file: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    program_time.advance(file, by=timedelta(days=2))
    assert near(ahead(), timedelta(days=2))
    replace(file, content)
    assert near(ahead(), timedelta(days=2))
    assert "not readable" in caplog.text


def test_the_file_may_vanish_without_moving_the_clock_back(file: Path) -> None:
    program_time.advance(file, by=timedelta(days=2))
    assert near(ahead(), timedelta(days=2))
    file.unlink()
    assert near(ahead(), timedelta(days=2))


def test_the_file_is_read_only_when_it_changed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program_time.advance(file, by=timedelta(days=2))
    program_time.now()
    monkeypatch.setattr(program_time, "read_offset", lambda path: pytest.fail("read again"))
    assert near(ahead(), timedelta(days=2))


@pytest.mark.parametrize("by", [timedelta(0), timedelta(seconds=-1)])
def test_time_cannot_be_advanced_backwards(file: Path, by: timedelta) -> None:
    with pytest.raises(ValueError, match="forward only"):
        program_time.advance(file, by=by)
    assert not file.exists()


def test_advances_made_at_the_same_time_all_count(file: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: program_time.advance(file, by=timedelta(seconds=1)), range(40)))
    assert program_time.read_offset(file) == timedelta(seconds=40)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("2d", timedelta(days=2)),
        ("36h", timedelta(hours=36)),
        ("90m", timedelta(minutes=90)),
        ("1w", timedelta(weeks=1)),
        ("1d12h30m5s", timedelta(days=1, hours=12, minutes=30, seconds=5)),
    ],
)
def test_lengths_of_time_are_read_as_people_write_them(text: str, length: timedelta) -> None:
    assert program_time.parse_length(text) == length


@pytest.mark.parametrize("text", ["", "2", "-2d", "2 days", "d", "2dd", "1.5h"])
def test_other_lengths_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="Write it like 2d"):
        program_time.parse_length(text)


def test_the_command_advances_the_file_and_tells_the_new_time(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert program_time.main(["--file", str(file), "advance", "2d"]) == 0
    assert json.loads(file.read_text()) == {"offset_seconds": 172800.0}
    assert capsys.readouterr().out.strip() == program_time.now().isoformat(timespec="seconds")


def test_the_command_explains_a_wrong_length_and_a_missing_file(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(program_time.FILE_VARIABLE, raising=False)
    assert program_time.main(["--file", str(file), "advance", "yesterday"]) == 2
    assert "Write it like 2d" in capsys.readouterr().err
    assert program_time.main(["show"]) == 2
    assert program_time.FILE_VARIABLE in capsys.readouterr().err


def replace(path: Path, content: str) -> None:
    fresh = path.with_suffix(".other")
    fresh.write_text(content)
    fresh.replace(path)
