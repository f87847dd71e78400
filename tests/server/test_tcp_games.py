"""Whole games over real sockets, with clients that put their frames on the wire in odd ways."""

import asyncio
import json

import pytest
from click.testing import CliRunner
from databases import Database
from game_server import game_server
from journal_rows import journal_of, rows_announced
from tcp_player import TcpPlayer, sit_down, together

from rachel.cli import main
from rachel.formats.record import GameRecord, verify
from rachel.rubp import GameState, Phase, Platform, TurnStart, Welcome
from rachel.rules.deal_proof import state_tag


def byte_by_byte(transport: asyncio.Transport, frame: bytes) -> None:
    """Send every byte by itself."""
    for byte in frame:
        transport.write(bytes((byte,)))


def between_noise(transport: asyncio.Transport, frame: bytes) -> None:
    """Send a frame with things around it that are none, and one that is damaged."""
    damaged = bytearray(frame)
    damaged[40] ^= 0x55
    transport.write(b"RAC\0RACRA" + bytes(damaged) + b"\r\nhello? RACX" + frame + b"\xff" * 70)


async def exported(database: Database, room: str) -> GameRecord:
    """Return what `rachel export` prints of the game in a room."""
    arguments, environment = ["export", room, *database.options], database.environment
    result = await asyncio.to_thread(CliRunner().invoke, main, arguments, env=environment)
    assert result.exit_code == 0, result.output
    return GameRecord.from_json(json.loads(result.output))


@pytest.mark.parametrize("seats", range(2, 9))
async def test_game_of_people_at_every_size_of_table(database: Database, seats: int) -> None:
    drops = TcpPlayer("drops", version=1)
    stay = [
        TcpPlayer("single bytes", send=byte_by_byte),
        TcpPlayer("noise", send=between_noise),
        TcpPlayer("acknowledging", acknowledge=True),
        *(TcpPlayer(f"person {number}", version=1) for number in range(3, 7)),
    ][: seats - 1]
    players = [drops, *stay]
    async with game_server(database, seats=seats) as port:
        await sit_down(players, port)
        await drops.until_turn(3)
        drops.cut()
        await drops.until_lost()
        await drops.connect(port)
        await together(player.until_over() for player in players)
        saved = journal_of(database, drops.session.room)
        assert all(rows_announced(player) == saved for player in stay)
        assert set(rows_announced(drops)) <= set(saved)
        for player in players:
            player.check_pairs()
            assert player.session.proof.verified is True
        record = await exported(database, drops.session.room)
    verify(record)
    assert [seat.name for seat in record.seats] == [player.session.name for player in players]
    hashes = [step.state_hash for step in record.replay.steps]
    assert [state_tag(value or 0, record.nonce) for value in hashes] == [row.tag for row in saved]


async def test_dropped_player_returns_to_the_same_turn(database: Database) -> None:
    stays = TcpPlayer("stays")
    drops = TcpPlayer("drops", plays=False)
    async with game_server(database, seats=2) as port:
        await sit_down([stays, drops], port)
        for _ in range(3):
            await drops.until_prompt()
            turn, hand = drops.turn, drops.session.view and drops.session.view.hand
            drops.cut()
            await drops.until_lost()
            await stays.until(lambda player: 1 not in player.session.present, "the news")
            await drops.connect(port)
            await drops.until_prompt()
            assert drops.turn == turn
            assert drops.session.view is not None
            assert drops.session.view.hand == hand
            await stays.until(lambda player: 1 in player.session.present, "the return")
            drops.act()
            await drops.until_turn(turn + 1)
        drops.play_on()
        await together([stays.until_over(), drops.until_over()])
        stays.check_pairs()
        drops.check_pairs()
        assert rows_announced(stays) == journal_of(database, stays.session.room)
        assert rows_announced(drops) == journal_of(database, drops.session.room)


async def test_second_connection_with_the_same_token_replaces_the_first(database: Database) -> None:
    other = TcpPlayer("other")
    first = TcpPlayer("twice", plays=False)
    async with game_server(database, seats=2) as port:
        await sit_down([first, other], port)
        await first.until(lambda player: player.session.view is not None, "the deal")
        second = TcpPlayer("again", token=first.session.token)
        second.session.game_id = first.session.game_id
        await second.connect(port)
        await first.until_lost()
        await second.until_finished()
        await other.until_over()
        assert second.session.seat == first.session.seat
        assert other.session.names == ["twice", "other"]


async def test_person_and_bots(database: Database) -> None:
    person = TcpPlayer("person")
    async with game_server(database, seats=5, start_delay_s=0.0) as port:
        await person.connect(port)
        await person.until_over()
        person.check_pairs()
        assert rows_announced(person) == journal_of(database, person.session.room)
        assert sum(name.startswith("Bot ") for name in person.session.names) == 4


async def test_nobody_is_cut_off_when_bots_are_about_to_act(database: Database) -> None:
    """Bots' turns that are due at once, and frames that arrive between a move and the next one."""
    async with game_server(database, seats=4, start_delay_s=0.2) as port:
        for _ in range(5):
            players = [TcpPlayer("acknowledging", acknowledge=True), TcpPlayer("other")]
            await sit_down(players, port)
            await together(player.until_over() for player in players)
            assert all(player.connected for player in players)
            assert all(len(player.welcomes) == 1 for player in players)
            for player in players:
                player.cut()


async def test_rematch_on_the_living_connection(database: Database) -> None:
    players = [TcpPlayer("ann", room="REMATCH"), TcpPlayer("bob", room="REMATCH")]
    async with game_server(database, seats=2) as port:
        await sit_down(players, port)
        for _ in range(3):
            await together(player.until_over() for player in players)
            assert {player.session.room for player in players} == {"REMATCH"}
            for player in players:
                player.check_pairs()
                player.updates.clear()
                player.send(player.session.again(player.session.token))
            await together(
                player.until(lambda player: player.session.phase is Phase.PLAYING, "a new game")
                for player in players
            )
            assert len({player.session.game_id for player in players}) == 1


async def test_slow_machine_gets_its_frames_one_at_a_time(database: Database) -> None:
    chunks: list[bytes] = []

    class Recording(TcpPlayer):
        def data_received(self, data: bytes) -> None:
            chunks.append(data)
            super().data_received(data)

    slow = Recording("slow", platform=Platform.VIC_20, plays=False)
    other = TcpPlayer("other", plays=False)
    async with game_server(database, seats=2) as port:
        await sit_down([slow, other], port)
        await slow.until(
            lambda player: any(isinstance(message, TurnStart) for message in player.heard),
            "the first turn",
        )
    assert {len(chunk) for chunk in chunks} == {64}
    kinds = [type(message) for message in slow.heard]
    assert kinds.index(Welcome) < kinds.index(GameState) < kinds.index(TurnStart)
