from gateway import door_timing
from gateway.domain.casework.retention import RULES, DataClass
from gateway.domain.perimeters.judging import VICTIM_LOST_S
from gateway.domain.perimeters.machine import LEAVING_S
from gateway.domain.response import Response
from gateway.formats.aml_sms import TEXT_MAX
from gateway.store.companions import REFRESH_SECONDS
from gateway.store.doors.tracker_fixes import SLOTS
from gateway.timing import BATCH_MAX, BODY_MAX_BYTES, COMMIT_DEADLINE_S, WEBHOOK_TRY_S


def test_what_is_revoked_is_refused_everywhere_long_before_it_would_run_out() -> None:
    assert door_timing.CREDENTIALS_CACHED_S <= REFRESH_SECONDS
    assert 10 * door_timing.CREDENTIALS_CACHED_S < door_timing.TOKEN_S
    assert door_timing.TOKEN_S < door_timing.SECRET_OVERLAP_S
    assert door_timing.KEYS_LOOK_S < door_timing.CREDENTIALS_CACHED_S


def test_a_client_that_asks_anew_for_each_token_is_never_throttled() -> None:
    assert door_timing.TOKEN_TRY_S * 10 < door_timing.TOKEN_S


def test_a_slot_of_fixes_is_emptied_only_when_its_minutes_are_over_and_before_they_come_again() -> None:
    kept_minutes = int(door_timing.TRACKER_KEPT_S / 60) + 1
    assert SLOTS - kept_minutes >= 2, "the next minute's, which another node may be in, and one to empty"
    assert door_timing.SLOTS_SWEEP_S < 60
    assert door_timing.TRACKER_KEPT_S <= door_timing.OFFENDER_BEFORE_S
    assert door_timing.ARM_ANEW_S > LEAVING_S


def test_a_message_to_a_victim_is_sent_by_one_node_at_a_time_and_not_when_it_is_no_help() -> None:
    assert door_timing.BREACH_TELL_AGAIN_S > WEBHOOK_TRY_S + door_timing.BREACH_TELL_LOOK_S
    assert door_timing.BREACH_TOLD_WITHIN_S >= 10 * door_timing.BREACH_TELL_AGAIN_S


def test_a_tracker_that_lives_is_never_said_to_be_silent() -> None:
    shortest_s = 30
    assert shortest_s > door_timing.TRACKER_HEARD_S
    assert shortest_s > door_timing.SUPERVISE_TRACKERS_S


def test_a_zone_that_sees_is_never_said_to_be_blind() -> None:
    assert door_timing.SEEN_WRITTEN_S + door_timing.BOOK_S < VICTIM_LOST_S


def test_a_second_of_a_thousand_fixes_waits_ten_times_over_and_a_statement_holds_a_batch() -> None:
    assert door_timing.LANE_FIXES_WAITING_MAX >= 10 * 1_000
    assert door_timing.LANE_FIXES_A_STATEMENT >= door_timing.EVENTS_A_BATCH
    assert door_timing.BOOK_S < door_timing.BOOK_OVERLAP_S


def test_a_node_that_died_over_a_call_is_not_overtaken_by_one_that_still_makes_it() -> None:
    assert door_timing.RECEIVER_LEASE_S >= 2 * door_timing.RECEIVER_TRY_S


def test_receivers_are_tried_at_the_speed_of_alarms_first_and_never_forgotten_for_long() -> None:
    pauses = door_timing.RECEIVER_RETRY_S
    assert pauses[:4] == (1, 2, 5, 10)
    assert list(pauses) == sorted(pauses)
    assert pauses[-1] <= 900 < door_timing.RECEIVER_GIVE_UP_S
    assert pauses[-1] >= door_timing.RETRY_AFTER_MAX_S
    assert door_timing.RECEIVER_FAILED_AFTER < door_timing.RECEIVER_REFUSED_TRIES
    assert sum(pauses[: door_timing.RECEIVER_REFUSED_TRIES - 1]) < 60


