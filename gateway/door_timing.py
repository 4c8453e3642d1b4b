"""Every deadline, interval and bound of the doors for other systems, with its unit and its reason.

The inequalities are asserted in ``tests/unit/gateway/test_door_timing.py``.
"""

from typing import Final

# --- accounts ----------------------------------------------------------------------------------

TOKEN_S: Final = 900
"""An access token lives a quarter of an hour: one that leaks is soon worth nothing, and an integrator
asks four times an hour."""

CREDENTIALS_CACHED_S: Final = 5.0
"""So long a node goes by what it read of an account, a token, a key or a link: whatever is revoked is
refused everywhere within 5 s, as a companion is. A thousand requests a second ask the database once."""

CREDENTIALS_CACHED: Final = 20_000
"""As many of each sort a node remembers, some 1 kB each; those used longest ago are asked for again."""

TOKEN_TRIES: Final = 20
TOKEN_TRY_S: Final = 3.0
"""So many tokens a client or an address may ask for at once, then one every 3 s: a fleet of workers that
starts together gets its tokens, and 256 bits are guessed by nobody."""

STRANGER_TRIES: Final = 60
STRANGER_TRY_S: Final = 1.0
"""So many access tokens that bear no mark of ours an address may try at once, then one a second, as people do
who sign in behind one address. One of ours is never counted, nor refused for those: nobody behind an
integrator's address keeps it out."""

KEYS_LOOK_S: Final = 1.0
"""Which keys there are is read so often at most, for one that is not known: a new key holds within a second,
and made-up ones cost the database one look a second in all. < CREDENTIALS_CACHED_S."""

SECRET_OVERLAP_S: Final = 7 * 86_400
"""After a rotation the old secret or key still holds for a week, unless it is ended sooner: a working
week in which the other side changes over, without a gap."""

TOKENS_SWEEP_S: Final = 300.0
"""Tokens, nonces and secrets that have run out are deleted this often; none of them is ever believed."""

# --- events ------------------------------------------------------------------------------------

EVENTS_A_BATCH: Final = 250
BATCH_MAX_BYTES: Final = 262_144
"""A batch of events: 250 of 1 kB. Reading it takes some 10 ms in all, event by event, between which others
have their turn; the JSON itself, which is read at once, takes 3 ms."""

EVENTS_A_TURN: Final = 5
"""So many events are read, addressed or sealed before others have a turn: 0.3 ms."""

EVENTS_WAITING_MAX: Final = 500
EVENTS_WAITING_BYTES: Final = 16 * 1024 * 1024
"""Requests whose body is read and whose turn has not come, with so many bytes in all; an alarm waits for
no turn. 64 batches, or 500 single events: a second's worth."""

ALARMS_AT_ONCE: Final = 8
"""Alarms of other systems that look up their file at the same time: a batch of 250 leaves connections of
the pool's twelve to consoles. What commits them is the presses' own way."""

ALARMS_OF_ONE_LOOKED_UP: Final = 4
ALARMS_OF_ONE_COMMITTED: Final = 32
"""Of one system so many alarms look up their file, and so many of a centre are being committed, at the same
time; its others wait for those, and nobody else's do. Half a batch of the presses' writer (BATCH_MAX): a
press finds its place in the next one, whatever one system sends. Who waits longer than COMMIT_DEADLINE_S for
a place is told that it is not known to be committed. < ALARMS_AT_ONCE, < BATCH_MAX."""

INBOX_GATHER_S: Final = 0.02
"""What arrives within 20 ms goes to the database together: no integrator notices, and 500 events a second
cost 50 statements, of which each would else be one more flush that a press waits for."""

INBOX_A_STATEMENT: Final = 250
"""Events a statement: a whole batch; some 10 ms of the database. >= EVENTS_A_BATCH."""

INBOX_WAITING_MAX: Final = 5_000
"""Events that wait to be made durable, some 10 MB; beyond that they are answered 503, and come again."""

