"""Servers for people who come over SSH, and clients of asyncssh that do what people do not."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncssh
from rachel_server_process import ServeProcess, serving
from ssh_player import ssh_port
from tcp_player import DEADLINE_S

from rachel_server.edge.limits import AddressLimits
from rachel_server.edge.listener import Listener
from rachel_server.edge.ssh import Show, Visits
from rachel_server.edge.ssh_keys import host_keys
from rachel_server.edge.tcp import listening_socket
from rachel_server.store.data_dir import ssh_host_key_files

AT_ONCE = ("--ssh-port", "0", "--start-delay", "0", "--seats", "2")


@asynccontextmanager
async def hosting(folder: Path, *options: str) -> AsyncIterator[tuple[ServeProcess, int]]:
    """Run a server for SSH; nothing may go wrong in it. Yield it, and the port."""
    async with serving(folder, *AT_ONCE, *options) as served:
        yield served, ssh_port(folder)
        if served.process.returncode is None:
            served.process.send_signal(signal.SIGTERM)
        _, _, log = await served.ended()
        assert "Traceback" not in log
        # On a machine that is too busy, the pulse of the database may miss a beat.
        troubles = [line for line in log.splitlines() if "rror" in line and "health" not in line]
        assert troubles == []


class Keyless(asyncssh.SSHClient):
    """Somebody without a key, or whose key is not taken."""

    def kbdint_auth_requested(self) -> str:
        return ""


@asynccontextmanager
async def client(port: int, **options: Any) -> AsyncIterator[asyncssh.SSHClientConnection]:  # noqa: ANN401
    """Connect with a client that knows no host, no configuration and no agent."""
    defaults = {"client_keys": [], "username": "zoe", "client_factory": Keyless}
    async with (
        asyncio.timeout(DEADLINE_S),
        asyncssh.connect(
            "127.0.0.1",
            port,
            known_hosts=None,
            config=None,
            agent_path=None,
            **(defaults | options),
        ) as connection,
    ):
        yield connection


class StrictLimits(AddressLimits):
    """Limits that count for this machine, too."""

    def _is_exempt(self, address: object) -> bool:
        return False


@asynccontextmanager
async def listening(
    folder: Path, show: Show, limits: AddressLimits | None = None
) -> AsyncIterator[int]:
    """Receive visitors in this process, without a server or a worker; yield the port."""
    limits = limits or AddressLimits()
    visits = Visits(show, flooded=lambda _: None, gone=limits.disconnect)
    await visits.open(host_keys(ssh_host_key_files(folder)))

    async def serve(connection: socket.socket, address: str) -> None:
        visits.begin(connection, address)

    with listening_socket("127.0.0.1", 0) as sock:
        listener = Listener(sock, serve, limits, headers=True)
        yield sock.getsockname()[1]
        listener.close()
        await visits.close("The end")
