"""Every deadline and interval of the bridge: unit in its name, reason above it.

The inequalities between them are asserted in ``tests/unit/bridge/test_timing.py``.
"""

from typing import Final

# --- hearing a press ------------------------------------------------------------------------

# BlueZ emits a notification once per D-Bus subscriber, so one act can arrive twice within a
# millisecond or two (hbldh/bleak#2002). No finger pushes twice within 50 ms.
REPEAT_S: Final = 0.05

# --- the link to the button -----------------------------------------------------------------

# Reads and writes of a paired button take two connection intervals (30-100 ms each); bleak gives
# them no deadline of its own (hbldh/bleak#691).
GATT_S: Final = 5.0

# Connecting includes waiting for an advertisement and discovering services; BlueZ itself gives up
# after about 20 s of silence, so a shorter deadline would cut it off in the middle.
CONNECT_S: Final = 25.0

# Pairing may wait for a person who types a passkey; BlueZ's own limit is 30 s.
PAIR_S: Final = 30.0

# bleak waits up to 10 s for the disconnection to be confirmed; after a crash of bluetoothd it
# never is, and the next session may start anyway.
DISCONNECT_S: Final = 5.0

# Calls on the system bus that need no radio.
BUS_S: Final = 5.0

# Reading the battery proves the whole path: bleak does not notice bluetoothd being killed.
HEARTBEAT_S: Final = 15.0

# An advertisement interval is at most 10.24 s, but dozens of strangers are usually heard in a
# minute and a half: that silence means that the scan is deaf (habluetooth uses the same figure).
SCAN_SILENCE_S: Final = 90.0

# How long one scan looks for the button before connected devices are asked for again.
SCAN_S: Final = 30.0

# Delay before the next attempt: 0.2 s so that a short loss costs nothing, doubling to 10 s so that
# a long one costs little battery, each jittered by a fifth so that companions do not march in step.
RECONNECT_FIRST_S: Final = 0.2
RECONNECT_MAX_S: Final = 10.0
RECONNECT_JITTER: Final = 0.2

# The watch on the bus name of BlueZ tries again after this when the bus itself is gone.
BUS_RETRY_S: Final = 1.0

# --- the way to the gateway -----------------------------------------------------------------

# A mobile network that wakes up needs two to three seconds; beyond that another gateway is better.
HTTP_CONNECT_S: Final = 3.0

# The gateway commits within 50 ms; the rest is a slow network. A time-out means "unknown".
HTTP_ANSWER_S: Final = 5.0

# A gateway's date (of HTTP, to the second) that differs by more than this shows a wrong clock here;
# it refuses what is dated 300 s off, presses excepted.
CLOCK_WRONG_S: Final = 30.0

# A press that fails by itself: full jitter grows from this step up to the policy's ``retry_max_s``.
RETRY_STEP_S: Final = 0.5

# A closed way: full jitter below this for the first tries, half a minute of pauses on average. A node that
# restarts is back within seconds, and her press must not then sit out a long pause. Only then does the
# ceiling double, up to the policy's ``retry_max_s``.
URGENT_S: Final = 1.0
URGENT_TRIES: Final = 60

# A press the gateway refuses is asked again this seldom, for ever: its answer may change.
KEPT_RETRY_MAX_S: Final = 10.0
"""A press that a gateway only keeps is asked for again after what the gateway says, and this at most: she
is not told that it is committed before it is."""

PARKED_RETRY_S: Final = 300.0

# The connection of the presses never idles for longer than this: below the usual idle limits of
# 30-60 s of load balancers and mobile NATs, and above the heartbeats' own interval, so that these
# alone keep it warm unless a policy makes them rarer.
KEEP_WARM_S: Final = 27.0

# Whatever a policy says, heartbeats are at least this far apart (a link that flaps must not send a
# stream of them), and at most: the gateway calls a companion silent long before.
HEARTBEAT_LEAST_S: Final = 2.0
HEARTBEAT_MOST_S: Final = 300.0

# The long poll for signals may answer this much later than it was asked to.
SIGNALS_GRACE_S: Final = 5.0

# After a failed or empty-handed poll the next one waits at least this long.
SIGNALS_PAUSE_S: Final = 1.0

# After a restart the newest alarm is followed again if it was committed this recently.
FOLLOW_AFTER_RESTART_S: Final = 6 * 3600.0

# A wish to cancel is tried for so long by the command that takes it: one try at each of two
# gateways that keep silent. Then a running bridge goes on with it.
WISH_S: Final = 20.0

# After a day nobody wishes to cancel that alarm any more.
KEEP_WISH_H: Final = 24.0

# --- keeping ---------------------------------------------------------------------------------

# Receipts are kept a month: the evaluation of a file looks back that far.
KEEP_RECEIPTED_DAYS: Final = 30

# Old receipts are looked for this often.
PRUNE_S: Final = 3600.0

# --- positions -------------------------------------------------------------------------------

# gpsd reports at least once a second while it has a receiver.
GPSD_SILENCE_S: Final = 10.0
GPSD_RETRY_S: Final = 1.0

# How many fixes travel with a press (the wire's limit), and the least time between two kept ones:
# several reports a second would make three fixes one point.
KEPT_FIXES: Final = 3
FIX_SPACING_S: Final = 1.0

# A source whose last fix is older than this has none: the gateway flags such a position as stale.
FIX_FRESH_S: Final = 30.0

# --- the track of an alarm -------------------------------------------------------------------

# What waits is sent together once a second at most: the rate of a GNSS receiver, and the phone's
# radio stays awake for longer than that after each sending anyway.
POSITIONS_PAUSE_S: Final = 1.0

# Whatever a gateway or a policy says, fixes are taken at least this far apart, and at most.
TRACK_EVERY_LEAST_S: Final = 0.5
TRACK_EVERY_MOST_S: Final = 300.0

# No answer makes tracking go on for longer than this after a press: positions exist only during
# alarms, and a wrong date must not make one of years.
TRACK_MOST_S: Final = 24 * 3600.0

# Fixes in a batch: at most 256 bytes each in JSON, so that a batch fits into the 64 KiB that a
# gateway reads (asserted in tests/unit/bridge/test_positions.py). The first batch of a run is small
# until the network has shown what it can carry.
FIXES_A_BATCH: Final = 250
FIXES_FIRST_BATCH: Final = 30

# An answer within the first makes the next batch larger, beyond the second smaller: a batch may
# hold up a press on the same slow network by about that much.
POSITIONS_QUICK_S: Final = 0.5
POSITIONS_SLOW_S: Final = 1.5

# Without an answer the next batch waits, with full jitter, at most the first; where every gateway
# refuses (one that does not know positions yet), the second.
POSITIONS_RETRY_MAX_S: Final = 10.0
POSITIONS_REFUSED_S: Final = 30.0

# Fixes that may wait: two hours at 1 Hz and ten minutes, some 4 MB in memory and 2 MB on disk. Beyond,
# the oldest are thinned.
FIXES_WAITING_MOST: Final = 7800

# Indexes taken in advance with one fsync, so that none comes twice after a power cut though the
# fixes themselves are not synced one by one: an fsync every ten minutes at 1 Hz.
INDEXES_RESERVED: Final = 600

# What still waits this long after tracking ended is of no more use to anyone.
KEEP_UNSENT_S: Final = 24 * 3600.0

# --- this machine ----------------------------------------------------------------------------

# A phone's battery loses a percent in some minutes.
HEALTH_S: Final = 30.0
