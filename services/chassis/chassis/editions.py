"""What a service publishes in editions: a document that changes rarely, with every earlier edition still to be read.

The editions stand as files beside the code that they tell of, `editions/1.json` and on, so that a change of what holds
is a change under review. A test of the service compares the newest one with what the service goes by and names the
command that adds an edition. An edition once published is never changed.
"""

from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

from chassis.errors import NotFound

Content = TypeVar("Content", bound=BaseModel)


class EditionHead(BaseModel):
    """An edition in a list; `changed` says in a sentence what it changed."""

    version: int
    updated_on: date
    changed: str


class Edition(EditionHead, Generic[Content]):
    """An edition with what it says."""

    content: Content


class Published(Edition[Content], Generic[Content]):
    """An edition as it is read, with all that there are, newest first."""

    history: list[EditionHead]


class Shelf(Generic[Content]):
    """The editions of one document."""

    def __init__(self, folder: Path, content: type[Content]) -> None:
        """Take the folder of the files and the model of what they say."""
        self._folder, self._content = folder, content

    @cached_property
    def editions(self) -> dict[int, Edition[Content]]:
        """Every edition by its number. Raises `pydantic.ValidationError` for a file that is none."""
        read = Edition[self._content]  # type: ignore[name-defined]  # a model made at run time
        found = [read.model_validate_json(path.read_text("utf-8")) for path in self._folder.glob("*.json")]
        return {edition.version: edition for edition in sorted(found, key=lambda edition: -edition.version)}

    def read(self, version: int | None = None) -> Published[Content]:
        """Return an edition, the newest where none is named. Raises `NotFound`."""
        edition = self.editions.get(version or max(self.editions))
        if edition is None:
            raise NotFound
        heads = [EditionHead(**each.model_dump(exclude={"content"})) for each in self.editions.values()]
        return Published[self._content](**dict(edition), history=heads)  # type: ignore[name-defined]

    def publish(self, content: Content, changed: str, on: date) -> Path:
        """Write the next edition as a file, and return where. Raises ValueError where nothing has changed."""
        if self.editions and self.read().content == content:
            raise ValueError("The newest edition says the same.")
        version = max(self.editions, default=0) + 1
        edition = Edition[self._content](version=version, updated_on=on, changed=changed, content=content)  # type: ignore[name-defined]
        self._folder.mkdir(exist_ok=True)
        path = self._folder / f"{version}.json"
        path.write_text(edition.model_dump_json(indent=2) + "\n", "utf-8")
        return path
