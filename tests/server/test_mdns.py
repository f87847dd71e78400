"""Advertising on the local network: found while the server runs, withdrawn afterwards."""

import asyncio
import logging
import socket
import sys
import textwrap

import pytest
from tcp_player import DEADLINE_S
from zeroconf import IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from rachel_server.ops.mdns import SERVICE, Advertisement


async def test_ports_are_found_and_withdrawn(caplog: pytest.LogCaptureFixture) -> None:
    changes: asyncio.Queue[tuple[str, ServiceStateChange]] = asyncio.Queue()

    def changed(
        zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange
    ) -> None:
        changes.put_nowait((name, state_change))

    async def until(wanted: ServiceStateChange, ports: set[int]) -> set[str]:
        """Wait for that change of our services; return their names."""
        endings = {f" port {port}.{SERVICE}" for port in ports}
        names: set[str] = set()
        async with asyncio.timeout(DEADLINE_S):
            while len(names) < len(ports):
                name, change = await changes.get()
                if change is wanted and any(map(name.endswith, endings)):
                    names.add(name)
        return names

    with (
        caplog.at_level(logging.INFO),
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as other,
    ):
        ports = {sock.getsockname()[1] for sock in (one, other)}
        async with AsyncZeroconf(ip_version=IPVersion.V4Only, interfaces=["127.0.0.1"]) as network:
            browser = AsyncServiceBrowser(network.zeroconf, SERVICE, handlers=[changed])
            advertisement = Advertisement()
            advertisement.start([one, other])
            try:
                names = await until(ServiceStateChange.Added, ports)
                for name in names:
                    info = await network.async_get_service_info(SERVICE, name)
                    assert isinstance(info, AsyncServiceInfo)
                    assert info.port in ports
                    assert info.parsed_addresses() == ["127.0.0.1"]
            finally:
                await advertisement.stop()
            assert await until(ServiceStateChange.Removed, ports) == names
            await browser.async_cancel()
    assert caplog.records == []


async def test_machine_that_cannot_advertise_says_so_in_one_line() -> None:
    """A process that may open no further file cannot open the sockets of mDNS either."""
    script = """
        import asyncio, logging, os, resource, socket
        import zeroconf.asyncio
        from rachel_server.ops.mdns import Advertisement

        logging.basicConfig(format="%(message)s")

        async def main():
            with socket.create_server(("", 0)) as listening:
                spare = os.open(os.devnull, os.O_RDONLY)
                os.close(spare)
                _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
                resource.setrlimit(resource.RLIMIT_NOFILE, (spare, hard))
                advertisement = Advertisement()
                await advertisement.start([listening])
                await advertisement.stop()

        asyncio.run(main())
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", textwrap.dedent(script)),
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(DEADLINE_S):
        _, log = await process.communicate()
    assert process.returncode == 0, log
    (line,) = log.decode().splitlines()
    assert line.startswith("not advertised on the local network: ")
