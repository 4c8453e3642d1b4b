from ble_bridge.timing import HTTP_ANSWER_S
from dispatch import timing as dispatch_timing
from gateway import timing
from gateway.domain.consoles import NOT_HEARD_S
from gateway.domain.ladder import Ladder
from gateway.domain.moving import CUT_OFF_S, NEIGHBOUR_FRESH_S
from gateway.domain.response import POSITION_LOST_S
from gateway.domain.supervision import REPORT_MARGIN_S, SupervisionPolicy
from gateway.http.server import KEEP_ALIVE_S
from gateway.store.connect import ACQUIRE_SECONDS, NODE_POOL_MAX, Role
from schemas.enrolment import CompanionPolicy
from schemas.track import BATCH_MAX


def test_the_numbers_keep_their_inequalities() -> None:
    assert 2 * timing.COMMIT_STATEMENT_S <= timing.COMMIT_DEADLINE_S
    assert timing.PROVISIONAL_AFTER_S <= timing.COMMIT_STATEMENT_S
    assert timing.PROVISIONAL_AFTER_S + 1 <= timing.PROVISIONAL_SHOWN_S
    assert timing.PROVISIONAL_AFTER_S > 1 + timing.RECONNECT_S, "one who waits for a lock is tried again"
    assert timing.PROVISIONAL_AFTER_S + 1 <= HTTP_ANSWER_S, "the bridge hears that it is kept"
    assert timing.REPLAY_S < timing.PRESS_AGAIN_S, "who asks again finds it committed"
    assert 2 * timing.REPLAY_AT_ONCE <= timing.BATCH_MAX
    assert 10 * timing.RECONNECT_S <= timing.COMMIT_DEADLINE_S
    assert min(1, timing.COMMIT_STATEMENT_S) > 2 * timing.HELD_UP_S + timing.RECONNECT_S
    assert timing.HELD_UP_TRIES * timing.HELD_UP_S + 2 * timing.RECONNECT_S <= 1
    assert timing.SIGNALS_WAIT_S < 30
    assert dispatch_timing.POLL_S + timing.REACH_LOOK_S + NEIGHBOUR_FRESH_S < CUT_OFF_S
    assert timing.WINDOW_SWEEP_S < 60
    assert timing.SHELVED_MAX_S <= 12 * 3600, "whoever has the next shift sees it again"
    assert timing.CANARY_EVENTS_KEPT >= 2 * dispatch_timing.REPLAY_MAX
    assert timing.DOORBELL_PROBE_S + timing.DOORBELL_PROBE_DEADLINE_S <= 2 * dispatch_timing.HEARTBEAT_S
    assert CompanionPolicy().signals_wait_s <= timing.SIGNALS_WAIT_S < KEEP_ALIVE_S
    assert CompanionPolicy().heartbeat_s < KEEP_ALIVE_S
    assert timing.FIX_GATHER_S < timing.RECONNECT_S
    assert 2 * BATCH_MAX <= timing.FIXES_A_STATEMENT <= timing.FIXES_WAITING_MAX
    assert timing.COMMIT_STATEMENT_S < timing.LAST_FIX_OVERLAP_S
    assert timing.SILENT_SWEEP_S < POSITION_LOST_S
    assert timing.POSITIONS_RETRY_AFTER_S < timing.COMMIT_DEADLINE_S
    assert timing.SEAL_S <= timing.LOOP_AGAIN_S
    assert timing.SEAL_S <= timing.SEAL_HEAD_S
    assert timing.RETENTION_FIRST_S < timing.RETENTION_S <= 86_400
    assert timing.JOURNAL_MONTHS >= 12
    assert timing.DRAIN_S < dispatch_timing.CLOSE_GRACE_S


def test_devices_are_told_what_was_heard_without_a_gap_and_seldom() -> None:
    assert timing.COMMIT_DEADLINE_S < timing.DEVICES_OVERLAP_S < timing.DEVICES_LOOK_S
    assert timing.LAST_SEEN_S < timing.DEVICE_SEEN_S < 86_400
    assert timing.DEVICE_UNWIPED_DAYS < timing.DEVICE_SILENT_DAYS < timing.DEVICE_STOCK_DAYS


