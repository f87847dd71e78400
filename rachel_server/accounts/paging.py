"""Long lists in pages: each names the next one by where it ended, so that nothing shifts."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from rachel_server.accounts.errors import AccountError, AccountErrorCode

PAGE_MAX: Final = 100
"""Items on a page, however many are asked for."""

_RESULT: Final = re.compile(r"(\d{1,12}\.\d{1,17})-([0-9A-Za-z]{1,12})")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Part of a list.

    Attributes:
        items: in order.
        next_cursor: where the next page begins, None on the last one.
    """

    items: tuple[T, ...]
    next_cursor: str | None


def rows_for(limit: int) -> int:
    """Return how many rows to ask for: one more than the page holds, to see whether any follow."""
    return page_size(limit) + 1


def page_size(limit: int) -> int:
    """Return how many items a page has when ``limit`` are asked for: 1 to 100."""
    return max(1, min(limit, PAGE_MAX))


def page_of(items: Sequence[T], limit: int, cursor_of: Callable[[T], str]) -> Page[T]:
    """Return a page of what `rows_for` rows became; ``cursor_of`` names where its last one is."""
    size = page_size(limit)
    kept = tuple(items[:size])
    return Page(kept, cursor_of(kept[-1]) if len(items) > size else None)


def result_cursor(finished_at: float, game: str) -> str:
    """Return the cursor after a game in a list of results, the latest first."""
    return f"{finished_at!r}-{game}"


def read_result_cursor(cursor: str) -> tuple[float, str]:
    """Return when the game before the cursor was finished, and its id.

    Raises:
        AccountError: CURSOR_INVALID.
    """
    match = _RESULT.fullmatch(cursor)
    if match is None:
        raise AccountError(AccountErrorCode.CURSOR_INVALID)
    return float(match[1]), match[2]
