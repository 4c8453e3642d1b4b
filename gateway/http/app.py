"""FastAPI: every HTTP route but three, their errors, their documents, and the console's files."""

from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from gateway.http import (
    alarms,
    basemap,
    enrolment,
    health,
    heartbeat,
    history,
    oidc,
    overview,
    positions,
    press,
    problems,
    protection,
    registrations,
    session,
    units,
)
from gateway.http.casework.routers import ROUTERS as CASEWORK
from gateway.http.casework.services import CaseworkServices
from gateway.http.live import Live
from gateway.http.services import Services
from gateway.http.static import ConsoleFiles
from gateway.timing import BODY_MAX_BYTES
from schemas.export import asyncapi
from schemas.press import Press, Receipt
from schemas.problems import Problem
from schemas.protection import CompanionHeartbeat, HeartbeatAnswer
from schemas.track import CancelWish, PositionBatch, PositionsReceipt

STATIC: Final = Path(__file__).parents[2] / "dispatch" / "static"
BODIES: Final = (
    Press,
    Receipt,
    CancelWish,
    PositionBatch,
    PositionsReceipt,
    CompanionHeartbeat,
    HeartbeatAnswer,
    Problem,
)
"""What the calls past FastAPI take and answer."""

REFERENCE: Final = "#/components/schemas/{model}"


def build(services: Services, live: Live, casework: CaseworkServices) -> FastAPI:
    """Return the application with its routers, its problems and its documents."""
    app = api()
    app.state.services = services
    app.state.live = live
    app.state.casework = casework
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
        health.router,
    ):
        app.include_router(router)
    app.add_api_route("/asyncapi.json", asyncapi, include_in_schema=False)
    app.openapi = lambda: openapi(app)  # type: ignore[method-assign] # FastAPI's documented way to extend it
    return app


def openapi(app: FastAPI) -> dict[str, Any]:
    """Describe every call, those past FastAPI included."""
    if app.openapi_schema is None:
        described = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
        described["paths"][press.PATH] = press.openapi()
        described["paths"][heartbeat.PATH] = heartbeat.openapi()
        described["paths"][positions.DOCUMENTED] = positions.openapi()
        schemas = described.setdefault("components", {}).setdefault("schemas", {})
        for model in BODIES:
            schema = model.model_json_schema(ref_template=REFERENCE)
            schemas.update(schema.pop("$defs", {}))
            schemas[model.__name__] = schema
        app.openapi_schema = described
    return app.openapi_schema
