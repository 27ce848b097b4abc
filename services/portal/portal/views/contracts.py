import asyncio
from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from chassis import program_time
from chassis.calendar import eastern_day
from portal import contract_words
from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Json
from portal.pages import render

router = APIRouter(prefix="/contracts")
API = "/api/contracts/contracts"
SHOWN = 5
Day = Annotated[str, Query(pattern=r"(\d{4}-\d{2}-\d{2})?")]


@router.get("")
async def contracts(caller: SignedIn, after: str | None = None) -> Response:
    """The organization's contracts; a single one is shown at once."""
    frame, listed = await asyncio.gather(frame_of(caller), caller.gateway.get(API, after=after))
    if after is None and len(listed["items"]) == 1:
        return await contract(UUID(listed["items"][0]["id"]), caller)
    return render(caller.request, "pages/contracts.html", frame=frame, listed=listed, after=after, words=contract_words)


@router.get("/{contract_id}")
async def contract(contract_id: UUID, caller: SignedIn, after: str | None = None) -> Response:
    """My Current Contract: its status, lines and locations, versions, what happened, what is due next."""
    gateway, path = caller.gateway, f"{API}/{contract_id}"
    frame, told, versions, summary, activity, calendar = await asyncio.gather(
        frame_of(caller),
        gateway.get(path),
        gateway.get(f"{path}/versions", after=after),
        caller.ask_if("contract.maintenance_summary.view", f"{path}/maintenance-summary"),
        caller.ask_if("activity.view", f"{path}/activity", limit=SHOWN),
        gateway.get_or_none(f"/api/contracts/calendars/{contract_id}"),
    )
    return render(
        caller.request,
        "pages/contract.html",
        frame=frame,
        contract=told,
        versions=versions,
        after=after,
        summary=summary,
        activity=activity,
        coming=_coming(calendar)[:SHOWN] if calendar else None,
        today=_today(),
        may_see=caller.may,
        words=contract_words,
    )


@router.get("/{contract_id}/standing")
async def standing(contract_id: UUID, caller: SignedIn, on: Day = "", known_on: Day = "") -> Response:
    """The contract as it stood on a day, by what was known at the end of another."""
    path = f"{API}/{contract_id}"
    frame, told, stood = await asyncio.gather(
        frame_of(caller),
        caller.gateway.get(path),
        caller.gateway.get_or_none(f"{path}/standing", on=on or None, known_on=known_on or None),
    )
    return render(
        caller.request,
        "pages/contract_standing.html",
        frame=frame,
        contract=told,
        stood=stood,
        on=on or _today(),
        known_on=known_on or _today(),
        words=contract_words,
    )


@router.get("/{contract_id}/versions/{number}")
async def version(contract_id: UUID, number: int, caller: SignedIn) -> Response:
    """What a version says, and how anybody checks its signed PDF."""
    path = f"{API}/{contract_id}"
    frame, told, said = await asyncio.gather(
        frame_of(caller), caller.gateway.get(path), caller.gateway.get(f"{path}/versions/{number}")
    )
    return render(
        caller.request,
        "pages/contract_version.html",
        frame=frame,
        contract=told,
        version=said,
        may_download=caller.may("contract.signed.view"),
        words=contract_words,
    )


@router.get("/{contract_id}/versions/{number}/signed.pdf")
async def signed_pdf(contract_id: UUID, number: int, caller: SignedIn) -> Response:
    """The CMS-signed contract, to keep."""
    return await pass_pdf(caller, f"/api/contracts/signed-contracts/{contract_id}/{number}")


@router.get("/{contract_id}/activity")
async def activity(contract_id: UUID, caller: SignedIn, after: str | None = None) -> Response:
    """What happened under the contract, of what this person may see."""
    path = f"{API}/{contract_id}"
    frame, told, listed = await asyncio.gather(
        frame_of(caller), caller.gateway.get(path), caller.gateway.get(f"{path}/activity", after=after)
    )
    return render(
        caller.request, "pages/contract_activity.html", frame=frame, contract=told, listed=listed, after=after
    )


@router.get("/{contract_id}/calendar")
async def calendar(contract_id: UUID, caller: SignedIn) -> Response:
    """Every date of the contract, with how it came about."""
    frame, told = await asyncio.gather(frame_of(caller), caller.gateway.get(f"/api/contracts/calendars/{contract_id}"))
    coming = _coming(told)
    past = [duty for duty in told["duties"] if duty not in coming]
    return render(caller.request, "pages/contract_calendar.html", frame=frame, calendar=told, coming=coming, past=past)


@router.get("/{contract_id}/calendar.ics")
async def calendar_feed(contract_id: UUID, caller: SignedIn) -> Response:
    """The same dates for a calendar program."""
    answer = await caller.gateway.call("GET", f"/api/contracts/calendars/{contract_id}/feed.ics")
    return Response(answer.content, media_type="text/calendar", headers=_as_file(answer.headers))


async def pass_pdf(caller: Caller, path: str) -> Response:
    """Pass a signed contract on as a file. The reading is audited there, so a prefetch is told to be one."""
    purpose = caller.request.headers.get("sec-purpose")
    headers = {"sec-purpose": purpose} if purpose else {}
    answer = await caller.gateway.call("GET", path, headers=headers)
    return Response(answer.content, media_type="application/pdf", headers=_as_file(answer.headers))


def _as_file(headers: Mapping[str, str]) -> dict[str, str]:
    kept = ("content-disposition", "etag")
    return {name: headers[name] for name in kept if name in headers}


def _coming(told: Json) -> list[Json]:
    return [duty for duty in told["duties"] if duty["due_on"] >= _today()]


def _today() -> str:
    return eastern_day(program_time.now()).isoformat()
