"""Every deadline and interval of the gateway, with its unit, its reason and its inequality.

The inequalities are asserted in ``tests/unit/gateway/test_timing.py``.
"""

from typing import Final

COMMIT_DEADLINE_S: Final = 3.0
"""A press that is not committed by then is answered 503, and the companion sends it again.
Longer than a restart of PostgreSQL takes here, shorter than a companion waits for an answer (5 s)."""

COMMIT_STATEMENT_S: Final = 1.5
"""One try of the committing statement: at least two fit into COMMIT_DEADLINE_S."""

PROVISIONAL_AFTER_S: Final = 1.5
"""A press that is not committed by then is kept on this node's disk and shown as provisional: a second for
the disk and the consoles, and it is shown within PROVISIONAL_SHOWN_S. A hundred times what a commit takes, so
that a hiccup of the database is waited for."""

PROVISIONAL_SHOWN_S: Final = 3.0
"""Received to shown, of a press that is only kept: PROVISIONAL_AFTER_S + 1 s fit into it."""

PRESS_AGAIN_S: Final = 5.0
"""A companion whose press is only kept asks again after this: soon enough that its button tells her, and ten
thousand of them are two thousand requests a second that touch no database."""

REPLAY_S: Final = 1.0
"""While the database is away it is tried this often, with one press a centre."""

REPLAY_AT_ONCE: Final = 16
"""Registrations of a centre that are replayed at once, one press each on its way: a quarter of a batch, the
rest is for live ones. Twice as many are replayed a fifth faster, and live ones wait half as long again."""

REPLAY_PER_S: Final = 50
"""Presses a node replays a second, the first REPLAY_AT_ONCE together; what another node has committed does
not count. All are on the screens already, and each is told there as three events: six thousand as fast as the
database takes them kept new presses off a screen for 20 s, and closed consoles that read too slowly."""

REFUSED_AGAIN_S: Final = 60.0
"""A kept press that the database refuses as such is tried this often: it holds up no other."""

KNOWN_FILES_REFRESH_S: Final = 15.0
"""Files in memory are compared with the database this often: 10,000 of them are one query of some 20 ms."""

HELD_UP_S: Final = 0.25
"""So long a batch of presses waits for the streams of other centres; then it goes without the presses
that concern them. Far longer than a commit takes, and twice it with a retry is below a second (G6).
A change of a shared alarm waits no longer for one centre's stream while it holds the others'."""

HELD_UP_TRIES: Final = 3
"""So often an operator's change is tried while a stream of its alarm is held up: with the pauses
(RECONNECT_S) about as long as it would wait for a single one (lock_timeout, 1 s)."""

RECONNECT_S: Final = 0.1
"""Pause before a writer's connection is made anew: many fit into COMMIT_DEADLINE_S."""

BATCH_MAX: Final = 64
"""Presses committed by one statement; what waits beyond is the next batch."""

BODY_MAX_BYTES: Final = 65_536
BODY_DEADLINE_S: Final = 5.0
"""A body that trickles in slower is refused (slowloris); a press is 2 kB."""

SIGNALS_WAIT_S: Final = 25.0
"""A long poll ends empty after this, before middleboxes cut it (30 s)."""

ANNOUNCE_PAUSE_S: Final = 0.01
"""Between two rings: under load one ring announces what many batches committed meanwhile."""

DOORBELL_PROBE_S: Final = 1.0
DOORBELL_PROBE_DEADLINE_S: Final = 1.5
"""The listening connection is asked each second whether it lives: TCP alone would not tell."""

BUS_CONNECT_S: Final = 2
"""A NATS server that has not greeted by then is passed over for the next."""

BUS_PING_S: Final = 2
BUS_PINGS: Final = 2
BUS_LOST_S: Final = 6.0
"""A NATS server is pinged this often, and lost when so many pings are unanswered at the next:
BUS_LOST_S = BUS_PING_S * (BUS_PINGS + 1). Meanwhile the poll carries everything."""

BUS_LOOK_S: Final = 0.5
"""How often the client is asked whether it lost its server."""

