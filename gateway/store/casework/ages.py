"""How old somebody was at a step, as a coarse band in the clear: figures need no more, and open no file."""

from dataclasses import replace
from typing import Final
from uuid import UUID

from gateway.domain.casework.figures import age_band
from gateway.domain.casework.life import Taken
from gateway.domain.errors import SealBroken
from gateway.store.connect import Database
from gateway.store.sealing import Keyring
from gateway.store.view import sealed_of
from schemas.life import StepKind

AGED: Final = frozenset({StepKind.GRANTED, StepKind.INSTALLED})

FILE: Final = """
SELECT registration_id, key_id, wrapped_key, person_sealed, circumstances_sealed, sealed_version
  FROM registration WHERE registration_id = $1"""


async def with_age(database: Database, keyring: Keyring, registration_id: UUID, taken: Taken) -> Taken:
    """Return the step with ``facts.age_band`` where it is one that figures look at and the age is known."""
    if taken.kind not in AGED:
        return taken
    row = await database.fetchrow(FILE, registration_id)
    if row is None:
        return taken
    try:
        person, _ = keyring.open(registration_id, sealed_of(row))
    except SealBroken:
        return taken
    born_on = person.victim.born_on
    if born_on is None or born_on > taken.on_date:
        return taken
    return replace(taken, facts={**taken.facts, "age_band": age_band(born_on, taken.on_date)})
