"""Every router of the case teams, in the order of the documents."""

from typing import Final

from fastapi import APIRouter

from gateway.http.casework import circumstances, desk, protection

ROUTERS: Final[tuple[APIRouter, ...]] = (
    desk.router,
    protection.router,
    circumstances.router,
)
