"""Lines over TCP: what was written last arrives, and a host that does not read holds up nothing."""

import asyncio

from rachel_tui.net.line import dial_tcp

MORE_THAN_SOCKETS_BUFFER = 64 * 1024 * 1024


async def test_what_was_written_last_arrives_before_the_end() -> None:
    heard: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"welcome")
        heard.set_result(await reader.read())
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with server, asyncio.timeout(20):
        line = await dial_tcp("127.0.0.1", server.sockets[0].getsockname()[1])()
        assert await line.read() == b"welcome"
        line.write(b"hello")
        line.write(b", bye")
        assert not line.is_closing()
        await line.close()
        assert line.is_closing()
        assert await heard == b"hello, bye"


async def test_a_host_that_reads_nothing_is_left_all_the_same() -> None:
    left = asyncio.Event()

    async def ignore(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.pause_reading()  # type: ignore[attr-defined] # a socket's can
        await left.wait()
        writer.transport.abort()

    server = await asyncio.start_server(ignore, "127.0.0.1", 0)
    async with server, asyncio.timeout(20):
        line = await dial_tcp("127.0.0.1", server.sockets[0].getsockname()[1])()
        line.write(bytes(MORE_THAN_SOCKETS_BUFFER))
        await line.close()
        left.set()


async def test_a_host_that_sends_without_end_leaves_time_for_others() -> None:
    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                writer.write(bytes(65536))
                await writer.drain()
        except ConnectionError:
            writer.close()

    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    server = await asyncio.start_server(flood, "127.0.0.1", 0)
    async with server, asyncio.timeout(20):
        line = await dial_tcp("127.0.0.1", server.sockets[0].getsockname()[1])()
        other = asyncio.create_task(take_turns())
        await line.read()
        before = turns
        sizes = [len(await line.read()) for _ in range(50)]
        assert turns - before >= len(sizes)
        assert max(sizes) <= 4096
        other.cancel()
        await line.close()
