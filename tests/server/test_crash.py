"""`kill -9` in the middle of many games: nothing that anybody was told is lost or done twice."""

import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from typing import TypeAlias

import pytest
from databases import Database
from journal_rows import journal_of, rows_announced
from process_children import children
from rachel_server_process import ServeProcess, serving
from tcp_player import TcpPlayer, sit_down, together

from rachel.rubp import GameState, Phase

TABLES = 24
TURNS_BEFORE = 5

Pair: TypeAlias = tuple[TcpPlayer, TcpPlayer]


def two_at(table: int) -> Pair:
    room = f"TABLE{table}"
    return (
        TcpPlayer(f"left{table}", room=room, plays=False),
        TcpPlayer(f"right{table}", room=room, plays=False),
    )


async def killed_in_play(
    served: ServeProcess, tables: Sequence[Pair], *, alone: bool = True
) -> None:
    """Let everybody play at once, and kill the server when every table is some turns on.

    It is killed ``alone``, or with the process that writes its journal.
    """
    players = [player for pair in tables for player in pair]
    await sit_down(players, served.ports[0])
    for player in players:
        player.play_on()
    await together(player.until_turn(TURNS_BEFORE) for player in players)
    killed = [served.process.pid, *([] if alone else children(served.process.pid))]
    for pid in killed:
        with suppress(ProcessLookupError):  # the journal's process has heard of it by then
            os.kill(pid, signal.SIGKILL)
    await together(player.until_lost() for player in players)
    await served.ended()


async def reclaim(player: TcpPlayer, port: int) -> GameState:
    """Take the seat again; return the state of the table that comes with it."""
    heard = len(player.heard)
    await player.connect(port)

    def states() -> list[GameState]:
        return [message for message in player.heard[heard:] if isinstance(message, GameState)]

    await player.until(lambda _: bool(states()), "the state of the table")
    return states()[0]


def is_running(pair: Pair) -> bool:
    """Tell whether neither was told that the game is over."""
    return all(player.session.phase is Phase.PLAYING for player in pair)


@pytest.mark.parametrize("alone", [True, False])
async def test_every_table_goes_on_where_it_was(database: Database, *, alone: bool) -> None:
    tables = [two_at(table) for table in range(TABLES)]
    async with serving(database, "--seats", "2") as served:
        await killed_in_play(served, tables, alone=alone)
        port = str(served.ports[0])
    running = [pair for pair in tables if is_running(pair)]
    assert len(running) >= 20
    for pair in tables:
        saved = journal_of(database, pair[0].session.room)
        for player in pair:
            announced = rows_announced(player)
            assert announced == saved[: len(announced)]
    before = {player: player.turn for pair in running for player in pair}
    async with serving(database, "--seats", "2", "--rubp-port", port) as served:
        assert served.ports[0] == int(port)
        for pair in running:
            saved = journal_of(database, pair[0].session.room)
            for player in pair:
                player.plays = False
                state = await reclaim(player, served.ports[0])
                assert (state.turn, state.state_hash) == (len(saved), saved[-1].tag)
                assert state.turn - before[player] in (0, 1)  # saved, but not yet announced
        for pair in running:
            for player in pair:
                player.play_on()
        await together(player.until_finished() for pair in running for player in pair)
        for pair in running:
            saved = journal_of(database, pair[0].session.room)
            assert [row.turn for row in saved] == list(range(len(saved)))
            for player in pair:
                announced = rows_announced(player)
                assert len(set(announced)) == len(announced)
                unseen = set(saved) - set(announced)
                assert set(announced) <= set(saved)
                assert {row.turn for row in unseen} <= {before[player]}


async def test_damaged_game_is_set_aside_and_the_others_go_on(database: Database) -> None:
    tables = [two_at(table) for table in range(4)]
    async with serving(database, "--seats", "2") as served:
        await killed_in_play(served, tables)
    assert all(map(is_running, tables))
    damaged, *sound = tables
    room = damaged[0].session.room
    [(game,)] = database.rows(f"SELECT id FROM games WHERE room = '{room}'")
    database.change(
        f"UPDATE actions SET state_hash = state_hash + 1 WHERE game = '{game}' AND turn = 2"
    )
    async with serving(database, "--seats", "2") as served:
        port = served.ports[0]
        for player in damaged:
            await player.connect(port)
            await player.until(lambda player: player.rejected, "the answer")
        for pair in sound:
            for player in pair:
                await reclaim(player, port)
            await together(player.until_finished() for player in pair)
        served.process.terminate()
        _, _, log = await served.ended()
    lines = [line for line in log.splitlines() if "[error" in line]
    assert len(lines) == 1
    assert game in lines[0]
    assert "turn 2: the state hash differs" in lines[0]
    stored: dict[str, str] = dict(database.rows("SELECT room, status FROM games"))
    assert stored.pop(room) == "quarantined"
    assert set(stored.values()) == {"finished"}


async def test_killed_again_and_again(database: Database) -> None:
    """Whatever the moment, a restart finds every table as it was left."""
    pair = two_at(0)
    async with serving(database, "--seats", "2") as served:
        await killed_in_play(served, [pair])
    for _ in range(2):
        if not is_running(pair):
            break
        before = pair[0].turn
        async with serving(database, "--seats", "2") as served:
            for player in pair:
                player.plays = False
                state = await reclaim(player, served.ports[0])
                assert state.turn - before in (0, 1)
            for player in pair:
                player.play_on()
            await pair[0].until_turn(before + 2)
            served.process.kill()
            await together(player.until_lost() for player in pair)
