"""Names of stand-ins and of lanes: of an integrator's subject, under a key that nobody can try numbers with.

A subject is often a telephone number. Without the key file a database tells of none whose stand-in it holds.
"""

import hmac
from hashlib import sha256
from typing import Final
from uuid import UUID

from gateway.domain.event_keys import lane_of, stand_in_id
from gateway.domain.integrators import Inbound
from gateway.store.derived_keys import DerivedKeys
from gateway.store.sealing import Keyring

INFO: Final = b"stand_in"
UUID_BYTES: Final = 16
OWN, SHARED = "own", "shared"


class StandInNames:
    """Made under the first key of the key file, known under each; and as they were before they had a key."""

    def __init__(self, keyring: Keyring) -> None:
        self._keys = DerivedKeys(keyring, INFO)

    def own(self, event: Inbound) -> list[UUID]:
        """Return what the stand-in of an event's subject may be called; a new one gets the first."""
        who = event.integrator
        before = stand_in_id(who.integrator_id, event.subject, exercise=who.sandbox)
        return [*self._under_every_key(event, OWN, event.subject), before]

    def shared(self, event: Inbound) -> list[UUID]:
        """Return what the one is called that stands for all whom its integrator has too many of."""
        return self._under_every_key(event, SHARED, "")

    def lane(self, event: Inbound, *, with_alarm: bool = False) -> UUID:
        """Return the lane of an event."""
        return lane_of(event, self.own(event)[0], with_alarm=with_alarm)

    def _under_every_key(self, event: Inbound, what: str, subject: str) -> list[UUID]:
        who = event.integrator
        kind = "exercise" if who.sandbox else "real"
        said = f"{what}:{who.integrator_id}:{kind}:{subject}".encode()
        digests = (hmac.digest(key, said, sha256) for key in self._keys.every())
        return [UUID(bytes=digest[:UUID_BYTES], version=5) for digest in digests]
