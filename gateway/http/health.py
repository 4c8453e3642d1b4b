"""Is it alive, is it ready, has it started; and what Prometheus reads."""

from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, choose_encoder

from gateway.http.live import live_of

router: Final = APIRouter(tags=["operations"])


@router.get("/livez")
async def livez() -> dict[str, bool]:
    """Answer while the event loop turns; a lost database must not restart a node."""
    return {"alive": True}


@router.get("/startupz")
async def startupz(request: Request) -> JSONResponse:
    """Answer 200 once the schema, the keys and the streams have been checked."""
    started = live_of(request).health.started
    return JSONResponse({"started": started}, 200 if started else 503)


@router.get("/readyz")
async def readyz(request: Request) -> JSONResponse:
    """Answer 200 while presses can be committed here, or kept where no other node could."""
    health = live_of(request).health
    words = {
        "ready": health.ready,
        "database": health.database(),
        "spool": health.spool(),
        "draining": health.draining,
        "cut_off": health.cut_off,
    }
    return JSONResponse(words, 200 if health.ready else 503)


class Metrics(Response):
    """Prometheus' text format."""

    media_type = CONTENT_TYPE_PLAIN_0_0_4


@router.get("/metrics", response_class=Metrics)
async def metrics(request: Request) -> Response:
    """Every instrument in Prometheus' text format, or as OpenMetrics where that is asked for.

    Only OpenMetrics has room for the trace ids beside the figures (exemplars).
    """
    encode, media_type = choose_encoder(request.headers.get("accept", ""))
    return Metrics(encode(live_of(request).metrics.registry), media_type=media_type)