BUS_FLUSH_S: Final = 1.5
"""A server that takes no more has so long, when the client's buffer is full."""

BUS_GOODBYE_S: Final = 1.0
"""The end of a connection is waited for so long; a server that says nothing would keep it for minutes."""

BUS_ASKED_S: Final = 0.5
"""Nodes that ask within this are answered together: all of them connect at once when a server is back."""

TOLD_BYTES_MAX: Final = 65_536
BUS_WAITING_BYTES: Final = 4 * 1024 * 1024
"""What a node tells its neighbours of one press, and what may wait for the way: some 600 presses."""

REACH_LOOK_S: Final = 0.5
"""Whether the database answered is looked at this often, and said to the neighbours if it did: what was said
is so seldom older than a poll and this. POLL_S + REACH_LOOK_S + NEIGHBOUR_FRESH_S < CUT_OFF_S: when all lose
it together, no node takes another for one that has it."""

MOVE_SPREAD_S: Final = 1.0
"""Consoles that go elsewhere go one after the other within this, so that they do not arrive at once."""

NOTIFY_QUEUE_S: Final = 15.0
"""PostgreSQL's notification queue is looked at this often; looking also moves its tail on."""

DELIVERY_FLUSH_S: Final = 0.2
"""Deliveries are written together this often: nobody waits for them."""

LOOP_TICK_S: Final = 0.1
"""The event loop's lag is measured on a timer of this length."""

HOUSEKEEPING_S: Final = 3600.0
"""What expired more than a day ago is deleted this often: rows are few, and none is ever believed."""

HOUSEKEEPING_AGAIN_S: Final = 30.0
"""The pause after a failure: a database that was busy while a node started is not by then."""

WINDOW_SWEEP_S: Final = 5.0
"""Notices of test windows and exercises that are over are cleared this often; the windows themselves end
by the database's clock, with no loop: a press is never a test because a loop was late."""

SHELVED_MAX_S: Final = 8 * 3600
"""A notice can be put aside for so long: a shift. Whoever comes next sees it again, and judges anew."""

CANARY_SWEEP_S: Final = 300.0
"""Canaries are deleted this often: at one a node, centre and half minute, ten a node and centre."""

CANARY_EVENTS_KEPT: Final = 10_000
"""Canaries are kept until a stream has told so many events since. A console that is more than REPLAY_MAX
behind gets a snapshot, so nobody replays what is deleted: >= 2 * REPLAY_MAX, as a replay takes a while."""

CANARIES_AT_ONCE: Final = 200
"""Canaries deleted by one statement: some 600 events, a few tens of ms, with no stream's row held."""

DRAIN_S: Final = 2.0
"""Between 'not ready' and the end of the server, for consoles to move to another node and for balancers to
notice, unless MSA_DRAIN_S says otherwise."""

DRAIN_LOOK_S: Final = 0.1
"""A node that leaves looks this often whether anybody is still with it."""

NEVER_ASKED_S: Final = 1.0
"""A connection that was taken just before a node left has so long to say what it wants: it was promised."""

UNVERIFIED_BURST: Final = 5
UNVERIFIED_PER_S: Final = 0.2
"""Presses without a valid signature are taken at this rate a companion; beyond it they are refused
with 429, so that somebody who knows a companion's id cannot bury its real presses."""

FIX_GATHER_S: Final = 0.005
"""Fixes that arrive within this are stored together: under load a batch is what came during the one
before anyway, and nobody waits for a receipt of positions."""

FIXES_WAITING_MAX: Final = 2_000
"""Fixes that may wait to be stored: two seconds of what a node is built for (1,000 a second). Beyond it
companions are told to come back: they keep their fixes, and nothing old holds up what is new."""

FIXES_A_STATEMENT: Final = 600
"""Fixes stored by one statement: some 15 ms, so that the newest never waits long for a heap of old ones.
>= twice a batch, so that any batch fits."""

