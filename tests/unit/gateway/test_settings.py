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
