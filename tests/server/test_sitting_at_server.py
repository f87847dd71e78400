"""The terminal client's sittings at a real server: beginning at once, leaving, coming back."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from rachel.rubp import Phase
from rachel_server.app import Server
from rachel_server.core.table_settings import TableSettings
from rachel_server.ops.settings import ServerSettings
from rachel_tui.place import Place
from rachel_tui.sitting import Sitting
from rachel_tui.words.story import plain_text


class Guest:
    """One person's sitting, which says when something has changed."""

    def __init__(self, place: Place, name: str) -> None:
        self.sitting = Sitting(place, name, lambda _, __: self._news.set())
        self._news = asyncio.Event()

    @property
    def story(self) -> list[str]:
        return [plain_text(sentence) for sentence in self.sitting.story.sentences]

    async def until(self, condition: Callable[["Guest"], bool]) -> None:
        async with asyncio.timeout(20):
            while not condition(self):
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def guests(folder: Path, *names: str) -> AsyncIterator[list[Guest]]:
    """Have people sit down in the same room, in memory."""
    settings = ServerSettings(
        data_dir=folder / "server",
        rubp_ports=(),
        table=TableSettings(seats=3, start_delay_s=60.0, bot_delay_s=0.0, turn_time_s=300.0),
        mdns=False,
    )
    loop = asyncio.get_running_loop()
    async with Server(settings) as server:

        async def begin(room: str, token: bytes) -> bool:
            return await server.desk().begin(room, token.hex())

        here = [
            Guest(
                Place(
                    *("here", 0, name, folder / f"{name}.json", "CAKE"),
                    dial=partial(server.dial, loop),
                    begin=begin,
                ),
                name,
            )
            for name in names
        ]
        running = []
        for guest in here:
            running.append(asyncio.create_task(guest.sitting.run()))
            await guest.until(lambda it: it.sitting.online)
        yield here
        for guest in here:
            await guest.sitting.close()
        await asyncio.gather(*running)


async def test_a_game_begins_at_once_with_bots_in_the_empty_seats(tmp_path: Path) -> None:
    async with guests(tmp_path, "Ann") as [ann]:
        assert await ann.sitting.begin() == ""
        await ann.until(lambda it: it.sitting.session.phase is Phase.PLAYING)
        assert [name[:4] for name in ann.sitting.session.names] == ["Ann", "Bot ", "Bot "]
        assert await ann.sitting.begin() == "the table does not wait any more"


async def test_nobody_waits_for_one_who_leaves(tmp_path: Path) -> None:
    async with guests(tmp_path, "Ann", "Bob") as [ann, bob]:
        await bob.sitting.begin()
        await bob.until(lambda it: it.sitting.session.view is not None)
        await ann.sitting.leave()
        await bob.until(lambda it: it.sitting.session.prompt)
        assert "Ann leaves: a bot plays on." in bob.story
