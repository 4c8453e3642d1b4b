"""An integrator, trackers and perimeters by way of the gateway, as people set them."""

import json
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from gateway.clock import SystemClock
from gateway.domain.casework.days import day_of
from gateway.domain.perimeters.shape import Plane
from gateway.store.connect import Database, Pool
from schemas.integrators import IntegratorScope
from schemas.session import Role
from tests.support.desk import supervisor
from tests.support.gateway import Running
from tests.support.integrators import Client, a_client

HOME: Final = (51.0543, 3.7174)
DECISION: Final = {"reference": "2026/123", "authority": "Rechtbank Gent", "decided_on": "2026-11-02"}


BEFORE: Final = timedelta(seconds=110)
"""The first fix is so old, and none is stale: nobody jumps, and no test waits for anybody to walk."""


class TagCentre:
    """A system that follows trackers, and says by the events' door where they are."""

    def __init__(self, node: Running, client: Client, token: str) -> None:
        self.node, self.client = node, client
        self._at = SystemClock().now() - BEFORE
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/cloudevents+json"}

    @classmethod
    async def of(cls, node: Running, pool: Pool, name: str = "Tagcentrale", **more: Any) -> "TagCentre":
        """Open its account and ask for a token."""
        client = await a_client(pool, SystemClock(), IntegratorScope.TRACKERS, name=name, **more)
        return cls(node, client, await client.token(node.http, node.url))

    async def moved(self, off_m: float, subject: str = "TAG-1", **more: Any) -> dict[str, Any]:
        """Say that a tracker is so far north of the home, ten seconds on; return the answer."""
        latitude, longitude = self.place(off_m)
        fix = {"latitude": latitude, "longitude": longitude, "radius_m": 10, "method": "gnss"}
        self._at += timedelta(seconds=10)
        at = more.pop("at", self._at)
        return await self.says("moved", subject, {"positions": [{**fix, "fixed_at": at.isoformat(), **more}]})

    def place(self, off_m: float) -> tuple[float, float]:
        """Return the place so far north of the home."""
        return Plane.around(*HOME).back(0, off_m)

    async def is_watching(self, perimeters: int = 1) -> bool:
        """Whether the node judges by so many perimeters by now."""
        answer = await self.node.http.get(f"{self.node.url}/metrics")
        return f"msa_perimeters_watched {perimeters}.0" in answer.text

    async def is_known(self, subject: str = "TAG-1") -> bool:
        """Whether the node knows the tracker by now."""
        return bool((await self.says("condition", subject, {"condition": "ok"})).get("fate") == "accepted")

    async def says(self, what: str, subject: str, data: dict[str, Any]) -> dict[str, Any]:
        """Send one event of a tracker; return the answer."""
        event = {
            "specversion": "1.0",
            "id": str(uuid4()),
            "source": "/tags",
            "type": f"be.msa.tracker.{what}",
            "subject": subject,
            "data": data,
        }
        answer = await self.node.http.post(
            f"{self.node.url}/v1/events", headers=self._headers, content=json.dumps(event)
        )
        said: dict[str, Any] = answer.json()
        return said


INTEGRATOR: Final = """
INSERT INTO integrator (integrator_id, name, scopes, events_per_s, created_at)
VALUES ($1, $2, '{events:trackers}', 2000, now())"""


async def an_integrator(database: Database, name: str = "Tagcentrale") -> UUID:
    """Save a system that follows trackers; return its id."""
    integrator_id = uuid4()
    await database.execute(INTEGRATOR, integrator_id, name)
    return integrator_id


def terms(trackers: tuple[str, ...] = (), **changes: Any) -> dict[str, Any]:
    """Return the terms of a perimeter around a home, of 500 m, for a month from today."""
    today = day_of(SystemClock().now())
    return {
        "name": "Thuis",
        "area": {"shape": "circle", "latitude": HOME[0], "longitude": HOME[1], "radius_m": 500},
        "trackers": list(trackers),
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=30)).isoformat(),
        **changes,
    }


class Court:
    """A case officer and a magistrate of BE-VOV who work on one file."""

    def __init__(
        self, node: Running, file: UUID, officer: dict[str, str], magistrate: dict[str, str]
    ) -> None:
        self.node, self.file = node, file
        self.officer, self.magistrate = officer, magistrate

    @classmethod
    async def of(cls, node: Running, file: UUID) -> "Court":
        """Sign both in."""
        officer = await supervisor(node, "BE-VOV", role=Role.CASE_OFFICER)
        return cls(node, file, officer, await supervisor(node, "BE-VOV", role=Role.MAGISTRATE))

    async def ask(
        self, method: str, path: str, who: dict[str, str] | None = None, body: Any = None
    ) -> tuple[int, dict[str, Any]]:
        """Ask, as the officer unless it is somebody else; return status and body."""
        answer = await self.node.http.request(
            method, f"{self.node.url}/v1/{path}", headers=who or self.officer, json=body
        )
        return answer.status_code, answer.json()

    async def tracker(self, subject: str = "TAG-1", role: str = "offender", **more: Any) -> str:
        """Put a tracker on; return its id."""
        new = {"integrator": "Tagcentrale", "subject": subject, "role": role, "label": "Enkelband", **more}
        status, view = await self.ask("POST", f"registrations/{self.file}/trackers", body=new)
        assert status == 201, view
        return str(view["tracker_id"])

    async def in_force(self, *trackers: str, **changes: Any) -> dict[str, Any]:
        """Have a perimeter put into force; return it."""
        new = {**terms(trackers, **changes), "decision": DECISION}
        status, view = await self.ask("POST", f"registrations/{self.file}/perimeters", self.magistrate, new)
        assert status == 201, view
        return view
