"""Signing in and out: ``/v1/session``."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response, status
from starlette.requests import Request

from gateway.domain.errors import TooMany, WrongCredentials
from gateway.domain.people import Operator, Session
from gateway.http.principal import COOKIE, CurrentSession, check_origin
from gateway.http.services import Services, address_of, services_of
from schemas.session import LinkSignIn, SessionView, SignIn


async def _same_site(request: Request) -> None:
    check_origin(request)


router = APIRouter(prefix="/v1/session", tags=["session"], dependencies=[Depends(_same_site)])
Given = Annotated[Services, Depends(services_of)]


@router.post("", status_code=status.HTTP_201_CREATED)
async def sign_in(credentials: SignIn, request: Request, response: Response, services: Given) -> SessionView:
    """Sign in with name and password; the answer sets the session's cookie."""
    _throttle(request, services, username=credentials.username.lower())
    account = await services.operators.find(credentials.username)
    kept = account.password_hash if account else None
    if not await services.passwords.holds(credentials.password, kept) or account is None:
        raise WrongCredentials
    return await _begin(account.operator, response, services)


@router.post("/link", status_code=status.HTTP_201_CREATED)
async def sign_in_by_link(
    link: LinkSignIn, request: Request, response: Response, services: Given
) -> SessionView:
    """Sign in with the secret of a one-time link; a second use is refused."""
    _throttle(request, services)
    operator = await services.operators.use_link(link.token)
    if operator is None:
        raise WrongCredentials
    return await _begin(operator, response, services)


@router.get("")
async def who(session: CurrentSession, response: Response) -> SessionView:
    """Say who is signed in, and until when."""
    response.headers["Cache-Control"] = "no-store"
    return _view(session)


@router.delete("", status_code=status.HTTP_204_NO_CONTENT)
async def sign_out(session: CurrentSession, response: Response, services: Given) -> None:
    """End the session, here and for whoever holds a copy of its cookie."""
    await services.operators.end(session)
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")


def _throttle(request: Request, services: Services, username: str | None = None) -> None:
    now = services.clock.monotonic()
    if not services.throttles.address.allow(address_of(request), now):
        raise TooMany
    if username is not None and not services.throttles.username.allow(username, now):
        raise TooMany


async def _begin(operator: Operator, response: Response, services: Services) -> SessionView:
    token, session = await services.operators.begin(operator)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int((session.expires_at - services.clock.now()).total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="strict",
    )
    response.headers["Cache-Control"] = "no-store"
    return _view(session)


def _view(session: Session) -> SessionView:
    return SessionView(operator=session.operator.view(), expires_at=session.expires_at)
