"""What a PEMEA binding is given and has to do (ETSI TS 103 478): the XML is its business, and nothing else.

The gateway is an application provider (AP) outward, and can be a small terminating PSAP service provider
(PSP) inward. What each role needs stands in ``docs/pemea.md``, with what answers it here.
"""

from typing import Protocol

from gateway.domain.integrators import Inbound, Integrator
from gateway.formats.emergency_data import Capability, EmergencyData


class EmergencyDataWriter(Protocol):
    """The outward half of a binding: ``emergencyDataSend``. Pure."""

    def write(self, data: EmergencyData) -> bytes:
        """Return the message as XML that the schema of the standard takes."""


class EmergencyDataReader(Protocol):
    """The inward half of a binding. Pure."""

    def read(self, raw: bytes, integrator: Integrator) -> Inbound:
        """Return what somebody else's ``emergencyDataSend`` comes to, for ``Intake.take``.

        The URI for more information goes into ``AlarmRaised.location_url``. Raises ``XmlRefused``,
        ``FieldInvalid``.
        """


class Callbacks(Protocol):
    """What the other side is told on the URIs that it gave. All raise ``GatewayError``."""

    async def capabilities(self, uri: str, supported: tuple[Capability, ...]) -> None:
        """Say which capabilities of those that were offered are supported (``onCapSupportPost``)."""

    async def failed(self, uri: str, reason: str) -> None:
        """Say that a message could not be taken, and why (``onErrorPost``)."""
