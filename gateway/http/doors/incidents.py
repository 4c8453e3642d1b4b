"""``GET /EIDO/{IncidentId}``: the incident that an EIDO's ``$id`` means, as it stands now.

The call and its name are those of NENA's published document (its tag is Dereference), so it is not below
``/v1``. What is told is told as a receiver of that format is, and stands in the journal.
"""

import re
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import ValidationError

from gateway.domain.errors import NotAllowedNow, NotFound
from gateway.domain.integrators import Integrator
from gateway.formats.eido import MEDIA_TYPE
from gateway.http.doors.principal import scoped_to
from gateway.http.doors.services import doors_of
from schemas.integrators import IntegratorScope
from schemas.receivers import ReceiverFormat

router: Final = APIRouter(prefix="/EIDO", tags=["integrators"])

INCIDENT: Final = re.compile(r"urn:emergency:uid:incidentid:([0-9a-f]{32}):[^:\s]+")

LATER: Final = "a later version of the program wrote this alarm, which this node cannot say as EIDO yet"

Reader = Annotated[Integrator, Depends(scoped_to(IntegratorScope.STREAMS))]


@router.get(
    "/{incident_id}",
    responses={
        200: {
            "description": "The EIDO of the alarm after its last event",
            "content": {
                MEDIA_TYPE: {"schema": {"type": "object", "description": "NENA-STA-021.1b, see docs/eido.md"}}
            },
        },
        404: {"description": "There is no such incident, or it is of no centre of this account"},
        409: {"description": "Not on this node while it is behind the version that wrote the alarm"},
    },
    response_class=Response,
)
async def incident(
    request: Request,
    reader: Reader,
    incident_id: Annotated[
        str,
        Path(max_length=300, description="`$id` of an EIDO of ours: `urn:emergency:uid:incidentid:…`"),
    ],
) -> Response:
    """Dereference an EIDO: its incident as it stands now, open or closed."""
    named, doors = INCIDENT.fullmatch(incident_id), doors_of(request)
    told = None if named is None else await doors.streams.newest(reader, UUID(named[1]))
    if told is None:
        raise NotFound
    try:
        made = doors.bodies.call(told, ReceiverFormat.EIDO, reader.name, reader.integrator_id)
    except ValidationError:
        raise NotAllowedNow(LATER) from None
    return Response(made.body, media_type=made.media_type)
