"""Tables: the lobby's list, tables with settings of their own, and seats for accounts."""

import asyncio
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from rachel.rubp import Phase
from rachel_server.accounts.tokens import token_hash
from rachel_server.core.limits import RateLimit
from rachel_server.core.lobby import NotSeated
from rachel_server.core.peers import TABLES_PER_ADDRESS
from rachel_server.core.seating import Login, Seat
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings
from rachel_server.http.api.endpoint import Call, Model, endpoint
from rachel_server.http.api.fields import PageQuery
from rachel_server.http.api.problems import Problem
from rachel_server.http.clients import CLIENT
from rachel_server.http.login import seat_token_of, token_of

_OPENINGS: Final = RateLimit("tables", burst=10, per_minute=5)
"""Tables that an account may open."""
_RESERVATIONS: Final = RateLimit("seats", burst=20, per_minute=20)
"""Seats that an account may reserve: more than an evening of rematches."""
_BEGINNINGS: Final = RateLimit("beginnings", burst=30, per_minute=30)
"""Games that people at an address may have begin at once."""

_SAVING_LIMIT_S: Final = 5.0
"""How long an answer may wait for the journal."""

_PHASES: Final[dict[Phase, Literal["waiting", "playing", "finished"]]] = {
    Phase.WAITING: "waiting",
    Phase.PLAYING: "playing",
    Phase.FINISHED: "finished",
}

BotLevel = Literal["beginner", "intermediate", "advanced"]
TurnTime = Annotated[float, Field(ge=15, le=300)]


class Player(Model):
    """Who has a seat.

    Somebody who is away has lost the connection; who is covered is there, but missed turns, so that
    a bot plays for them; whose seat is reserved has not come yet.
    """

    seat: int
    name: str
    kind: Literal["person", "bot"]
    level: str | None
    state: Literal["here", "away", "covered", "reserved"]

    @classmethod
    def on(cls, number: int, seat: Seat) -> Self:
        """Describe who has a seat."""
        return cls(
            seat=number,
            name=seat.name,
            kind="person" if seat.is_person else "bot",
            level=seat.bot_level,
            state=_state(seat),
        )


class TableInfo(Model):
    """A table. Join it with `rachel play HOST --room CODE`, or any HELLO with this room code.

    Once its game is over, ``game`` is the id of the game's record.
    """

    code: str
    game_id: int
    phase: Literal["waiting", "playing", "finished"]
    private: bool
    watch: bool
    seats: int
    free_seats: int
    players: tuple[Player, ...]
    bot_level: str
    turn_time_s: float | None
    start_delay_s: float
    starts_in_s: float | None
    game: str | None


class Tables(Model):
    """A page of tables; ``next`` is the cursor of the page after it."""

    items: tuple[TableInfo, ...]
    next: str | None


class TablesQuery(PageQuery):
    """Which tables to list."""

    phase: Literal["waiting", "playing"] | None = None


class NewTable(Model):
    """A table to open: ``bots`` of its seats are bots' from the start, the others fill up later."""

    seats: int = Field(4, ge=2, le=8)
    bots: int = Field(0, ge=0, le=7)
    bot_level: BotLevel = "intermediate"
    private: bool = True
    watch: bool = True
    turn_time_s: TurnTime | None = 60.0
    start_delay_s: float = Field(10.0, ge=0, le=300)

    @model_validator(mode="after")
    def _leave_a_seat(self) -> Self:
        if self.bots >= self.seats:
            raise ValueError("leave a seat for somebody: bots must be fewer than seats")
        return self


class ReservedSeat(Model):
    """A seat kept for a minute, or as long as the game runs.

    The HELLO with this game id in its header and this token takes it, whatever the connection.
    """

    code: str
    game_id: int
    seat: int
    reconnect_token: str
    rubp_ports: tuple[int, ...]
    rubp_tls_port: int | None


@endpoint("GET", "/tables", Problem.CURSOR_INVALID)
async def list_tables(call: Call, query: TablesQuery) -> Tables:
    """List the public tables where people wait or play, in the order of their game ids."""
    after = query.after_number()
    wanted = (Phase.WAITING, Phase.PLAYING)
    listed = sorted(
        (
            table
            for table in call.context.lobby.tables.values()
            if table.public and table.game_id > after and table.phase in wanted
            if query.phase in (None, _PHASES[table.phase])
        ),
        key=lambda table: table.game_id,
    )
    page = listed[: query.limit]
    return Tables(
        items=tuple(_info(call, table) for table in page),
        next=str(page[-1].game_id) if len(listed) > len(page) else None,
    )


@endpoint("POST", "/tables", Problem.NO_ROOM, Problem.LOGIN_REQUIRED, status=201, asks=True)
async def open_table(call: Call, body: NewTable) -> TableInfo:
    """Open a table. It stays for ten minutes while nobody comes.

    Accounts reserve a seat to sit down, and guests say HELLO with its code. A login that has ended
    is refused: whoever shows it does not mean to be a guest.
    """
    if call.caller is not None:
        call.spend(_OPENINGS, str(call.caller.id))
    elif token_of(call.request) is not None:
        raise Problem.LOGIN_REQUIRED.error()
    else:
        call.context.rate_limits.spend_for(TABLES_PER_ADDRESS, call.request[CLIENT])
    settings = TableSettings(
        seats=body.seats,
        start_delay_s=body.start_delay_s,
        bot_delay_s=call.context.settings.table.bot_delay_s,
        turn_time_s=body.turn_time_s,
        bot_level=body.bot_level,
        watch=body.watch,
        friends_delay_s=body.start_delay_s,
    )
    try:
        table = call.context.runtime.open(settings, public=not body.private, bots=body.bots)
    except NotSeated:
        raise Problem.NO_ROOM.error() from None
    return _info(call, table)


