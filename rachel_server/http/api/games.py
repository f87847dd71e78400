"""Finished games: results, and the records that prove them."""

import logging
from typing import Final

from rachel.formats.record import RecordJson
from rachel_server.accounts.paging import page_of, read_result_cursor, result_cursor, rows_for
from rachel_server.core.limits import RateLimit
from rachel_server.http.api.endpoint import Call, Model, endpoint
from rachel_server.http.api.fields import PageQuery, UnixTime
from rachel_server.http.api.problems import Problem
from rachel_server.store.games import GameSummary, public_results
from rachel_server.store.records import NoRecord, load_record_text
from rachel_server.store.refusal import UnreadableGame

_RECORDS: Final = RateLimit("records", burst=30, per_minute=60)
"""Records per address: one can have megabytes."""

_log = logging.getLogger(__name__)


class ResultSeat(Model):
    """Who had a seat; ``bot`` is the level of a bot, null for a person."""

    name: str
    bot: str | None


class Result(Model):
    """A finished game. ``places`` are seats, the winner's first."""

    id: str
    started_at: UnixTime
    finished_at: UnixTime
    seats: tuple[ResultSeat, ...]
    places: tuple[int, ...]
    turns: int


class Results(Model):
    """A page of results; ``next`` is the cursor of the page after it."""

    items: tuple[Result, ...]
    next: str | None


@endpoint("GET", "/games", Problem.CURSOR_INVALID)
async def list_games(call: Call, query: PageQuery) -> Results:
    """List the finished games of public tables, the latest first."""
    before = None if query.cursor is None else read_result_cursor(query.cursor)
    found = await public_results(call.context.engine, limit=rows_for(query.limit), before=before)
    page = page_of(
        [_result(game) for game in found],
        query.limit,
        lambda last: result_cursor(last.finished_at, last.id),
    )
    return Results(items=page.items, next=page.next_cursor)


@endpoint(
    "GET",
    "/games/{game}",
    *(Problem.GAME_NOT_FOUND, Problem.GAME_NOT_FINISHED),
    limit=_RECORDS,
    text_of=RecordJson,
)
async def show_record(call: Call) -> str:
    """Show the record of a finished game, as `rachel export` does; `rachel verify` checks it.

    Games at private tables have records, too, for everybody who knows the id.
    """
    game = call.path("game")
    try:
        text = await load_record_text(call.context.engine, game)
    except NoRecord:
        raise Problem.GAME_NOT_FINISHED.error() from None
    except UnreadableGame as error:
        _log.warning("the record of game %s cannot be read: %s", game, error)
        text = None
    if text is None:
        raise Problem.GAME_NOT_FOUND.error()
    return text


ENDPOINTS: Final = [list_games, show_record]


def _result(game: GameSummary) -> Result:
    assert game.finished_at is not None
    return Result(
        id=game.game,
        started_at=game.started_at,
        finished_at=game.finished_at,
        seats=tuple(ResultSeat(name=seat.name, bot=seat.bot_level) for seat in game.seats),
        places=game.places,
        turns=game.turns,
    )
