import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis import state_diagrams
from chassis.state_diagrams import BEGIN, END, main

CODE = """
from enum import StrEnum
from chassis.lifecycle import Lifecycle, Move

class State(StrEnum):
    OPEN = "OPEN"
    CLOSED = "CLOSED"

LIFECYCLE = Lifecycle("ticket", start=State.OPEN, ends={State.CLOSED}, moves=[Move(State.OPEN, "close", State.CLOSED)])
"""


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A service `tickets_made_up` with one state machine, imported by two of its modules, and one without any."""
    package = tmp_path / "tickets-svc" / "tickets_made_up"
    (package / "desk").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "desk" / "__init__.py").touch()
    (package / "desk" / "ticket.py").write_text(CODE)
    (package / "desk" / "views.py").write_text("from tickets_made_up.desk.ticket import LIFECYCLE\n")
    (tmp_path / "portal" / "portal_made_up").mkdir(parents=True)
    (tmp_path / "portal" / "portal_made_up" / "__init__.py").touch()
    for folder in ("tickets-svc", "portal"):
        monkeypatch.syspath_prepend(str(tmp_path / folder))
    (tmp_path / "tickets-svc" / "README.md").write_text(f"# Tickets\n\n{BEGIN}\n{END}\n\nThe rest.\n")
    yield tmp_path
    for name in [name for name in sys.modules if "made_up" in name]:
        del sys.modules[name]


def test_diagrams_are_written_between_the_markers_and_nothing_else_changes(services: Path) -> None:
    assert main([], services) == 0
    readme = (services / "tickets-svc" / "README.md").read_text()
    assert readme.startswith(f"# Tickets\n\n{BEGIN}\n\n### Ticket\n\n```mermaid\nstateDiagram-v2\n")
    assert readme.endswith(f"```\n\n{END}\n\nThe rest.\n")
    assert readme.count("OPEN --> CLOSED: close (system)") == 1


def test_a_second_run_changes_nothing_and_the_check_agrees(services: Path) -> None:
    main([], services)
    before = (services / "tickets-svc" / "README.md").read_text()
    assert main([], services) == 0
    assert main(["--check"], services) == 0
    assert (services / "tickets-svc" / "README.md").read_text() == before


def test_the_check_names_a_readme_that_differs_and_leaves_it(
    services: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (services / "tickets-svc" / "README.md").read_text()
    assert main(["--check"], services) == 1
    assert "tickets-svc/README.md: its state diagrams differ" in capsys.readouterr().err
    assert (services / "tickets-svc" / "README.md").read_text() == before


@pytest.mark.parametrize("text", ["# Tickets\n", f"{BEGIN}\n", f"{END}\n{BEGIN}\n"])
def test_a_readme_without_the_markers_is_told_how_to_get_them(
    services: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (services / "tickets-svc" / "README.md").write_text(text)
    assert main([], services) == 1
    assert BEGIN in capsys.readouterr().err


def test_a_missing_readme_is_named(services: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (services / "tickets-svc" / "README.md").unlink()
    assert main(["--check"], services) == 1
    assert "tickets-svc/README.md" in capsys.readouterr().err


def test_the_real_services_are_where_the_command_looks_for_them() -> None:
    assert (state_diagrams.SERVICES / "bidding-svc" / "bidding_svc" / "__init__.py").exists()