QUOTA_WAIT_S: Final = 600.0
"""Beyond its quota an event may be put off by so much; one that would wait longer is refused (429), as what
is said ten minutes late helps nobody. A position is never refused: the newest stands for it."""

INBOX_DEPTH_MAX: Final = 100_000
"""So many events of one integrator may wait, some 200 MB; beyond that all but alarms and wishes to cancel
are refused (429) until some are worked off. > QUOTA_WAIT_S at the usual 50 events a second."""

EVENTS_RETRY_AFTER_S: Final = 2
"""What a system is asked to wait before it sends again what was not kept."""

# --- alarms out: receivers and streams ---------------------------------------------------------

RECEIVER_TRY_S: Final = 5.0
"""Looking up, connecting, sending and the first line of the answer together: a receiver that has said
nothing by then has failed, and is tried again. It has to keep an event, not to work it off."""

RECEIVER_LEASE_S: Final = 10.0
"""A node that died over a sending delays its alarm by this; > RECEIVER_TRY_S and what it takes to write
down what became of it."""

RECEIVER_RETRY_S: Final = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0)
"""Pauses between tries, the last one until RECEIVER_GIVE_UP_S: alarm speed first. Never longer than a
quarter of an hour, so that a receiver that was repaired is not waited for."""

RECEIVER_JITTER: Final = 0.2
"""Pauses from JITTER_FROM_S on are lengthened by up to this share, so that what failed together does not
come back together."""

JITTER_FROM_S: Final = 30.0

RETRY_AFTER_MAX_S: Final = 300.0
"""A receiver's own Retry-After is kept to up to here: it may ask for air, not for silence."""

RECEIVER_FAILED_AFTER: Final = 4
"""Failed tries of one event after which supervisors are told, some 8 s after the first fast refusal."""

RECEIVER_REFUSED_TRIES: Final = 6
"""Answers 400, 413, 415 or 422 after which an event is dead, some 48 s after the first: the receiver will
not have this one, and the alarm's next events wait behind it."""

RECEIVER_HASTEN_S: Final = 30.0
"""So often at most what was put off is tried at once because its receiver took something else: as long as
the pauses are that this cuts short."""

RECEIVER_GIVE_UP_S: Final = 86_400.0
"""An event that could not be delivered for a day is dead; its alarm was answered here long ago."""

RECEIVER_SLOTS: Final = 8
"""Calls a node makes to one receiver at once. Each receiver has its own, so one that hangs holds up
itself alone."""

RECEIVERS_MAX: Final = 100
"""Receivers there may be: RECEIVER_SLOTS bodies of RECEIVER_BODY_MAX each is 16 MB a node at most."""

RECEIVER_BODY_MAX: Final = 20_000
"""Bytes of a body, as Standard Webhooks advises; a longer one is sent thin, with where to fetch it."""

EARLIER_TOLD: Final = 150
"""So many earlier messages of its alarm a CAP message names, the first and the newest: some 15 kB. An alarm
with more has hundreds of lines of chat."""

RECEIVER_LOOK_S: Final = 0.5
"""What is due is looked for this often; a fresh event is announced and does not wait."""

RECEIVER_PAUSE_S: Final = 0.02
"""Between two looks: under load one look serves many events."""

RECEIVER_FEEDS: Final = 10
RECEIVER_FEED_EVENTS: Final = 50
"""Streams, and events of each, read on for receivers by one statement, the least behind first: a receiver
that has much to catch up with holds up the next look of the others by some tens of milliseconds."""

RECEIVER_WAITING_MAX: Final = 10_000
"""Events that wait for one receiver; its streams are not read on beyond. They are the longer queue."""

RECEIVER_SWEEP_S: Final = 2.0
"""Notices about receivers are brought up to date this often."""

GAP_LOOK_S: Final = 2.0
GAP_AGAIN_S: Final = 60.0
"""What a receiver lacks for good is looked for every 2 s, and said to it each minute until it takes that: it
may be down for the very reason that it lacks it. > GAPS_AT_ONCE * RECEIVER_TRY_S, or two nodes say it."""

