"""The edge of a service: HTTP in, problem details out. It needs PostgreSQL and its disk; it has no Kafka client."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

from chassis import metrics, program_time, telemetry
from chassis.database import Database, Fence
from chassis.door import TOKEN_COOKIE, kept_answer
from chassis.errors import ConnexionError
from chassis.problems import (
    connexion_problem,
    on_connexion_error,
    on_database_error,
    on_http_exception,
    on_unexpected_error,
    on_validation_error,
)
from chassis.recording import KeyTaken
from chassis.service import Service
from chassis.settings import ServiceSettings, load
from chassis.standing import standing_router
from chassis.tokens import TokenVerifier
from chassis.wake import Wake


def create_edge(service: Service, settings: ServiceSettings | None = None) -> FastAPI:
    """Build the FastAPI application of a service's edge; settings come from the environment unless given."""
    settings = settings or load(service.settings)
    base = f"/api/{service.name}"
    app = FastAPI(
        title=f"Connexion {service.name}",
        version="1",
        openapi_url=f"{base}/openapi.json",
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        telemetry=telemetry.OURS,
        lifespan=_lifespan(service, settings),
    )
    for router in service.routers:
        app.include_router(router.router)
    app.include_router(standing_router(service.name).router)
    for mount in service.mounts:
        mount(app)
    app.add_exception_handler(KeyTaken, _on_key_taken)
    app.add_exception_handler(ConnexionError, on_connexion_error)
    app.add_exception_handler(RequestValidationError, on_validation_error)
    app.add_exception_handler(HTTPException, on_http_exception)
    app.add_exception_handler(DBAPIError, on_database_error)
    app.add_exception_handler(Exception, on_unexpected_error)
    app.add_route("/health/live", _live)
    app.add_route("/health/ready", _ready)
    app.add_route("/metrics", _metrics)
    _describe_security(app)
    telemetry.instrument_edge(app)
    return app


def _lifespan(service: Service, settings: ServiceSettings):  # type: ignore[no-untyped-def]  # noqa: ANN202
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        telemetry.start(f"{service.name}-edge", settings)
        program_time.use_file(settings.program_time_file)
        database = Database(settings.database_url, service.name, pool_size=settings.database_pool_size)
        wake = Wake(settings.direct_database_url)
        app.state.settings, app.state.database, app.state.wake = settings, database, wake
        app.state.verifier = TokenVerifier(database, issuer=settings.token_issuer, audience=settings.token_audience)
        tasks = [asyncio.create_task(app.state.verifier.run()), asyncio.create_task(wake.run())]
        try:
            async with service.resources(app.state, settings):
                yield
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            await database.close()

    return lifespan


async def _on_key_taken(request: Request, error: Exception) -> Response:
    """Two requests with one key arrived together: the second reads the first one's answer."""
    assert isinstance(error, KeyTaken)  # noqa: S101  registered for this class only
    try:
        return await kept_answer(request) or connexion_problem(error)
    except ConnexionError as refusal:
        return connexion_problem(refusal)


async def _live(_request: Request) -> Response:
    return JSONResponse({"status": "live"})


async def _ready(request: Request) -> Response:
    database: Database = request.app.state.database
    try:
        async with asyncio.timeout(2), database.reading(Fence.public()) as session:
            await session.execute(text("select 1"))
    except Exception:
        return JSONResponse({"status": "database does not answer"}, 503)
    return JSONResponse({"status": "ready"})


async def _metrics(_request: Request) -> Response:
    """What this process counted; the gateway passes nothing on to it."""
    body, content_type = metrics.render()
    return Response(body, headers={"content-type": content_type})


def _describe_security(app: FastAPI) -> None:
    generate = app.openapi

    def openapi() -> dict[str, object]:
        document = generate()
        document.setdefault("components", {})["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            "cookie": {"type": "apiKey", "in": "cookie", "name": TOKEN_COOKIE},
        }
        return document

    app.openapi = openapi  # type: ignore[method-assign]
