"""What other systems are told of an alarm when they may not read persons."""

import json

from gateway.store.doors.told import without_person


def test_who_may_not_read_persons_is_not_told_what_a_perimeter_is_called() -> None:
    image = {"reference": "BE-2026-1", "breach": {"name": "Thuis bij Anna, Kerkstraat 5", "inside": True}}
    told = json.loads(without_person(json.dumps(image)))
    assert told["reference"] is None
    assert told["breach"] == {"name": "perimeter", "inside": True}
    assert json.loads(without_person('{"reference":"x","breach":null}'))["breach"] is None
