from enum import StrEnum
from typing import Any

import pytest

from chassis.errors import NotAllowedNow
from chassis.lifecycle import SYSTEM, Lifecycle, Move


class File(StrEnum):
    UPLOADING = "UPLOADING"
    SCANNING = "SCANNING"
    ACCEPTED = "ACCEPTED"
    NOT_ACCEPTED = "NOT_ACCEPTED"


class Other(StrEnum):
    ELSEWHERE = "ELSEWHERE"


MOVES: list[Move[File]] = [
    Move(File.UPLOADING, "finish", File.SCANNING, by="document.upload", guard="all bytes are there"),
    Move(File.SCANNING, "accept", File.ACCEPTED, effects="the bidder sees it"),
    Move((File.UPLOADING, File.SCANNING), "refuse", File.NOT_ACCEPTED, by="staff.document.refuse"),
    Move(File.ACCEPTED, "rename", File.ACCEPTED, by="document.upload"),
]


def lifecycle(moves: list[Move[Any]] | None = None, ends: set[File] | None = None) -> Lifecycle[File]:
    return Lifecycle(
        "upload", start=File.UPLOADING, ends={File.NOT_ACCEPTED} if ends is None else ends, moves=moves or MOVES
    )


@pytest.mark.parametrize("state", File)
@pytest.mark.parametrize("verb", ["finish", "accept", "refuse", "rename"])
def test_every_verb_in_every_state_moves_as_the_table_says_or_is_loud(state: File, verb: str) -> None:
    table = {(source, move.verb): move.to for move in MOVES for source in move.sources}
    if (state, verb) in table:
        assert lifecycle().can(state, verb)
        assert lifecycle().next(state, verb) is table[state, verb]
    else:
        assert not lifecycle().can(state, verb)
        with pytest.raises(NotAllowedNow):
            lifecycle().next(state, verb)


def test_an_illegal_move_names_the_entity_the_state_and_the_verb() -> None:
    with pytest.raises(NotAllowedNow) as refused:
        lifecycle().next(File.NOT_ACCEPTED, "accept")
    assert "upload" in refused.value.detail
    assert "not accepted" in refused.value.detail
    assert "accept" in refused.value.detail


def test_a_verb_the_table_does_not_know_is_a_mistake_of_ours_not_of_the_person() -> None:
    with pytest.raises(ValueError, match="no verb 'acccept'"):
        lifecycle().next(File.SCANNING, "acccept")


def test_allowed_verbs_are_those_of_the_state_that_the_permissions_cover() -> None:
    table = lifecycle()
    assert table.allowed(File.UPLOADING, {"document.upload"}) == ["finish"]
    assert table.allowed(File.UPLOADING, {"document.upload", "staff.document.refuse"}) == ["finish", "refuse"]
    assert table.allowed(File.SCANNING, {"document.upload"}) == []
    assert table.allowed(File.NOT_ACCEPTED, {"document.upload", "staff.document.refuse"}) == []


def test_what_only_the_system_does_is_offered_to_nobody() -> None:
    assert "accept" in lifecycle().verbs
    assert lifecycle().allowed(File.SCANNING, {"document.upload", "staff.document.refuse"}) == ["refuse"]
    assert next(m for m in MOVES if m.verb == "accept").by == SYSTEM


def test_ends_are_known() -> None:
    assert lifecycle().is_end(File.NOT_ACCEPTED)
    assert not lifecycle().is_end(File.ACCEPTED)


def test_a_state_of_another_machine_is_refused() -> None:
    with pytest.raises(ValueError, match="not one of File"):
        lifecycle([*MOVES, Move(File.ACCEPTED, "leave", Other.ELSEWHERE)])


def test_a_verb_that_leads_to_two_places_is_refused() -> None:
    with pytest.raises(ValueError, match="“accept” leads to two places from SCANNING"):
        lifecycle([*MOVES, Move(File.SCANNING, "accept", File.NOT_ACCEPTED)])


def test_a_state_nothing_leads_to_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing leads to ACCEPTED"):
        lifecycle([move for move in MOVES if move.verb != "accept"])


def test_a_dead_end_that_is_not_named_as_an_end_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing leads out of NOT_ACCEPTED"):
        lifecycle(ends=set())


def test_an_end_that_something_leaves_is_refused() -> None:
    with pytest.raises(ValueError, match="ACCEPTED is named as an end"):
        lifecycle(ends={File.NOT_ACCEPTED, File.ACCEPTED})


def test_the_diagram_shows_start_moves_guards_and_ends() -> None:
    assert lifecycle().mermaid().splitlines() == [
        "stateDiagram-v2",
        "    [*] --> UPLOADING",
        "    UPLOADING --> SCANNING: finish (document.upload) [all bytes are there]",
        "    SCANNING --> ACCEPTED: accept (system)",
        "    UPLOADING --> NOT_ACCEPTED: refuse (staff.document.refuse)",
        "    SCANNING --> NOT_ACCEPTED: refuse (staff.document.refuse)",
        "    ACCEPTED --> ACCEPTED: rename (document.upload)",
        "    NOT_ACCEPTED --> [*]",
    ]


def test_words_that_would_end_a_label_are_softened_in_the_diagram() -> None:
    table = lifecycle([*MOVES, Move(File.ACCEPTED, "settle", File.NOT_ACCEPTED, guard="slot: settled; covered")])
    assert "settle (system) [slot, settled, covered]" in table.mermaid()
