"""Values that several endpoints take or return.

The schemas of usernames, addresses and the like only tell clients what the services of
`rachel_server.accounts` accept: those check the values, and say what is wrong in their own words.
"""

from typing import Annotated, Final, TypeAlias

from pydantic import Field

from rachel_server.accounts.paging import PAGE_MAX
from rachel_server.accounts.tokens import TOKEN_PATTERN
from rachel_server.accounts.validation import (
    EMAIL_MAX,
    EMAIL_PATTERN,
    PASSWORD_MAX,
    PASSWORD_MIN,
    USERNAME_PATTERN,
)
from rachel_server.http.api.endpoint import Model
from rachel_server.http.api.problems import Problem

_NUMBER_DIGITS_MAX: Final = 9

Username: TypeAlias = Annotated[
    str,
    Field(
        description="Unique in any case; everybody may see it. Spaces around it do not count.",
        json_schema_extra={"pattern": f"^{USERNAME_PATTERN}$"},
    ),
]

Email: TypeAlias = Annotated[
    str,
    Field(
        description="Unique in any case; shown to nobody else. Spaces around it do not count.",
        json_schema_extra={"pattern": f"^{EMAIL_PATTERN}$", "maxLength": EMAIL_MAX},
    ),
]

NewPassword: TypeAlias = Annotated[
    str, Field(json_schema_extra={"minLength": PASSWORD_MIN, "maxLength": PASSWORD_MAX})
]

LinkToken: TypeAlias = Annotated[
    str,
    Field(
        description="What the link in a mail has as its token; good for one use.",
        json_schema_extra={"pattern": f"^{TOKEN_PATTERN}$"},
    ),
]

UnixTime: TypeAlias = Annotated[float, Field(description="Unix time in seconds.")]

IsoTime: TypeAlias = Annotated[
    str, Field(description="UTC, ISO 8601.", json_schema_extra={"format": "date-time"})
]


class PageQuery(Model):
    """Which page of a list: ``limit`` items after ``cursor``, which the page before named."""

    limit: int = Field(20, ge=1, le=PAGE_MAX)
    cursor: str | None = None

    def after_number(self) -> int:
        """Return the cursor of a list whose pages end at numbers, -1 for the first page.

        Raises:
            ApiError: the cursor is no such number.
        """
        text = self.cursor
        if text is None:
            return -1
        if not (text.isascii() and text.isdecimal() and len(text) <= _NUMBER_DIGITS_MAX):
            raise Problem.CURSOR_INVALID.error()
        return int(text)
