"""The start page, from which everything begins, and the rules."""

from dataclasses import replace
from typing import Final

from aiohttp import web

from rachel.rubp import Phase
from rachel_server.core.lobby import NotSeated
from rachel_server.core.peers import TABLES_PER_ADDRESS
from rachel_server.core.table import Table
from rachel_server.core.table_settings import FRIENDS_DELAY_S, TableSettings
from rachel_server.http.api.problems import Problem
from rachel_server.http.context import CONTEXT, HttpContext
from rachel_server.http.errors import plain_error
from rachel_server.http.limiting import limited
from rachel_server.http.login import caller_of
from rachel_server.http.pages.forms import form_page, read_form
from rachel_server.http.pages.navigation import (
    FRIENDS_PATH,
    RULES_PATH,
    SOLO_PATH,
    notice_of,
    see_other,
)
from rachel_server.http.pages.templates import page

TABLES_SHOWN: Final = 12

_SOLO_SEATS: Final = 4
_SEATS: Final = tuple("2345678")
_LEVELS: Final = ("beginner", "intermediate", "advanced")


async def show_start(request: web.Request) -> web.Response:
    """Show what this server is, how to play here, and what is played just now."""
    context = request.app[CONTEXT]
    return form_page(
        request,
        "start.html",
        account=await caller_of(request),
        notice=notice_of(request),
        host=context.settings.public_host,
        tables=_running(context),
        playing=Phase.PLAYING,
    )


@limited(TABLES_PER_ADDRESS)
async def open_for_friends(request: web.Request) -> web.Response:
    """Open a private table and show how friends come to it."""
    (seats,) = await read_form(request, "seats")
    if seats not in _SEATS:
        return plain_error(400)
    settings = request.app[CONTEXT].settings.table
    settings = replace(settings, seats=int(seats), friends_delay_s=FRIENDS_DELAY_S)
    return see_other(f"{_open(request, settings, bots=0)}?invite=1")


@limited(TABLES_PER_ADDRESS)
async def open_against_bots(request: web.Request) -> web.Response:
    """Open a private table that begins as soon as its only person is there."""
    (level,) = await read_form(request, "level")
    if level not in _LEVELS:
        return plain_error(400)
    settings = request.app[CONTEXT].settings.table
    settings = replace(settings, seats=_SOLO_SEATS, bot_level=level)
    return see_other(_open(request, settings, bots=_SOLO_SEATS - 1))


async def show_rules(request: web.Request) -> web.Response:
    """Show the rules, with pictures."""
    return page(request, "rules.html", account=await caller_of(request))


def _open(request: web.Request, settings: TableSettings, *, bots: int) -> str:
    """Open a private table and return its path.

    Raises:
        ApiError: there are as many tables as there may be.
    """
    try:
        table = request.app[CONTEXT].runtime.open(settings, public=False, bots=bots)
    except NotSeated:
        raise Problem.NO_ROOM.error() from None
    return f"/t/{table.room}"


def _running(context: HttpContext) -> list[Table]:
    """Return public tables that somebody may want to join or to watch, the best to join first."""
    tables = [
        table
        for table in context.lobby.tables.values()
        if table.public and table.phase in (Phase.WAITING, Phase.PLAYING) and table.seats.people
    ]
    tables.sort(key=lambda it: (it.phase is Phase.PLAYING, -it.seats.people, it.game_id))
    return tables[:TABLES_SHOWN]


ROUTES: Final = [
    web.get("/", show_start),
    web.post(FRIENDS_PATH, open_for_friends),
    web.post(SOLO_PATH, open_against_bots),
    web.get(RULES_PATH, show_rules),
]