GAPS_AT_ONCE: Final = 10
GAP_EVENTS: Final = 10_000
"""So many gaps a look, and events of each; the next ones are told next. >= RECEIVER_WAITING_MAX, which may be
given up together."""

SENDING_KEPT_S: Final = 7 * 86_400.0
DEAD_KEPT_S: Final = 30 * 86_400.0
"""What was delivered is known for a week, what is dead for a month: then it is too late to replay."""

SENDINGS_CLEARED_S: Final = 3600.0
SENDINGS_CLEARED: Final = 5_000
"""What is older is deleted this often, so many a statement."""

STREAM_WAIT_MAX_S: Final = 25.0
"""A look at a stream waits for news so long at most, before middleboxes cut it (30 s)."""

STREAM_EVENTS_MAX: Final = 200
"""Events of one answer: below 4 MB."""

STREAM_BEHIND_MAX: Final = 100_000
"""Who is further behind rebuilds from the open alarms instead."""

STREAM_WAITERS: Final = 8
"""Looks of one integrator that wait at once on a node."""

# --- alarm gear: SIA DC-09 and SCAIP -----------------------------------------------------------

DC09_BEHIND_S: Final = 40.0
DC09_AHEAD_S: Final = 20.0
"""An encrypted message is of now: no older than 40 s, no more than 20 s ahead (DC-09 5.5.1.8)."""

DC09_RESENT_S: Final = 300.0
"""A message with the same number and content is the same for so long. Gear that misses an ACK sends again
within a minute; longer than BEHIND + AHEAD, so that what is replayed while its time still holds does
nothing. A day's silence and a reset later the same number is a new alarm."""

SCAIP_RESENT_S: Final = 1800.0
"""The same for SCAIP: one that is told to hold asks again for up to 30 min."""

DC09_FRAME_S: Final = 10.0
"""A frame that trickles in slower ends its connection; one has 4 kB at most, and comes in one packet."""

DC09_IDLE_S: Final = 900.0
"""So long a connection that has shown an account may be silent: several supervision intervals of gear
that keeps it open. One that has shown none has DC09_FRAME_S."""

DC09_ANSWER_S: Final = 10.0
"""So long a message may take to be committed; then its connection ends unanswered, and its gear sends
again, or takes its other path. Longer than COMMIT_DEADLINE_S, shorter than gear waits (some 20 s)."""

DC09_WRITE_S: Final = 5.0
"""An answer has 200 bytes: who does not take them for so long is not there."""

DC09_WRONG_MAX: Final = 8
"""So many messages in a row that are not taken end a connection: gear mends a clock or a bit in one or
two, and who guesses accounts begins anew each time."""

DC09_CONNECTIONS_MAX: Final = 512
DC09_CONNECTIONS_PER_ADDRESS: Final = 64
"""Open at once, some 10 kB each. A receiver speaks for many panels by a few connections; one address
never has more than an eighth."""

SCAIP_HEARTBEAT_MIN: Final = 3
"""Minutes between heartbeats, where a unit lets us say: class T4 of EN 50136-1 (180 s)."""

# --- events, as they are worked off ------------------------------------------------------------

INBOX_LANES: Final = 64
INBOX_A_LANE: Final = 16
"""A look claims so many subjects' events, so many of each: 500 events a second of as many subjects take 8
looks, of the 20 that INBOX_PAUSE_S leaves. A node that stands still holds up no more than these, for
INBOX_LEASE_S."""

INBOX_AT_ONCE: Final = 4
"""Effects that run at the same time: each takes a connection of the pool's twelve now and then. Fixes, nine
in ten of what comes, are not bound by this, as they share one look-up and one writer."""

FIX_LOOKS_AT_ONCE: Final = 2
"""So many of them look up at the same time whose they are, where no memory says it: 1,000 a second. And so
many look for what stands in for somebody. With INBOX_AT_ONCE they leave a quarter of the pool's connections
to consoles and sweeps, as a rule more: who is known by memory looks for nothing."""

OPEN_GATHER_S: Final = 0.01
"""Whose alarm is open is asked together for all that ask within this."""

