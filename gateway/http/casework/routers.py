"""Every router of the case teams, in the order of the documents."""

from typing import Final

from fastapi import APIRouter

from gateway.http.casework import (
    access,
    circumstances,
    companions,
    desk,
    devices,
    evidence,
    files,
    hotspots,
    keeping,
    perimeters,
    photos,
    protection,
    reports,
    statistics,
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    desk.router,
    files.router,
    protection.router,
    reports.router,
    circumstances.router,
    devices.router,
    companions.router,
    photos.router,
    hotspots.router,
    perimeters.router,
    access.router,
    keeping.router,
    evidence.router,
    statistics.router,
)
