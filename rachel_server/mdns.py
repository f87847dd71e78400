"""Advertising on the local network, as `_rachel._tcp` (rubp.md)."""

import logging
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from rachel import __version__

if TYPE_CHECKING:
    from zeroconf import ServiceInfo
    from zeroconf.asyncio import AsyncZeroconf

_SERVICE: Final = "_rachel._tcp.local."
_log = logging.getLogger(__name__)


class Advertisement:
    """Tells the local network that games are hosted here, one service per port."""

    def __init__(self) -> None:
        self._zeroconf: AsyncZeroconf | None = None
        self._services: list[ServiceInfo] = []

    async def start(self, ports: Sequence[int]) -> None:
        """Register the ports; a network or machine that cannot do it costs one log line."""
        try:
            from zeroconf import Error, IPVersion, ServiceInfo
            from zeroconf.asyncio import AsyncZeroconf
        except ImportError:
            _log.info("not advertised on the local network: zeroconf is not installed")
            return
        name = socket.gethostname().split(".")[0] or "rachel"
        try:
            self._zeroconf = AsyncZeroconf(ip_version=IPVersion.V4Only)
            for port in ports:
                service = ServiceInfo(
                    _SERVICE,
                    f"Rachel on {name} port {port}.{_SERVICE}",
                    port=port,
                    properties={"version": __version__},
                    server=f"{name}.local.",
                    parsed_addresses=_addresses(),
                )
                await self._zeroconf.async_register_service(service, allow_name_change=True)
                self._services.append(service)
        except (OSError, Error) as error:
            _log.warning("not advertised on the local network: %s", error or type(error).__name__)

    async def stop(self) -> None:
        """Withdraw the services."""
        if self._zeroconf is not None:
            for service in self._services:
                await self._zeroconf.async_unregister_service(service)
            await self._zeroconf.async_close()
            self._zeroconf = None


def _addresses() -> list[str]:
    """Return this machine's IPv4 addresses that others may reach."""
    found = {
        str(info[4][0])
        for info in socket.getaddrinfo(socket.gethostname(), None, family=socket.AF_INET)
    }
    return sorted(address for address in found if not address.startswith("127.")) or sorted(found)
