from collections.abc import Sequence
from pathlib import Path

from documents_svc.files.capped_process import CappedProcess, NoAnswer
from documents_svc.files.rejection import Rejection

ANSWER_WITHIN = 40.0


class CouldNotCheck(Exception):
    """A file could not be checked now. Its text is the cause, in words an operator understands."""


class Inspector:
    """The process that checks files, seen from the worker: one file at a time, started when first needed."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._process = CappedProcess("documents_svc.files.inspection_process", ANSWER_WITHIN)

    async def inspect(self, path: Path, media_types: Sequence[str]) -> Rejection | None:
        """Return why the file cannot be accepted, or None. Raises `CouldNotCheck`."""
        try:
            answer = await self._process.ask({"path": str(path), "media_types": list(media_types)})
        except NoAnswer:
            raise CouldNotCheck("the process that opens files does not answer") from None
        if "failed" in answer:
            raise CouldNotCheck(answer["failed"])
        return Rejection(**answer["rejection"]) if answer["rejection"] else None

    async def close(self) -> None:
        """End the process."""
        await self._process.close()
