"""The console's basemap over HTTP."""

from gateway.http.principal import COOKIE
from tests.support.gateway import Running


async def test_who_is_signed_in_is_told_the_basemap_and_nobody_else(gateway: Running) -> None:
    token = await gateway.a_session()
    asked = f"{gateway.url}/v1/basemap"
    told = await gateway.http.get(asked, headers={"cookie": f"{COOKIE}={token}"})
    assert told.status_code == 200
    assert told.json()["kind"] == "schematic"
    assert told.json()["url"] is None
    assert (await gateway.http.get(asked)).status_code == 401
