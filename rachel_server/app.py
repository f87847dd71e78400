"""A whole server: journal, lobby, runtime and listeners, started and stopped in order."""

import asyncio
import logging
import os
import time
from contextlib import AsyncExitStack
from dataclasses import replace
from ipaddress import ip_address
from typing import Final

from rachel_server.data_dir import DataDir
from rachel_server.entries import StoredGame
from rachel_server.limits import AddressLimits
from rachel_server.lobby import Lobby
from rachel_server.mdns import Advertisement
from rachel_server.running_game import ReplayFailed
from rachel_server.runtime import Runtime
from rachel_server.settings import ServerSettings
from rachel_server.store.engine import create_engine, sqlite_url
from rachel_server.store.games import load_running, quarantine
from rachel_server.store.journal import Journal
from rachel_server.store.migrate import upgrade
from rachel_server.table import Table
from rachel_server.transports.tcp import listen, listening_socket

STOP_LIMIT_S: Final = 4.0
"""Seconds a graceful stop may take to save what is pending; the rest of five is for the exit."""

_log = logging.getLogger(__name__)


class Server:
    """A server on its data folder. An async context manager: entering starts it.

    Attributes:
        rubp_ports: the TCP ports in use, once started.

    Raises:
        DataDirInUse: on entering, when another server runs on the data folder.
        OSError: on entering, when a port or the folder cannot be had.
        UnknownSchema: on entering, when a newer Rachel made the database.
        SQLAlchemyError: on entering, when the database cannot be used.
    """

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self._stack = AsyncExitStack()
        self.rubp_ports: list[int] = []

    async def __aenter__(self) -> "Server":
        async with AsyncExitStack() as stack:
            await self._start(stack)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Tell the players, save everything, hang up."""
        await self._stack.aclose()

    async def _start(self, stack: AsyncExitStack) -> None:
        settings = self._settings
        data_dir = stack.enter_context(DataDir(settings.data_dir))
        sockets = [listening_socket(settings.host, port) for port in settings.rubp_ports]
        for sock in sockets:
            stack.callback(sock.close)
        self.rubp_ports = [sock.getsockname()[1] for sock in sockets]
        url = sqlite_url(data_dir.path)
        await asyncio.to_thread(upgrade, url)
        engine = create_engine(url)
        stack.push_async_callback(engine.dispose)

        lobby = Lobby(settings.table, entropy=os.urandom, unix_time=time.time)
        journal = Journal(engine)
        runtime = Runtime(lobby, journal)
        journal.on_stall, journal.on_poisoned = runtime.stall, runtime.give_up
        stack.push_async_callback(runtime.close)
        stored = await load_running(engine)
        journal.start()
        stack.push_async_callback(self._save_all, journal)
        for game in stored:
            table = self._restored(game)
            if isinstance(table, Table):
                runtime.adopt(table)
            else:
                await quarantine(engine, game.start.game, table)
        if stored:
            _log.info("%d running games are back at their last turn", len(lobby.tables))

        stack.callback(runtime.stop_play, "The server restarts: your game is saved")
        limits = AddressLimits()
        for sock in sockets:
            listener = await listen(sock, runtime, limits)
            stack.callback(listener.close)
        if settings.mdns and not _is_loopback(settings.host):
            advertisement = Advertisement()
            await advertisement.start(self.rubp_ports)
            stack.push_async_callback(advertisement.stop)
        data_dir.publish_ports({"rubp": self.rubp_ports})

    def _restored(self, game: StoredGame) -> Table | str:
        """Return the table of a stored game, or why it cannot be played on."""
        start = game.start
        settings = replace(
            self._settings.table,
            seats=len(start.seats),
            turn_time_s=start.turn_time_s,
            bot_level=start.bot_level,
        )
        now = asyncio.get_running_loop().time()
        try:
            return Table.restore(
                game, settings=settings, entropy=os.urandom, unix_time=time.time, now=now
            )
        except ReplayFailed as failure:
            _log.error("game %s in room %s is set aside: %s", start.game, start.room, failure)
            return str(failure)

    async def _save_all(self, journal: Journal) -> None:
        try:
            await asyncio.wait_for(journal.close(), STOP_LIMIT_S)
        except TimeoutError:
            _log.error("stopped without saving the last moves, none of which was announced")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
