"""`rachel play HOST` by somebody who is logged in there: the seat is the account's."""

import asyncio
import re
import subprocess
from pathlib import Path

from databases import Database, SqliteDatabase
from member import Member, member_of
from play_process import COMMAND, DEADLINE_S, Terminal, environment

from rachel_server.core.table_settings import TableSettings

PLAYS_AS = "You play as ann_1, logged in at localhost."
WAITING = TableSettings(seats=2, start_delay_s=60.0, bot_delay_s=0.0, turn_time_s=None)


def play(
    folder: Path, *options: str, games: int = 1, between: str = "again", end: str = "Type again"
) -> list[str]:
    """Play games to the end in plain mode, one after the other, and return what was said.

    A game has ended with a line that begins with ``end``.
    """
    player = subprocess.Popen(
        [*COMMAND, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment(folder),
        text=True,
    )
    assert player.stdin is not None
    assert player.stdout is not None
    said, over = [], 0
    for line in player.stdout:
        said.append(line.rstrip("\n"))
        if line.startswith("Your hand: "):
            fitting = re.search(r"(\d+) \S+ fits", line)
            player.stdin.write(f"{fitting[1]}\n" if fitting else "draw\n")
        elif line.startswith("Which suit must follow?"):
            player.stdin.write("hearts\n")
        elif line.startswith(end):
            over += 1
            player.stdin.write(f"{between}\n" if over < games else "quit\n")
        player.stdin.flush()
    status = player.wait(DEADLINE_S)
    player.stdin.close()
    player.stdout.close()
    assert status == 0, said
    return said


async def played(
    member: Member,
    *options: str,
    games: int = 1,
    between: str = "again",
    end: str = "Type again",
) -> str:
    """Let a member play games to the end, and return what was said."""
    place = options if options and options[0].startswith("localhost") else (member.rubp, *options)
    said = await asyncio.to_thread(
        play, member.folder, *place, games=games, between=between, end=end
    )
    return "\n".join(said)


async def test_games_belong_to_the_account_and_so_do_those_played_again(
    database: Database, tmp_path: Path
) -> None:
    async with member_of(database, tmp_path) as ann:
        await ann.logs_in()
        said = await played(ann, games=3)
        assert said.startswith(f"{PLAYS_AS}\nYou have a seat.\n")
        assert said.count("The cards are dealt.") == 3
        games = ann.games()
        assert len(games) == 3
        assert {(name, account) for _, name, account in games} == {("ann_1", "ann_1")}
        assert len({room for room, _, _ in games}) == 1


async def test_joining_afresh_keeps_the_account(database: Database, tmp_path: Path) -> None:
    async with member_of(database, tmp_path) as ann:
        await ann.logs_in()
        said = await played(ann, games=2, between="new")
        assert said.count(PLAYS_AS) == 2
        assert [account for _, _, account in ann.games()] == ["ann_1", "ann_1"]


async def test_in_a_room_and_found_by_the_hosts_name_alone(tmp_path: Path) -> None:
    async with member_of(SqliteDatabase(tmp_path), tmp_path) as ann:
        await ann.logs_in()
        await played(ann, "localhost", "--room", "cake")  # the host says at which port it is
        assert ann.games() == [("CAKE", "ann_1", "ann_1")]


async def test_named_by_the_port_of_its_pages(tmp_path: Path) -> None:
    async with member_of(SqliteDatabase(tmp_path), tmp_path) as ann:
        await ann.logs_in()
        await played(ann, ann.host, "--room", "cake")
        assert ann.games() == [("CAKE", "ann_1", "ann_1")]


async def test_a_game_that_was_left_goes_on_at_the_same_port(tmp_path: Path) -> None:
    async with member_of(SqliteDatabase(tmp_path), tmp_path) as ann:
        await ann.logs_in()
        status, output, _ = await ann.types("play", "localhost", typed="hand\nquit\n")
        assert status == 0
        assert output.endswith("You leave the table. Your seat is kept.\n")
        said = await played(ann, "localhost")
        assert said.startswith("You are back at your seat.\n")
        assert "This is the game you left." in said
        assert PLAYS_AS not in said
        assert [account for _, _, account in ann.games()] == ["ann_1"]


async def test_a_guest_in_spite_of_a_login(tmp_path: Path) -> None:
    async with member_of(SqliteDatabase(tmp_path), tmp_path) as ann:
        await ann.logs_in()
        said = await played(ann, "--guest", "--name", "Zoe")
        assert said.startswith("You have a seat.\n")
        assert [(name, account) for _, name, account in ann.games()] == [("Zoe", None)]


async def test_another_name_is_for_guests(tmp_path: Path) -> None:
    async with member_of(SqliteDatabase(tmp_path), tmp_path) as ann:
        await ann.logs_in()
        status, _, errors = await ann.types("play", ann.rubp, "--name", "Zoe")
        assert status == 2
        assert errors.splitlines()[-1] == (
            "Error: --name is for guests: at localhost you play as ann_1; "
            "add --guest to play without the login"
        )
        status, _, errors = await ann.types("play", "--guest")
        assert status == 2
        told = "Error: --guest needs a HOST; a solo game knows no logins"
        assert errors.splitlines()[-1] == told


async def test_a_login_that_has_ended_stops_a_script(tmp_path: Path) -> None:
    async with member_of(SqliteDatabase(tmp_path), tmp_path) as ann:
        await ann.logs_in()
        token = ann.logins["localhost"]["token"]
        await ann.api.good("DELETE", "/sessions", token=token)
        status, output, _ = await ann.types("play", ann.rubp)
        told = f"your login at localhost has ended: rachel login http://{ann.host}"
        assert (status, output) == (1, f"Error: {told}.\n")
        assert ann.games() == []


async def test_a_login_that_has_ended_makes_a_person_a_guest(tmp_path: Path) -> None:
    def leaving(rubp: str) -> str:
        with Terminal(tmp_path, rubp) as terminal:
            terminal.until("YOUR TURN", "is playing")
            terminal.type("q")
            terminal.until("Leave the game?")
            terminal.type("y")
            assert terminal.ends() == 0
            return terminal.output.rpartition("\x1b[?1049l")[2]

    async with member_of(SqliteDatabase(tmp_path), tmp_path) as ann:
        await ann.logs_in()
        token = ann.logins["localhost"]["token"]
        await ann.api.good("DELETE", "/sessions", token=token)
        shell = await asyncio.to_thread(leaving, ann.rubp)
        told = f"your login at localhost has ended: rachel login http://{ann.host}"
        assert f"You played as a guest: {told}." in shell
        # The name is the account's: a guest is not called so.
        assert [(name, account) for _, name, account in ann.games()] == [("Guest ann_1", None)]


async def test_on_screens_the_account_sits_at_the_table(tmp_path: Path) -> None:
    def leaving(rubp: str) -> str:
        with Terminal(tmp_path, rubp) as terminal:
            terminal.until("You (ann_1)")
            terminal.type("q")
            terminal.until("Leave the game?")
            terminal.type("y")
            assert terminal.ends() == 0
            return terminal.output

    async with member_of(SqliteDatabase(tmp_path), tmp_path) as ann:
        await ann.logs_in()
        output = await asyncio.to_thread(leaving, ann.rubp)
        assert "What do the others call you?" not in output
        assert "as a guest" not in output
        assert [(name, account) for _, name, account in ann.games()] == [("ann_1", "ann_1")]
    assert not (tmp_path / "rachel" / "rachel.toml").exists()


async def test_a_table_that_is_full(tmp_path: Path) -> None:
    async with member_of(SqliteDatabase(tmp_path), tmp_path, table=WAITING) as ann:
        for name in ("ben", "zoe"):
            token = await ann.api.newcomer(name)
            await ann.api.good("POST", "/tables/CAKE/seats", token=token)
        await ann.logs_in()
        status, output, _ = await ann.types("play", ann.rubp, "--room", "CAKE")
        assert (status, output) == (1, "Error: that table is full.\n")


async def test_two_accounts_are_rated(database: Database, tmp_path: Path) -> None:
    async with member_of(database, tmp_path, table=WAITING) as ann:
        await ann.api.register("ben")
        (tmp_path / "other").mkdir()
        ben = Member(ann.api, tmp_path / "other", "ben")
        for member in (ann, ben):
            await member.logs_in()
        both = (played(member, "--room", "DUEL", end="Your rating") for member in (ann, ben))
        said = await asyncio.gather(*both)
        rated = sorted(re.findall("Your rating: .*", "\n".join(said)))
        assert rated == ["Your rating: 1016 (+16).", "Your rating: 984 (-16)."]
        assert sorted(ann.games()) == [("DUEL", "ann_1", "ann_1"), ("DUEL", "ben", "ben")]
        told = [(await member.types("whoami")).output for member in (ann, ben)]
        assert sorted(line.split(": ")[1] for line in told) == [
            "rating 1016, rank 1, 1 rated game\n",
            "rating 984, rank 2, 1 rated game\n",
        ]
