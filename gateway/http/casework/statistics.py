"""Figures: ``/v1/statistics``, as JSON, as CSV, and as a one-page answer to whoever asked."""

import asyncio
from datetime import date
from enum import StrEnum
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from gateway.csv_text import MEDIA_TYPE, csv_file
from gateway.domain.casework.answer_text import answer_page, asked_for_page
from gateway.domain.casework.answers import Asked, as_table
from gateway.http.casework.services import casework_of
from gateway.http.casework.visiting import Caseworker
from gateway.pdf import pdf
from schemas.statistics import By, Statistics, Year

router: Final = APIRouter(prefix="/v1/statistics", tags=["statistics"])

PlaceCode = Annotated[
    str | None, Query(max_length=200, description="One place by its code; by=year: the years of this place")
]
AsOf = Annotated[date | None, Query(description="Outside the police: the last day of a month before it")]
From = Annotated[Year | None, Query(alias="from")]
To = Annotated[Year | None, Query(alias="to")]


class Form(StrEnum):
    """How figures are given."""

    JSON = "json"
    CSV = "csv"


class Language(StrEnum):
    """The languages of an answer."""

    NL = "nl"
    FR = "fr"
    DE = "de"
    EN = "en"


async def wanted(
    request: Request,
    scope: Caseworker,
    by: By = By.YEAR,
    place: PlaceCode = None,
    as_of: AsOf = None,
    first: From = None,
    last: To = None,
) -> Asked:
    """Return which figures are asked for. Raises ``FieldInvalid``."""
    day = casework_of(request).statistics.day_for(as_of, scope)
    return Asked(as_of=day, by=by, place=place, first=first, last=last)


Wanted = Annotated[Asked, Depends(wanted)]


@router.get("", response_model=Statistics, responses={200: {"content": {MEDIA_TYPE: {}}}})
async def statistics(
    request: Request,
    scope: Caseworker,
    asked: Wanted,
    form: Annotated[Form, Query(alias="format")] = Form.JSON,
) -> Response:
    """Tell figures of the whole country, protected alike for everybody: small ones are hidden."""
    figures = await casework_of(request).statistics.of(scope, asked, form)
    if form is Form.JSON:
        return Response(figures.model_dump_json(), media_type="application/json")
    name = f"msa-statistics-{asked.by}-{asked.as_of.isoformat()}.csv"
    return _file(csv_file(*as_table(figures)), MEDIA_TYPE, name)


@router.get("/answer.pdf", response_class=Response, responses={200: {"content": {"application/pdf": {}}}})
async def answer(
    request: Request, scope: Caseworker, asked: Wanted, lang: Language = Language.NL
) -> Response:
    """Give the answer that a council or a parliament gets: one page, in words, with how it was counted."""
    figures = await casework_of(request).statistics.of(scope, asked_for_page(asked), "pdf")
    page = await asyncio.to_thread(pdf, "answer", answer_page(figures, lang))
    return _file(page, "application/pdf", f"msa-answer-{asked.as_of.isoformat()}-{lang}.pdf")


def _file(body: bytes, media_type: str, name: str) -> Response:
    return Response(
        body, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
