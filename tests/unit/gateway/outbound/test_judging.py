"""Where a receiver may be, and what follows from how it answers."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import door_timing as timing
from gateway.domain.errors import FieldInvalid
from gateway.domain.receivers import Answer, checked_centres, checked_purposes, checked_url, may_reach
from gateway.outbound.judging import End, after, retry_after_s
from schemas.press import Purpose

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

answers = st.builds(
    Answer,
    status=st.none() | st.integers(100, 599),
    error=st.none() | st.just("ReadTimeout"),
    retry_after=st.none() | st.text(max_size=40) | st.integers(0, 10**12).map(str),
)
jitters = st.floats(0, 1)


@given(answer=answers, tries=st.integers(1, 10_000), age_s=st.floats(0, 10**7), jitter=jitters)
def test_whatever_is_answered_a_sending_ends_or_is_tried_again_within_bounds(
    answer: Answer, tries: int, age_s: float, jitter: float
) -> None:
    follows = after(answer, tries=tries, age_s=age_s, now=NOW, jitter=jitter)
    longest_s = max(timing.RECEIVER_RETRY_S[-1] * (1 + timing.RECEIVER_JITTER), timing.RETRY_AFTER_MAX_S)
    if follows.end is End.AGAIN:
        assert 1 <= follows.pause_s <= longest_s
        assert age_s < timing.RECEIVER_GIVE_UP_S
    assert (follows.end is End.DELIVERED) == (answer.status in range(200, 300))
    assert (follows.end is End.GONE) == (answer.status == 410)


@given(status=st.none() | st.sampled_from([301, 401, 404, 429, 500, 503, 599]), jitter=jitters)
def test_a_sending_that_is_never_taken_is_tried_at_alarm_speed_and_given_up_after_a_day(
    status: int | None, jitter: float
) -> None:
    age_s, pauses = 0.0, []
    for tries in range(1, 200):
        follows = after(Answer(status=status), tries=tries, age_s=age_s, now=NOW, jitter=jitter)
        if follows.end is End.DEAD:
            break
        pauses.append(follows.pause_s)
        age_s += follows.pause_s
    else:
        raise AssertionError("never given up")
    assert pauses[:4] == [1, 2, 5, 10]
    assert pauses == sorted(pauses)
    assert age_s < timing.RECEIVER_GIVE_UP_S + timing.RECEIVER_RETRY_S[-1] * 2


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("120", 120),
        ("Mon, 02 Mar 2026 09:01:00 GMT", 60),
        ("Mon, 02 Mar 2026 08:00:00 GMT", 0),
        ("soon", 0),
        ("-5", 0),
        ("٣", 0),
        (None, 0),
    ],
)
def test_retry_after_is_seconds_or_a_date(written: str | None, seconds: float) -> None:
    assert retry_after_s(written, NOW) == seconds


def test_a_receiver_is_given_air_but_not_silence() -> None:
    asked = after(Answer(status=429, retry_after="20"), tries=1, age_s=0, now=NOW, jitter=0)
    assert asked.pause_s == 20
    a_year = (NOW + timedelta(days=365)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    asked = after(Answer(status=503, retry_after=a_year), tries=1, age_s=0, now=NOW, jitter=0)
    assert asked.pause_s == timing.RETRY_AFTER_MAX_S


@pytest.mark.parametrize(
    "url",
    [
        "http://cad.police.example/msa",
        "https://user:secret@cad.police.example/",
        "https://user@cad.police.example/",
        "https:///nowhere",
        "https://cad.police.example/#part",
        "https://cad.police.example:99999/",
        "https://cad.police.example/a b",
        "https://cad.police.example/\n",
        "https://caf\u00e9.example/",
        "https://localhost/",
        "https://[::1]/",
        "http://127.0.0.1:8080/",
        "ftp://cad.police.example/",
        "file:///etc/passwd",
        "https://[",
        "https://a.example/" + "x" * 2000,
        "",
    ],
)
def test_a_url_that_may_not_be_called_is_refused(url: str) -> None:
    with pytest.raises(FieldInvalid):
        checked_url(url, loopback=False)


def test_only_this_machine_may_be_called_without_tls_and_only_where_that_is_set() -> None:
    assert checked_url("https://cad.police.example:8443/msa?x=1", loopback=False)
    assert checked_url("http://127.0.0.1:8080/", loopback=True)
    with pytest.raises(FieldInvalid):
        checked_url("http://192.168.0.9/", loopback=True)


@pytest.mark.parametrize(
    ("address", "reached"),
    [
        ("10.1.2.3", True),
        ("193.191.1.1", True),
        ("2a00:1450::1", True),
        ("fd00::7", True),
        ("127.0.0.1", False),
        ("::1", False),
        ("169.254.169.254", False),
        ("::ffff:169.254.169.254", False),
        ("::ffff:127.0.0.1", False),
        ("fe80::1", False),
        ("0.0.0.0", False),
        ("::", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
    ],
)
def test_only_some_addresses_are_reached_whatever_the_name(address: str, *, reached: bool) -> None:
    assert may_reach(ip_address(address), loopback=False) is reached
    assert may_reach(ip_address("127.0.0.1"), loopback=True)


def test_a_sandbox_is_told_nothing_real_and_nobody_of_canaries() -> None:
    assert checked_purposes((), sandbox=False) == (Purpose.REAL,)
    assert set(checked_purposes((), sandbox=True)) == {Purpose.EXERCISE, Purpose.TEST}
    for purposes, sandbox in [((Purpose.REAL,), True), ((Purpose.CANARY,), False)]:
        with pytest.raises(FieldInvalid):
            checked_purposes(purposes, sandbox=sandbox)


def test_a_receiver_has_centres_of_its_integrator_only() -> None:
    both = frozenset({"BE-VOV", "BE-VAN"})
    assert checked_centres((), both) == ("BE-VAN", "BE-VOV")
    for asked, allowed in [(("BE-WHT",), both), ((), frozenset[str]())]:
        with pytest.raises(FieldInvalid):
            checked_centres(asked, allowed)
