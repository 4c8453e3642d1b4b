"""The files of made-up victims. Their ids follow from centre and reference: made again, they are the same."""

from typing import Final
from uuid import UUID, uuid5

from schemas.registration import (
    Circumstance,
    CircumstanceKind,
    Person,
    Population,
    Registration,
    Victim,
)

NAMESPACE: Final = UUID("7a1f7f1e-54c8-5a0e-9c59-0b6f6a4d2f31")
"""Of the registration ids of made-up victims."""

EXERCISE: Final = "OEFENING / EXERCICE"
CANARY: Final = "CANARY"


def exercise_file(centre: str, number: int) -> Registration:
    """Return the file of one made-up victim of a centre's exercises."""
    text = "Oefening: niemand is in gevaar. / Exercice : personne n'est en danger."
    return _file(centre, f"EXERCISE {number}", f"{EXERCISE} {number}", text, Population.EXERCISE)


def canary_file(centre: str) -> Registration:
    """Return the file of the made-up victim by whom a centre's way is watched."""
    return _file(centre, CANARY, CANARY, "The system tests itself. Nothing to do.", Population.CANARY)


def _file(centre: str, reference: str, name: str, text: str, population: Population) -> Registration:
    return Registration(
        registration_id=uuid5(NAMESPACE, f"{centre} {reference}"),
        centre=centre,
        reference=reference,
        person=Person(victim=Victim(name=name)),
        circumstances=(Circumstance(kind=CircumstanceKind.OTHER, text=text),),
        population=population,
    )
