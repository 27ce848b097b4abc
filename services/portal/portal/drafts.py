"""What was typed into a form, kept in the browser for a quarter of an hour when a sign-in comes in between.

That is when the session has ended under it, or the act asks for a fresh sign-in. The portal has no database. Only the
words named here are kept, never a file and never a Social Security number; the sign-in brings the person back to them.
"""

import base64
import json
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

COOKIE = "cx_draft"
KEPT = {
    "/documents": ("slot", "includes", "nickname"),
    "/register": ("ptan", "role"),
    "/organization/requests": ("request_id", "reason"),
    "/help-desk/tickets/new": ("topic", "summary", "person_id", "name"),
}
"""The pages with a form, and which of its words are kept."""
QUARTER_HOUR = 15 * 60
LONGEST = 600


def words_of(page: str, typed: Mapping[str, object]) -> dict[str, str]:
    """Return those words typed on `page` that are worth keeping."""
    return {name: str(typed[name])[:LONGEST] for name in KEPT.get(page, ()) if typed.get(name)}


def keep(response: Response, page: str, typed: Mapping[str, object], *, secure: bool) -> None:
    """Keep with this response what was typed on `page`."""
    if words := words_of(page, typed):
        value = base64.urlsafe_b64encode(json.dumps(words, ensure_ascii=False).encode()).decode()
        response.set_cookie(
            COOKIE, value, max_age=QUARTER_HOUR, path=page, httponly=True, samesite="lax", secure=secure
        )


def kept(request: Request) -> dict[str, str]:
    """Return what was kept for this page; nothing when nothing was, or when it cannot be read."""
    try:
        words = json.loads(base64.urlsafe_b64decode(request.cookies.get(COOKIE, "")))
        return {name: str(words[name]) for name in KEPT[request.url.path] if name in words}
    except (KeyError, TypeError, ValueError):
        return {}


def drop(response: Response, page: str) -> None:
    """Forget what was kept for `page`."""
    response.delete_cookie(COOKIE, path=page, httponly=True, samesite="lax")
