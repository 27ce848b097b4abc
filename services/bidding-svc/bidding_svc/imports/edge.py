"""Reference data from CSV files: rows that are wrong are told and left away, the others are taken."""

from typing import Annotated

from fastapi import Query, Request

from bidding_svc.imports import use_cases, views
from bidding_svc.imports.tables import Kind
from bidding_svc.rounds.edge import VIEW, RoundCode
from chassis.csv_import import OPENAPI, Outcome, arriving
from chassis.door import CurrentActor, ReadingSession, SliceRouter
from chassis.paging import After, Limit, Page

MANAGE = "staff.reference.manage"

router = SliceRouter(prefix="/api/bidding", tags=["reference data"])


@router.post("/rounds/{code}/imports/{kind}", permission=MANAGE, streams=True, openapi_extra=OPENAPI)
async def import_into_round(code: RoundCode, kind: Kind, request: Request, actor: CurrentActor) -> Outcome:
    """Take a CSV file of areas, categories, lead items or competitions of a round; until its window opens."""
    try:
        return await use_cases.take_file_of_round(request.app.state.database, actor, code, kind, arriving(request))
    finally:
        request.app.state.wake()


@router.post("/fee-imports", permission=MANAGE, streams=True, openapi_extra=OPENAPI)
async def import_fees(request: Request, actor: CurrentActor) -> Outcome:
    """Take a CSV file of fee schedule amounts."""
    return await use_cases.take_fees(request.app.state.database, actor, arriving(request))


@router.post("/closing-imports", permission=MANAGE, streams=True, openapi_extra=OPENAPI)
async def import_closings(request: Request, actor: CurrentActor) -> Outcome:
    """Take a CSV file of days on which offices are closed; due dates that were told stay."""
    return await use_cases.take_closings(request.app.state.database, actor, arriving(request))


@router.post("/surety-imports", permission=MANAGE, streams=True, openapi_extra=OPENAPI)
async def import_sureties(request: Request, actor: CurrentActor) -> Outcome:
    """Take a CSV file of the Treasury's list of certified sureties, by which bonds are checked."""
    return await use_cases.take_sureties(request.app.state.database, actor, arriving(request))


@router.get("/fees", permission=VIEW)
async def list_fees(
    session: ReadingSession,
    item: Annotated[str | None, Query(max_length=5)] = None,
    after: After = None,
    limit: Limit = 25,
) -> Page[views.FeeView]:
    """List fee schedule amounts, of one item where it is named."""
    return await views.list_fees(session, item, after, limit)


@router.get("/closings", permission=VIEW)
async def list_closings(session: ReadingSession, after: After = None, limit: Limit = 25) -> Page[views.ClosingView]:
    """List the days without business besides weekends and federal holidays."""
    return await views.list_closings(session, after, limit)
