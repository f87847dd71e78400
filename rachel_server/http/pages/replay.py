"""Replays: a page for each finished game, and one for records that somebody has as a file.

Without scripts the moves are there in words; with them the browser replays and checks the record.
"""

import logging
from typing import Final

from aiohttp import web

from rachel.formats.record import GameRecord
from rachel.formats.replay import Mismatch, take
from rachel.rules.actions import Action, Play
from rachel.rules.cards import RANK_NAMES, SUIT_NAMES, rank_of, suit_of
from rachel.rules.events import CardsDrawn, Event, PlayerFinished
from rachel.text import clean_name, listed
from rachel_server.core.limits import RateLimit
from rachel_server.http.api.problems import Problem
from rachel_server.http.context import CONTEXT
from rachel_server.http.limiting import limited
from rachel_server.http.login import caller_of
from rachel_server.http.pages.templates import page
from rachel_server.store.records import NoRecord, load_record
from rachel_server.store.refusal import UnreadableGame

MOVES_SHOWN: Final = 1000
"""Moves in a page; games of many thousands exist. Scripts show all of them."""

_REPLAYS: Final = RateLimit("replays", burst=30, per_minute=60)
"""Pages of games per address: each game is replayed for its page."""

_log = logging.getLogger(__name__)


@limited(_REPLAYS)
async def show_game(request: web.Request) -> web.Response:
    """Show a finished game: result, seats and moves, for everybody who knows its id.

    Raises:
        ApiError: there is no such game, or it is not finished.
    """
    game = request.match_info["game"]
    try:
        record = await load_record(request.app[CONTEXT].engine, game)
        moves = [] if record is None else moves_in_words(record)
    except NoRecord:
        raise Problem.GAME_NOT_FINISHED.error() from None
    except (UnreadableGame, Mismatch) as error:
        _log.warning("the record of game %s cannot be shown: %s", game, error)
        record = None
    if record is None:
        raise Problem.GAME_NOT_FOUND.error()
    return page(
        request,
        "replay.html",
        account=await caller_of(request),
        record=record,
        names=_names(record),
        moves=moves,
        turns=len(record.replay.steps),
    )


async def show_file(request: web.Request) -> web.Response:
    """Show the page that replays a record from a file, which stays in the browser."""
    return page(request, "replay.html", account=await caller_of(request), record=None)


def moves_in_words(record: GameRecord) -> list[str]:
    """Return the first `MOVES_SHOWN` moves of a game, as `web/static/replay.js` words them.

    Raises:
        Mismatch: a move is against the rules.
    """
    names, game, moves = _names(record), record.replay.start(), []
    for number, step in enumerate(record.replay.steps[:MOVES_SHOWN], start=1):
        seat = game.current
        moves.append(f"{names[seat]} {_move(step.action, take(game, step.action, number))}")
    return moves


def _move(action: Action, events: list[Event]) -> str:
    if not isinstance(action, Play):
        drawn = sum(len(event.cards) for event in events if isinstance(event, CardsDrawn))
        return f"draws {drawn} card{'' if drawn == 1 else 's'}"
    cards = [f"{RANK_NAMES[rank_of(it)]} of {SUIT_NAMES[suit_of(it)]}" for it in action.cards]
    words = f"plays {listed(cards)}"
    if action.suit is not None:
        words += f", wants {SUIT_NAMES[action.suit]}"
    for event in events:
        if isinstance(event, PlayerFinished):
            words += f" and is out, place {event.position + 1}"
    return words


def _names(record: GameRecord) -> list[str]:
    return [clean_name(seat.name) for seat in record.seats]


ROUTES: Final = [web.get("/games/{game}", show_game), web.get("/replay", show_file)]
