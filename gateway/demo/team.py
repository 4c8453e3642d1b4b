"""The case team of the demo: a police zone, and one person of each role that works on files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from gateway.store.connect import Pool, acquire
from gateway.store.operators import Operators
from schemas.session import Role

ZONE: Final = "BE-5415"
NAME: Final = "Demo zone Gent"
ARRONDISSEMENT: Final = "Gent"

PEOPLE: Final = (
    ("officer", "Demo case officer", Role.CASE_OFFICER),
    ("magistrate", "Demo magistrate", Role.MAGISTRATE),
    ("auditor", "Demo auditor", Role.AUDITOR),
)


@dataclass(frozen=True, kw_only=True)
class Member:
    """Somebody of the team, and the secret of the link that signs her in once."""

    username: str
    role: Role
    link: str


async def case_team(
    pool: Pool, operators: Operators, *, centre: str, files: Sequence[UUID], password_hash: str
) -> tuple[Member, ...]:
    """Make the zone, give it these files, and make an account for each of its people."""
    async with acquire(pool) as database, database.transaction():
        await database.execute(ADD_ZONE, ZONE, NAME, centre, ARRONDISSEMENT)
        await database.execute(GIVE, ZONE, files)
    members = []
    for username, name, role in PEOPLE:
        person = await operators.add(
            username,
            name=name,
            roles=[role],
            centres=[centre],
            password_hash=password_hash,
            zones=[ZONE],
        )
        link, _ = await operators.new_link(person.operator_id)
        members.append(Member(username=username, role=role, link=link))
    return tuple(members)


ADD_ZONE: Final = "INSERT INTO zone (zone_id, name, centre_id, arrondissement) VALUES ($1, $2, $3, $4)"
GIVE: Final = "UPDATE registration SET zone_id = $1 WHERE registration_id = ANY ($2)"
