"""How the centres answer is read from TOML; what is wrong in it is named."""

import tomllib
from pathlib import Path

import pytest

from gateway.domain.errors import ResponsesRefused
from gateway.domain.ladder import Level
from gateway.domain.response import Response
from gateway.responses import check_answering, load_responses, read_responses
from gateway.settings import Settings
from schemas.alarm import LadderStep

FILE = """
[default]
lapse_s = 90
repeat_s = 30
levels = [{step = "remind", after_s = 8}, {step = "national", after_s = 20}]

[BE-VOV]
tracking_s = 3600
levels = [{step = "neighbour", after_s = 5}]
"""


def refused(text: str) -> str:
    with pytest.raises(ResponsesRefused) as found:
        read_responses(tomllib.loads(text))
    return str(found.value)


def test_a_centre_answers_as_its_section_says_and_else_as_the_default() -> None:
    responses = read_responses(tomllib.loads(FILE))
    elsewhere, ours = responses.of("BE-VAN"), responses.of("BE-VOV")
    assert (elsewhere.lapse_s, elsewhere.tracking_s, elsewhere.moved_m) == (90, 7200, 200)
    assert elsewhere.ladder.levels == (Level(LadderStep.REMIND, 8), Level(LadderStep.NATIONAL, 20))
    assert (ours.lapse_s, ours.tracking_s, ours.ladder.repeat_s) == (90, 3600, 30)
    assert ours.ladder.levels == (Level(LadderStep.NEIGHBOUR, 5),)


def test_without_a_file_what_is_built_in_counts() -> None:
    assert load_responses(Settings()).of("BE-VOV") == Response()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[BE_VOV]\nlapse_s = 1", "[BE_VOV] is neither"),
        ("[default]\nlapse = 1", "[default] lapse: Extra inputs are not permitted"),
        ("[default]\nlapse_s = 0", "[default] lapse_s: Input should be greater than 0"),
        ("[default]\ntracking_s = 300", "tracking_s is more than 300 s"),
        ("[BE-VOV]\nrepeat_s = nan", "[BE-VOV] repeat_s"),
        ("[BE-VOV]\nlevels = []", "[BE-VOV] levels"),
        ('[BE-VOV]\nlevels = [{step = "shout", after_s = 1}]', "[BE-VOV] levels.0.step"),
        (
            '[BE-VOV]\nlevels = [{step = "remind", after_s = 9}, {step = "national", after_s = 9}]',
            "rising, positive seconds",
        ),
        ('default = "x"', "[default]"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, says: str) -> None:
    assert says in refused(text)


def test_a_file_that_is_not_there_or_not_toml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "responses.toml"
    for written in (None, b"[default", b"\xff"):
        if written is not None:
            path.write_bytes(written)
        with pytest.raises(ResponsesRefused) as found:
            load_responses(Settings(responses=path))
        assert str(path) in str(found.value)


def test_a_section_for_no_centre_there_is_is_refused() -> None:
    responses = read_responses(tomllib.loads(FILE))
    check_answering(responses, ["BE-VOV", "BE-VAN"])
    with pytest.raises(ResponsesRefused, match="BE-VOV"):
        check_answering(responses, ["BE-VAN"])