@endpoint("GET", "/tables/{code}", Problem.TABLE_NOT_FOUND)
async def show_table(call: Call) -> TableInfo:
    """Show the table with a room code, private ones, too: whoever knows the code may join."""
    return _info(call, _table(call))


@endpoint(
    "POST",
    "/tables/{code}/start",
    *(Problem.TABLE_NOT_FOUND, Problem.NOT_SEATED, Problem.NOT_HERE, Problem.GAME_IN_PROGRESS),
    login=True,
    seat=True,
    limit=_BEGINNINGS,
)
async def start_table(call: Call) -> TableInfo:
    """Begin the game at once, for one who sits there: bots take the seats that nobody has.

    Guests show the reconnect token of their seat.
    """
    table = _table(call)
    seat = table.seats[_own_seat(call, table)]
    if table.phase is not Phase.WAITING:
        raise Problem.GAME_IN_PROGRESS.error()
    if seat.connection is None:
        raise Problem.NOT_HERE.error()
    call.context.runtime.begin(table)
    return _info(call, table)


@endpoint(
    "POST",
    "/tables/{code}/seats",
    *(Problem.TABLE_FULL, Problem.GAME_IN_PROGRESS, Problem.BUSY),
    status=201,
    login=True,
)
async def reserve_seat(call: Call) -> ReservedSeat:
    """Keep a seat at the table with a room code, opening one if there is none.

    Whoever has a seat there already, in a running game, too, gets a new token for it.
    """
    return await _reserve(call, call.path("code").upper())


@endpoint("POST", "/seats", Problem.TABLE_FULL, Problem.BUSY, status=201, login=True)
async def reserve_any_seat(call: Call) -> ReservedSeat:
    """Keep a seat at the fullest public table that waits for players."""
    return await _reserve(call, "")


@endpoint(
    "DELETE",
    "/tables/{code}/seats/own",
    *(Problem.TABLE_NOT_FOUND, Problem.NOT_SEATED),
    status=204,
    login=True,
)
async def leave_table(call: Call) -> None:
    """Leave a table. In a running game a bot plays on, and the result is still yours."""
    table = _table(call)
    call.context.runtime.leave(table, _own_seat(call, table))


ENDPOINTS: Final = [
    *(list_tables, open_table, show_table, start_table),
    *(reserve_seat, reserve_any_seat, leave_table),
]


def _table(call: Call) -> Table:
    table = call.context.lobby.in_room(call.path("code"))
    if table is None:
        raise Problem.TABLE_NOT_FOUND.error()
    return table


def _own_seat(call: Call, table: Table) -> int:
    """Return the seat whose token the request shows, or else that of the account."""
    token = seat_token_of(call.request) if call.caller is None else None
    seats = table.seats
    seat = seats.of_account(call.account.id) if token is None else seats.with_token(token)
    if seat is None:
        raise Problem.NOT_SEATED.error()
    return seat


async def _reserve(call: Call, code: str) -> ReservedSeat:
    """Reserve a seat; a new token for a seat of a running game counts once it is saved."""
    account, context = call.account, call.context
    call.spend(_RESERVATIONS, str(account.id))
    token = token_of(call.request)
    assert token is not None
    login = Login(account.id, account.username, token_hash(token))
    kept, record = context.runtime.reserve(code, login)
    try:
        async with asyncio.timeout(_SAVING_LIMIT_S):
            await context.journal.until_saved(record)
    except TimeoutError:
        raise Problem.BUSY.error() from None
    return ReservedSeat(
        code=kept.room,
        game_id=kept.game_id,
        seat=kept.seat,
        reconnect_token=kept.token.hex(),
        rubp_ports=context.rubp_ports,
        rubp_tls_port=context.rubp_tls_port,
    )


def _info(call: Call, table: Table) -> TableInfo:
    settings, starts_at = table.settings, table.starts_at
    players = tuple(Player.on(number, seat) for number, seat in table.seats.taken())
    return TableInfo(
        code=table.room,
        game_id=table.game_id,
        phase=_PHASES[table.phase],
        private=not table.public,
        watch=settings.watch,
        seats=settings.seats,
        free_seats=settings.seats - len(players),
        players=players,
        bot_level=settings.bot_level,
        turn_time_s=settings.turn_time_s,
        start_delay_s=settings.start_delay_s,
        starts_in_s=None if starts_at is None else call.context.runtime.seconds_until(starts_at),
        game=table.game if table.phase is Phase.FINISHED else None,
    )


def _state(seat: Seat) -> Literal["here", "away", "covered", "reserved"]:
    if seat.reserved_until is not None:
        return "reserved"
    if seat.is_present:
        return "here"
    return "away" if seat.connection is None else "covered"
