"""The wish to cancel, from whatever bytes the phone sent: never refused for them."""

from typing import Final

from pydantic import ValidationError

from gateway.ingest.tolerant import Dropped, as_object, without_surrogates
from schemas.track import CancelWish

WORD_MAX: Final = 200


def read_wish(body: bytes) -> CancelWish:
    """Return the wish in ``body``; one without a word where none can be read."""
    word = without_surrogates(as_object(body, Dropped()).get("word"))
    try:
        return CancelWish(word=word[:WORD_MAX] if isinstance(word, str) else None)
    except ValidationError:
        return CancelWish()
