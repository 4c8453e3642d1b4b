"""What the gateway needs from outside, as small protocols; adapters stand at the edge.

Each docstring says what failure looks like. Fakes in the tests implement these too. Import from here.
"""

from gateway.ports.alarms import AlarmQuery, Alarms, BareAlarms, FirstDelivery, History
from gateway.ports.changes import Changes, Claimed, Deadlines, Fate, Proposal, RequestKey, Verdict
from gateway.ports.clock import Clock
from gateway.ports.consoles import Attendances, Consoles, Neighbourhood, Overviews, Presence
from gateway.ports.devices import DeviceActs, DeviceQuery, Devices, FileCompanions, IdleLimits
from gateway.ports.doors import Credentials, Effects, Intake, Integrators, Trackers
from gateway.ports.follow_ups import CallOutcome, Calls, ClaimedCall, FollowUps, Returned, Stretch
from gateway.ports.known_files import KnownFile, KnownFiles
from gateway.ports.neighbours import Asked, Doorbell, Heard, HeardReach, Neighbours
from gateway.ports.notices import Notices, Shelf
from gateway.ports.outbound import Backlog, Gaps, Read, Sendings, Streams, Trouble
from gateway.ports.people import Sessions, Unopened, Windows
from gateway.ports.presses import Committed, Presses, PressRecord
from gateway.ports.spool import KeptPress, Provisionals, Spool, Waiting
from gateway.ports.tracks import BatchFate, FixBatch, FixWriter, Kept, NewestFixes, Tracks
from gateway.ports.units import Units

__all__ = [
    "AlarmQuery",
    "Alarms",
    "Asked",
    "Attendances",
    "Backlog",
    "BareAlarms",
    "BatchFate",
    "CallOutcome",
    "Calls",
    "Changes",
    "Claimed",
    "ClaimedCall",
    "Clock",
    "Committed",
    "Consoles",
    "Credentials",
    "Deadlines",
    "DeviceActs",
    "DeviceQuery",
    "Devices",
    "Doorbell",
    "Effects",
    "Fate",
    "FileCompanions",
    "FirstDelivery",
    "FixBatch",
    "FixWriter",
    "FollowUps",
    "Gaps",
    "Heard",
    "HeardReach",
    "History",
    "IdleLimits",
    "Intake",
    "Integrators",
    "Kept",
    "KeptPress",
    "KnownFile",
    "KnownFiles",
    "Neighbourhood",
    "Neighbours",
    "NewestFixes",
    "Notices",
    "Overviews",
    "Presence",
    "PressRecord",
    "Presses",
    "Proposal",
    "Provisionals",
    "Read",
    "RequestKey",
    "Returned",
    "Sendings",
    "Sessions",
    "Shelf",
    "Spool",
    "Streams",
    "Stretch",
    "Trackers",
    "Tracks",
    "Trouble",
    "Units",
    "Unopened",
    "Verdict",
    "Waiting",
    "Windows",
]
