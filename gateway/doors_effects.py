"""The part of the composition root for what events do."""

from gateway.cancelling import Cancelling
from gateway.centre_files import CentreFiles
from gateway.effects.calls import Calls
from gateway.effects.devices import Devices
from gateway.effects.fixes import Fixes
from gateway.effects.late import Late
from gateway.effects.reach import Reach
from gateway.effects.said import Said
from gateway.effects.table import AlarmEffects
from gateway.effects.wishes import Wishes
from gateway.ports import Clock
from gateway.settings import Settings
from gateway.store.casework.hotspot_flags import PostgresHotspotFlags
from gateway.store.casework.hotspot_seal import Blinds
from gateway.store.connect import Pool
from gateway.store.doors.life_signs import DeviceLife
from gateway.store.doors.open_alarms import PostgresOpenAlarms
from gateway.store.doors.stand_ins import PostgresStandIns
from gateway.storing import Storing
from gateway.streaming import Streaming
from gateway.supervising import Supervision
from gateway.tracking import Tracking


def effects_of(
    settings: Settings,
    pool: Pool,
    storing: Storing,
    streaming: Streaming,
    tracking: Tracking,
    supervision: Supervision,
    centres: CentreFiles,
    clock: Clock,
) -> AlarmEffects:
    """Put it together. The areas of ``centres`` may know no centre."""
    keyring = streaming.keyring
    reach = Reach(
        hers=PostgresOpenAlarms(pool),
        stand_ins=PostgresStandIns(pool, keyring, clock),
        alarms=storing.alarms,
        changes=storing.changes,
        clock=clock,
    )
    cancelling = Cancelling(alarms=storing.alarms, changes=storing.changes, clock=clock)
    flags = PostgresHotspotFlags(pool=pool, keyring=keyring, clock=clock, blinds=Blinds(keyring))
    kept = Fixes(reach=reach, writer=tracking.fixes)
    return AlarmEffects.of(
        said=Said(reach=reach, late=Late(reach=reach, respond=centres.respond)),
        fixes=kept,
        calls=Calls(
            reach=reach,
            fixes=kept,
            flags=flags,
            notices=storing.notices,
            centres=streaming.centres,
            centre_of=centres.areas.centre_of,
        ),
        wishes=Wishes(reach=reach, cancelling=cancelling),
        devices=Devices(
            reach=reach,
            signs=DeviceLife(
                pool=pool,
                presence=supervision.presence,
                limits=settings.supervision.limits,
                clock=clock,
            ),
        ),
    )
