"""What was typed into the upload form, kept in the browser for a quarter of an hour when a session ends under it.

The portal has no database. Only the words are kept, never the file, and the sign-in brings the person back to them.
"""

import base64
import json
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

COOKIE = "cx_draft"
PATH = "/documents"
KEPT = ("slot", "includes", "nickname")
QUARTER_HOUR = 15 * 60
LONGEST = 300


def keep(response: Response, typed: Mapping[str, str], *, secure: bool) -> None:
    """Keep what was typed, with this response."""
    words = {name: typed[name][:LONGEST] for name in KEPT if typed.get(name)}
    value = base64.urlsafe_b64encode(json.dumps(words).encode()).decode()
    response.set_cookie(COOKIE, value, max_age=QUARTER_HOUR, path=PATH, httponly=True, samesite="lax", secure=secure)


def kept(request: Request) -> dict[str, str]:
    """Return what was kept; nothing when nothing was, or when it cannot be read."""
    try:
        words = json.loads(base64.urlsafe_b64decode(request.cookies.get(COOKIE, "")))
        return {name: str(words[name]) for name in KEPT if name in words}
    except (TypeError, ValueError):
        return {}


def drop(response: Response) -> None:
    """Forget what was kept."""
    response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="lax")