POSITIONS_WAITING_MAX: Final = 1_000
POSITIONS_WAITING_BYTES: Final = 8 * 1024 * 1024
"""Requests that have arrived and wait for their turn, and their bodies: one passes at a time, each
0.3 ms, so that a heap of them never stands between a press and its commit. The last waits 0.3 s."""

POSITIONS_RETRY_AFTER_S: Final = 2
"""What a refused companion is told: its next fix comes in a second, and takes the old ones along."""

SWEEP_S: Final = 0.25
"""Deadlines that fell due are looked for this often: an escalation is at most a second late, with
this, its commit and a busy node in it: 4 * SWEEP_S <= 1."""

SWEEPS_MAX: Final = 4
"""Sweeps under way at once, each on other deadlines: a centre whose row is locked holds up one of
them until the lock's time-out (1 s), and a new one starts each SWEEP_S."""

CLAIM_MAX: Final = 256
"""Deadlines claimed at once: four batches, carried out well within DEADLINE_LEASE_S."""

COMMITS_MAX: Final = 4
"""Batches of changes committed at once, of the twelve connections of the pool."""

DEADLINE_LEASE_S: Final = 5.0
"""A node that claimed a deadline and died has it no more after this. Longer than a statement may take
(2.5 s) and the one after it, so that the living are not overtaken."""

PUT_OFF_S: Final = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""A deadline that could not be carried out is tried again after the first, then the next, then each
time the last of these: the first at once, as the database was away; the last for one that never can."""

AWAY_S: Final = 1.0
"""Deadlines that wait for the database, or for a centre whose row is locked, are tried again after this."""

MEND_S: Final = 15.0
"""Open deadlines are counted, and alarms without one looked for, this often."""

LOOK_S: Final = 0.25
"""Who attends is looked at this often, and written down if it changed: an alarm must not be diverted
past a console that has just come."""

ATTENDANCE_BEAT_S: Final = 1.0
"""Who attends is written down this often in any case: the node lives."""

NODE_HEARD_S: Final = 3.0
"""A node not heard for so long has no consoles: >= 2 * ATTENDANCE_BEAT_S and a slow statement."""

ATTENDANCE_GRACE_S: Final = 10.0
"""A centre whose last console has gone is unattended after this. When a node restarts, its consoles
find another within seconds (they try again every 5 s at most); no longer than the ladder's first
level, so that an alarm raised meanwhile is told to somebody in any case."""

CONSOLES_LOOK_S: Final = 1.0
"""How consoles are is looked at this often, and what changed is written: a supervisor knows of a blocked
siren within this and her own poll (2 s)."""

CONSOLES_WRITTEN_S: Final = 5.0
"""Each console is written this often in any case: when it was last heard is known to this and a heartbeat,
its lag too. A part of them each CONSOLES_LOOK_S: 200 consoles take the gateway 2 ms in all, 2,000 take 20."""

SOUNDS_WAITING_MAX: Final = 10_000
"""Changes of sirens that wait to be written."""

SOUNDS_AT_ONCE: Final = 20
SOUND_EVERY_S: Final = 5.0
"""So many changes of the sirens of one operator are recorded at once, then one each SOUND_EVERY_S and of
each console the last: an alarm takes two, and what changes without end adds 17,280 rows a day, not a
million. SOUND_EVERY_S >= CONSOLES_LOOK_S."""

SOUND_MISSING_S: Final = 86_400.0
"""So far back a supervisor is shown who silenced a siren or had it blocked: a day's shifts."""

FIGURES_S: Final = 10.0
"""Answer times and protections are counted at most this often by a node, however many supervisors look:
that reads a month's alarms and every protection."""

CANARY_SEEN_KEPT_S: Final = 604_800.0
"""A node of which no canary was seen for a week is none any more."""

REVOKED_LOOK_S: Final = 2.0
"""The sessions of a node's consoles are looked at this often: who signed out, was disabled or lost a
role or a centre sees nothing more within 5 s. With a slow look, which may wait a second for a connection
and take two: REVOKED_LOOK_S + ACQUIRE_SECONDS + 2 <= 5."""

