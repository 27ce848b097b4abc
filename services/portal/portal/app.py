"""The portal: every page of Connexion, rendered here, filled by the gateway's API.

uvicorn portal.app:create --factory --port 8200
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp

from chassis import program_time, telemetry
from chassis.settings import load
from portal import problems
from portal.gateway import gateway_client
from portal.headers import ResponseHeaders
from portal.pages import Pages
from portal.settings import PortalSettings
from portal.static_files import PREFIX, portal_files
from portal.views import (
    acting,
    awards,
    bid,
    bid_status,
    bids,
    bonds,
    chat,
    chat_desk,
    chat_hours,
    contracts,
    documents,
    evaluation_array,
    evaluations,
    files,
    financial_summary,
    form_a,
    form_a_review,
    form_c,
    form_c_files,
    form_c_staff,
    help_desk,
    home,
    inquiries,
    lists,
    location_changes,
    location_request,
    mail_troubles,
    notice_desk,
    notices,
    offers,
    organization,
    public,
    registration,
    results,
    reviews,
    role_requests,
    roles,
    round_contents,
    round_dbids,
    round_prices,
    round_set_up,
    round_watch,
    scores,
    sessions,
    staff_bonds,
    staff_contracts,
    staff_locations,
    staff_records,
    staff_subcontracting,
    staff_transfers,
    subcontracting,
    subcontracting_form,
    sureties,
    tickets,
    transfer_request,
    transfers,
)

VIEWS = (
    public,
    home,
    lists,
    notice_desk,
    notices,
    inquiries,
    offers,
    awards,
    documents,
    files,
    form_a_review,  # before the sections, whose names stand in the same place
    form_a,
    bids,  # before one bid, whose id stands in the same place
    bid,
    bid_status,
    acting,
    roles,
    sessions,
    registration,
    results,
    reviews,
    bonds,
    staff_bonds,
    sureties,
    organization,
    role_requests,
    tickets,
    mail_troubles,
    help_desk,
    chat,
    chat_hours,  # before one chat, whose id stands in the same place
    chat_desk,
    round_set_up,
    round_contents,
    round_dbids,
    round_prices,
    round_watch,
    location_request,
    contracts,
    location_changes,
    transfer_request,  # before transfers, which take any name
    transfers,
    form_c,
    form_c_files,
    form_c_staff,
    subcontracting_form,
    subcontracting,
    staff_contracts,
    staff_locations,
    staff_subcontracting,
    staff_records,
    staff_transfers,
    financial_summary,
    scores,
    evaluations,
    evaluation_array,
)


def create() -> ASGIApp:
    """Return the application with its settings from the environment."""
    settings = load(PortalSettings)
    telemetry.start("portal", settings)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # the gateway keeps the access log; addresses hold ids
    program_time.use_file(settings.program_time_file)
    return create_portal(settings, gateway_client(settings.gateway_internal_url, certificate=settings.certificate))


def create_portal(settings: PortalSettings, client: httpx.AsyncClient) -> ASGIApp:
    """Return the application that asks the API through `client`."""

    @asynccontextmanager
    async def closing_the_client(_: FastAPI) -> AsyncIterator[None]:
        async with client:
            yield

    static = portal_files()
    app = FastAPI(title="Connexion portal", openapi_url=None, lifespan=closing_the_client, telemetry=telemetry.OURS)
    app.state.settings, app.state.client = settings, client
    app.state.pages = Pages(settings, static)
    app.mount(PREFIX, static)
    for view in VIEWS:
        app.include_router(view.router)
    app.add_api_route("/health/live", _alive, include_in_schema=False)
    app.add_api_route("/health/ready", _alive, include_in_schema=False)
    problems.install(app)
    return telemetry.ObservedRequests(ResponseHeaders(app, settings))


async def _alive() -> PlainTextResponse:
    return PlainTextResponse("ok\n")
