"""Two people at one thing: what was read carries its version, and a change names the version it was made from.

A view's version leaves as `ETag`, a change comes back with it in `If-Match`. The use case compares, under the lock of
the aggregate: what changed in between is a `Conflict` (409) that names it.

    @router.patch("/{thing_id}", permission="thing.edit")
    async def edit(thing_id: UUID, base: IfMatch, response: Response, session: WritingSession) -> ThingView:
        thing = await use_cases.edit(session, thing_id, base=base)
        response.headers["ETag"] = etag(thing.version)
"""

import re
from typing import Annotated

from fastapi import Depends, Header

from chassis.errors import Conflict, Invalid


class VersionMissing(Invalid):
    """Send the version you changed: the ETag of what you read, as the header If-Match."""


def etag(version: int) -> str:
    """Write a version as an `ETag`."""
    return f'"{version}"'


async def _if_match(
    if_match: Annotated[str | None, Header(description="The ETag of what you read and changed")] = None,
) -> int:
    # A plain function would be sent to a thread for every request.
    found = _version(if_match)
    if found is None:
        raise VersionMissing(field="If-Match")
    return found


async def _if_match_where_given(
    if_match: Annotated[str | None, Header(description="The version of what you read and decide about")] = None,
) -> int | None:
    found = _version(if_match)
    if found is None and if_match is not None:
        raise VersionMissing(field="If-Match")
    return found


def _version(if_match: str | None) -> int | None:
    found = re.fullmatch(r'(?:W/)?"(\d{1,18})"', if_match or "")
    return int(found[1]) if found else None


def require_version(base: int | None, version: int) -> None:
    """Raise `Conflict` when a decision names another version (`DecidedFrom`) than the thing has by now."""
    if base is not None and base != version:
        raise Conflict


IfMatch = Annotated[int, Depends(_if_match)]
"""The version a change was made from. Without one, or with one that no `etag` wrote, the request is refused (422)."""
DecidedFrom = Annotated[int | None, Depends(_if_match_where_given)]
"""The version a decision was made from, where one is given: without one it is about the thing as it stands."""
