from dispatch import timing as dispatch_timing
from gateway import timing
from gateway.main import KEEP_ALIVE_S
from schemas.enrolment import CompanionPolicy
from schemas.track import BATCH_MAX


def test_the_numbers_keep_their_inequalities() -> None:
    assert 2 * timing.COMMIT_STATEMENT_S <= timing.COMMIT_DEADLINE_S
    assert 10 * timing.RECONNECT_S <= timing.COMMIT_DEADLINE_S
    assert timing.SIGNALS_WAIT_S < 30
    assert timing.WINDOW_SWEEP_S < 60
    assert timing.DOORBELL_PROBE_S + timing.DOORBELL_PROBE_DEADLINE_S <= 2 * dispatch_timing.HEARTBEAT_S
    assert CompanionPolicy().signals_wait_s <= timing.SIGNALS_WAIT_S < KEEP_ALIVE_S
    assert CompanionPolicy().heartbeat_s < KEEP_ALIVE_S
    assert timing.FIX_GATHER_S < timing.RECONNECT_S
    assert 2 * BATCH_MAX <= timing.FIXES_A_STATEMENT <= timing.FIXES_WAITING_MAX
    assert timing.POSITIONS_RETRY_AFTER_S < timing.COMMIT_DEADLINE_S
    assert timing.DRAIN_S < dispatch_timing.CLOSE_GRACE_S
