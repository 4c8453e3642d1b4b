from dispatch import timing
from dispatch.outlet import TCP_USER_TIMEOUT_MS
from schemas.frames import MAX_FRAME_BYTES

CONSOLE_STALE_S = 6.0
ALARM_MAX_BYTES = 16_384


def test_the_numbers_keep_their_inequalities() -> None:
    assert timing.HEARTBEAT_S < CONSOLE_STALE_S
    assert timing.SILENCE_S >= 2 * timing.HEARTBEAT_S
    assert timing.SWEEP_S < timing.HEARTBEAT_S
    assert timing.POLL_S <= 1.0
    assert timing.CLOSE_GRACE_S <= timing.SILENCE_S
    assert timing.REPLAY_MAX >= timing.REPLAY_BATCH
    assert timing.SNAPSHOT_PART_BYTES + ALARM_MAX_BYTES <= MAX_FRAME_BYTES
    assert timing.FOLLOW_RETRY_S < timing.POLL_S
    assert TCP_USER_TIMEOUT_MS / 1000 < timing.SILENCE_S
