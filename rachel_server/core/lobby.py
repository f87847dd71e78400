"""The lobby: every table there is, and which of them a HELLO is for (docs/ARCHITECTURE.md)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from rachel.rubp import ErrorCode
from rachel_server.core.running_game import Entropy
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings
from rachel_server.core.table_state import TableState

TABLES_MAX: Final = 10_000
_GAME_IDS_MAX: Final = 0xFFFF
_CODE_SIZE: Final = 5
_CODE_ALPHABET: Final = "ABCDEFGHJKMNPQRSTUVWXYZ"


class NotSeated(Exception):  # noqa: N818 - what the lobby has to say to a HELLO
    """A HELLO cannot be seated; ``code`` is the ERROR that answers it."""

    def __init__(self, code: ErrorCode) -> None:
        super().__init__(code.name)
        self.code = code

    @classmethod
    def for_now(cls) -> "NotSeated":
        """Return what to say while a table that broke off is brought back."""
        return cls(ErrorCode.GAME_IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody goes who wants to play.

    Attributes:
        table: the table, None when one is to be opened.
        seat: the seat there that is theirs already, None when any free one will do.
        room: the code of the table to open; empty for a new one.
        after: the finished table that the one to open continues, None for a table of its own.
    """

    table: Table | None
    seat: int | None = None
    room: str = ""
    after: Table | None = None


class Lobby:
    """All tables that are not closed, by game id and by room code.

    Attributes:
        tables: all of them, by game id.
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
        self._gathering: set[Table] = set()  # public tables, waiting when last looked at
        self._reserved: dict[int, int] = {}  # account: the id of the table
        self._last_game_id = 0

    # Finding a place

    def claim(self, game_id: int, seat_at: Callable[[Table], int | None]) -> Place:
        """Return the seat that somebody wants back at a table; ``seat_at`` tells which is theirs.

        Raises:
            NotSeated: there is no such table, or no seat of theirs.
        """
        table = self.tables.get(game_id)
        if table is None:
            raise NotSeated(ErrorCode.UNKNOWN)
        seat = seat_at(table)
        if seat is None:
            raise NotSeated(ErrorCode.GAME_IN_PROGRESS)
        return Place(table, seat)

    def find(self, room: str, seat_at: Callable[[Table], int | None]) -> Place:
        """Return where somebody goes who names a room, or none: then to the fullest public table.

        ``seat_at`` tells which seat at a table is theirs already.

        Raises:
            NotSeated: the room has no seat for them.
        """
        if not room:
            # A full table may have room again: those who reserved a seat need not come.
            self._gathering = {t for t in self._gathering if t.state is TableState.WAITING}
            tables = [table for table in self._gathering if table.has_room]
            if not tables:
                return Place(None)
            table = max(tables, key=lambda table: (table.seats.people, -table.game_id))
            return Place(table, seat_at(table))
        found = self._rooms.get(room)
        if found is None:
            return Place(None, room=room)
        if found.state is TableState.FINISHED:
            return Place(None, room=room, after=found)
        seat = seat_at(found)
        if seat is None and not found.has_room:
            waiting = found.state is TableState.WAITING
            raise NotSeated(ErrorCode.LOBBY_FULL if waiting else ErrorCode.GAME_IN_PROGRESS)
        return Place(found, seat)

    def in_room(self, code: str) -> Table | None:
        """Return the table with a room code, in any case; None if there is none."""
        return self._rooms.get(code.upper())

    # Reservations: an account has one at most

    def reserved(self, account: int) -> Table | None:
        """Return the table of the id where an account has reserved a seat last, if there is one."""
        return self.tables.get(self._reserved.get(account, 0))

    def note_reservation(self, account: int, table: Table) -> None:
        """Remember where an account has reserved a seat."""
        self._reserved[account] = table.game_id

    # Tables come and go

    def open(
        self, room: str, *, public: bool, settings: TableSettings | None = None, epoch: int = 1
    ) -> Table:
        """Open a table under a room code, a new one if it is empty.

        One that is not public waits for friends.

        Raises:
            NotSeated: there are as many tables as there may be.
        """
        if len(self.tables) >= self._tables_max:
            raise NotSeated(ErrorCode.LOBBY_FULL)
        chosen = settings or self._settings
        # In this order: both draw on the same source of chance.
        code = room or self._new_code()
        table = Table(
            game_id=self._new_game_id(),
            room=code,
            public=public,
            settings=chosen if public else chosen.among_friends(),
            entropy=self._entropy,
            unix_time=self._unix_time,
            epoch=epoch,
        )
        self.tables[table.game_id] = self._rooms[code] = table
        if public:
            self._gathering.add(table)
        return table

    def adopt(self, table: Table) -> None:
        """Take in a table restored from the journal, in the place of the one that had its id."""
        self.tables[table.game_id] = table
        self._rooms[table.room] = table
        self._last_game_id = max(self._last_game_id, table.game_id)

    def forget(self, table: Table) -> None:
        """Drop a closed table."""
        if self.tables.get(table.game_id) is table:
            del self.tables[table.game_id]
        self._gathering.discard(table)
        if self._rooms.get(table.room) is table:
            del self._rooms[table.room]

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
