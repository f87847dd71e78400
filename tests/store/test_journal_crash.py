"""After kill -9 everything that was called durable is there, and no game has a gap."""

import sys
from pathlib import Path
from subprocess import PIPE, Popen

import pytest
from databases import Database
from store_harness import opened, played_game

from rachel_server.store.games import load_running

_PROCESS = Path(__file__).with_name("committing_process.py")


def lines_until_killed(url: str, lines: int) -> list[str]:
    """Let a process commit until it has printed so many lines, kill it, return all it printed."""
    with Popen([sys.executable, _PROCESS, url], stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(lines)]
        process.kill()
        rest = process.stdout.read()
    return said + rest[: rest.rfind("\n") + 1].splitlines()


@pytest.mark.parametrize("lines_before", [1, 500, 2000])
async def test_kill_9_loses_nothing_that_was_durable(database: Database, lines_before: int) -> None:
    url = database.url
    said = lines_until_killed(url, lines_before)
    durable = [(game, int(turn), int(value)) for game, turn, value in map(str.split, said)]
    assert len(durable) >= lines_before

    async with opened(url) as engine:
        stored = await load_running(engine)
    hashes = {
        (taken.game, taken.turn): taken.state_hash for game in stored for taken in game.actions
    }
    assert [line for line in durable if hashes.get(line[:2]) != line[2]] == []
    for game in stored:
        as_played = played_game(int(game.start.game.removeprefix("GAME")))
        assert game.start == as_played.start
        assert game.actions == as_played.actions[: len(game.actions)]
