"""The lobby: finds or opens the table a HELLO is for (design.md, Tables and the lobby)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakValueDictionary

from rachel.rubp import ErrorCode, Hello, Phase
from rachel.text import clean_text
from rachel_server.core.effects import Effects
from rachel_server.core.link import Link
from rachel_server.core.running_game import Entropy
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings

TABLES_MAX: Final = 10_000
_GAME_IDS_MAX: Final = 0xFFFF
_CODE_SIZE: Final = 5
_TOKEN_SIZE: Final = 8
_CODE_ALPHABET: Final = "ABCDEFGHJKMNPQRSTUVWXYZ"


def _always() -> bool:
    return True


class NotSeated(Exception):  # noqa: N818 - what the lobby has to say to a HELLO
    """A HELLO cannot be seated; ``code`` is the ERROR that answers it."""

    def __init__(self, code: ErrorCode) -> None:
        super().__init__(code.name)
        self.code = code


@dataclass(frozen=True, slots=True)
class Reservation:
    """A seat that is kept for somebody.

    Attributes:
        game_id: the table on the wire.
        room: its code.
        token: what takes the seat: the reconnect token of the HELLO that is waited for.
    """

    game_id: int
    room: str
    token: bytes = field(repr=False)


class Lobby:
    """All live tables, by game id and by room code.

    Attributes:
        tables: every table that is not closed, by its game id.
    """

    def __init__(
        self,
        settings: TableSettings,
        *,
        entropy: Entropy,
        unix_time: Callable[[], float],
        tables_max: int = TABLES_MAX,
    ) -> None:
        self.tables: dict[int, Table] = {}
        self._settings = settings
        self._entropy = entropy
        self._unix_time = unix_time
        self._tables_max = tables_max
        self._rooms: dict[str, Table] = {}
        self._open: set[Table] = set()
        self._reserved: WeakValueDictionary[int, Table] = WeakValueDictionary()
        self._last_game_id = 0

    def hello(
        self,
        link: Link,
        hello: Hello,
        game_id: int,
        now: float,
        *,
        may_open: Callable[[], bool] = _always,
    ) -> list[tuple[Table, Effects]]:
        """Seat a link and return what follows at each table concerned, in order.

        ``game_id`` is the header's: 0 for a fresh join, else the game to reclaim a seat in. A
        HELLO from a link that sits at a finished table asks for a rematch there. ``may_open`` is
        asked before a table is opened, unless it is for a rematch.

        Raises:
            NotSeated: there is no seat for it; nothing has changed.
        """

        def seat_at(table: Table) -> int | None:
            number = table.seats.with_token(hello.token)
            if number is None and table is link.table:
                return link.seat  # old clients repeat their HELLO and have no token
            return number

        old = link.table
        finished = old if old is not None and old.phase is Phase.FINISHED else None
        continued: Table | None = None
        if game_id and (finished is None or finished.game_id != game_id):
            table = self._claimed(game_id, hello)
        else:
            room = hello.room or (finished.room if finished is not None else "")
            table, continued = self._find(room, seat_at, may_open)
        number = seat_at(table)
        effects = []
        if old is not None and (old is not table or number != link.seat):
            effects.append((old, old.lost(link, now, moves_on=True)))
        if continued is not None:
            effects.append((continued, continued.announce(_again(hello.name, table))))
        if number is not None:
            return [*effects, (table, table.reclaim(link, number, now))]
        joined = table.join(link, hello, now)
        if table.phase is not Phase.WAITING:
            self._open.discard(table)
        return [*effects, (table, joined)]

    def reserve(
        self, code: str, account: int, name: str, now: float
    ) -> tuple[Reservation, list[tuple[Table, Effects]]]:
        """Keep a seat for an account where a fresh HELLO with this room code would come.

        Whoever has a seat there gets a new token for it. An account has one reservation at most:
        an earlier one that nobody came for is given up. Returns also what follows at each table
        concerned, in order.

        Raises:
            NotSeated: there is no seat; nothing has changed.
        """

        def seat_at(table: Table) -> int | None:
            return table.seats.of_account(account)

        earlier = self._reserved.get(account)
        awaited = None if earlier is None else earlier.seats.awaited(account)
        if not code and earlier is not None and earlier.public and awaited is not None:
            code = earlier.room
        table, continued = self._find(code, seat_at)
        effects = []
        if earlier is not None and earlier is not table and awaited is not None:
            awaited.reserved_until = now
            effects.append((earlier, earlier.tick(now)))
        if continued is not None:
            effects.append((continued, continued.announce(_again(name, table))))
        token = self._entropy(_TOKEN_SIZE)
        effects.append((table, table.reserve(name, token, account, now)))
        self._reserved[account] = table
        return Reservation(table.game_id, table.room, token), effects

    def open(
        self, settings: TableSettings, *, public: bool, bots: int, now: float
    ) -> tuple[Table, Effects]:
        """Open a table with settings of its own, under a new code; return what follows, too.

        Args:
            settings: how the table is run.
            public: whether quick play may seat people there.
            bots: how many seats, fewer than there are, bots take at once.
            now: the tables' clock.

        Raises:
            NotSeated: there are as many tables as there may be.
        """
        table = self._open_table(self._new_code(), public=public, like=settings)
        return table, table.open(bots, now)

    def in_room(self, code: str) -> Table | None:
        """Return the table with a room code, in any case; None if there is none."""
        return self._rooms.get(code.upper())

    def adopt(self, table: Table) -> None:
        """Take in a table restored from the journal."""
        self.tables[table.game_id] = table
        self._rooms[table.room] = table
        self._last_game_id = max(self._last_game_id, table.game_id)

    def forget(self, table: Table) -> None:
        """Drop a closed table."""
        self.tables.pop(table.game_id, None)
        self._open.discard(table)
        if self._rooms.get(table.room) is table:
            del self._rooms[table.room]

    def _claimed(self, game_id: int, hello: Hello) -> Table:
        """Return the table a HELLO wants its seat back at."""
        table = self.tables.get(game_id)
        if table is None:
            raise NotSeated(ErrorCode.UNKNOWN)
        if table.seats.with_token(hello.token) is None:
            raise NotSeated(ErrorCode.GAME_IN_PROGRESS)
        return table

    def _find(
        self,
        code: str,
        seat_at: Callable[[Table], int | None],
        may_open: Callable[[], bool] = _always,
    ) -> tuple[Table, Table | None]:
        """Return the table a fresh HELLO goes to, and the finished one it continues, if any.

        ``seat_at`` tells which seat at a table is that person's already.
        """
        if not code:
            # A table that is full may have room again: who reserved a seat may not come.
            self._open = {table for table in self._open if table.phase is Phase.WAITING}
            tables = [table for table in self._open if table.has_room]
            if tables:
                return max(tables, key=lambda table: (table.seats.people, -table.game_id)), None
        table = self._rooms.get(code) if code else None
        if table is None:
            if not may_open():
                raise NotSeated(ErrorCode.LOBBY_FULL)
            return self._open_table(code or self._new_code(), public=not code), None
        if table.phase is Phase.FINISHED:
            return self._open_table(code, public=table.public, like=table.settings), table
        if table.has_room or seat_at(table) is not None:
            return table, None
        waiting = table.phase is Phase.WAITING
        raise NotSeated(ErrorCode.LOBBY_FULL if waiting else ErrorCode.GAME_IN_PROGRESS)

    def _open_table(self, code: str, *, public: bool, like: TableSettings | None = None) -> Table:
        if len(self.tables) >= self._tables_max:
            raise NotSeated(ErrorCode.LOBBY_FULL)
        table = Table(
            game_id=self._new_game_id(),
            room=code,
            public=public,
            settings=like or self._settings,
            entropy=self._entropy,
            unix_time=self._unix_time,
        )
        self.tables[table.game_id] = self._rooms[code] = table
        if public:
            self._open.add(table)
        return table

    def _new_game_id(self) -> int:
        game_id = self._last_game_id
        while True:
            game_id = game_id % _GAME_IDS_MAX + 1
            if game_id not in self.tables:
                self._last_game_id = game_id
                return game_id

    def _new_code(self) -> str:
        while True:
            letters = self._entropy(_CODE_SIZE)
            code = "".join(_CODE_ALPHABET[byte % len(_CODE_ALPHABET)] for byte in letters)
            if code not in self._rooms:
                return code


def _again(name: str, table: Table) -> str:
    """Return what a finished table hears when somebody opens its successor."""
    return f"{clean_text(name)} plays again in room {table.room}"