def test_an_escalation_is_at_most_a_second_late() -> None:
    assert 4 * timing.SWEEP_S <= 1
    assert 2 * Role.REQUEST.answer_s <= timing.DEADLINE_LEASE_S  # type: ignore[operator] # a request's is a number
    assert timing.COMMITS_MAX + timing.SWEEPS_MAX < NODE_POOL_MAX
    assert sorted(timing.PUT_OFF_S) == list(timing.PUT_OFF_S)
    assert timing.CLAIM_MAX == timing.SWEEPS_MAX * timing.BATCH_MAX


def test_a_centre_is_called_unattended_neither_too_soon_nor_too_late() -> None:
    assert dispatch_timing.ATTENDS_S < dispatch_timing.SILENCE_S
    assert timing.LOOK_S <= timing.ATTENDANCE_BEAT_S
    assert 2 * timing.ATTENDANCE_BEAT_S < timing.NODE_HEARD_S
    assert Ladder().levels[0].after_s >= timing.ATTENDANCE_GRACE_S > timing.NODE_HEARD_S + 5
    assert Ladder().levels[1].after_s >= dispatch_timing.READ_ANEW_S + timing.ATTENDANCE_GRACE_S


def test_a_console_that_is_heard_is_never_called_not_heard() -> None:
    known_s = dispatch_timing.HEARTBEAT_S + timing.CONSOLES_LOOK_S + timing.CONSOLES_WRITTEN_S
    assert known_s + dispatch_timing.HEARTBEAT_S < NOT_HEARD_S
    assert timing.CONSOLES_LOOK_S <= timing.CONSOLES_WRITTEN_S
    assert timing.SOUND_EVERY_S >= timing.CONSOLES_LOOK_S


def test_a_revocation_takes_effect_within_five_seconds_by_a_slow_look_too() -> None:
    statement_s = float(Role.REQUEST.settings["statement_timeout"].removesuffix("s"))
    assert timing.REVOKED_LOOK_S + ACQUIRE_SECONDS + statement_s <= 5


def test_a_frozen_nats_server_is_noticed_by_its_pings() -> None:
    assert timing.BUS_PING_S * (timing.BUS_PINGS + 1) == timing.BUS_LOST_S
    assert timing.BUS_LOOK_S < timing.BUS_PING_S
    assert timing.BUS_ASKED_S < timing.DOORBELL_PROBE_S


def test_a_sign_in_outlives_a_wrong_clock_and_new_keys_are_found() -> None:
    assert timing.OIDC_SKEW_S < timing.OIDC_SIGN_IN_S
    assert timing.GLASS_ANSWER_S < timing.GLASS_OPEN_S
    assert timing.OIDC_KEYS_AGAIN_S < timing.OIDC_KEPT_S


def test_a_silence_is_told_within_its_reporting_time() -> None:
    policy = SupervisionPolicy()
    told_s = timing.HEARTBEATS_WRITTEN_S + timing.JUDGE_S + timing.JUDGE_LEASE_S + timing.COMMIT_DEADLINE_S
    assert told_s <= REPORT_MARGIN_S
    shortest_s = policy.silent_after_s(alarm_open=True)
    assert timing.JUDGE_GAP_S + 2 * policy.heartbeat_s < shortest_s
    assert timing.UNWRITTEN_S + policy.heartbeat_s < shortest_s
    assert 5 * timing.JUDGE_S < timing.JUDGE_GAP_S
    assert CompanionPolicy().heartbeat_s == policy.heartbeat_s
    assert policy.heartbeat_s >= 5 * timing.REOPENED_S


def test_a_mail_or_a_telling_is_never_claimed_twice_while_it_is_under_way() -> None:
    assert timing.REPORT_LEASE_S >= 2 * timing.MAIL_TRY_S
    assert timing.TELL_LEASE_S > timing.MAIL_TRY_S + timing.WEBHOOK_TRY_S
    assert timing.REPORT_GIVE_UP_S > 86_400
    assert 2 * SupervisionPolicy().link_loss_s < timing.TELL_AFTER_S
