"""One timeline of the streams of several centres."""

import random
from datetime import timedelta
from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.timeline import Told, timeline_of
from tests.support.dispatch import AT


def an_image(version: int, **fields: Any) -> dict[str, Any]:
    return {"version": version, "centre": "BE-VOV", "state": "raised", "flags": [], **fields}


def told(version: int, centre: str = "BE-VOV", **fields: Any) -> Told:
    return Told(
        centre=centre,
        sequence=version + 10,
        kind="alarm.noted",
        at=AT + timedelta(seconds=version),
        image=an_image(version, **fields),
    )


def test_what_changed_is_what_differs_and_of_the_first_what_it_says() -> None:
    entries = timeline_of(
        uuid4(), [told(1, press_count=1, moved_m=None), told(2, press_count=1, flags=["late"])]
    ).entries
    assert [entry.changed for entry in entries] == [{"press_count": 1}, {"flags": ["late"]}]


@given(
    st.lists(st.sampled_from([("BE-VOV",), ("BE-VOV", "BE-WBR"), ("BE-WBR",)]), max_size=8),
    st.randoms(use_true_random=False),
)
def test_every_event_stands_once_in_the_order_of_versions_whatever_order_it_is_read_in(
    audiences: list[tuple[str, ...]], order: random.Random
) -> None:
    events = [
        told(version, centre, count=version)
        for version, centres in enumerate(audiences, 1)
        for centre in centres
    ]
    order.shuffle(events)
    entries = timeline_of(uuid4(), events).entries
    assert [entry.version for entry in entries] == list(range(1, len(audiences) + 1))
    assert [tuple(place.centre for place in entry.streams) for entry in entries] == [
        tuple(sorted(centres)) for centres in audiences
    ]
    assert [entry.changed for entry in entries] == [
        {"count": version} for version in range(1, len(audiences) + 1)
    ]
