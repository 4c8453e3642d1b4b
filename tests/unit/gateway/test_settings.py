from pathlib import Path

import pytest
from pydantic import ValidationError

from gateway.settings import Settings


def test_without_an_environment_the_database_is_embedded():
    settings = Settings()
    assert settings.embedded
    assert settings.kek_file == Path(".msa/kek")


def test_the_environment_sets_them(monkeypatch):
    monkeypatch.setenv("MSA_PORT", "9000")
    monkeypatch.setenv("MSA_PUBLIC_URLS", "https://a.example/, https://b.example")
    settings = Settings()
    assert settings.port == 9000
    assert settings.public_urls == ("https://a.example", "https://b.example")


def test_they_do_not_change():
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc] # that it is refused is the test


def test_printing_them_shows_no_secret(monkeypatch):
    monkeypatch.setenv("MSA_DATABASE_URL", "postgresql://msa:hunter2@db/msa")
    assert "hunter2" not in repr(Settings())
    assert "hunter2" not in Settings().model_dump_json()


def test_every_setting_says_what_it_is():
    assert all(field.description for field in Settings.model_fields.values())


def test_the_documentation_lists_them_as_they_are():
    documented = Path(__file__).parents[3] / "docs" / "settings.md"
    assert Settings.table() in documented.read_text()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"heartbeat_s": "60"}, "link_loss_s"),
        ({"link_loss_s": "60"}, "link_loss_s"),
        ({"link_loss_alarm_s": "60"}, "link_loss_alarm_s"),
        ({"heartbeat_alarm_s": "30"}, "link_loss_alarm_s"),
        ({"battery_low_pct": "18", "battery_critical_pct": "14"}, "battery_critical_pct"),
    ],
)
def test_a_policy_that_would_report_one_lost_heartbeat_or_flap_is_refused(monkeypatch, given, field):
    for name, value in given.items():
        monkeypatch.setenv(f"MSA_{name.upper()}", value)
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert (field,) in [error["loc"] for error in refused.value.errors()]


def test_the_policy_of_supervision_is_what_was_set(monkeypatch):
    monkeypatch.setenv("MSA_LINK_LOSS_S", "900")
    monkeypatch.setenv("MSA_OLDEST_COMPANION", "0.3")
    supervision = Settings().supervision
    assert supervision.silent_after_s(alarm_open=False) == 890
    assert supervision.limits.oldest_version == (0, 3)
