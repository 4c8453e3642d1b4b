"""Notices raised from beside a running gateway, as it raises them itself: its nodes read them in the log."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from gateway.domain.notice import Notice
from gateway.store.connect import Pool, create_pool
from gateway.store.notices import PostgresNotices
from gateway.store.sealing import Keyring
from gateway.store.view import Viewer
from schemas.protection import Audience, NoticeKind
from tests.support.gateway import Running

EVENTS: Final = """
SELECT kind, done_by, image FROM stream_event WHERE subject = 'notice' AND centre_id = 'BE-VOV'
 ORDER BY sequence"""
"""What BE-VOV was told of notices, in order."""


@asynccontextmanager
async def noticing(gateway: Running) -> AsyncIterator[tuple[PostgresNotices, Pool]]:
    """What raises notices, and the pool it uses."""
    async with create_pool(gateway.database, application_name="test") as pool:
        viewer = Viewer(Keyring.of(gateway.settings), lambda _: None)
        yield PostgresNotices(pool, viewer, lambda _: None), pool


async def a_notice(notices: PostgresNotices, **told: Any) -> None:
    """Raise a notice at BE-VOV: if nothing else is said, for everybody, that alarms went elsewhere."""
    said: dict[str, Any] = {
        "kind": NoticeKind.ATTENDED_AGAIN,
        "subject": "BE-VOV",
        "audience": (Audience.EVERYBODY,),
        "detail": {"diverted": 3, "since": "2026-03-02T09:00:00+00:00"},
    }
    await notices.tell("BE-VOV", [Notice(**said | told)])
