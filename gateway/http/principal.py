"""Who is at the other end of a browser's request or websocket."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends
from starlette.requests import HTTPConnection, Request

from gateway.domain.errors import NotSignedIn, NotYours, WrongOrigin
from gateway.domain.people import Operator, Session
from gateway.http.security import COOKIE, SaidBySession
from gateway.http.services import services_of
from schemas.session import Role

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


async def admit(connection: HTTPConnection) -> Session:
    """Return the session of a request or a websocket's opening, also one that only watches.

    Raises ``WrongOrigin`` (close code 4403) and ``NotSignedIn`` (4401).
    """
    check_origin(connection)
    token = connection.cookies.get(COOKIE)
    session = await services_of(connection).operators.session(token) if token else None
    if session is None:
        raise NotSignedIn
    return session


def check_origin(connection: HTTPConnection) -> None:
    """Refuse what another site makes a browser send. Raises ``WrongOrigin``.

    A browser names the origin of every websocket and of every request that changes something; a
    program that is no browser names none, and no site can make it act.
    """
    if connection.scope["type"] == "http" and connection.scope["method"] in SAFE_METHODS:
        return
    origin = connection.headers.get("origin")
    if origin is None:
        if connection.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            raise WrongOrigin
        return
    if origin not in _own_origins(connection):
        raise WrongOrigin


def require_role(*roles: Role) -> Callable[[Session], Awaitable[Operator]]:
    """Make a dependency that lets only these roles through. It raises ``NotYours``."""

    async def checked(session: CurrentSession) -> Operator:
        if session.operator.roles.isdisjoint(roles):
            raise NotYours
        return session.operator

    return checked


async def _admitted(connection: HTTPConnection, _: SaidBySession) -> Session:
    return await admit(connection)


async def _acting(request: Request, _: SaidBySession) -> Session:
    session = await admit(request)
    changes = request.method not in SAFE_METHODS
    if changes and session.only_watches(services_of(request).clock.now()):
        raise NotSignedIn
    return session


WatchingSession = Annotated[Session, Depends(_admitted)]
"""Whoever is signed in, though the session may have run out."""

CurrentSession = Annotated[Session, Depends(_acting)]
"""Whoever is signed in; a session that has run out looks, and changes nothing."""


async def _operator(session: CurrentSession) -> Operator:
    return session.operator


CurrentOperator = Annotated[Operator, Depends(_operator)]


def home_of(connection: HTTPConnection) -> str:
    """Return the base URL of our pages as this browser has them: a public one where there are any.

    Without any the Host header is believed: a provider leads back to what is registered there, only.
    """
    host = connection.headers.get("host", "")
    public = services_of(connection).settings.public_urls
    here = next((url for url in public if urlsplit(url).netloc == host), public[0] if public else None)
    return here or f"{connection.url.scheme}://{host}"


def _own_origins(connection: HTTPConnection) -> set[str]:
    """List the origins our own pages have: the public ones, and the one this request came to."""
    public = (urlsplit(url) for url in services_of(connection).settings.public_urls)
    scheme = {"ws": "http", "wss": "https"}.get(connection.url.scheme, connection.url.scheme)
    here = f"{scheme}://{connection.headers.get('host', '')}"
    return {here, *(f"{url.scheme}://{url.netloc}" for url in public)}
