"""A whole server: journal, lobby, runtime and listeners, started and stopped in order."""

import asyncio
import logging
import os
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from rachel_server.core.house import House
from rachel_server.core.names import Names
from rachel_server.core.table_settings import TableSettings
from rachel_server.edge.certificate import Certificate
from rachel_server.edge.limits import AddressLimits
from rachel_server.edge.memory import MemoryLine, dial
from rachel_server.edge.tcp import listen, listening_socket
from rachel_server.http.door import HttpDoor
from rachel_server.http.server_parts import ServerParts
from rachel_server.ops.mdns import Advertisement
from rachel_server.ops.secrets import kept_secret_key
from rachel_server.ops.settings import ServerSettings
from rachel_server.runtime import Runtime
from rachel_server.store.cleanup import cleaning
from rachel_server.store.data_dir import DataDir, ssh_host_key_files
from rachel_server.store.journal import Journal
from rachel_server.store.recovery import Recovery
from rachel_server.store.sqlite_file import DATABASE_FILE
from rachel_server.store.sqlite_store import SqliteStore

if TYPE_CHECKING:
    from rachel_server.accounts.mail_texts import Mail
    from rachel_server.desk import HostDesk
    from rachel_server.edge.ssh_process import WorkerPlan
    from rachel_server.store.url_store import PostgresStore

_SSH_FAREWELL: Final = "The server restarts"

_log = logging.getLogger(__name__)