PRESSES_AHEAD_S: Final = 0.25
"""While a press is being committed, which takes some 10 ms, no event is made durable or worked off. Presses
without a pause hold them up no longer than this each time."""

INBOX_LEASE_S: Final = 120.0
"""What a node has claimed it has for so long: > INBOX_A_LANE * EFFECT_S, within which a whole lane ends. Of
one that is gone it is free at once (CLAIMANT_LOOK_S): this is for one that stands still and is there."""

CLAIMANT_LOOK_S: Final = 1.0
"""So often a node looks whether the session that it claims by still lives, and whether others' do: what one
had that is killed goes on within CLAIMANT_LOOK_S + INBOX_POLL_S, and within 5 s with what there is to do."""

LET_GO_S: Final = 2.0
"""A node that is stopped gives back within this what it has claimed; else its lease ends it.
< INBOX_LEASE_S."""

INBOX_POLL_S: Final = 1.0
"""A node looks for what others left, and for what has become due, this often; what came in here it hears
of at once."""

INBOX_PAUSE_S: Final = 0.05
"""Once the first of what is worked off is done, what ends within this is let go of with it, and its place
taken, by one statement each: 20 a second instead of one for each subject. < INBOX_POLL_S."""

EFFECT_S: Final = 5.0
"""What an event does may take so long, a hundred times what it takes; then it is tried again."""

EFFECT_PAUSES_S: Final = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
"""An event that is right later (a line of chat ahead of its alarm) is tried again after these, in all for
68 s; its subject's next events wait behind it. Then it goes into quarantine and they go on."""

SAID_WAITS_S: Final = 3.0
"""What is said without an open alarm waits so long for one that it may have overtaken, as alarms go ahead of
all else; then it is held against the one that was closed last. < sum(EFFECT_PAUSES_S)."""

SAID_AFTER_CLOSING_S: Final = 86_400.0
"""So long after an alarm was closed what its victim says raises it again. What comes later has nothing to do
with it: who is in danger then raises an alarm, and a line without one is looked at by hand."""

SAID_UNSEEN_S: Final = 600.0
"""What she said up to so long before the closing, and came in after it, nobody who closed it has seen. What
is older was held up elsewhere, and is kept with the alarm. >= QUOTA_WAIT_S, which it may have waited here."""

EFFECT_TRIES_MAX: Final = 12
"""An event that was begun so often and never ended, whatever the reason, goes into quarantine: it may be
what ends the node. > len(EFFECT_PAUSES_S)."""

EFFECT_AWAY_S: Final = 3600.0
"""A try that ended because the database was away, or a centre's stream held up, is not counted for so long
after an event came in: what was accepted is not put aside for what it cannot help. Then it is, as one that
alone is too much for the database would hold up its subject for ever. > QUOTA_WAIT_S, which it may wait."""

INBOX_LOOK_S: Final = 5.0
"""Depth, age and quarantine are measured, and notices raised or cleared, this often."""

INBOX_PRUNE_S: Final = 60.0
PRUNE_ROWS: Final = 20_000
"""What is kept for long enough is deleted this often, so much at a time: 300 a second, as long as it takes
some 0.1 s of the database."""

EVENT_SEEN_S: Final = 7 * 86_400
"""An event that comes again within a week is known; an alarm is for ever. Who sends one again after that
has mended something, and means it."""

STAND_INS_A_DAY: Final = 5_000
"""So many unknown subjects of one integrator get a stand-in of their own in a day, some 5 MB of sealed rows:
several times what an emergency app of the whole country raises. Alarms of the others share one, and say so:
a system that goes wrong does not fill the database, and none of its alarms is dropped."""

STRANGERS_LOOK_S: Final = 10.0
"""Whether some integrator has too many is looked for this often."""

STRANGER_DAYS_KEPT: Final = 7
"""Days for which it is counted: to ask about, in the week."""

