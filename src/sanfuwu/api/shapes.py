"""The pieces that requests and answers are made of, and how operations document their refusals."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

# PostgreSQL cannot store NUL in text; everything else that Unicode has is welcome.
NO_NUL = r"^[^\x00]*$"
MOST_TEXT = 20_000

Text = Annotated[str, StringConstraints(max_length=MOST_TEXT, pattern=NO_NUL)]
Line = Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL)]
Name = Annotated[str, StringConstraints(max_length=120, pattern=NO_NUL)]
Code = Annotated[str, StringConstraints(max_length=80, pattern=NO_NUL)]

# Days and moments that an office can mean: far ones only overflow somewhere later.
FIRST_DAY, LAST_DAY = dt.date(1949, 10, 1), dt.date(2199, 12, 31)
Day = Annotated[dt.date, Field(ge=FIRST_DAY, le=LAST_DAY, description="A local date, such as 2019-02-18")]
Moment = Annotated[
    AwareDatetime,
    Field(
        ge=dt.datetime(1949, 10, 1, tzinfo=dt.UTC),
        le=dt.datetime(2199, 12, 31, tzinfo=dt.UTC),
        description="A moment with its time zone, such as 2019-02-18T09:30:00+08:00",
    ),
]


class Given(BaseModel):
    """What a caller sends. Unknown names are refused, so that a misspelt field is not lost in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Told(BaseModel):
    """What the API answers, read from our own objects."""

    model_config = ConfigDict(from_attributes=True)


class Named(Told):
    """An id and what people call it."""

    id: UUID
    name: str


class Place(Told):
    code: str = Field(description="Division code, 12 digits (GB/T 2260 and below)")
    name: str


class FieldFault(Told):
    field: str
    message: str
    reason: str


class Refusal(Told):
    """RFC 9457. `code` is stable; `title` and `detail` are for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str = Field(description="urn:sanfuwu:request:… — the request id")
    field: str | None = Field(None, description="Path of the input that is meant, such as requester.phone")
    errors: list[FieldFault] | None = None
    version: int | None = Field(None, description="With code stale_version: the present version")


def answers(good: dict[int, Any], *more: int) -> dict[Any, Any]:
    """`good`, and the refusals every operation can give together with `more` of its own."""
    return {**good, **dict.fromkeys(sorted({401, 500, *more}), Refusal)}


# Of operations with a body.
BODY = (400, 413, 415, 422)
