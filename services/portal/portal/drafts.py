"""What was typed into a form, kept in the browser for a quarter of an hour when a sign-in comes in between.

That is when the session has ended under it, or the act asks for a fresh sign-in. The portal has no database. Only the
words named here are kept, never a file and never a Social Security number; the sign-in brings the person back to them.
Of a bid form everything is kept as it was sent, but a signature's user ID: it may be long, so it is packed, and divided
among cookies.
"""

import base64
import json
import re
import zlib
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

COOKIE = "cx_draft"
KEPT = {
    "/documents": ("replaces", "slot", "cba", "includes", "nickname"),
    "/register": ("ptan", "role"),
    "/organization/requests": ("request_id", "reason"),
    "/help-desk/tickets/new": ("topic", "summary", "person_id", "name"),
}
"""The pages with a form, and which of its words are kept."""
SIGNED = re.compile(
    r"/(form-a/[^/]+|bids/[^/]+|location-changes/[^/]+|transfers/[^/]+)/review|/form-c/[^/]+/certification"
)
"""The pages where a bid form, a location request, a transfer or a Form C report is signed."""
SIGNATURE = ("given_name", "family_name")
USER_ID = "certified_by"
"""What is typed anew with every signature."""
WHOLE = re.compile(
    r"/form-a/[^/]+/.+|/bids/[^/]+|/contracts/[^/]+/location-change|/staff/contracts/to-sign|/offers/[^/]+|/form-c/[^/]+"
    r"|/contracts/[^/]+/(subcontract|no-subcontractors|transfer)|/subcontracts/[^/]+/change|/transfers/new"
)
"""The pages of forms kept whole: bids, offers, location requests, transfers, Form C, subcontractors, contracts."""
LONG_TEXTS = ("/notices/", "/inquiries/", "/location-changes/", "/subcontracts/", "/transfers/")
"""The pages whose form has a long text, by how they begin."""
QUARTER_HOUR = 15 * 60
LONGEST = 600
PIECE, PIECES = 3800, 2
"""How much one cookie holds, and how many: together with the session's they pass the gateway, which takes 16 KB."""
UNPACKED = 256 * 1024


def words_of(page: str, typed: Mapping[str, object]) -> dict[str, str]:
    """Return those words typed on `page` that are worth keeping."""
    return {name: str(typed[name])[:LONGEST] for name in _names(page) if typed.get(name)}


def words_to_copy(page: str, typed: Mapping[str, object]) -> str:
    """Return what was typed on `page` that is too long to be kept and must not be lost; empty where there is none."""
    return str(typed.get("text", "")) if page.startswith(LONG_TEXTS) else ""


def keep(response: Response, page: str, typed: Mapping[str, object], *, secure: bool) -> bool:
    """Keep with this response what was typed on `page`. Returns whether there was something, and it could be kept."""
    value = _packed(typed) if isinstance(typed, FormData) and _is_whole(page) else _worded(words_of(page, typed))
    pieces = [value[start : start + PIECE] for start in range(0, len(value), PIECE)]
    if not pieces or len(pieces) > PIECES:
        return False
    for name, piece in zip(_cookies(), pieces, strict=False):
        response.set_cookie(name, piece, max_age=QUARTER_HOUR, path=page, httponly=True, samesite="lax", secure=secure)
    return True


def kept(request: Request) -> dict[str, str]:
    """Return what was kept for this page; nothing when nothing was, or when it cannot be read."""
    try:
        words = json.loads(base64.urlsafe_b64decode(request.cookies.get(COOKIE, "")))
        return {name: str(words[name]) for name in _names(request.url.path) if name in words}
    except (KeyError, TypeError, ValueError):
        return {}


def kept_form(request: Request) -> FormData | None:
    """Return the bid form that was kept for this page; None when none was, or when it cannot be read."""
    value = "".join(request.cookies.get(name, "") for name in _cookies())
    if not value or not _is_whole(request.url.path):
        return None
    try:
        unpacked = zlib.decompressobj().decompress(base64.urlsafe_b64decode(value), UNPACKED)
        return FormData([*parse_qsl(unpacked.decode(), keep_blank_values=True)])
    except (ValueError, zlib.error):
        return None


def drop(response: Response, page: str) -> None:
    """Forget what was kept for `page`."""
    for name in _cookies():
        response.delete_cookie(name, path=page, httponly=True, samesite="lax")


def _names(page: str) -> tuple[str, ...]:
    return SIGNATURE if SIGNED.fullmatch(page) else KEPT.get(page, ())


def _is_whole(page: str) -> bool:
    return WHOLE.fullmatch(page) is not None and SIGNED.fullmatch(page) is None


def _cookies() -> list[str]:
    return [COOKIE, *(f"{COOKIE}_{number}" for number in range(1, PIECES))]


def _worded(words: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(words, ensure_ascii=False).encode()).decode() if words else ""


def _packed(form: FormData) -> str:
    fields = [(name, value) for name, value in form.multi_items() if isinstance(value, str) and name != USER_ID]
    return base64.urlsafe_b64encode(zlib.compress(urlencode(fields).encode(), 9)).decode()
