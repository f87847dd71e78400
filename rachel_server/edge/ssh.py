"""SSH in a worker: visitors with a terminal, who are shown what the caller shows, never a shell.

Everybody gets in. Whoever has a key proves it, and is known by its fingerprint; passwords are
refused. There are no forwardings, agents, files or subsystems.
"""

import asyncio
import hashlib
import logging
import socket
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

import asyncssh

from rachel_server.edge.ssh_visit import ProvenKey, Visit

LOGIN_LIMIT_S: Final = 10.0
"""How long a connection may have no session: before its first, and after its last."""
_LOGIN_STEPS: Final = 20
"""It is counted in steps, of which each may come late: time in which we are too busy to answer does
not count against a visitor."""
VISITS_MAX: Final = 48
"""Visits at a time in one process: all of them play in a quarter of a core."""
GOODBYE_LIMIT_S: Final = 2.0
"""How long visits may take to end when they all have to."""

_KEEPALIVE_S: Final = 15.0
_KEEPALIVES_MAX: Final = 3
_WINDOW: Final = 64 * 1024
_GUESSES: Final = b"kexguess2@matt.ucc.asn.au"
"""What Dropbear's clients must be told: asyncssh judges their guesses by their own rule."""

_log = logging.getLogger(__name__)


Show: TypeAlias = Callable[[Visit], Awaitable[int]]
"""Shows a visitor something until the visit ends or has to; returns the exit status."""


