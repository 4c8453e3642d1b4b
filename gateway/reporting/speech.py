"""The languages of reports and notices."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gateway.reporting import de, en, fr, nl
from gateway.reporting.words import Words
from schemas.zone import ReportLanguage

SPEECH: Final[Mapping[ReportLanguage, Words]] = MappingProxyType(
    {"nl": nl.WORDS, "fr": fr.WORDS, "de": de.WORDS, "en": en.WORDS}
)