SESSION_BY_MEMORY_S: Final = 900.0
"""While the database cannot say, a session is believed for so long after it last said that it holds: three
times the five minutes without it that a node is built for, and far less than the shift for which a session
holds anyway. Who signed out elsewhere meanwhile may look on for so long, and command nothing."""

FOLLOW_UP_S: Final = 0.5
"""Events are looked at this often for what follows from them: notices, calls to the outside."""

FOLLOW_UP_LEASE_S: Final = 5.0
"""A node that died over it delays what follows by this."""

FOLLOW_UP_MAX: Final = 2_000
"""Events of a centre followed at once: their kinds and ids only, some 10 ms."""

SILENCE_WATCH_S: Final = 15.0
"""Silent companions are counted this often: that reads every registration's protection."""

FLOOD_WATCH_S: Final = 5.0
"""New alarms are counted this often; a flood is a matter of ten minutes."""

LAST_FIX_OVERLAP_S: Final = 3.0
"""A look for other nodes' positions goes back so far behind the one before: > COMMIT_STATEMENT_S, within
which what was changed is committed or never."""

HEARTBEATS_WRITTEN_S: Final = 1.0
"""What companions said is written down together this often; so much less of a silence is left to judge."""

HEARTBEATS_WAITING_MAX: Final = 2_000
HEARTBEATS_WAITING_BYTES: Final = 4 * 1024 * 1024
"""Heartbeats that have arrived and wait for their turn, and their bodies: one passes at a time, each
0.2 ms, so that those of a whole country coming back stand between no press and its commit."""

UNWRITTEN_S: Final = 5.0
"""A node that could not write for so long answers heartbeats 503, so that companions turn to another
node well before they are taken for silent."""

LAST_SEEN_S: Final = 60.0
"""A companion's ``last_seen_at`` is as old as this at most while it is heard: it is for people."""

REOPENED_S: Final = 2.0
"""How often each node looks which alarms were reopened, so that the next heartbeat of a companion of hers
is answered with it: a small part of the time between two. It reads what is open: 1 ms at 2000 alarms."""

JUDGE_S: Final = 1.0
"""How often each node looks for registrations that are due to be judged."""

JUDGE_GAP_S: Final = 10.0
"""No node has looked for longer: the gateway was away, and silence counts only from its return. A pause
that is shorter may cost a companion one heartbeat: JUDGE_GAP_S + 2 heartbeats < the shortest silence."""

JUDGE_LEASE_S: Final = 5.0
"""A registration claimed by a node that died is due again after this: ten times what the fullest look
takes. Even then its silence is told in time: HEARTBEATS_WRITTEN_S + JUDGE_S + JUDGE_LEASE_S +
COMMIT_DEADLINE_S <= REPORT_MARGIN_S."""

COUNTED_S: Final = 60.0
"""How often the gauges of protection are counted; that reads every registration."""

WEBHOOK_TRY_S: Final = 5.0
"""A call to the outside that has no answer by then has failed, and is made again."""

WEBHOOK_LEASE_S: Final = 8.0
"""A node that died over a call delays it by this; > WEBHOOK_TRY_S and what it takes to write it down."""

