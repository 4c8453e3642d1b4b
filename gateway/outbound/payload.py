"""What a receiver is sent and a stream's reader reads: an event as CloudEvents 1.0, as EIDO, as CAP. Pure.

The ``AlarmView`` is JSON already and goes in as it is (``gateway.store.view`` says why).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from gateway.domain.receivers import Gap, Told
from gateway.door_timing import RECEIVER_BODY_MAX
from gateway.formats import cap, eido
from gateway.formats.leaving import Leaving
from schemas.alarm import AlarmView
from schemas.receivers import ReceiverFormat, StreamGap, StreamReset, ThinAlarm

EVENT_TYPE: Final = "be.msa."
"""Leads the type of every event; the kind follows as the stream has it."""

GAP_ALARMS: Final = 100
"""Alarms that a gap names, 4 kB; a receiver that lacks more rebuilds from the snapshot anyway."""

CLOUD_EVENT: Final = "application/cloudevents+json; charset=utf-8"
SCHEMA: Final = "urn:msa:schema:v1:"
"""Leads ``dataschema``: the model of that name in ``/openapi.json``."""


@dataclass(frozen=True, slots=True)
class Body:
    """A body and its media type."""

    media_type: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bodies:
    """Makes them. ``domain``: this gateway's name in the ids that EIDO and CAP want, a host name.

    ``where`` gives whoever an event is for the URL of her live location, if the world knows this gateway.
    """

    domain: str
    where: Callable[[Told, UUID], str | None] = lambda _told, _holder: None

    def call(self, told: Told, format_: ReceiverFormat, receiver: str, holder: UUID | None = None) -> Body:
        """Return the body of a call about an event; a CloudEvent that would be too long is sent thin.

        Raises ``ValueError`` (pydantic's) where the alarm cannot be read for a format.
        """
        url = self._url(told, holder)
        match format_:
            case ReceiverFormat.EIDO:
                return Body(eido.MEDIA_TYPE, self._eido(told, url))
            case ReceiverFormat.CAP:
                return Body(cap.MEDIA_TYPE, self._cap(told, receiver))
        whole = _event(told, "AlarmView", told.alarm, url=url)
        if len(whole) > RECEIVER_BODY_MAX:
            whole = _event(told, "ThinAlarm", _thin(told).model_dump_json().encode(), url=url)
        return Body(CLOUD_EVENT, whole)

    def event(self, told: Told, format_: ReceiverFormat, reader: str, holder: UUID | None = None) -> bytes:
        """Return an event whole, as CloudEvents with its data in a format.

        An alarm that this program cannot say in that format, as a later one wrote it, is told in our words:
        ``dataschema`` says which, and a reader is not held up by it.
        """
        url = self._url(told, holder)
        try:
            match format_:
                case ReceiverFormat.EIDO:
                    return _event(told, "eido", self._eido(told, url), url=url)
                case ReceiverFormat.CAP:
                    written = json.dumps(self._cap(told, reader).decode(), ensure_ascii=False).encode()
                    return _event(told, "cap", written, cap.MEDIA_TYPE, url)
        except ValidationError:
            pass
        return _event(told, "AlarmView", told.alarm, url=url)

    def _url(self, told: Told, holder: UUID | None) -> str | None:
        return None if holder is None else self.where(told, holder)

    def _eido(self, told: Told, url: str | None) -> bytes:
        made = eido.eido_of(told.kind, _alarm(told), replace(self._leaving(told), location_url=url))
        return json.dumps(made, ensure_ascii=False).encode()

    def _cap(self, told: Told, receiver: str) -> bytes:
        return cap.cap_of(told.kind, _alarm(told), self._leaving(told, receiver))

    def _leaving(self, told: Told, *addresses: str) -> Leaving:
        return Leaving(
            at=told.at,
            domain=self.domain,
            with_person=told.person,
            addresses=addresses,
            earlier=told.earlier,
        )


def _alarm(told: Told) -> AlarmView:
    return AlarmView.model_validate_json(told.alarm)


def reset_event(centre: str, reset: StreamReset, at: str) -> bytes:
    """Return what a reader of a stream is told before the open alarms."""
    head = _of_stream(centre, "stream.reset", f"{reset.cursor}:reset", at, "StreamReset")
    return _with_data(head, reset.model_dump_json().encode())


def gap_call(gap: Gap, at: str) -> Body:
    """Return the body of a call that tells a receiver what it lacks for good."""
    told = StreamGap(
        reason="epoch_changed" if gap.new_epoch else "given_up",
        epoch=gap.epoch,
        first=gap.first,
        last=gap.last,
        events=len(gap.numbers),
        alarms=gap.alarms[:GAP_ALARMS],
        href=f"/v1/streams/{gap.centre}",
    )
    head = _of_stream(gap.centre, "stream.gap", gap.event_id, at, "StreamGap")
    return Body(CLOUD_EVENT, _with_data(head, told.model_dump_json().encode()))


def _of_stream(centre: str, kind: str, event_id: str, at: str, schema: str) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "type": EVENT_TYPE + kind,
        "source": f"/centres/{centre}",
        "id": event_id,
        "time": at,
        "datacontenttype": "application/json",
        "dataschema": SCHEMA + schema,
    }


def _event(
    told: Told, schema: str, data: bytes, media_type: str = "application/json", url: str | None = None
) -> bytes:
    head = {
        "specversion": "1.0",
        "type": EVENT_TYPE + told.kind,
        "source": f"/centres/{told.centre}",
        # an open alarm as of a cursor is no event of its own, and not the only one as of it
        "id": f"{told.cursor}:{told.alarm_id}" if told.snapshot else told.cursor,
        "subject": str(told.alarm_id),
        "time": told.at.isoformat(),
        "datacontenttype": media_type,
        "dataschema": SCHEMA + schema,
        # extensions: "sequence" is the documented one of CloudEvents, a string that sorts as text
        "sequence": f"{told.sequence:020d}",
        "purpose": told.purpose,
    } | ({} if url is None else {"locationurl": url})
    return _with_data(head, data)


def _with_data(head: Mapping[str, Any], data: bytes) -> bytes:
    return b'%b,"data":%b}' % (json.dumps(head, ensure_ascii=False).encode().removesuffix(b"}"), data)


def _thin(told: Told) -> ThinAlarm:
    after = f"{told.epoch}:{told.sequence - 1}"
    return ThinAlarm(
        alarm_id=told.alarm_id,
        href=f"/v1/streams/{told.centre}?after={after}&limit=1&purpose={told.purpose}",
    )
