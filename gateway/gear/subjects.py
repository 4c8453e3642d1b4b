"""Whom a message is about: the nearest name that is linked, else the name of the unit."""

from collections.abc import Sequence

from gateway.domain.integrators import Integrator
from gateway.ports import Integrators


async def subject_of(integrators: Integrators, integrator: Integrator, names: Sequence[str]) -> str:
    """Return the first of ``names``, the nearest first, that is linked; else the last.

    One line may serve several people, each with a zone or a trigger of her own; most serve one.
    Raises ``DatabaseUnavailable``.
    """
    for name in names[:-1]:
        if await integrators.linked(integrator, name) is not None:
            return name
    return names[-1]