WEBHOOK_RETRY_S: Final = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Pauses between tries; the last one for ever, until the call gets through or the alarm is answered."""

WEBHOOK_FAILED_AFTER: Final = 4
"""Failed tries after which the supervisor is told, some 8 s after the first of a fast refusal."""

WEBHOOK_LOOK_S: Final = 0.5
"""Calls that are due are looked for this often."""

WEBHOOK_AT_ONCE: Final = 8
"""Calls a node makes at once."""

SILENT_SWEEP_S: Final = 5.0
"""Alarms whose position is lost are looked for this often: it is said 30 to 35 s after the last fix."""

SILENT_MAX: Final = 50
"""So many at once: when a network is lost with all the phones on it, ten a second are said, and presses
are not held up by what follows from their silence."""

FOLLOWED_MAX: Final = 32
"""Alarms looked at together for what follows from their fixes: one batch of changes, some 30 ms."""

ENRICH_RETRY_S: Final = 5.0
"""A file that could not be opened is tried again this often while its alarm is open: soon enough for
whoever puts the missing key in place while the team is on its way."""

CANCEL_ANSWER_S: Final = 0.5
"""A wish to cancel is answered so long after it came, whatever it did here: longer than a commit takes,
so that who holds her phone cannot tell one word from another by the time."""

OIDC_TRY_S: Final = 5.0
"""A provider that has not answered by then is unreachable: somebody waits before an empty screen."""

OIDC_ANSWER_BYTES: Final = 262_144
"""The largest answer of a provider that is read; a long list of keys has 20 kB."""

OIDC_KEPT_S: Final = 3600.0
"""What a provider says of itself, and its keys, are read anew after this."""

OIDC_KEYS_AGAIN_S: Final = 10.0
"""A key that is not known is looked for at the provider no oftener than this, whatever tokens name:
< OIDC_KEPT_S. A new key so works for whoever signs in after it, and at most this later."""

OIDC_SKEW_S: Final = 60
"""The provider's clock may differ from ours by so much: an ID token lives for some minutes at least.
OIDC_SKEW_S < OIDC_SIGN_IN_S."""

OIDC_SIGN_IN_S: Final = 600.0
"""A sign-in that was begun ends after this: time to find a phone for the second factor."""

SEAL_S: Final = 1.0
"""What was added to the log is sealed this often: so long somebody with the database's password has to
change an event that nobody has seen."""

SEAL_AT_ONCE: Final = 100
"""Records of a centre, and of the rest, that are sealed by one transaction: some 25 ms of work, well within a
request's 5 s, and read in a few ms, in which nobody else has a turn."""

SEAL_STRETCH: Final = 5
"""Records hashed between two turns of everybody else: 1 ms, as a press must never wait for a seal."""

SEAL_HEAD_S: Final = 10.0
"""A head is signed no more often than this: the file of heads grows by 2 MB a day at most, and a log that
was cut lacks no more than this much that nobody can tell. >= SEAL_S."""

LOWERING_ASKED_S: Final = 7 * 86_400
"""A lower risk level that was asked for lapses after a week: what the second person would confirm is by then
no longer what the first one judged. A file of high risk was reviewed meanwhile."""

REVIEWS_SWEEP_S: Final = 900.0
"""Overdue reviews are looked for this often, and told once a day and team: they fall due by the day."""

FILES_PAGE_MAX: Final = 200
"""Files of one page: their victims' names are opened one by one, some 40 us each, and nobody reads more."""

DEVICES_LOOK_S: Final = 15.0
"""What companions sent is looked at this often for what it says of devices: it is for people who sit at
a desk with a button in hand, and it reads what came since, by nobody's press."""

DEVICES_OVERLAP_S: Final = 10.0
"""A look goes back so far behind the one before: > COMMIT_DEADLINE_S, within which what was received is
committed or never, and two nodes' clocks differ by less than the rest."""

DEVICE_SEEN_S: Final = 600.0
"""A device's ``last_seen_at`` is as old as this at most while it is heard: it is read in days, and 5,000
phones are so eight rows a second. DEVICE_SEEN_S > LAST_SEEN_S."""

DEVICE_SILENT_DAYS: Final = 14
"""A device with a victim that was not heard for so long lies in a drawer: phones are heard every half
minute, and an absence of two weeks (a holiday without the phone) is asked about."""

DEVICE_STOCK_DAYS: Final = 183
"""A device in stock for half a year is one that another team could have: its battery ages meanwhile."""

DEVICE_UNWIPED_DAYS: Final = 7
"""A device that came back holds what it knew of her until it is wiped: a week is one round of the desk."""

PHOTO_BODY_S: Final = 30.0
"""A photo may take this long to arrive: 4 MiB over a slow line (1.1 Mbit/s). > BODY_DEADLINE_S."""

LOOP_AGAIN_S: Final = 5.0
"""A loop of the case teams' part that failed at something nobody thought of begins anew after this: what it
does can wait, and a row that is never read costs one line of the log each time. >= SEAL_S."""

