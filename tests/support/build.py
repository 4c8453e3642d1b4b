"""Values for tests, valid unless a test changes a field."""

from uuid import UUID, uuid4

from schemas.registration import (
    FILE_MAX_BYTES,
    Address,
    Circumstance,
    CircumstanceKind,
    Offender,
    Person,
    Registration,
    Severity,
    Victim,
)

REGISTRATION_ID = UUID("0192a000-0000-7000-8000-000000000001")


def a_person() -> Person:
    """A victim and her offender, plainly made up."""
    return Person(
        victim=Victim(
            name="Voorbeeld, Anna",
            languages=("nl", "fr"),
            phone="+32 470 00 00 00",
            addresses=(Address(label="thuis", text="Voorbeeldstraat 1, 9000 Gent"),),
        ),
        offender=Offender(name="Voorbeeld, Bert", relation="ex-partner"),
        safe_word="paraplu",
    )


def some_circumstances() -> tuple[Circumstance, ...]:
    """Two things to know on arrival."""
    return (
        Circumstance(kind=CircumstanceKind.WEAPON, severity=Severity.CRITICAL, text="Heeft een jachtgeweer"),
        Circumstance(kind=CircumstanceKind.CHILDREN, text="Twee kinderen thuis"),
    )


def a_registration(
    *, registration_id: UUID | None = None, centre: str = "BE-VOV", reference: str | None = None
) -> Registration:
    """A registration of its own id and reference."""
    registration_id = registration_id or uuid4()
    return Registration(
        registration_id=registration_id,
        centre=centre,
        reference=reference or f"GE.{registration_id.hex[:8]}",
        person=a_person(),
        circumstances=some_circumstances(),
    )


def the_largest_circumstances(person: Person, *, over: int = 0) -> tuple[Circumstance, ...]:
    """Circumstances that with ``person`` take exactly as much as a file may, and ``over`` bytes more.

    Written with a character that takes four bytes, as few do.
    """
    room = FILE_MAX_BYTES + over - len(person.model_dump_json().encode())
    found = []
    while room:
        empty = len(Circumstance(kind=CircumstanceKind.OTHER, text="").model_dump_json())
        size = min(room, empty + 4000)
        size -= empty if 0 < room - size < empty else 0  # leave room for the next one's field names
        wide, narrow = divmod(size - empty, 4)
        found.append(Circumstance(kind=CircumstanceKind.OTHER, text="\N{SNAKE}" * wide + "x" * narrow))
        room -= size
    return tuple(found)
