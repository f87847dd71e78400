"""Clients over SSH and their server are killed: nothing stays behind, and no seat is lost.

What comes from the server is counted on its way, and the moment is when so many bytes have come.
"""

import asyncio
import gc
import os
import random
import re
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from stat import S_ISSOCK
from typing import Final

from rachel_server_process import ServeProcess, serving
from ssh_player import SshPlayer, make_key, ssh_port
from tcp_player import DEADLINE_S

from rachel_server.app import Server
from rachel_server.commands.ssh_worker import worker_plan
from rachel_server.core.table_settings import TableSettings
from rachel_server.ops.settings import ServerSettings
from rachel_tui.app import RachelApp

CLIENTS: Final = 50
AT_ONCE: Final = 5
SERVERS: Final = 10
HANDSHAKE_BYTES: Final = 3000
MOMENTS: Final = {
    "handshake": ((), (0, HANDSHAKE_BYTES)),
    "home": ((), (HANDSHAKE_BYTES, 10_000)),
    "screens": (("{room}",), (HANDSHAKE_BYTES, 8_000)),
    "watching": (("watch", "{room}"), (HANDSHAKE_BYTES, 7_500)),
    "lines": (("{room}", "plain"), (HANDSHAKE_BYTES, 7_000)),
}
"""What is asked for, and how many bytes have come when the client is killed."""
LEFT: Final = "This is the game you left."


@asynccontextmanager
async def counted(port: int, count: Callable[[int], None]) -> AsyncIterator[int]:
    """Carry bytes between clients and a server; yield the port for the clients."""

    async def carry(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter, count: Callable[[int], None]
    ) -> None:
        with suppress(OSError):
            while (data := await reader.read(2048)) and not writer.is_closing():
                count(len(data))
                writer.write(data)
        writer.close()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            host_reader, host_writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(
            carry(reader, host_writer, lambda _: None), carry(host_reader, writer, count)
        )

    async with await asyncio.start_server(meet, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


class Moment:
    """When so many bytes have come."""

    def __init__(self, bytes_: int) -> None:
        self._left = bytes_
        self._come = asyncio.Event()

    def count(self, bytes_: int) -> None:
        """Count some that come now."""
        self._left -= bytes_
        if self._left <= 0:
            self._come.set()

    async def until(self) -> None:
        """Wait for it."""
        async with asyncio.timeout(DEADLINE_S):
            await self._come.wait()


async def come(player: SshPlayer, *words: str) -> Process:
    """Have somebody come with a screen; without one they ask for their hand, and a lot of help."""
    process = await asyncio.create_subprocess_exec(
        *player.command(*words, options=("-T",) if "plain" in words else ("-tt",)),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env=player.environment(TERM="xterm-256color"),
        limit=1024 * 1024,
    )
    if "plain" in words:
        assert process.stdin is not None
        process.stdin.write(b"hand\n" + b"help\n" * 12)
    return process


async def said(player: SshPlayer, *words: str) -> str:
    """Look at the hand and leave; return what was said."""
    return await asyncio.to_thread(lambda: player.lines("hand\nquit\n", *words).stdout)


def hand_in(text: str) -> set[str]:
    """Return the cards of the line that tells the hand."""
    told = next(line for line in text.splitlines() if line.startswith("Your hand: "))
    return set(re.findall(r"\b(?:10|[2-9JQKA])[HDCS]\b", told))


async def when_rested(server: Server) -> tuple[int, int]:
    """Wait until there are no visits; return how many tasks and sockets there are."""
    runtime = server._runtime
    assert runtime is not None

    def left_behind() -> tuple[int, int, int]:
        gc.collect()
        return (
            len(list(runtime.house.peers)),
            sum(len(table.watchers) for table in runtime.house.lobby.tables.values()),
            sum(isinstance(each, RachelApp) for each in gc.get_objects()),
        )

    try:
        async with asyncio.timeout(DEADLINE_S):
            while any(left_behind()):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"connections, watchers, apps: {left_behind()}") from None
    return len(asyncio.all_tasks()), sum(map(is_socket, os.listdir("/proc/self/fd")))  # noqa: PTH208


def is_socket(descriptor: str) -> bool:
    """Tell whether a descriptor is one; the database's pool has others."""
    try:
        return S_ISSOCK(os.fstat(int(descriptor)).st_mode)
    except OSError:  # the one that was used to list them
        return False


async def killed(player: SshPlayer, port: int, room: str, rng: random.Random) -> None:
    """Let a player come, and kill their client at a random moment."""
    words, (earliest, latest) = rng.choice(list(MOMENTS.values()))
    moment = Moment(rng.randint(earliest, latest))
    async with counted(port, moment.count) as player.port:
        process = await come(player, *(word.format(room=room) for word in words))
        await moment.until()
        process.kill()
        await process.communicate()
    player.port = port


async def test_killed_clients_leave_nothing_behind_but_their_seats(tmp_path: Path) -> None:
    settings = ServerSettings(
        data_dir=tmp_path / "host",
        host="127.0.0.1",
        rubp_ports=(0,),
        ssh_port=0,
        table=TableSettings(seats=2, start_delay_s=0.0, bot_delay_s=0.0, turn_time_s=None),
        mdns=False,
    )
    server = Server(settings)
    server.ssh_plan = worker_plan
    async with server:
        [port] = server.ports["ssh"]

        async def is_killed_often(number: int) -> None:
            player = SshPlayer(
                tmp_path / f"home{number}", port, key=make_key(tmp_path / f"key{number}")
            )
            room = f"ROOM{number}"
            hand = hand_in(await said(player, room))
            rng = random.Random(number)
            for _ in range(CLIENTS // AT_ONCE):
                await killed(player, port, room, rng)
            found = await said(player)
            assert LEFT in found
            assert hand_in(found) == hand

        await killed(SshPlayer(tmp_path / "first", port), port, "FIRST", random.Random(1))
        before = await when_rested(server)
        await asyncio.gather(*map(is_killed_often, range(AT_ONCE)))
        tasks, sockets = await when_rested(server)
        assert tasks <= before[0]
        assert sockets <= before[1]


async def test_a_killed_server_finds_every_seat_again(tmp_path: Path) -> None:
    folder, rng = tmp_path / "host", random.Random(9)
    options = ("--ssh-port", "0", "--start-delay", "0", "--seats", "2")
    players: list[SshPlayer] = []
    seats = 0
    for number in range(SERVERS + 1):
        (tmp_path / f"{number}").mkdir()
        async with serving(folder, *options) as served:
            port = ssh_port(folder)
            for player in players:  # those who were told of their seat before the server was killed
                player.port = port
                assert LEFT in await said(player)
            seats += len(players)
            if number < SERVERS:
                players = await killed_while_they_come(served, port, tmp_path / f"{number}", rng)
    assert seats >= SERVERS // 2


async def killed_while_they_come(
    served: ServeProcess, port: int, folder: Path, rng: random.Random
) -> list[SshPlayer]:
    """Let two players come, and kill the server at a random moment; return who has a seat."""
    moment = Moment(rng.randint(11_000, 15_000))
    async with counted(port, moment.count) as near:
        players = [
            SshPlayer(folder / name, near, key=make_key(folder / f"{name}_key"))
            for name in ("zoe", "ann")
        ]
        processes = [await come(players[0], "quick"), await come(players[1], "plain")]
        await moment.until()
        served.process.kill()
        heard = [(await process.communicate())[0] for process in processes]
    seated = ["╳".encode() in heard[0], b"Your hand: " in heard[1]]
    return [player for player, sits in zip(players, seated, strict=True) if sits]
