"""Every router for other systems, in the order of the documents."""

from typing import Final

from fastapi import APIRouter

from gateway.http.doors import account, incidents, locations, streams, token

ROUTERS: Final[tuple[APIRouter, ...]] = (
    token.router,
    account.router,
    streams.router,
    incidents.router,
    locations.router,
)
