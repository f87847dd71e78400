"""Long lists in pages. A cursor names the last item of a page, so that new items shift nothing."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from rachel_server.accounts.errors import AccountError, AccountErrorCode

PAGE_MAX: Final = 100
"""The most items on a page."""

_RESULT: Final = re.compile(r"(\d{1,12}\.\d{1,17})-([0-9A-Za-z]{1,12})")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Part of a list.

    Attributes:
        items: the items in order.
        next_cursor: the cursor that asks for the next page; None on the last one.
    """

    items: tuple[T, ...]
    next_cursor: str | None


def rows_for(limit: int) -> int:
    """Return how many rows to query: one more than the page holds, to see whether any follow."""
    return page_size(limit) + 1


def page_size(limit: int) -> int:
    """Return the size of a page when ``limit`` items are asked for, 1 to 100."""
    return max(1, min(limit, PAGE_MAX))


def page_of(items: Sequence[T], limit: int, cursor_of: Callable[[T], str]) -> Page[T]:
    """Return a page of the items made from `rows_for` rows; ``cursor_of`` is an item's cursor."""
    size = page_size(limit)
    kept = tuple(items[:size])
    return Page(kept, cursor_of(kept[-1]) if len(items) > size else None)


def result_cursor(finished_at: float, game: str) -> str:
    """Return the cursor after a game in a list of results, the latest first."""
    return f"{finished_at!r}-{game}"


def read_result_cursor(cursor: str) -> tuple[float, str]:
    """Return the end of the game that a cursor names, and its id.

    Raises:
        AccountError: CURSOR_INVALID.
    """
    match = _RESULT.fullmatch(cursor)
    if match is None:
        raise AccountError(AccountErrorCode.CURSOR_INVALID)
    return float(match[1]), match[2]
