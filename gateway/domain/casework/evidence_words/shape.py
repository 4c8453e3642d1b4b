"""Which words the readable evidence has, in each language."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceWords:
    """The words of one language; none of them may lack."""

    title: str
    alarm: str
    reference: str
    centre: str
    purpose: str
    state: str
    raised: str
    outcome: str
    made: str
    made_by: str
    by_system: str
    person: str
    circumstances: str
    circumstances_note: str
    unreadable: str
    trail: str
    clock: str
    within: str
    late: str
    unseen: str
    events: str
    who: str
    gateway: str
    presses: str
    received: str
    companion: str
    unverified: str
    positions: str
    positions_note: str
    first: str
    last: str
    radius: str
    method: str
    deliveries: str
    painted: str
    notes: str
    none: str
    integrity: str
    integrity_note: str
    log: str
    seal_positions: str
    key: str
    offender: str
    offender_note: str
    perimeter: str
    version: str
    days: str
    decision: str
    judged: str
    inside: str
    maybe_inside: str
    outside: str
    probability: str
    distance: str
    source: str
    sources: Mapping[str, str]
    kinds: Mapping[str, str]
