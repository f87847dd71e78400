"""The server inside the terminal client: solo games in a folder, one after another."""

import asyncio
from pathlib import Path

import pytest
from databases import SqliteDatabase
from journal_rows import journal_of
from tcp_player import DEADLINE_S, TcpPlayer

from rachel.formats.record import GameRecord, verify
from rachel_server.embedded import EmbeddedServer
from rachel_server.store.data_dir import DataDirInUse
from rachel_server.store.folder_lock import is_held


def embedded(data_dir: Path) -> EmbeddedServer:
    return EmbeddedServer(data_dir, seats=4, bot_level="beginner", bot_delay_s=0.0)


async def test_whole_solo_game(tmp_path: Path) -> None:
    person = TcpPlayer("person")
    with embedded(tmp_path / "solo") as server:
        await person.sit_down(server.dial)
        await person.until_over()
        person.check_pairs()
    assert person.session.turn_time_s is None
    assert person.session.present == frozenset(range(4))


async def test_game_goes_on_after_a_restart(tmp_path: Path) -> None:
    person = TcpPlayer("person", plays=False)
    with embedded(tmp_path / "solo") as server:
        await person.sit_down(server.dial)
        await person.until_prompt()
        view = person.session.view
        room = person.session.room
    await person.until_lost()
    saved = journal_of(SqliteDatabase(tmp_path / "solo"), room)
    with embedded(tmp_path / "solo") as server:
        await person.sit_down(server.dial)
        await person.until_prompt()
        assert person.session.view == view
        assert person.session.room == room
        person.play_on()
        await person.until_finished()
    assert journal_of(SqliteDatabase(tmp_path / "solo"), room)[: len(saved)] == saved


def test_a_folder_has_one_at_a_time(tmp_path: Path) -> None:
    assert not is_held(tmp_path)
    with embedded(tmp_path):
        assert is_held(tmp_path)
        with pytest.raises(DataDirInUse), embedded(tmp_path):
            pass
    assert not is_held(tmp_path)


async def test_the_record_of_a_game_is_true_also_after_a_restart(tmp_path: Path) -> None:
    person = TcpPlayer("person", plays=False)
    with embedded(tmp_path / "solo") as server:
        await person.sit_down(server.dial)
        await person.until_prompt()
        assert await server.record(person.session.game_id) is None
    await person.until_lost()
    with embedded(tmp_path / "solo") as server:
        await person.sit_down(server.dial)
        await person.until_prompt()
        person.play_on()
        await person.until_over()
        record = await server.record(person.session.game_id)
        assert await server.record(9999) is None
    assert record is not None
    verify(GameRecord.from_json(record))


async def test_bots_that_are_hurried_wait_no_longer_in_this_game(tmp_path: Path) -> None:
    """With an hour to each turn of a bot the game would never end."""
    person = TcpPlayer("person", plays=False)
    server = EmbeddedServer(tmp_path / "solo", seats=3, bot_level="beginner", bot_delay_s=3600.0)
    with server:
        await person.sit_down(server.dial)
        await person.until(lambda it: it.session.view is not None, "its cards")
        server.hurry(True)
        person.play_on()
        await person.until_over()


async def test_bots_that_are_hurried_no_more_wait_again(tmp_path: Path) -> None:
    person = TcpPlayer("person", plays=False)
    server = EmbeddedServer(tmp_path / "solo", seats=2, bot_level="beginner", bot_delay_s=3600.0)
    with server:
        await person.sit_down(server.dial)
        await person.until(lambda it: it.session.view is not None, "its cards")
        server.hurry(True)
        await person.until_prompt()
        server.hurry(False)
        while person.session.prompt:  # again, when a card skips the bot
            person.act()
            await person.until(lambda it: bots_turn(it) or it.session.prompt, "the next turn")
        async with asyncio.timeout(DEADLINE_S):  # it thinks first, which may take two seconds
            while seconds_to_wait(server) < 1800:  # noqa: ASYNC110
                await asyncio.sleep(0.01)


def seconds_to_wait(server: EmbeddedServer) -> float:
    """Return how long nothing is due at the server's tables."""
    assert server._runtime is not None
    deadline = server._runtime.house._floor.next_deadline()
    assert deadline is not None
    return server._runtime.seconds_until(deadline)


def bots_turn(person: TcpPlayer) -> bool:
    """Tell whether a game runs in which somebody else is to act."""
    public = person.session.public
    return public is not None and public.current != person.session.seat