class Server:
    """A server on its data folder. An async context manager: entering starts it.

    Attributes:
        rubp_ports: the TCP ports in use, once started.
        ports: all of them, as `ports.json` names them: ``rubp``, ``rubp_tls``, ``http``, ``https``,
            ``ssh``.
        desk: returns what answers people who come over SSH, once started.
        ssh_plan: returns how to start the workers that receive people over SSH, for settings with
            the ports in use; to be set before the start if the settings have a port for them.
        mail_kept: called with each mail that is not sent, perhaps in another thread; set before
            the start.

    Raises:
        DataDirInUse: on entering, when another server runs on the data folder.
        OSError: on entering, when a port or the folder cannot be had.
        DatabaseInUse: on entering, when another server runs on the database.
        OlderSchema: on entering, when PostgreSQL must be migrated first.
        UnknownSchema: on entering, when a newer Rachel made the database.
        SQLAlchemyError: on entering, when the database cannot be reached or used.
    """

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self._stack = AsyncExitStack()
        self.rubp_ports: list[int] = []
        self.ports: dict[str, list[int]] = {}
        self._certificate: Certificate | None = None
        self._runtime: Runtime | None = None
        self._limits = AddressLimits()
        self.desk: Callable[[], HostDesk]  # from the start on
        self.ssh_plan: Callable[[ServerSettings], WorkerPlan] | None = None
        self.mail_kept: Callable[[Mail], None] = lambda _: None

    async def __aenter__(self) -> "Server":
        async with AsyncExitStack() as stack:
            await self._start(stack)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Tell the players, save everything, hang up."""
        await self._stack.aclose()

    def reload_certificate(self) -> None:
        """Use the certificate that TLS_CERT and TLS_KEY hold now, for new connections."""
        if self._certificate is not None:
            self._certificate.reload()

    async def dial(self, server: asyncio.AbstractEventLoop) -> MemoryLine:
        """Sit down in memory, from any event loop; ``server`` is the one this server runs on.

        Raises:
            ConnectionRefusedError: the server is gone.
        """
        if self._runtime is None:
            raise ConnectionRefusedError("the server is gone")
        return await dial(server, self._runtime, self._limits)

    async def _start(self, stack: AsyncExitStack) -> None:
        settings = self._settings
        data_dir = stack.enter_context(DataDir(settings.data_dir))
        has_http = settings.http_port is not None or settings.https_port is not None
        if has_http and settings.secret_key_base is None:
            settings = replace(settings, secret_key_base=kept_secret_key(data_dir.path))
        sockets = [listening_socket(settings.host, port) for port in settings.rubp_ports]
        for sock in sockets:
            stack.callback(sock.close)
        self.rubp_ports = [sock.getsockname()[1] for sock in sockets]
        if settings.tls_cert is not None and settings.tls_key is not None:
            self._certificate = Certificate(settings.tls_cert, settings.tls_key)
        tls_socket = None
        if settings.rubp_tls_port is not None:
            tls_socket = listening_socket(settings.host, settings.rubp_tls_port)
            stack.callback(tls_socket.close)
        ssh_socket = None
        if settings.ssh_port is not None:
            ssh_socket = listening_socket(settings.host, settings.ssh_port)
            stack.callback(ssh_socket.close)
            settings = replace(settings, ssh_port=ssh_socket.getsockname()[1])
        http = HttpDoor(settings, self._certificate) if has_http else None
        if http is not None:
            stack.callback(http.close_sockets)
            settings = http.settings  # invitations name the ports that are open
        store = _store(settings)
        stack.push_async_callback(store.close)
        if store.file is not None and store.file.parent.resolve() != data_dir.path.resolve():
            stack.enter_context(DataDir(store.file.parent))  # whoever wants no server looks there
        await asyncio.to_thread(store.make_ready)

        loop = asyncio.get_running_loop()
        names = Names(settings.reserved_names)
        house = House(settings.table, entropy=os.urandom, unix_time=time.time, names=names)
        journal = Journal(store.scribe())
        recovery = Recovery(store.games, journal)
        runtime = self._runtime = Runtime(house, recovery, loop)
        journal.on_saved, journal.on_stall = runtime.saved, runtime.stall
        journal.on_refused, journal.on_commit = runtime.refused, house.tally.committed
        recovery.on_restored, recovery.on_set_aside = runtime.restored, runtime.set_aside
        if http is not None:
            # Players in browsers are connected through it: it ends last.
            stack.push_async_callback(http.stop)
        stack.push_async_callback(runtime.close)
        stack.push_async_callback(recovery.save_all)
        await journal.open()
        names.register(*await store.games.usernames())
        stored = await recovery.bring_back_all(time.time() - settings.table.abandon_s)
        journal.start()
        if stored:
            _log.info("running games at their last turn again: %d", len(house.lobby.tables))
        await stack.enter_async_context(cleaning(store.sweep, time.time))

        stack.callback(runtime.stop_play, "The server restarts: your game is saved")
        limits = self._limits = AddressLimits(
            proxies=settings.trusted_proxies,
            unlimited=settings.unlimited_networks,
            headers=settings.proxy_protocol,
        )
        self.desk = partial(_desk, settings.table, store, runtime, journal, limits)
        for sock in sockets:
            stack.callback(listen(sock, runtime, limits).close)
        self.ports = {"rubp": self.rubp_ports}
        if tls_socket is not None and self._certificate is not None:
            self.ports["rubp_tls"] = [tls_socket.getsockname()[1]]
            tls_listener = listen(tls_socket, runtime, limits, tls=self._certificate.context)
            stack.callback(tls_listener.close)
        if http is not None:
            self.ports |= http.ports
            stack.callback(http.stop_listening)
            tls_port = self.ports.get("rubp_tls", [None])[0]
            ports = self.rubp_ports, tls_port
            http.open(ServerParts(store.engine, journal, runtime, limits, *ports, self.mail_kept))
        if ssh_socket is not None and self.ssh_plan is not None:
            from rachel_server.edge.ssh_hall import Hall
            from rachel_server.edge.ssh_keys import exported, host_keys

            self.ports["ssh"] = [ssh_socket.getsockname()[1]]
            keys = exported(host_keys(ssh_host_key_files(data_dir.path)))
            plan = self.ssh_plan(settings)
            more = {"keys": keys, "farewell": _SSH_FAREWELL}
            plan = plan._replace(orders={**plan.orders, **more})
            hall = Hall(ssh_socket, plan, limits, self.desk(), runtime)
            await stack.enter_async_context(hall)
        if settings.mdns and not _is_loopback(settings.host):
            advertisement = Advertisement()
            advertisement.start(sockets)
            stack.push_async_callback(advertisement.stop)
        data_dir.publish_ports(self.ports)


def _desk(
    table: TableSettings,
    store: "SqliteStore | PostgresStore",
    runtime: Runtime,
    journal: Journal,
    limits: AddressLimits,
) -> "HostDesk":
    """Return what answers those who come over SSH: only then are accounts' modules loaded."""
    from rachel_server.accounts.keys import Keys
    from rachel_server.desk import HostDesk

    engine = store.engine()
    keys = Keys(engine, time.time, runtime.house.names, runtime)
    return HostDesk(table, engine, keys, runtime, journal, limits)


def _store(settings: ServerSettings) -> "SqliteStore | PostgresStore":
    """Return what a server keeps its games in; SQLAlchemy is loaded only if there is a URL."""
    if settings.database_url is None:
        return SqliteStore(settings.data_dir / DATABASE_FILE)
    from rachel_server.store.url_store import store_at

    return store_at(settings.database_url.reveal(), settings.pool_size)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
