"""Every deadline and bound of dispatch, with its unit, its reason and its inequality.

The inequalities are asserted in ``tests/unit/dispatch/test_timing.py``.
"""

from typing import Final

HEARTBEAT_S: Final = 5.0
"""Proof of life to each console. The console calls its picture stale after 6 s: HEARTBEAT_S < 6."""

BEAT_SLOTS: Final = 50
"""Heartbeats are spread over so many moments of HEARTBEAT_S, so that the consoles of a node do not
all answer at once: HEARTBEAT_S / BEAT_SLOTS = 100 ms."""

SILENCE_S: Final = 15.0
"""A console that said nothing this long is closed; it answers each heartbeat: >= 2 * HEARTBEAT_S."""

ATTENDS_S: Final = 2 * HEARTBEAT_S + 1.0
"""A console that said nothing this long attends nothing: two heartbeats unanswered, and a second for
the way. < SILENCE_S, when it is closed."""

READ_ANEW_S: Final = 20.0
"""So long a console still attends a centre that it was live on and is being read anew, as all are at once
after the database failed over: many snapshots, or one over a slow line, take longer than the grace, and
every centre would be diverted past its operators. With the grace (10 s) no longer than the ladder's second
level (30 s), in case the picture never comes."""

SWEEP_S: Final = 2.5
"""How often silent consoles are looked for; one is closed SILENCE_S to SILENCE_S + SWEEP_S after its
last word: SWEEP_S < HEARTBEAT_S."""

POLL_S: Final = 1.0
"""Every stream is polled, because a doorbell is only a hint: bounds a lost hint to one second."""

WRITE_BUFFER_BYTES: Final = 262_144
"""Unsent bytes at which a console is too slow, about 120 alarms; its kernel buffer comes before it."""

CLOSE_GRACE_S: Final = 5.0
"""From the close frame to the abort of a console that does not read it. Frees what it holds in
CLOSE_GRACE_S <= SILENCE_S."""

REPLAY_BATCH: Final = 200
"""Events read at once during a replay; about 400 kB, more than WRITE_BUFFER_BYTES, so each batch
waits for the socket."""

REPLAY_MAX: Final = 5_000
"""Beyond this many events a snapshot is shorter than the replay: >= REPLAY_BATCH."""

SNAPSHOT_PART_BYTES: Final = 11_500
"""Alarms go into one part of a snapshot until this; one alarm (<= 52 500) more stays below 64 KiB."""

FRAMES_PER_S: Final = 50.0
FRAMES_BURST: Final = 200
"""A console may send a burst after a storm (one ``delivered`` an alarm), then this rate."""

FOLLOW_RETRY_S: Final = 0.5
"""Pause before a stream that could not be read is tried again: < POLL_S."""

POSITION_EVERY_S: Final = 1.0
"""A console is told of an alarm's position at most this often, in the mean: as often as phones have fixes."""

POSITION_EARLY_S: Final = 0.25
"""One may come so much sooner after the last: phones keep their second only roughly, and whoever waited
for it to be full would show each fix half a second later. >= 2 * POSITION_TICK_S."""

POSITION_TICK_S: Final = 0.1
"""Positions that came in between are written together. A moving victim is then shown at most 0.1 s
later, and a node with 50 consoles writes 500 times a second instead of 25,000."""

POSITIONS_A_TICK: Final = 100
"""Alarms of one centre written in one tick: 1,000 a second. A tick of 50 kB to 50 consoles takes 2 ms,
which is all that a press ever waits behind positions."""

POSITION_BACKLOG_BYTES: Final = 65_536
"""A console with more unsent is told no positions until it has read on; then it is told the last of each
that it missed. With a tick more it stays far from the WRITE_BUFFER_BYTES at which it would be closed:
a position never costs a console its link."""

POSITION_POLL_S: Final = 1.0
"""How often other nodes' positions are looked for. They are no events: nothing is rung for them."""

PROVISIONALS_MAX: Final = 10_000
"""Presses of a centre that are only kept and told again to whoever attaches: eight minutes of 20 a second,
some 40 MB. Beyond it a press is told once, and then by the stream."""

PROVISIONAL_TICK_S: Final = 0.1
"""What consoles are owed of them is written this often."""

PROVISIONAL_BACKLOG_BYTES: Final = 65_536
"""A console with more unsent is owed them until it has read on: with a frame more it stays far from the
WRITE_BUFFER_BYTES at which it would be closed, and an event never waits behind more than this."""

UNSENT_REMEMBERED: Final = 1024
"""Hints of one lane that are kept with their time: the first tells how long something has not been sent."""
