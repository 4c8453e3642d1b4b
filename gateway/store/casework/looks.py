"""What the journal says of an act on one file."""

from gateway.domain.casework.journal import Entry, Kind, Why
from gateway.domain.casework.scope import Scope
from gateway.store.casework.file_versions import Head
from schemas.session import Role


def why_of(scope: Scope) -> Why:
    """Return on what ground this person looks at a file."""
    return Why.CASE if Role.CASE_OFFICER in scope.roles else Why.DECISION


def entry_of(kind: Kind, scope: Scope, head: Head, subject: str, **facts: object) -> Entry:
    """Return what the journal says of an act on a file."""
    return Entry(
        kind=kind,
        why=why_of(scope),
        registration_id=head.registration_id,
        subject=subject,
        centre=head.centre,
        team=head.team,
        facts=facts,
    )
