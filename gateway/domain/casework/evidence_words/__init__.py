"""The words of the readable evidence, in the languages of a Belgian court, and in English."""

from collections.abc import Mapping
from typing import Final

from gateway.domain.casework.evidence_words.de import DE
from gateway.domain.casework.evidence_words.en import EN
from gateway.domain.casework.evidence_words.fr import FR
from gateway.domain.casework.evidence_words.nl import NL
from gateway.domain.casework.evidence_words.shape import EvidenceWords

__all__ = ["WORDS", "EvidenceWords"]

WORDS: Final[Mapping[str, EvidenceWords]] = {"nl": NL, "fr": FR, "de": DE, "en": EN}
