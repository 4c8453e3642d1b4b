"""``GET /v1/locations/{ticket}``: where she is now, for whoever was given this URL with her alarm."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request, Response

from gateway.domain.errors import NotFound
from gateway.formats.pidf_lo import MEDIA_TYPE
from gateway.http.doors.services import doors_of

router: Final = APIRouter(prefix="/v1/locations", tags=["integrators"])


@router.get(
    "/{ticket}",
    responses={
        200: {"description": "Her newest place", "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}},
        204: {"description": "Her alarm is open, and no place is known"},
    },
    response_class=Response,
)
async def live_location(
    request: Request, ticket: Annotated[str, Path(max_length=100, description="As the URL was given")]
) -> Response:
    """Tell where she is now as PIDF-LO (RFC 4119); the URL is the permission, and every look is written down.

    404 once her alarm is closed, the URL has run out, or its holder may not see it any more.
    """
    locations = doors_of(request).locations
    if locations is None:
        raise NotFound
    found = await locations.look(ticket)
    return Response(status_code=204) if found is None else Response(found, media_type=MEDIA_TYPE)