QUARANTINE_MAX: Final = 10_000
"""So many of one integrator are kept in quarantine, some 20 MB: the oldest go. Whoever looks has seen by
then what is wrong; an integrator that is wrong all day must not fill the disk."""

QUARANTINE_KEPT_S: Final = 30 * 86_400
"""What nobody looked at within 30 days is discarded: it may say where somebody was (as positions are kept).
> EVENT_SEEN_S."""

# --- formats -----------------------------------------------------------------------------------

AML_BODY_MAX_BYTES: Final = 8_192
"""A form of AML with every field is 1 kB, a short message 160 characters; ten concatenated are 1.6 kB."""

# --- perimeters --------------------------------------------------------------------------------

BOOK_S: Final = 1.0
"""So often a node looks whether perimeters, trackers, watches or open alarms of theirs changed: what a
magistrate decides is judged by everywhere within 2 s. Some ms of the database when nothing changed."""

BOOK_OVERLAP_S: Final = 5.0
"""A look goes back so far behind the one before: what was changed before it may be committed after it."""

FIX_LANE_GATHER_S: Final = 0.02
"""What arrives within 20 ms goes to the database together: 20 trackers' fixes a statement at 1,000 a
second, and no tag notices."""

LANE_FIXES_A_STATEMENT: Final = 500
LANE_FIXES_WAITING_MAX: Final = 10_000
"""Fixes a statement (some 15 ms), and those that may wait: ten seconds of 1,000 a second; beyond, they are
answered 503 and come again."""

TRACKER_KEPT_S: Final = 300.0
"""Where a tracker was is kept so long: an approach from 5 km by car. An alarm keeps what is left of it, and
all that follows. <= (SLOTS of migration 0027 - 2) minutes, or a slot would be emptied while it is written."""

OFFENDER_BEFORE_S: Final = 900.0
"""With an alarm so much older fixes are kept, where a tag lost its network and sends what it has: a quarter
of an hour. >= TRACKER_KEPT_S."""

SLOTS_SWEEP_S: Final = 20.0
"""So often the slots whose minutes are over are emptied. < 60: a slot is reused every eight minutes."""

TRACKER_HEARD_S: Final = 15.0
"""That a tracker lives is written at most so often: a thousand trackers cost 70 rows a second.
< the shortest supervision (30 s)."""

SEEN_WRITTEN_S: Final = 15.0
"""That a victim was seen, around whom a perimeter moves, is written at most so often.
< VICTIM_LOST_S (``domain.perimeters.judging``), after which it is blind."""

SEES_TOLD_S: Final = 1800.0
"""That a perimeter sees again stays told for half an hour: whoever read that it was blind finds it out, and
nobody has to put it away."""

SUPERVISE_TRACKERS_S: Final = 5.0
TRACKERS_A_SWEEP: Final = 200
"""Silence is looked for so often, so many trackers a look: it is told within the tracker's own time, 5 s,
and the 15 s within which a life-sign is not written again."""

BREACH_TELL_LOOK_S: Final = 1.0
BREACH_TELL_AGAIN_S: Final = 15.0
BREACH_TOLD_WITHIN_S: Final = 300.0
"""Messages to victims are looked for each second, tried again every 15 s (> WEBHOOK_TRY_S), and no more after
five minutes: that somebody was near then is no help now."""

WATCH_AGAIN_S: Final = 1.0
"""What could not be told or raised is tried again so often; a fix that comes meanwhile tries at once."""

ARM_ANEW_S: Final = 300.0
"""Who is seen inside so long after the alarm of his breach was closed raises another: closing one says what
became of it, and not that nobody watches any more. Long enough for who was led away to be out.
> LEAVING_S of the machine."""

# --- live locations ----------------------------------------------------------------------------

LOCATION_URL_S: Final = 4 * 3600.0
"""A URL for a live location holds so long after the event that brought it; each further event brings a new
one, and it ends with the alarm anyway. Longer than a track is followed by itself (two hours)."""

LOCATION_LOOKS: Final = 10
LOCATION_LOOK_S: Final = 1.0
"""So many looks at once, then one a second: fixes come no faster."""