def test_what_is_on_its_way_to_receivers_fits_into_memory_and_a_look_into_a_proxys_patience() -> None:
    bodies = door_timing.RECEIVERS_MAX * door_timing.RECEIVER_SLOTS * door_timing.RECEIVER_BODY_MAX
    assert bodies <= 16_000_000
    assert door_timing.STREAM_WAIT_MAX_S < 30
    assert door_timing.SENDING_KEPT_S < door_timing.DEAD_KEPT_S
    assert door_timing.GAP_AGAIN_S > door_timing.GAPS_AT_ONCE * door_timing.RECEIVER_TRY_S
    assert door_timing.GAP_EVENTS >= door_timing.RECEIVER_WAITING_MAX


def test_a_message_that_is_played_back_while_its_time_holds_is_the_same_message() -> None:
    assert door_timing.DC09_RESENT_S > door_timing.DC09_BEHIND_S + door_timing.DC09_AHEAD_S
    assert door_timing.SCAIP_RESENT_S >= 30 * 60


def test_gear_is_answered_or_let_go_before_it_gives_up() -> None:
    assert COMMIT_DEADLINE_S < door_timing.DC09_ANSWER_S < 20
    assert door_timing.DC09_WRITE_S < door_timing.DC09_FRAME_S < door_timing.DC09_IDLE_S


def test_one_address_leaves_room_for_others() -> None:
    assert door_timing.DC09_CONNECTIONS_PER_ADDRESS * 8 <= door_timing.DC09_CONNECTIONS_MAX


def test_a_heartbeat_meets_its_class() -> None:
    assert 1 <= door_timing.SCAIP_HEARTBEAT_MIN <= 1440
    assert door_timing.SCAIP_HEARTBEAT_MIN * 60 <= 180


def test_a_batch_is_kept_by_one_statement_and_a_claimed_lane_ends_within_its_lease() -> None:
    assert door_timing.EVENTS_A_BATCH <= door_timing.INBOX_A_STATEMENT <= door_timing.INBOX_WAITING_MAX
    assert door_timing.INBOX_A_LANE * door_timing.EFFECT_S < door_timing.INBOX_LEASE_S
    assert len(door_timing.EFFECT_PAUSES_S) < door_timing.EFFECT_TRIES_MAX
    assert door_timing.QUOTA_WAIT_S < door_timing.EFFECT_AWAY_S
    assert door_timing.LET_GO_S < door_timing.INBOX_LEASE_S
    assert door_timing.ALARMS_OF_ONE_LOOKED_UP < door_timing.ALARMS_AT_ONCE
    assert door_timing.ALARMS_OF_ONE_COMMITTED < BATCH_MAX
    assert 3 * COMMIT_DEADLINE_S < door_timing.DC09_ANSWER_S
    assert min(door_timing.EFFECT_PAUSES_S) >= door_timing.INBOX_POLL_S
    assert door_timing.INBOX_PAUSE_S < door_timing.INBOX_POLL_S
    assert sum(door_timing.EFFECT_PAUSES_S) > door_timing.SAID_WAITS_S
    assert door_timing.QUOTA_WAIT_S <= door_timing.SAID_UNSEEN_S < door_timing.SAID_AFTER_CLOSING_S


def test_what_a_node_had_that_was_killed_is_done_by_another_within_seconds() -> None:
    assert door_timing.CLAIMANT_LOOK_S + door_timing.INBOX_POLL_S <= 5.0 / 2


def test_an_event_in_quarantine_outlives_the_memory_of_it_and_no_position_is_kept_longer_than_elsewhere() -> (
    None
):
    assert door_timing.EVENT_SEEN_S < door_timing.QUARANTINE_KEPT_S
    assert RULES[DataClass.POSITIONS].days * 86_400 >= door_timing.QUARANTINE_KEPT_S


def test_what_may_be_seen_in_a_week_is_pruned_as_fast_as_it_comes() -> None:
    assert door_timing.PRUNE_ROWS / door_timing.INBOX_PRUNE_S > 300
    assert door_timing.QUOTA_WAIT_S * 50 < door_timing.INBOX_DEPTH_MAX


def test_a_live_location_outlasts_a_track_and_its_message_fits() -> None:
    assert Response().tracking_s < door_timing.LOCATION_URL_S
    assert door_timing.LOCATION_LOOK_S <= 1.0 < door_timing.LOCATION_LOOKS
    assert TEXT_MAX < door_timing.AML_BODY_MAX_BYTES <= BODY_MAX_BYTES
