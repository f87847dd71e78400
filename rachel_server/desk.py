"""What people who come over SSH ask of the server, wherever their visit runs."""

import asyncio
from dataclasses import replace
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from rachel.rubp import Phase
from rachel_server.accounts.account import Account
from rachel_server.accounts.errors import AccountError
from rachel_server.accounts.keys import Keys
from rachel_server.accounts.leaderboard import leaderboard
from rachel_server.core.lobby import NotSeated
from rachel_server.core.seating import Login
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings
from rachel_server.edge.limits import AddressLimits
from rachel_server.edge.ssh_desk import KeptSeat, KeyAccount, Leader, Refused, WatchedTable
from rachel_server.runtime import Runtime
from rachel_server.store.journal import Journal

SAVING_LIMIT_S: Final = 5.0
"""How long somebody waits for a seat that has to be saved first."""

_NO_SEAT: Final = {
    "LOBBY_FULL": "there is no free seat",
    "GAME_IN_PROGRESS": "that table is in the middle of a game",
}


class HostDesk:
    """The `Desk` of a running server."""

    def __init__(
        self,
        settings: TableSettings,
        engine: AsyncEngine,
        keys: Keys,
        runtime: Runtime,
        journal: Journal,
        limits: AddressLimits,
    ) -> None:
        """Prepare; ``settings`` are those of tables that are opened here."""
        self._settings = settings
        self._engine = engine
        self._keys = keys
        self._runtime = runtime
        self._journal = journal
        self._limits = limits

    async def find(self, key: str) -> KeyAccount | None:
        """See `Desk.find`."""
        found = await self._keys.find(bytes.fromhex(key))
        return None if found is None else _shown(found)

    async def join(self, key: str, kind: str, name: str) -> KeyAccount:
        """See `Desk.join`."""
        try:
            return _shown(await self._keys.join(bytes.fromhex(key), kind, name))
        except AccountError as refusal:
            raise Refused(refusal.code, str(refusal)) from None

    async def link(self, key: str, kind: str, code: str) -> KeyAccount:
        """See `Desk.link`."""
        try:
            return _shown(await self._keys.link(bytes.fromhex(key), kind, code))
        except AccountError as refusal:
            raise Refused(refusal.code, str(refusal)) from None

    async def forget(self, key: str) -> None:
        """See `Desk.forget`."""
        await self._keys.forget(bytes.fromhex(key))

    async def reserve(self, room: str, account: int, name: str, key: str) -> KeptSeat:
        """See `Desk.reserve`. The seat counts when this returns."""
        login = Login(account, name, bytes.fromhex(key))
        try:
            kept, record = self._runtime.reserve(room, login)
            async with asyncio.timeout(SAVING_LIMIT_S):
                await self._journal.until_saved(record)
        except NotSeated as refusal:
            raise Refused(refusal.code.name.lower(), _NO_SEAT[refusal.code.name]) from None
        except TimeoutError:
            raise Refused("busy", "the server is busy: try again in a moment") from None
        return KeptSeat(kept.room, kept.game_id, kept.token.hex())

    async def begin(self, room: str, token: str) -> bool:
        """See `Desk.begin`."""
        table = self._runtime.house.lobby.in_room(room)
        if table is None or table.starts_at is None:
            return False
        if table.seats.with_token(bytes.fromhex(token)) is None:
            return False
        self._runtime.begin(table)
        return True

    async def open_against_bots(
        self, address: str, seats: int, bots: str, bot_delay_s: float
    ) -> str:
        """See `Desk.open_against_bots`."""
        if not self._runtime.may_open(self._limits.counts_as(address)):
            return ""
        settings = replace(self._settings, seats=seats, bot_level=bots, bot_delay_s=bot_delay_s)
        try:
            table = self._runtime.open(settings, public=False, bots=seats - 1)
        except NotSeated:
            return ""
        return table.room

    async def has_room(self, code: str) -> bool:
        """See `Desk.has_room`."""
        return self._runtime.house.lobby.in_room(code) is not None

    async def room_of(self, account: int, public: bool | None) -> str:
        """See `Desk.room_of`."""
        running = [
            table
            for table in self._tables()
            if table.phase is Phase.PLAYING and public in (None, table.public)
            if table.seats.of_account(account) is not None
        ]
        return running[-1].room if running else ""

    async def watched_tables(self, limit: int) -> list[WatchedTable]:
        """See `Desk.watched_tables`."""
        watched = [table for table in self._tables() if table.public and table.settings.watch]
        return [
            WatchedTable(
                table.room,
                phase is Phase.PLAYING,
                [seat.name for _, seat in table.seats.taken()],
            )
            for phase in (Phase.PLAYING, Phase.WAITING)
            for table in watched
            if table.phase is phase
        ][:limit]

    async def leaders(self, limit: int) -> list[Leader]:
        """See `Desk.leaders`."""
        page = await leaderboard(self._engine, limit=limit)
        return [Leader(it.rank, it.username, it.rating) for it in page.items]

    def _tables(self) -> list[Table]:
        return list(self._runtime.house.lobby.tables.values())


def _shown(account: Account) -> KeyAccount:
    return KeyAccount(account.id, account.username, key_only=not account.email)
