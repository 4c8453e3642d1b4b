"""What the settings of the basemap mean, what is refused of them, and what the browser may then fetch."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.basemap import FILE_URL, ServedBasemap, Sources, load_basemap
from gateway.domain.errors import BasemapRefused
from gateway.http.policy import content_policy
from gateway.pmtiles import read_header
from gateway.settings import Settings
from schemas.basemap import Basemap, BasemapKind
from tests.support.pmtiles import archive, pyramid, write_archive

TILES = "https://tiles.example/{z}/{x}/{y}.png"
WMTS = {"url": "https://wmts.example/cap.xml", "layer": "topo", "matrix_set": "3857"}
PLAIN = content_policy(Sources())


def of(kind: str = "schematic", **given: Any) -> ServedBasemap:
    return ServedBasemap.of(
        Settings.model_validate(
            {"basemap": kind, **{f"basemap_{name}": value for name, value in given.items()}}
        )
    )


def directives(policy: str) -> dict[str, set[str]]:
    return {part.split()[0]: set(part.split()[1:]) for part in policy.split("; ")}


def added(served: ServedBasemap) -> dict[str, set[str]]:
    """What the policy of a basemap allows beyond the policy of none."""
    plain = directives(PLAIN)
    now = directives(content_policy(served.sources))
    assert plain.keys() == now.keys()
    assert all(now[name] >= plain[name] for name in plain)
    return {name: now[name] - plain[name] for name in plain if now[name] != plain[name]}


def test_without_settings_it_is_schematic_and_needs_nothing_from_elsewhere() -> None:
    assert of().view == Basemap(kind=BasemapKind.SCHEMATIC)
    assert added(of()) == {}


def test_a_map_on_the_gateways_own_origin_needs_nothing_from_elsewhere() -> None:
    for kind, url in (
        ("xyz", "/maps/{z}/{x}/{-y}.png"),
        ("pmtiles", "/maps/b.pmtiles"),
        ("style", "/s.json"),
    ):
        assert added(of(kind, url=url)) == {}


def test_the_policy_names_each_origin_where_its_kind_needs_it_and_nowhere_else() -> None:
    tiles = {"https://tiles.example"}
    assert added(of("xyz", url=TILES)) == {"img-src": tiles}
    assert added(of("wms", url="https://tiles.example/wms", layer="topo")) == {"img-src": tiles}
    assert added(of("pmtiles", url="https://tiles.example/b.pmtiles")) == {"connect-src": tiles}
    assert added(of("style", url="https://tiles.example/s.json")) == dict.fromkeys(
        ("img-src", "connect-src", "font-src"), tiles
    )
    both = {"https://wmts.example", "https://tiles.example"}
    served = of("wmts", **WMTS, origins="https://tiles.example")
    assert added(served) == {"img-src": both, "connect-src": both}


def test_hosts_in_a_range_are_each_allowed() -> None:
    served = of("xyz", url="https://{a-c}.tiles.example:8443/{z}/{x}/{y}.png?key=secret")
    assert added(served) == {"img-src": {f"https://{host}.tiles.example:8443" for host in "abc"}}
    assert served.view.url == "https://{a-c}.tiles.example:8443/{z}/{x}/{y}.png?key=secret"


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        ("xyz", {}, "MSA_BASEMAP_URL is not set"),
        ("pmtiles", {}, "MSA_BASEMAP_URL or MSA_BASEMAP_FILE is not set"),
        ("wmts", {"url": WMTS["url"], "layer": "topo"}, "MSA_BASEMAP_MATRIX_SET is not set"),
        ("wms", {"url": WMTS["url"]}, "MSA_BASEMAP_LAYER is not set"),
        ("xyz", {"url": TILES, "layer": "topo"}, "MSA_BASEMAP_LAYER is set"),
        ("schematic", {"url": TILES}, "MSA_BASEMAP_URL is set"),
        ("schematic", {"origins": "https://a.example"}, "MSA_BASEMAP_ORIGINS is set"),
        ("xyz", {"url": "https://tiles.example/{z}/{x}.png"}, "{y}"),
        ("xyz", {"url": TILES, "file": "b.pmtiles"}, "MSA_BASEMAP_FILE is for pmtiles"),
        ("pmtiles", {"url": "/b.pmtiles", "file": "b.pmtiles"}, "both set"),
        ("xyz", {"url": TILES, "min_zoom": 9, "max_zoom": 8}, "MSA_BASEMAP_MIN_ZOOM"),
        ("style", {"url": "style.json"}, "MSA_BASEMAP_URL"),
        ("style", {"url": "//tiles.example/style.json"}, "MSA_BASEMAP_URL"),
        ("style", {"url": "javascript://tiles.example/style.json"}, "MSA_BASEMAP_URL"),
        ("style", {"url": "https://*.example/style.json"}, "MSA_BASEMAP_URL"),
        ("style", {"url": "/s.json", "origins": "https://a.example/path"}, "MSA_BASEMAP_ORIGINS"),
        ("style", {"url": "/s.json", "origins": "*"}, "MSA_BASEMAP_ORIGINS"),
        ("style", {"url": "/s.json", "origins": "blob:"}, "MSA_BASEMAP_ORIGINS"),
        ("style", {"url": "/s.json", "origins": "https://a.example; script-src *"}, "MSA_BASEMAP_ORIGINS"),
    ],
)
def test_settings_that_contradict_are_refused_by_name(kind: str, given: dict[str, Any], said: str) -> None:
    with pytest.raises(BasemapRefused) as refused:
        of(kind, **given)
    assert said in str(refused.value)


def test_a_refusal_repeats_no_password() -> None:
    with pytest.raises(BasemapRefused) as refused:
        of("xyz", url="https://user:hunter2@tiles.example/{z}/{x}/{y}.png")
    assert "hunter2" not in str(refused.value)


@given(st.text(max_size=60), st.sampled_from([kind for kind in BasemapKind if kind != "schematic"]))
def test_no_address_at_all_gets_more_into_the_policy_than_origins(text: str, kind: BasemapKind) -> None:
    given = {"url": f"https://{text}/{{z}}/{{x}}/{{y}}"}
    if kind in {"wms", "wmts"}:
        given["layer"] = "topo"
    if kind == "wmts":
        given["matrix_set"] = "3857"
    try:
        allowed = added(of(kind, **given))
    except BasemapRefused:
        return
    for sources in allowed.values():
        assert all(
            one.startswith("https://") and one[8:].strip("abcdefghijklmnopqrstuvwxyz0123456789.:-") == ""
            for one in sources
        )


def test_an_archive_says_what_it_holds(tmp_path: Path) -> None:
    found = read_header(write_archive(tmp_path / "b.pmtiles", pyramid(b"tile", range(4))))
    assert (found.tiles, found.min_zoom, found.max_zoom) == ("PNG", 0, 3)
    assert found.covers_belgium
    served = load_basemap(Settings(basemap=BasemapKind.PMTILES, basemap_file=tmp_path / "b.pmtiles"))
    assert (served.view.url, served.view.min_zoom, served.view.max_zoom) == (FILE_URL, 0, 3)
    assert added(served) == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no PMTiles"),
        (b"PK" * 100, "no PMTiles"),
        (archive(pyramid(b"tile", range(3)))[:-1], "cut short"),
        (archive(pyramid(b"tile", range(3)), kind=6), "cannot draw"),
        (archive(pyramid(b"tile", range(3))).replace(b"PMTiles\x03", b"PMTiles\x02"), "version 2"),
    ],
)
def test_a_file_that_is_none_is_refused_and_the_node_shows_the_schematic_map(
    tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "b.pmtiles"
    path.write_bytes(content)
    with pytest.raises(BasemapRefused) as refused:
        read_header(path)
    assert said in str(refused.value)
    settings = Settings(basemap=BasemapKind.PMTILES, basemap_file=path)
    assert load_basemap(settings).view == Basemap()
    path.unlink()
    assert load_basemap(settings).view == Basemap()
