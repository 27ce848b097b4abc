"""A CSV file passed on to its service as it comes, and the rows that were not taken as a file to keep."""

import csv
import io
from collections.abc import AsyncIterator
from urllib.parse import quote

from fastapi import UploadFile

from portal.gateway import Json

CHUNK = 64 * 1024


async def chunks(file: UploadFile) -> AsyncIterator[bytes]:
    """Read a file piece by piece."""
    while chunk := await file.read(CHUNK):
        yield chunk


def as_file(outcome: Json) -> str:
    """Return the address of a CSV file of the rows that were not taken: the page itself carries it."""
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(("line", "column", "message"))
    lines.writerows((each["line"], each["column"] or "", each["message"]) for each in outcome["errors"])
    return f"data:text/csv;charset=utf-8,{quote(written.getvalue())}"
