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


NO_FILES = """
    spare = os.open(os.devnull, os.O_RDONLY)
    os.close(spare)
    resource.setrlimit(resource.RLIMIT_NOFILE, (spare, spare))
"""
NO_ADDRESS = "ifaddr.get_adapters = lambda: []"
NO_GOODBYE = """
    async def fail(self):
        raise RuntimeError("no goodbye")
    zeroconf.asyncio.AsyncZeroconf.async_close = fail
"""


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (NO_FILES, "not advertised on the local network: "),
        (NO_ADDRESS, "not advertised on the local network: No interfaces"),
        (NO_GOODBYE, "not withdrawn from the local network: no goodbye"),
    ],
)
async def test_machine_that_cannot_advertise_says_so_in_one_line(trouble: str, said: str) -> None:
    script = f"""
import asyncio, ifaddr, logging, os, resource, socket
import zeroconf.asyncio
from rachel_server.ops.mdns import Advertisement

logging.basicConfig(format="%(message)s")

async def main(listening):
    advertisement = Advertisement()
    await advertisement.start([listening])
    await advertisement.stop()

with asyncio.Runner() as runner, socket.create_server(("127.0.0.1", 0)) as listening:
    runner.get_loop()
{textwrap.indent(textwrap.dedent(trouble), "    ")}
    runner.run(main(listening))
"""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script),
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(DEADLINE_S):
        _, log = await process.communicate()
    assert process.returncode == 0, log
    (line,) = log.decode().splitlines()
    assert line.startswith(said)
