"""SSH: visitors with a terminal, who are shown what the caller shows them, and never a shell.

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

from rachel_server.core.limits import Buckets, RateLimit
from rachel_server.edge.limits import AddressLimits
from rachel_server.edge.listener import Listener
from rachel_server.edge.ssh_visit import ProvenKey, Visit

LOGIN_LIMIT_S: Final = 10.0
"""How long a connection may have no session: before its first, and after its last."""
HANDSHAKES: Final = RateLimit("ssh_handshakes", burst=60, per_minute=60)
"""Connections of an address: each costs the server some milliseconds of reckoning."""
VISITS_MAX: Final = 60
"""Visits at a time: drawing for more would slow the tables down (benchmarks/ssh_sessions.py)."""
GOODBYE_LIMIT_S: Final = 2.0
"""How long visits may take to end when the server stops."""

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

    def __init__(self, listener: "SshListener") -> None:
        self.user = ""
        self.key: ProvenKey | None = None
        self.address = ""
        self._listener = listener
        self._connection: asyncssh.SSHServerConnection | None = None
        self._visits = False  # a visit has begun, and is not over
        self._hang_up: asyncio.TimerHandle | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Take the connection, unless its address has had too many of late."""
        self._connection, self.address = conn, conn.get_extra_info("address")
        extras = [*conn._get_extra_kex_algs(), _GUESSES]
        conn._get_extra_kex_algs = lambda: extras  # type: ignore[method-assign]
        if self._listener.admit(self):
            self._await_visit()
        else:
            conn.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the address its place back."""
        self._connection = None
        if self._hang_up is not None:
            self._hang_up.cancel()
        self._listener.dismiss(self)

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
        self._listener.flooded(self)
        self.cut()

    def cut(self) -> None:
        """End the connection at once."""
        if self._connection is not None:
            self._connection.abort()

    def _await_visit(self) -> None:
        loop = asyncio.get_running_loop()
        self._hang_up = loop.call_later(LOGIN_LIMIT_S, self.cut)

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
        if self._listener.is_full:
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
        self._listener.receive(visit, self._is_over)

    def _is_over(self) -> None:
        self._visits = False
        if self._connection is not None:
            self._await_visit()


class SshListener:
    """Receives visitors on a bound socket. An async context manager.

    When it ends, visits end in good order, within GOODBYE_LIMIT_S.
    """

    def __init__(
        self,
        sock: socket.socket,
        keys: list[asyncssh.SSHKey],
        limits: AddressLimits,
        show: Show,
        *,
        farewell: str,
    ) -> None:
        """Prepare; ``farewell`` is what visitors read when the listener ends."""
        self._sock = sock
        self._keys = keys
        self._limits = limits
        self._show = show
        self._farewell = farewell
        self._loop = asyncio.get_running_loop()
        self._handshakes = Buckets(HANDSHAKES)
        self._visitors: set[_Visitor] = set()
        self._visits: dict[asyncio.Task[None], Visit] = {}
        self._emptied = asyncio.Event()
        self._listener: Listener | None = None

    async def __aenter__(self) -> "SshListener":
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
            "login_timeout": LOGIN_LIMIT_S,
            "server_version": "Rachel",
            "window": _WINDOW,
        }
        chosen = await asyncssh.SSHServerConnectionOptions.construct(
            server_factory=lambda: _Visitor(self), server_host_keys=self._keys, **options
        )

        def connection(address: str) -> asyncssh.SSHServerConnection:
            made = asyncssh.SSHServerConnection(self._loop, chosen)
            made.set_extra_info(address=address)
            return made

        self._listener = Listener(self._sock, connection, self._limits, headers=True)
        return self

    async def __aexit__(self, *exc: object) -> None:
        assert self._listener is not None
        self._listener.close()
        for visit in self._visits.values():
            visit.leave(self._farewell)
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

    def admit(self, visitor: _Visitor) -> bool:
        """Count a connection; tell whether its address may have it."""
        self._visitors.add(visitor)
        counts_as = self._limits.counts_as(visitor.address)
        return counts_as is None or not self._handshakes.take(counts_as, self._loop.time())

    def dismiss(self, visitor: _Visitor) -> None:
        """Count a connection less."""
        self._limits.disconnect(visitor.address)
        self._visitors.discard(visitor)
        self._emptied.set()

    def flooded(self, visitor: _Visitor) -> None:
        """Note that a connection is cut for a flood."""
        self._limits.flooded(visitor.address, self._loop.time())

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
