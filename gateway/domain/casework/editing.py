"""What an edit makes of a file: judged, its review dates set, its changes named."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from math import ceil
from typing import Final, TypeAlias

from schemas.problems import FieldError
from schemas.registration import Address, Circumstance, CircumstanceKind, Person

SCREEN_LINES: Final = 40
"""So many lines of circumstances an operator sees at once beside who it is about: a screen 900 px high
of lines some 25 px high, less the header."""

LINE_CHARACTERS: Final = 70
"""So many characters fit into one line of the console's narrowest layout (1366 px)."""

ENTRY_LINES: Final = 2
"""What each circumstance takes besides its text: its heading, and the gap to the next."""

Content: TypeAlias = tuple[Person, tuple[Circumstance, ...]]


def screen_lines(circumstances: Iterable[Circumstance]) -> int:
    """Return how many lines they take on the console; each takes at least one for its text."""
    return sum(ENTRY_LINES + max(1, ceil(len(one.text) / LINE_CHARACTERS)) for one in circumstances)


def faults(person: Person, circumstances: tuple[Circumstance, ...]) -> tuple[FieldError, ...]:
    """Return what is wrong with a file as somebody wants to save it; no value is repeated."""
    return tuple(
        FieldError(field=field, message=message) for field, message in _faults(person, circumstances)
    )


def settle(before: Content, wanted: Content, today: date) -> Content:
    """Return what is saved: what changed counts as confirmed today, all else keeps its day and its photos.

    A photo is changed by a photo, and a day by confirming: whatever an edit says of them is passed over.
    """
    person = _with_photos(before[0], wanted[0])
    same = _undated(person) == _undated(before[0])
    person = person.model_copy(update={"checked_on": before[0].checked_on if same else today})
    days: dict[Circumstance, list[date | None]] = {}
    for one in before[1]:
        days.setdefault(_bare(one), []).append(one.checked_on)
    settled = []
    for one in wanted[1]:
        kept = days.get(_bare(one))
        settled.append(one.model_copy(update={"checked_on": kept.pop(0) if kept else today}))
    return person, tuple(settled)


def confirm(before: Content, entries: Iterable[int], today: date, *, person: bool) -> Content:
    """Return the same, with these entries confirmed today. Raises ``IndexError``: one is not there."""
    who, circumstances = before
    wanted = set(entries)
    if wanted and max(wanted) >= len(circumstances):
        raise IndexError
    dated = (
        one.model_copy(update={"checked_on": today}) if place in wanted else one
        for place, one in enumerate(circumstances)
    )
    return (who.model_copy(update={"checked_on": today}) if person else who), tuple(dated)


def changes(before: Content | None, after: Content) -> tuple[str, ...]:
    """Name what differs, as kinds alone: ``created``, parts of the person, kinds of circumstances.

    ``checked``: somebody confirmed something. ``order``: nothing but the order differs.
    """
    if before is None:
        return ("created",)
    found = [*_person_changes(before[0], after[0]), *_circumstance_changes(before[1], after[1])]
    days = [[content[0].checked_on, *(one.checked_on for one in content[1])] for content in (before, after)]
    if not found and days[0] != days[1]:
        found.append("checked")
    if not found and before != after:
        found.append("order")
    return tuple(found)


def _person_changes(before: Person, after: Person) -> Iterator[str]:
    for name in ("victim", "offender", "co_protected", "safe_word", "duress_word"):
        one, other = getattr(before, name), getattr(after, name)
        if name in {"victim", "offender"}:
            if getattr(one, "photo_version", None) != getattr(other, "photo_version", None):
                yield f"{name}_photo"
            one, other = (each and each.model_copy(update={"photo_version": None}) for each in (one, other))
        if one != other:
            yield name


def _circumstance_changes(before: tuple[Circumstance, ...], after: tuple[Circumstance, ...]) -> Iterator[str]:
    was, now = (Counter(_bare(one) for one in each) for each in (before, after))
    touched = {one.kind for one in (was - now) + (now - was)}
    yield from (kind for kind in CircumstanceKind if kind in touched)


def _bare(one: Circumstance) -> Circumstance:
    return one.model_copy(update={"checked_on": None})


def _undated(person: Person) -> Person:
    return person.model_copy(update={"checked_on": None})


def _with_photos(before: Person, wanted: Person) -> Person:
    """Keep the photos as they are; an offender who is new has none."""
    victim = wanted.victim.model_copy(update={"photo_version": before.victim.photo_version})
    offender = wanted.offender and wanted.offender.model_copy(
        update={"photo_version": before.offender.photo_version if before.offender else None}
    )
    return wanted.model_copy(update={"victim": victim, "offender": offender})


def _faults(person: Person, circumstances: tuple[Circumstance, ...]) -> Iterator[tuple[str, str]]:
    yield from _person_faults(person)
    for place, one in enumerate(circumstances):
        if not one.text:
            yield f"circumstances.{place}.text", "is empty"
        if one.measure is not None and one.kind is not CircumstanceKind.MEASURE:
            yield f"circumstances.{place}.measure", "belongs to a court measure only"
    lines = screen_lines(circumstances)
    if lines > SCREEN_LINES:
        yield (
            "circumstances",
            f"take {lines} lines, and a screen of the console holds {SCREEN_LINES}: shorten or leave out",
        )


def _person_faults(person: Person) -> Iterator[tuple[str, str]]:
    if not person.victim.name:
        yield "person.victim.name", "is empty"
    if person.offender is not None and not person.offender.name:
        yield "person.offender.name", "is empty; what is not known can be said in words"
    safe, duress = ((word or "").casefold() for word in (person.safe_word, person.duress_word))
    if safe and safe == duress:
        yield "person.duress_word", "is her safe word too: nobody could tell them apart"
    for place, other in enumerate(person.co_protected):
        if not other.name:
            yield f"person.co_protected.{place}.name", "is empty"
    yield from _address_faults("person.victim.addresses", person.victim.addresses)
    if person.offender is not None:
        yield from _address_faults("person.offender.addresses", person.offender.addresses)


def _address_faults(field: str, addresses: Iterable[Address]) -> Iterator[tuple[str, str]]:
    for place, address in enumerate(addresses):
        if not address.text:
            yield f"{field}.{place}.text", "is empty"
        if (address.latitude is None) != (address.longitude is None):
            yield f"{field}.{place}", "has one coordinate; give both or none"