class _Visitor(asyncssh.SSHServer):
    """One connection, with one visit at a time."""

    def __init__(self, visits: "Visits") -> None:
        self.user = ""
        self.key: ProvenKey | None = None
        self.address = ""
        self._all = visits
        self._connection: asyncssh.SSHServerConnection | None = None
        self._visits = False  # a visit has begun, and is not over
        self._hang_up: asyncio.TimerHandle | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Take the connection."""
        self._connection, self.address = conn, conn.get_extra_info("address")
        extras = [*conn._get_extra_kex_algs(), _GUESSES]
        conn._get_extra_kex_algs = lambda: extras  # type: ignore[method-assign]
        self._all.came(self)
        self._await_visit(_LOGIN_STEPS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell that the visitor is gone."""
        self._connection = None
        if self._hang_up is not None:
            self._hang_up.cancel()
        self._all.went(self)

    @property
    def unsent(self) -> int:
        """How many bytes wait for the network, or for new keys of the encryption."""
        connection = self._connection
        if connection is None or connection._transport is None:
            return 0
        deferred = sum(len(part) for _, parts in connection._deferred_packets for part in parts)
        return deferred + connection._transport.get_write_buffer_size()

    def flooded(self) -> None:
        """Cut the connection: far more waits for it than it reads."""
        self._all.flooded(self.address)
        self.cut()

    def cut(self) -> None:
        """End the connection at once."""
        if self._connection is not None:
            self._connection.abort()

    def _await_visit(self, steps: int) -> None:
        """Cut the connection after so many steps, unless a visit begins."""
        if not steps:
            self.cut()
            return
        step = LOGIN_LIMIT_S / _LOGIN_STEPS
        self._hang_up = asyncio.get_running_loop().call_later(step, self._await_visit, steps - 1)

    # Who it is

    def begin_auth(self, username: str) -> bool:
        """Have the client say its key first, if it has one."""
        self.user, self.key = username, None
        return True

    def public_key_auth_supported(self) -> bool:
        """Take keys."""
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Take any key. It is proved next, or another request makes us forget it."""
        fingerprint = hashlib.sha256(key.public_data).digest()
        self.key = ProvenKey(fingerprint, key.get_algorithm())
        return True

    def kbdint_auth_supported(self) -> bool:
        """Take people without a key; clients try this last."""
        return True

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> bool:
        """Ask nothing. A key that was only asked about has not been proved."""
        self.key = None
        return True

    # The visit

    def session_requested(self) -> Visit | bool:
        """Prepare a visit, unless one has begun.

        Raises:
            ChannelOpenError: there are as many visits as there may be.
        """
        if self._all.is_full:
            raise asyncssh.ChannelOpenError(
                asyncssh.OPEN_RESOURCE_SHORTAGE, "This host is full: please come again later"
            )
        return not self._visits and Visit(self)

    def visit(self, visit: Visit) -> None:
        """Begin the visit, unless another has begun meanwhile."""
        if self._visits:
            visit.end(1)
            return
        self._visits = True
        if self._hang_up is not None:
            self._hang_up.cancel()
        self._all.receive(visit, self._is_over)

    def _is_over(self) -> None:
        self._visits = False
        if self._connection is not None:
            self._await_visit(_LOGIN_STEPS)


class Visits:
    """All visits of this process, on connections that somebody else has accepted."""

    def __init__(
        self,
        show: Show,
        *,
        flooded: Callable[[str], None],
        gone: Callable[[str], None],
    ) -> None:
        """Prepare; `open` comes next.

        ``flooded`` is told the address of every connection that is cut because far more waited for
        it than it read, ``gone`` that of every connection that is over.
        """
        self.flooded = flooded
        self._show = show
        self._gone = gone
        self._loop = asyncio.get_running_loop()
        self._options: asyncssh.SSHServerConnectionOptions
        self._beginnings: set[asyncio.Task[None]] = set()
        self._visitors: set[_Visitor] = set()
        self._visits: dict[asyncio.Task[None], Visit] = {}
        self._emptied = asyncio.Event()

    async def open(self, keys: list[asyncssh.SSHKey]) -> None:
        """Be ready for visitors, who know the host by these keys."""
        asyncssh.set_log_level(logging.ERROR)  # strangers' mistakes are no news
        options: dict[str, Any] = {
            "agent_forwarding": False,
            "allow_scp": False,
            "compression_algs": None,
            "encoding": None,
            "gss_host": None,
            "keepalive_count_max": _KEEPALIVES_MAX,
            "keepalive_interval": _KEEPALIVE_S,
            "line_editor": False,
            "login_timeout": 0,  # we count ourselves
            "server_version": "Rachel",
            "window": _WINDOW,
        }
        self._options = await asyncssh.SSHServerConnectionOptions.construct(
            server_factory=lambda: _Visitor(self), server_host_keys=keys, **options
        )

    def begin(self, connection: socket.socket | None, address: str) -> None:
        """Receive somebody from an address on an accepted connection, if there is room for it."""
        if connection is None:
            self._gone(address)
            return
        beginning = self._loop.create_task(self._begin(connection, address))
        self._beginnings.add(beginning)
        beginning.add_done_callback(self._beginnings.discard)

    async def _begin(self, connection: socket.socket, address: str) -> None:
        def made() -> asyncssh.SSHServerConnection:
            visitor = asyncssh.SSHServerConnection(self._loop, self._options)
            visitor.set_extra_info(address=address)
            return visitor

        try:
            await self._loop.connect_accepted_socket(made, connection)
        except OSError:  # it was gone again
            self._gone(address)

    async def close(self, farewell: str) -> None:
        """End all visits in good order, within GOODBYE_LIMIT_S; ``farewell`` is what they read."""
        for visit in self._visits.values():
            visit.leave(farewell)
        for task in self._visits:
            self._loop.call_later(GOODBYE_LIMIT_S / 2, task.cancel)
        try:
            async with asyncio.timeout(GOODBYE_LIMIT_S):
                while self._visitors:  # clients hang up when they have read all
                    self._emptied.clear()
                    await self._emptied.wait()
        except TimeoutError:
            for visitor in self._visitors:
                visitor.cut()

    @property
    def is_full(self) -> bool:
        """Whether no further visit can begin."""
        return len(self._visits) >= VISITS_MAX

    def came(self, visitor: _Visitor) -> None:
        """Note a connection."""
        self._visitors.add(visitor)

    def went(self, visitor: _Visitor) -> None:
        """Note that a connection is over."""
        self._visitors.discard(visitor)
        self._emptied.set()
        self._gone(visitor.address)

    def receive(self, visit: Visit, over: Callable[[], None]) -> None:
        """Show a visitor something; ``over`` is called in the end."""
        task = self._loop.create_task(self._receive(visit))
        self._visits[task] = visit

        def end(_: object) -> None:
            del self._visits[task]
            over()

        task.add_done_callback(end)

    async def _receive(self, visit: Visit) -> None:
        status = 1
        try:
            status = await self._show(visit)
        except Exception:
            _log.exception("a visit over SSH broke off")
            visit.write(b"Something went wrong here. Please come again.\r\n")
        finally:
            visit.end(status)
