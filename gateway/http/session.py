"""Signing in and out: ``/v1/session``."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response, status
from starlette.requests import Request

from gateway import secret_text
from gateway.domain.errors import DatabaseUnavailable, TooMany, WrongCredentials
from gateway.domain.people import Account, Operator, Session
from gateway.http.principal import WatchingSession, check_origin, home_of
from gateway.http.security import COOKIE
from gateway.http.services import Services, address_of, services_of
from schemas.session import (
    LinkSignIn,
    PasswordAgain,
    Role,
    SessionView,
    SignedOut,
    SignIn,
    SignInWay,
    SignInWays,
)


async def _same_site(request: Request) -> None:
    check_origin(request)


router = APIRouter(prefix="/v1/session", tags=["session"], dependencies=[Depends(_same_site)])
Given = Annotated[Services, Depends(services_of)]


@router.post("", status_code=status.HTTP_201_CREATED)
async def sign_in(credentials: SignIn, request: Request, response: Response, services: Given) -> SessionView:
    """Sign in with name and password; the answer sets the session's cookie."""
    throttle(request, services, username=credentials.username.lower())
    account = await services.operators.find(credentials.username)
    operator = await _checked(account, credentials.password, services)
    return await _begun(operator, request, response, services)


@router.post("/again", status_code=status.HTTP_201_CREATED)
async def sign_in_again(
    given: PasswordAgain, session: WatchingSession, request: Request, response: Response, services: Given
) -> SessionView:
    """Sign the person of this session in once more: a new session takes the place of this one."""
    throttle(request, services, username=session.operator.username)
    account = await services.operators.account(session.operator.operator_id)
    operator = await _checked(account, given.password, services)
    return await _begun(operator, request, response, services)


@router.post("/link", status_code=status.HTTP_201_CREATED)
async def sign_in_by_link(
    link: LinkSignIn, request: Request, response: Response, services: Given
) -> SessionView:
    """Sign in with the secret of a one-time link; a second use is refused."""
    throttle(request, services)
    operator = await services.operators.use_link(link.token)
    if operator is None or not _enters_here(operator, services):
        raise WrongCredentials
    return await _begun(operator, request, response, services)


@router.get("/ways")
async def ways(services: Given) -> SignInWays:
    """Say how people sign in here."""
    named = None if services.oidc is None else services.oidc.provider.client.name
    return SignInWays(local=services.settings.local_accounts, provider=named)


@router.get("")
async def who(session: WatchingSession, services: Given) -> SessionView:
    """Say who is signed in, and until when."""
    return await _view(session, services)


@router.delete("")
async def sign_out(
    session: WatchingSession, request: Request, response: Response, services: Given
) -> SignedOut:
    """End the session, here and for whoever holds a copy of its cookie."""
    account = await services.operators.account(session.operator.operator_id)
    await services.operators.end(session)
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")
    if services.oidc is None or account is None or account.issuer is None:
        return SignedOut(continue_at=None)
    home = f"{home_of(request)}/"
    return SignedOut(continue_at=await services.oidc.provider.end_session_address(home))


def throttle(request: Request, services: Services, username: str | None = None) -> None:
    """Count one try. Raises ``TooMany``."""
    now = services.clock.monotonic()
    if not services.throttles.address.allow(address_of(request), now):
        raise TooMany
    if username is not None and not services.throttles.username.allow(username, now):
        raise TooMany


def held_hash(request: Request) -> bytes | None:
    """Return the hash of the session's secret that this browser has, if any."""
    token = request.cookies.get(COOKIE)
    return secret_text.hash_of(token) if token else None


async def begin(
    operator: Operator, response: Response, services: Services, replaces: bytes | None
) -> Session:
    """Begin a session and set its cookie, which lives as long as the session watches."""
    token, session = await services.operators.begin(operator, replaces)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int((session.watch_until - services.clock.now()).total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="strict",
    )
    return session


async def _begun(operator: Operator, request: Request, response: Response, services: Services) -> SessionView:
    session = await begin(operator, response, services, held_hash(request))
    return await _view(session, services)


async def _checked(account: Account | None, password: str, services: Services) -> Operator:
    """Return whose password it is. Raises ``WrongCredentials``, alike and as late for whatever is wrong."""
    kept = account.password_hash if account else None
    if not await services.passwords.holds(password, kept) or account is None:
        raise WrongCredentials
    if not _enters_here(account.operator, services):
        raise WrongCredentials
    return account.operator


def _enters_here(operator: Operator, services: Services) -> bool:
    """Whether this account may enter past the provider: a canary is a program, and has no other way."""
    return services.settings.local_accounts or Role.CANARY in operator.roles


async def _view(session: Session, services: Services) -> SessionView:
    return SessionView(
        operator=session.operator.view(),
        expires_at=session.expires_at,
        watch_until=session.watch_until,
        again=await _way_again(session, services),
    )


async def _way_again(session: Session, services: Services) -> SignInWay:
    try:
        return _way(await services.operators.account(session.operator.operator_id))
    except DatabaseUnavailable:  # nobody signs in now; who reloads the page must see her alarms all the same
        return SignInWay.PASSWORD if services.settings.local_accounts else SignInWay.OIDC


def _way(account: Account | None) -> SignInWay:
    if account is None or (account.password_hash is None and account.issuer is None):
        return SignInWay.LINK
    return SignInWay.PASSWORD if account.password_hash else SignInWay.OIDC
