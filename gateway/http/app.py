"""FastAPI: every HTTP route but three, their errors, their documents, and the console's files."""

from pathlib import Path
from typing import Final

from fastapi import FastAPI

from gateway.http import (
    alarms,
    basemap,
    enrolment,
    health,
    history,
    oidc,
    overview,
    problems,
    protection,
    registrations,
    session,
    units,
)
from gateway.http.casework.routers import ROUTERS as CASEWORK
from gateway.http.casework.services import CaseworkServices
from gateway.http.documenting import openapi
from gateway.http.doors.routers import ROUTERS as DOORS
from gateway.http.doors.services import DoorServices
from gateway.http.live import Live
from gateway.http.services import Services
from gateway.http.static import ConsoleFiles
from gateway.timing import BODY_MAX_BYTES
from schemas.asyncapi import asyncapi

STATIC: Final = Path(__file__).parents[2] / "dispatch" / "static"


def build(services: Services, live: Live, casework: CaseworkServices, doors: DoorServices) -> FastAPI:
    """Return the application with its routers, its problems and its documents."""
    app = api()
    app.state.services = services
    app.state.live = live
    app.state.casework = casework
    app.state.doors = doors
    if services.drawn_areas is not None:  # instead of the file that the build made
        app.add_api_route(basemap.AREAS_URL, basemap.areas, methods=["GET", "HEAD"], include_in_schema=False)
    if STATIC.is_dir():
        app.mount("/", ConsoleFiles(directory=STATIC, html=True), name="console")
    return app


def api() -> FastAPI:
    """Return the application without what it runs on: enough to describe it."""
    app = FastAPI(
        title="MSA gateway",
        version="1",
        summary="From a hidden panic button to a police dispatch console",
        max_body_size=BODY_MAX_BYTES,
        docs_url=None,
        redoc_url=None,
    )
    problems.install(app)
    for router in (
        enrolment.router,
        session.router,
        oidc.router,
        basemap.router,
        alarms.router,
        history.router,
        registrations.router,
        units.router,
        protection.router,
        overview.router,
        *CASEWORK,
        *DOORS,
        health.router,
    ):
        app.include_router(router)
    app.add_api_route("/asyncapi.json", asyncapi, include_in_schema=False)
    app.openapi = lambda: openapi(app)  # type: ignore[method-assign] # FastAPI's documented way to extend it
    return app
