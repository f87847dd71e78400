"""A solo game whose settings change while it runs: the next one is dealt as they hold by then."""

import asyncio
from pathlib import Path

from rachel_tui.commands.solo import SoloGame
from rachel_tui.keep.settings import Settings
from rachel_tui.sitting import Sitting

DEADLINE_S = 20.0


async def test_a_new_game_has_the_seats_that_are_set_by_then(tmp_path: Path) -> None:
    seats = 4
    solo = SoloGame(tmp_path, lambda: Settings(seats=seats, bot_delay=0.0))
    news = asyncio.Event()
    place = await asyncio.to_thread(solo.open)
    sitting = Sitting(place, "Ann", lambda *_: news.set())

    async def until_dealt(count: int) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while sitting.session.public is None or sitting.session.public.seats != count:
                news.clear()
                await news.wait()

    running = asyncio.create_task(sitting.run())
    try:
        await until_dealt(4)
        seats = 3
        await sitting.start_over()
        await until_dealt(3)
        seats = 2
        await sitting.again()
        await until_dealt(2)
        assert sitting.place.solo_seats == 2
    finally:
        await sitting.close()
        await running
        await asyncio.to_thread(solo.close)
