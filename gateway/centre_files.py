"""What the files say of the centres, read once at the start: where each is, and how it answers."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import structlog

from gateway.domain.centres import CentreMap
from gateway.domain.provinces import Provinces
from gateway.domain.response import Response
from gateway.geography import check_known, load_centres
from gateway.ports import Neighbourhood
from gateway.responses import check_answering, load_responses
from gateway.settings import Settings


@dataclass(frozen=True, kw_only=True)
class CentreFiles:
    """``areas`` is empty in a checkout that was not built; provinces are the neighbours then."""

    areas: CentreMap
    neighbourhood: Neighbourhood
    respond: Callable[[str], Response]

    @classmethod
    async def read(cls, settings: Settings, known: Sequence[str]) -> Self:
        """Read them for the centres there are. Raises ``CentresRefused`` and ``ResponsesRefused``."""
        areas = await asyncio.to_thread(load_centres, settings)
        check_known(areas, known)
        if not areas.centres:
            structlog.get_logger().warning("centre_areas_missing", routing="by registration only")
        responses = load_responses(settings)
        check_answering(responses, known)
        return cls(
            areas=areas,
            neighbourhood=areas if areas.centres else Provinces(areas.default),
            respond=responses.of,
        )
