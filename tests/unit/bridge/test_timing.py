"""The inequalities between the bridge's deadlines."""

from ble_bridge import timing
from schemas.enrolment import CompanionPolicy
from schemas.registration import ButtonPolicy
from schemas.track import BATCH_MAX


def test_a_doubled_notification_is_told_from_the_quickest_double_press():
    shortest_gap = ButtonPolicy.model_fields["double_gap_s"].metadata[0].ge
    assert shortest_gap > timing.REPEAT_S


def test_a_heartbeat_is_answered_before_the_next_one():
    assert timing.GATT_S < timing.HEARTBEAT_S


def test_a_dead_daemon_is_noticed_well_within_a_scan():
    assert timing.HEARTBEAT_S + timing.GATT_S + timing.DISCONNECT_S < timing.SCAN_S


def test_connecting_outlasts_what_bluez_itself_waits():
    assert timing.CONNECT_S > 20 + timing.GATT_S - 1


def test_a_deaf_scan_is_noticed_only_after_several_scans_of_its_own():
    assert timing.SCAN_S < timing.SCAN_SILENCE_S


def test_a_reconnection_is_tried_at_once_and_never_seldom():
    assert timing.RECONNECT_FIRST_S * 2 < timing.RECONNECT_MAX_S
    assert timing.RECONNECT_MAX_S * (1 + timing.RECONNECT_JITTER) < timing.SCAN_S


def test_one_try_at_a_gateway_ends_before_the_longest_pause_between_tries():
    assert CompanionPolicy().retry_max_s > timing.HTTP_CONNECT_S + timing.HTTP_ANSWER_S
    assert timing.RETRY_STEP_S < CompanionPolicy().retry_max_s < timing.PARKED_RETRY_S


def test_a_press_is_tried_often_for_about_as_long_as_a_node_or_a_standby_takes_to_be_there():
    assert 20 <= timing.URGENT_TRIES * timing.URGENT_S / 2 <= 60


def test_the_connection_is_touched_before_it_would_be_dropped_as_idle():
    assert timing.KEEP_WARM_S < 30


def test_heartbeats_alone_keep_the_connection_warm_unless_a_policy_makes_them_rare():
    assert timing.HEARTBEAT_LEAST_S < CompanionPolicy().heartbeat_s < timing.KEEP_WARM_S
    assert timing.KEEP_WARM_S < timing.HEARTBEAT_MOST_S


def test_a_gateway_takes_a_batch_as_large_as_ours_and_256_bytes_a_fix_fit_into_its_64_kib():
    assert timing.FIXES_FIRST_BATCH < timing.FIXES_A_BATCH <= BATCH_MAX
    assert timing.FIXES_A_BATCH * 256 + 500 < 65_536


def test_the_default_rate_and_duration_are_within_bounds_and_wait_whole_through_an_outage():
    policy = CompanionPolicy()
    assert timing.TRACK_EVERY_LEAST_S <= policy.tracking_every_s <= timing.TRACK_EVERY_MOST_S
    assert policy.tracking_every_s < policy.tracking_low_every_s <= timing.TRACK_EVERY_MOST_S
    assert policy.tracking_s <= timing.TRACK_MOST_S
    assert policy.tracking_s / policy.tracking_every_s <= timing.FIXES_WAITING_MOST


def test_two_hours_of_backlog_are_sent_within_a_minute_of_good_network():
    assert timing.FIXES_WAITING_MOST / timing.FIXES_A_BATCH * timing.POSITIONS_PAUSE_S < 60


def test_a_batch_is_answered_or_given_up_before_it_would_be_called_slow_for_ever():
    assert timing.POSITIONS_QUICK_S < timing.POSITIONS_SLOW_S < timing.HTTP_ANSWER_S
    assert timing.POSITIONS_RETRY_MAX_S < timing.POSITIONS_REFUSED_S


def test_indexes_last_for_all_the_power_cuts_there_can_be():
    assert timing.TRACK_MOST_S / timing.TRACK_EVERY_LEAST_S + 1000 * timing.INDEXES_RESERVED < 1_000_000
    assert CompanionPolicy().tracking_s > timing.HEALTH_S


def test_a_wish_is_tried_once_at_each_of_two_gateways_before_its_command_ends():
    assert timing.WISH_S > 2 * (timing.HTTP_CONNECT_S + timing.HTTP_ANSWER_S)
    assert timing.KEEP_WISH_H * 3600 >= timing.TRACK_MOST_S


def test_a_clock_is_put_right_long_before_its_date_is_refused():
    assert timing.CLOCK_WRONG_S < 300 / 2
