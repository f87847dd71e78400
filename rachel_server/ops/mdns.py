"""Advertises the server on the local network (docs/PROTOCOL.md, Reaching a host)."""

import asyncio
import logging
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from rachel import __version__

if TYPE_CHECKING:
    from zeroconf.asyncio import AsyncZeroconf

SERVICE: Final = "_rachel._tcp.local."

_NAME_MAX: Final = 40
"""Bytes of the machine's name in a service's name, which may have 63 bytes."""

_STOP_LIMIT_S: Final = 1.0

_ANY: Final = ("::", "0.0.0.0")
_log = logging.getLogger(__name__)


class Advertisement:
    """Advertises one service for each port.

    Where that is impossible, one log line says so, and nothing else happens. zeroconf raises what
    it likes: RuntimeError on a machine without an IPv4 address.
    """

    def __init__(self) -> None:
        self._zeroconf: AsyncZeroconf | None = None
        self._started: asyncio.Task[None] | None = None

    def start(self, sockets: Sequence[socket.socket]) -> asyncio.Task[None]:
        """Begin to advertise where these sockets listen; return the task, which takes a second."""
        addresses = [sock.getsockname()[:2] for sock in sockets]
        self._started = asyncio.get_running_loop().create_task(self._advertise(addresses))
        return self._started

    async def stop(self) -> None:
        """Withdraw the services."""
        if self._started is not None:
            self._started.cancel()
            with suppress(asyncio.CancelledError):
                await self._started
        if self._zeroconf is not None:
            try:
                await asyncio.wait_for(self._zeroconf.async_close(), _STOP_LIMIT_S)
            except Exception as error:
                _log.warning("not withdrawn from the local network: %s", _text(error))
            self._zeroconf = None

    async def _advertise(self, addresses: Sequence[tuple[str, int]]) -> None:
        try:
            from zeroconf import IPVersion, ServiceInfo
            from zeroconf.asyncio import AsyncZeroconf
        except ImportError:
            _log.info("not advertised on the local network: zeroconf is not installed")
            return
        name = socket.gethostname().split(".")[0][:_NAME_MAX] or "rachel"
        try:
            zeroconf = self._zeroconf = AsyncZeroconf(ip_version=IPVersion.V4Only)
            services = [
                ServiceInfo(
                    SERVICE,
                    f"Rachel on {name} port {port}.{SERVICE}",
                    port=port,
                    properties={"version": __version__},
                    server=f"{name}.local.",
                    parsed_addresses=_reachable() if host in _ANY else [host],
                )
                for host, port in addresses
            ]
            await asyncio.gather(
                *(zeroconf.async_register_service(one, allow_name_change=True) for one in services)
            )
        except Exception as error:
            _log.warning("not advertised on the local network: %s", _text(error))


def _text(error: Exception) -> str:
    return str(error) or type(error).__name__


def _reachable() -> list[str]:
    """Return this machine's IPv4 addresses, those for loopback only if there are no others."""
    from ifaddr import get_adapters

    found = {str(ip.ip) for adapter in get_adapters() for ip in adapter.ips if ip.is_IPv4}
    return sorted(address for address in found if not address.startswith("127.")) or sorted(found)
