"""The console's basemap and its files over HTTP."""

import gzip
import json
import os
import shutil
from pathlib import Path

import httpx
import pytest
from shapely.geometry import shape

from gateway.basemap import FILE_URL
from gateway.http import app
from gateway.http.basemap import AREAS_URL
from gateway.http.security import COOKIE
from schemas.basemap import BasemapKind
from tests.support.gateway import Running, running
from tests.support.pmtiles import a_png, archive, pyramid


async def get(node: Running, path: str, **headers: str) -> httpx.Response:
    asked = {name.replace("_", "-"): value for name, value in headers.items()}
    return await node.http.get(f"{node.url}{path}", headers={"accept-encoding": "identity", **asked})


async def test_who_is_signed_in_is_told_the_basemap_and_nobody_else(gateway: Running) -> None:
    token = await gateway.a_session()
    told = await get(gateway, "/v1/basemap", cookie=f"{COOKIE}={token}")
    assert told.status_code == 200
    assert told.json()["kind"] == "schematic"
    assert told.json()["url"] is None
    assert (await get(gateway, "/v1/basemap")).status_code == 401
    assert (await get(gateway, FILE_URL)).status_code == 404


async def test_a_map_from_elsewhere_is_told_and_allowed_in_every_page(database: str, tmp_path: Path) -> None:
    style = "https://maps.example/style.json"
    async with running(
        database,
        tmp_path,
        basemap=BasemapKind.STYLE,
        basemap_url=style,
        basemap_origins=("https://glyphs.example",),
        basemap_attribution="© somebody",
    ) as node:
        token = await node.a_session()
        told = (await get(node, "/v1/basemap", cookie=f"{COOKIE}={token}")).json()
        assert (told["kind"], told["url"], told["attribution"]) == ("style", style, "© somebody")
        for path in ("/", "/v1/basemap", "/livez"):
            policy = (await get(node, path)).headers["content-security-policy"]
            assert "connect-src 'self' https://glyphs.example https://maps.example;" in policy
            assert "unsafe" not in policy
            assert "blob" not in policy


async def test_a_map_file_is_served_by_ranges_and_the_same_from_every_node(
    database: str, tmp_path: Path
) -> None:
    content = archive(pyramid(a_png(1, 2, 3), range(3)))
    files = [tmp_path / name for name in ("one.pmtiles", "other.pmtiles")]
    for number, path in enumerate(files):
        path.write_bytes(content)
        os.utime(path, (1_000_000 + number, 1_000_000 + number))
    tags = set()
    for path in files:
        async with running(database, tmp_path, basemap=BasemapKind.PMTILES, basemap_file=path) as node:
            token = await node.a_session()
            told = (await get(node, "/v1/basemap", cookie=f"{COOKIE}={token}")).json()
            assert (told["url"], told["min_zoom"], told["max_zoom"]) == (FILE_URL, 0, 2)
            part = await get(node, FILE_URL, range="bytes=127-200")
            assert (part.status_code, part.content) == (206, content[127:201])
            assert part.headers["content-range"] == f"bytes 127-200/{len(content)}"
            beginning = await get(node, FILE_URL, range="bytes=0-16383")  # more than there is
            assert beginning.content == content[:16384]
            tag = part.headers["etag"]
            assert (await get(node, FILE_URL, range="bytes=0-3", if_range=tag)).status_code == 206
            assert (await get(node, FILE_URL, range="bytes=0-3", if_range='"old"')).status_code == 200
            assert (await get(node, FILE_URL, if_none_match=tag)).status_code == 304
            assert (await get(node, FILE_URL, range=f"bytes={len(content)}-")).status_code == 416
            whole = await node.http.head(f"{node.url}{FILE_URL}")
            assert whole.headers["content-length"] == str(len(content))
            tags.add(tag)
            path.write_bytes(archive(pyramid(a_png(3, 2, 1), range(4))))
            assert (await get(node, FILE_URL, range="bytes=0-3")).headers["etag"] not in tags
            path.unlink()
            assert (await get(node, FILE_URL)).status_code == 404
    assert len(tags) == 1


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A console as the build leaves it."""
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "geodata").mkdir()
    for name, text in (
        ("index.html", "<!doctype html>"),
        ("assets/i-1.js", "a"),
        ("geodata/places.json", "[]"),
    ):
        path = static / name
        path.write_text(text * 500)
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    (static / "icon.png").write_bytes(b"icon")
    monkeypatch.setattr(app, "STATIC", static)
    return static


async def test_files_are_compressed_for_who_takes_it_and_kept_while_they_are_true(
    page: Path, database: str, tmp_path: Path
) -> None:
    async with running(database, tmp_path) as node:
        for path, kind, kept in (
            ("/", "text/html", "no-cache"),
            ("/assets/i-1.js", "text/javascript", "public, max-age=31536000, immutable"),
            ("/geodata/places.json", "application/json", "no-cache"),
        ):
            plain = await get(node, path)
            small = await get(node, path, accept_encoding="br, gzip;q=0.8")
            assert "content-encoding" not in plain.headers
            assert small.headers["content-encoding"] == "gzip"
            assert (
                int(small.headers["content-length"])
                < len(plain.content)
                == int(plain.headers["content-length"])
            )
            assert plain.content == small.content
            assert plain.headers["etag"] != small.headers["etag"]
            for answer in (plain, small):
                assert answer.headers["content-type"].partition(";")[0] == kind
                assert answer.headers["cache-control"] == kept
                assert answer.headers["vary"] == "Accept-Encoding"
            again = await get(node, path, accept_encoding="gzip", if_none_match=small.headers["etag"])
            assert (again.status_code, again.content) == (304, b"")
        assert "content-encoding" not in (await get(node, "/", accept_encoding="gzip;q=0, *")).headers
        assert (await get(node, "/icon.png", accept_encoding="gzip")).content == b"icon"
        shutil.rmtree(page)
        assert (await get(node, "/assets/i-1.js")).status_code == 404


async def test_a_console_draws_the_areas_that_alarms_are_routed_by(
    page: Path, database: str, tmp_path: Path
) -> None:
    own = tmp_path / "own.geojson"
    square = {"type": "Polygon", "coordinates": [[[3.5, 51], [4, 51], [4, 51.3], [3.5, 51.3], [3.5, 51]]]}
    feature = {"type": "Feature", "properties": {"centre": "BE-VOV"}, "geometry": square}
    own.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    (page / "geodata" / "centres.json").write_text("the provinces")
    async with running(database, tmp_path) as node:
        assert (await get(node, AREAS_URL)).text == "the provinces"
    async with running(database, tmp_path, centres=own) as node:
        plain, small = await get(node, AREAS_URL), await get(node, AREAS_URL, accept_encoding="gzip")
        (drawn,) = plain.json()["features"]
        assert drawn["properties"] == {"centre": "BE-VOV"}
        assert shape(drawn["geometry"]).equals(shape(square))
        assert small.json() == plain.json()
        assert small.headers["content-encoding"] == "gzip"
        again = await get(node, AREAS_URL, accept_encoding="gzip", if_none_match=small.headers["etag"])
        assert again.status_code == 304
        assert (await get(node, "/geodata/places.json")).status_code == 200
