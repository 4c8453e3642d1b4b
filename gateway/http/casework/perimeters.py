"""Perimeters and trackers of files: a case officer drafts, a magistrate decides.

Who may do what at all stands with each call; everything else is its port's to say.
"""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request

from gateway.http.casework.perimeter_ports import FileTrackers, Perimeters
from gateway.http.casework.services import casework_of
from gateway.http.casework.visiting import Asker, CaseOfficer, FileReader, RegistrationId
from schemas.perimeters import (
    NewPerimeter,
    NewTracker,
    PerimeterChange,
    PerimeterDecided,
    PerimeterEnded,
    PerimeterList,
    PerimeterView,
    TrackerList,
    TrackerSwap,
    TrackerView,
)


async def _perimeters(request: Request) -> Perimeters:
    return casework_of(request).perimeters


async def _trackers(request: Request) -> FileTrackers:
    return casework_of(request).trackers


router: Final = APIRouter(prefix="/v1", tags=["perimeters"])

Store = Annotated[Perimeters, Depends(_perimeters)]
Worn = Annotated[FileTrackers, Depends(_trackers)]
Which = Annotated[UUID, Path(alias="perimeter_id", description="The perimeter's id")]
Tag = Annotated[UUID, Path(alias="tracker_id", description="The tracker's id")]
Before = Annotated[UUID | None, Query(description="Those made before this one")]
Ended = Annotated[bool, Query(description="Those that have ended, too")]


@router.get("/perimeters")
async def perimeters(
    store: Store, scope: FileReader, before: Before = None, *, ended: Ended = False
) -> PerimeterList:
    """List the perimeters of one's files."""
    return await store.listed(scope, before, ended=ended)


@router.get("/perimeters/{perimeter_id}")
async def perimeter(store: Store, scope: Asker, which: Which) -> PerimeterView:
    """Show one; to an operator while she is shown an open alarm of that file."""
    return await store.get(scope, which)


@router.patch("/perimeters/{perimeter_id}")
async def change(store: Store, scope: FileReader, which: Which, wanted: PerimeterChange) -> PerimeterView:
    """Change it, or swap the trackers it binds."""
    return await store.change(scope, which, wanted)


@router.post("/perimeters/{perimeter_id}/decide")
async def decide(store: Store, scope: FileReader, which: Which, decided: PerimeterDecided) -> PerimeterView:
    """Put a draft into force: a magistrate, with the decision."""
    return await store.decide(scope, which, decided)


@router.post("/perimeters/{perimeter_id}/end")
async def end(store: Store, scope: FileReader, which: Which, ended: PerimeterEnded) -> PerimeterView:
    """End it."""
    return await store.end(scope, which, ended)


@router.get("/registrations/{registration_id}/perimeters")
async def of_file(store: Store, scope: Asker, registration_id: RegistrationId) -> PerimeterList:
    """List a file's perimeters; to an operator while she is shown an open alarm of it."""
    return await store.of_file(scope, registration_id)


@router.post("/registrations/{registration_id}/perimeters", status_code=201)
async def add(
    store: Store, scope: FileReader, registration_id: RegistrationId, new: NewPerimeter
) -> PerimeterView:
    """Draft one; with a decision, a magistrate puts it into force at once."""
    return await store.create(scope, registration_id, new)


@router.get("/registrations/{registration_id}/trackers")
async def trackers(worn: Worn, scope: FileReader, registration_id: RegistrationId) -> TrackerList:
    """List a file's trackers; where they are is not told."""
    return await worn.of_file(scope, registration_id)


@router.post("/registrations/{registration_id}/trackers", status_code=201)
async def add_tracker(
    worn: Worn, scope: CaseOfficer, registration_id: RegistrationId, new: NewTracker
) -> TrackerView:
    """Put a tracker on somebody of this file."""
    return await worn.add(scope, registration_id, new)


@router.post("/trackers/{tracker_id}/swap", status_code=201)
async def swap_tracker(worn: Worn, scope: CaseOfficer, tag: Tag, new: TrackerSwap) -> TrackerView:
    """Put another tracker in the place of one that is worn: every perimeter that bound it binds that."""
    return await worn.swap(scope, tag, new)


@router.post("/trackers/{tracker_id}/end")
async def end_tracker(worn: Worn, scope: CaseOfficer, tag: Tag) -> TrackerView:
    """Take a tracker off: nothing of it is judged any more."""
    return await worn.end(scope, tag)
