"""Long lists in pages: ``limit`` items after ``cursor``, which the page before named."""

from pydantic import Field

from rachel_server.accounts.paging import PAGE_MAX
from rachel_server.http.api.endpoint import Model
from rachel_server.http.api.problems import Problem

_NUMBER_DIGITS_MAX = 9


class PageQuery(Model):
    """Which page of a list."""

    limit: int = Field(20, ge=1, le=PAGE_MAX)
    cursor: str | None = None

    def after_number(self) -> int:
        """Return the cursor of a list whose pages end at numbers, -1 for the first page.

        Raises:
            ApiError: it is none.
        """
        text = self.cursor
        if text is None:
            return -1
        if not (text.isascii() and text.isdecimal() and len(text) <= _NUMBER_DIGITS_MAX):
            raise Problem.CURSOR_INVALID.error()
        return int(text)
