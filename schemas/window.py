"""A test window: for some minutes a victim's real presses are taken as tests."""

from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from schemas.base import CentreId, Instant, Line, Wire

WINDOW_MINUTES_MAX: Final = 60
"""A test takes minutes; what is left open longer waits for somebody in danger."""


class WindowRequest(Wire):
    """How long the window is to be (``POST /v1/registrations/{id}/test-window``); 0 ends it."""

    minutes: Annotated[int, Field(ge=0, le=WINDOW_MINUTES_MAX)] = 15


class WindowView(Wire):
    """The test window of a registration; ``until`` None: there is none."""

    registration_id: UUID
    centre: CentreId
    reference: Line
    until: Instant | None
