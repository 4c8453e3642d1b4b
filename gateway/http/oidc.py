"""Signing in by the OpenID provider: ``/v1/session/oidc``, authorization code with PKCE, state and nonce.

Two cookies, because the browser comes back from another site. The session's own is SameSite=Strict: it is
not sent with that request, nor with what it is redirected to, so the way back ends on the console's page,
which needs no cookie and asks for the session itself, as a same-site request. What ties the way back to
the browser that set out is a cookie of its own, SameSite=Lax, good for one return.
"""

from typing import Annotated, Final

import structlog
from fastapi import APIRouter, Depends, status
from fastapi.responses import RedirectResponse
from starlette.requests import Request
from starlette.responses import Response

from gateway.domain.claims import person_of
from gateway.domain.errors import DatabaseUnavailable, NotFound, TooMany, WrongOrigin
from gateway.domain.people import Operator
from gateway.http.principal import home_of
from gateway.http.services import ByProvider, Services, services_of
from gateway.http.session import begin, held_hash, throttle
from gateway.oidc.errors import Refusal, SignInRefused
from gateway.oidc.provider import UnderWay
from gateway.timing import OIDC_SIGN_IN_S

COOKIE: Final = "__Host-msa-oidc"
CALLBACK: Final = "/v1/session/oidc/callback"
HERE: Final = frozenset({"same-origin", "none"})

router = APIRouter(prefix="/v1/session/oidc", tags=["session"], default_response_class=RedirectResponse)
Given = Annotated[Services, Depends(services_of)]
log = structlog.get_logger()


def _provider(services: Given) -> ByProvider:
    if services.oidc is None:
        raise NotFound
    return services.oidc


Used = Annotated[ByProvider, Depends(_provider)]


@router.get("", status_code=status.HTTP_303_SEE_OTHER)
async def set_out(request: Request, services: Given, oidc: Used, *, again: bool = False) -> Response:
    """Send the browser to the provider. ``again``: in another tab, for the screen that is open already."""
    if request.headers.get("sec-fetch-site", "none") not in HERE:
        raise WrongOrigin
    redirect_uri = home_of(request) + CALLBACK
    sign_in = oidc.provider.begin(redirect_uri, again=again, replaces=held_hash(request))
    try:
        throttle(request, services)
        state, browser = await oidc.sign_ins.keep(sign_in)
        response = _to(await oidc.provider.address(sign_in, state))
    except (SignInRefused, DatabaseUnavailable, TooMany) as error:
        return _back(_refusal(error), again=again)
    response.set_cookie(
        COOKIE, browser, int(OIDC_SIGN_IN_S), path="/", secure=True, httponly=True, samesite="lax"
    )
    return response


@router.get("/callback", status_code=status.HTTP_303_SEE_OTHER)
async def come_back(
    request: Request,
    services: Given,
    oidc: Used,
    *,
    state: str = "",
    code: str = "",
    error: str = "",
    iss: str | None = None,
) -> Response:
    """Take the provider's answer: a session, or words on the sign-in page.

    Whoever did not set out here costs a look at the database, so only setting out is counted.
    """
    again = False
    try:
        sign_in = await _taken(oidc, state, request.cookies.get(COOKIE, ""))
        again = sign_in.again
        await oidc.provider.check_issuer(iss)
        operator = await _who(oidc, services, sign_in, code, error)
        response = _back(None, again=again)
        await begin(operator, response, services, sign_in.replaces)
    except (SignInRefused, DatabaseUnavailable) as refused:
        response = _back(_refusal(refused), again=again)
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    return response


async def _taken(oidc: ByProvider, state: str, browser: str) -> UnderWay:
    sign_in = await oidc.sign_ins.take(state, browser)
    if sign_in is None:
        raise SignInRefused(Refusal.EXPIRED, "no such sign-in is under way in this browser")
    return sign_in


async def _who(oidc: ByProvider, services: Services, sign_in: UnderWay, code: str, error: str) -> Operator:
    if error:
        unwilling = error in {"server_error", "temporarily_unavailable"}
        raise SignInRefused(Refusal.UNREACHABLE if unwilling else Refusal.DENIED, "the provider refused")
    if not code:
        raise SignInRefused(Refusal.FAILED, "the provider answered nothing")
    claims = await oidc.provider.redeem(code, sign_in)
    client = oidc.provider.client
    centres, zones = await services.operators.centres(), await services.operators.zones()
    person = person_of(claims, client.rules, centres, zones)
    if person is None:
        await oidc.sign_ins.forget(client.issuer, str(claims["sub"]))
        raise SignInRefused(Refusal.NOT_ALLOWED, "the provider grants nothing here")
    operator = await oidc.sign_ins.recognise(person)
    if operator is None:
        raise SignInRefused(Refusal.NOT_ALLOWED, "the account is disabled")
    return operator


def _refusal(error: SignInRefused | DatabaseUnavailable | TooMany) -> Refusal:
    refusal = Refusal.TOO_MANY if isinstance(error, TooMany) else Refusal.UNREACHABLE
    if isinstance(error, SignInRefused):
        refusal = error.refusal
    log.warning("oidc.refused", refusal=refusal.value, why=error.detail)
    return refusal


def _back(refusal: Refusal | None, *, again: bool) -> RedirectResponse:
    """Lead to our own page, and nowhere else; what it is told stands after the #, which no server sees."""
    told = [*(["again"] if again else []), *([f"refused={refusal.value}"] if refusal else [])]
    return _to(f"/#{'&'.join(told)}" if told else "/")


def _to(address: str) -> RedirectResponse:
    return RedirectResponse(address, status.HTTP_303_SEE_OTHER)