REMIND_S: Final = 60.0
"""Files on which something falls due are looked for this often: what is due is due by the day, and a decision
that is late is said within a minute."""

REMINDED_AT_ONCE: Final = 50
"""Files reminded of by one sweep, each in a transaction of its own, some 5 ms: the rest is the next one's."""

GLASS_ANSWER_S: Final = 900.0
"""Whoever asks to see a file is answered by a second person within this, or not at all: who asks in
earnest waits, and a question that hangs about would be answered by habit."""

GLASS_OPEN_S: Final = 3600.0
"""So long a file stays open to whoever was let in: a call, a briefing, and no second look tomorrow.
> GLASS_ANSWER_S."""

LOOKS_WATCHED_S: Final = 10.0
"""How often looks are counted and judged: a supervisor can still ask while somebody is at it."""

REPORT_LOOK_S: Final = 15.0
"""Daily reports that are due are looked for this often: a report is for a morning, not for a second."""

REPORT_CATCH_UP_DAYS: Final = 2
"""So many days whose report was missed are reported after an outage: a weekend; older ones are on the
page."""

REPORTS_AT_ONCE: Final = 50
"""Mails a node sends one after the other between two looks, each claimed alone: the 180 police zones, whose
hour is mostly the same, are told within minutes by one node."""

MAIL_TRY_S: Final = 60.0
"""A mail server that has not taken a mail by then has failed: servers that check a stranger first wait up to
half a minute."""

REPORT_LEASE_S: Final = 180.0
"""A mail claimed by a node that died is due again after this: > MAIL_TRY_S and what it takes to typeset the
largest team's report, twice."""

REPORT_RETRY_S: Final = (60.0, 300.0, 900.0, 1800.0, 3600.0)
"""Pauses between tries, the last one for ever: greylisting wants five minutes, a weekend hours."""

REPORT_GIVE_UP_S: Final = 129_600.0
"""A mail that could not be sent for a day and a half is given up: the next day's has the same trouble, and
says more. > a day, so that a server that is back by the next report gets both."""

TELL_LOOK_S: Final = 15.0
"""Changes of protection that somebody wants to hear of are looked for this often."""

TELL_AFTER_S: Final = 600.0
"""So long protection is lacking, or back, before anybody is told: who walks through a tunnel, or takes the
phone out of its charger, is told nothing. > twice what a companion may be silent for, which flaps most."""

TELL_LEASE_S: Final = 90.0
"""A telling claimed by a node that died is due again after this: > MAIL_TRY_S and WEBHOOK_TRY_S."""

TELL_AT_ONCE: Final = 20
"""Tellings a node claims at once, each done within TELL_LEASE_S."""

HOTSPOT_LOOK_S: Final = 2.0
"""New alarms are held against hotspots this often: an operator has not finished reading the file by then."""

HOTSPOT_RECONCILE_S: Final = 15.0
"""Flags follow their files this soon. HOTSPOT_RECONCILE_S > HOTSPOT_LOOK_S: files change seldom."""

RETENTION_FIRST_S: Final = 60.0
RETENTION_S: Final = 3600.0
"""What has no more ground to be kept is ended this often, first so long after the start: days pass until
something is due, and a node that has just started has presses to think of."""

RETENTION_AT_ONCE: Final = 200
"""Alarms or rows ended by one transaction: it holds up sealing, and is well within a request's 2 s."""

JOURNAL_MONTHS: Final = 14
"""The journal has its months made so far ahead, so that a year without a restart finds them there."""

NODE_WATCHED_S: Final = 5.0
"""Open alarms and standbys are read for the metrics this often, by each node: two short queries, and an
alarm is found unacknowledged well within the minute after which that is worth waking somebody."""

DISKS_LOOK_S: Final = 30.0
"""How full the disks are is asked this often; at 100 MB/s a tenth of 100 GB takes longer."""

CERTIFICATES_LOOK_S: Final = 3600.0
CERTIFICATES_AGAIN_S: Final = 60.0
"""When certificates end is looked up each hour, and soon again where a public address did not answer."""
