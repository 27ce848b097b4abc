"""What a service publishes in editions: the newest, every earlier one, and nothing changed afterwards."""

from datetime import date
from pathlib import Path

import pytest
from pydantic import BaseModel

from chassis.editions import Shelf
from chassis.errors import NotFound


class Rules(BaseModel):
    most: int


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf[Rules]:
    made = Shelf(tmp_path, Rules)
    made.publish(Rules(most=1), "First edition.", date(2026, 1, 5))
    del made.editions
    made.publish(Rules(most=2), "Two are allowed.", date(2026, 2, 6))
    del made.editions
    return made


def test_the_newest_edition_is_read_with_the_history_newest_first(shelf: Shelf[Rules]) -> None:
    read = shelf.read()
    assert (read.version, read.content.most, read.updated_on) == (2, 2, date(2026, 2, 6))
    assert [(head.version, head.changed) for head in read.history] == [(2, "Two are allowed."), (1, "First edition.")]


def test_an_earlier_edition_stays_as_it_was(shelf: Shelf[Rules]) -> None:
    assert shelf.read(1).content == Rules(most=1)


def test_an_edition_that_was_never_published_is_not_found(shelf: Shelf[Rules]) -> None:
    with pytest.raises(NotFound):
        shelf.read(3)


def test_nothing_is_published_twice(shelf: Shelf[Rules]) -> None:
    with pytest.raises(ValueError, match="says the same"):
        shelf.publish(Rules(most=2), "Again.", date(2026, 3, 7))
