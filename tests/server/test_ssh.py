"""`ssh HOST`, and one is at home there: with the real client, on a terminal and on a pipe."""

import asyncio
import json
import re
import signal
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
from rachel_server_process import start_serve
from ssh_hosting import AT_ONCE, hosting
from ssh_player import SshPlayer, SshScreen, make_key
from tcp_player import DEADLINE_S

from rachel_server.accounts.account import find_account
from rachel_server.accounts.keys import Keys
from rachel_server.core.names import Names
from rachel_server.store.data_dir import PORTS_FILE
from rachel_server.store.database_url import sqlite_url
from rachel_server.store.engine import create_engine


async def test_home_leads_to_a_game_and_back(tmp_path: Path) -> None:
    async with hosting(tmp_path / "host") as (_, port):
        with SshPlayer(tmp_path / "zoe", port).screen() as screen:
            screen.until("You play as zoe. With an SSH key")
            screen.type("g")
            screen.until("YOUR TURN", "plays")
            assert "You (zoe)" in screen.text
            screen.plays_until("YOU WIN!", "You lose this time.")
            screen.type("q")
            screen.until("Quick game")
            screen.type("w")
            screen.until("There is no public table to watch now.")
            screen.type(",")
            screen.until("Four-colour deck")
            screen.type("\r")
            screen.until("Others see: zoe")
            screen.type("Eve\r")
            screen.until("Eve …")
            screen.type("q")
            screen.until("Quick game")
            screen.type("j")
            screen.until("Its code, 1 to 8")
            screen.type("cake\r")
            screen.until("room CAKE")
            screen.until("You (Eve)")
            screen.until("YOUR TURN", "plays")
            screen.type("q")
            screen.until("your seat is not kept")
            screen.type("y")
            screen.until("Quick game")
            screen.type("b")
            screen.until("Nobody has a rating yet")
            screen.type("\x03")
            assert screen.ends() == 0
            assert screen.output.rstrip().endswith(b"\x1b[?1049l\x1b[?25h")


async def test_home_offers_the_game_that_was_left(tmp_path: Path) -> None:
    async with hosting(tmp_path / "host") as (served, port):
        player = SshPlayer(tmp_path / "zoe", port, key=make_key(tmp_path / "key"))
        with player.screen() as screen:
            screen.until("Your key is zoe here from now on")
            screen.type(",")
            screen.until("Four-colour deck")
            screen.type("\r")
            screen.until("Your key is the account zoe here.")
            screen.type("q")
            screen.until("Quick game")
            screen.type("p")
            held = hand(screen)
            screen.type("q")
            screen.until("Leave the game?")
            screen.type("y")
            screen.until("against bots, right now")  # the question names Continue, too
            screen.type("q")
            assert screen.ends() == 0
            assert b"Your game is kept: come back with the same key" in screen.output
        with player.screen() as screen, player.screen("plain") as lines:
            screen.until("Continue")
            screen.type("\r")
            screen.until("You are back at your seat.")
            assert hand(screen) == held
            lines.until("0 continue: in the room")
            lines.type("top\r")
            lines.until("Nobody has a rating yet")
            served.process.send_signal(signal.SIGTERM)
            assert (screen.ends(), lines.ends()) == (1, 1)
            assert b"The server restarts: your seat is kept." in screen.output


async def test_a_server_that_stops_says_so_at_home(tmp_path: Path) -> None:
    async with hosting(tmp_path / "host") as (served, port):
        with SshPlayer(tmp_path / "zoe", port).screen() as screen:
            screen.until("Quick game")
            served.process.send_signal(signal.SIGTERM)
            assert screen.ends() == 1
            assert b"The server restarts." in screen.output


async def play_by_program(player: SshPlayer, *words: str) -> str:
    """Play a game to the end over a pipe; return all that was said."""
    ssh = await asyncio.create_subprocess_exec(
        *player.command(*words, options=("-T",)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert ssh.stdin is not None
    assert ssh.stdout is not None
    said = ""
    async with asyncio.timeout(DEADLINE_S):
        while line := (await ssh.stdout.readline()).decode():
            said += line
            if line.startswith("Your hand:"):
                fitting = re.search(r"(\d+) \w+ fits", line)
                ssh.stdin.write(b"%s\n" % (fitting[1].encode() if fitting else b"draw"))
            elif line.startswith("Which suit"):
                ssh.stdin.write(b"hearts\n")
            elif line.startswith("Type again"):
                ssh.stdin.write(b"quit\n")
        assert await ssh.wait() == 0
    return said


async def test_a_program_plays_to_the_end_line_by_line(tmp_path: Path) -> None:
    async with hosting(tmp_path / "host") as (_, port):
        said = await play_by_program(SshPlayer(tmp_path / "zoe", port))
        assert re.search(" loses?\\.\nFirst: ", said), said
        assert "\x1b" not in said


async def test_games_of_people_with_keys_are_rated(tmp_path: Path) -> None:
    async with hosting(tmp_path / "host", "--start-delay", "60") as (_, port):
        zoe, ann, guest = (
            SshPlayer(tmp_path / "zoe", port, key=make_key(tmp_path / "key1")),
            SshPlayer(tmp_path / "ann", port, user="ann", key=make_key(tmp_path / "key2")),
            SshPlayer(tmp_path / "eve", port, user="ZOE"),
        )
        said = await asyncio.gather(play_by_program(zoe, "CAKE"), play_by_program(ann, "CAKE"))
        assert "ann" in said[0]
        top = guest.lines("", "top").stdout
        assert re.fullmatch(r"   1  \w{3} +1016\r?\n   2  \w{3} +984\r?\n", top), top
        assert {*re.findall("zoe|ann", top)} == {"zoe", "ann"}
        asked = zoe.lines("", "forget")
        assert "zoe is deleted for good" in asked.stdout
        assert "zoe" in guest.lines("", "top").stdout
        forgotten = zoe.lines("", "forget", "yes")
        assert (forgotten.returncode, "forgotten" in forgotten.stdout) == (0, True)
        assert "nothing to forget" in zoe.lines("", "forget", "yes").stdout
        assert "zoe" not in guest.lines("", "top").stdout


async def test_a_code_ties_a_key_to_an_account_made_elsewhere(tmp_path: Path) -> None:
    async with hosting(tmp_path / "host") as (_, port):
        zoe = SshPlayer(tmp_path / "zoe", port, key=make_key(tmp_path / "key"))
        ann = SshPlayer(tmp_path / "ann", port, user="ann", key=make_key(tmp_path / "key2"))
        assert "Your hand: " in ann.lines("hand\nquit\n", "solo").stdout
        engine = create_engine(sqlite_url(tmp_path / "host"))
        keys = Keys(engine, time.time, Names(), NoTables())
        account = await find_account(engine, "ann")
        assert account is not None
        code = await keys.code(account.id)
        await engine.dispose()
        wrong = zoe.lines("", "link", "2345")
        assert (wrong.returncode, wrong.stdout.strip()) == (
            1,
            "That code has been used or is too old: get a new one.",
        )
        tied = zoe.lines("", "link", code)
        assert tied.stdout.strip() == "Your key opens the account ann from now on."
        assert "This is the game you left." in zoe.lines("hand\nquit\n").stdout


class NoTables:
    """What the accounts of a server tell, where there is no server."""

    def logged_out(
        self, account: int, session: bytes | None = None, *, deleted: bool = False
    ) -> None:
        """Do nothing."""


async def test_running_games_are_offered_to_those_who_watch(tmp_path: Path) -> None:
    async with hosting(tmp_path / "host") as (_, port):
        with SshPlayer(tmp_path / "zoe", port).screen("quick") as zoe:
            zoe.until("YOUR TURN")
            with SshPlayer(tmp_path / "eve", port).screen("watch") as eve:
                eve.until("Which table do you watch?")
                eve.type("1")
                eve.until("you watch room")
                zoe.until("1 watching")
                eve.until("zoe")
            lines = SshPlayer(tmp_path / "bob", port).lines("1\nsit\nquit\n", "watch", "--plain")
            assert "You are watching." in lines.stdout
            assert "The game runs. A seat is offered after the game." in lines.stdout
            assert lines.returncode == 0


async def test_in_lines_who_watches_sits_down(tmp_path: Path) -> None:
    async with hosting(tmp_path / "host", "--start-delay", "60", "--seats", "3") as (_, port):
        with SshPlayer(tmp_path / "zoe", port).screen("TEA42") as zoe:
            zoe.until("room TEA42")
            bob = SshPlayer(tmp_path / "bob", port)
            lines = bob.lines("sit\nquit\n", "watch", "TEA42", "--plain")
            assert "Table TEA42, with " in lines.stdout
            assert "You leave the table." in lines.stdout
            assert lines.returncode == 0


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("help",), 0, "ssh -t HOST solo"),
        (("rules",), 0, "The goal: "),
        (("no", "room"), 2, "There is no 'no room' here."),
        (("watch",), 1, "There is no public table to watch now"),
        (("watch", "a", "b"), 2, "There is no 'watch a b' here."),
        (("top",), 0, "Nobody has a rating yet"),
        (("link", "2345"), 1, "You have shown no key"),
        (("forget",), 1, "You have shown no key"),
        (
            ("hepl",),
            2,
            "There is no 'hepl' here: did you mean help?\nFor a room of that name: room",
        ),
        (("plain", "watch"), 1, "There is no public table to watch now"),
        (("tiny\x1b[31m",), 2, "There is no 'tiny[31m' here."),
    ],
)
async def test_what_can_be_asked_for_without_a_table(
    tmp_path: Path, words: tuple[str, ...], status: int, said: str
) -> None:
    async with hosting(tmp_path / "host") as (_, port):
        answered = SshPlayer(tmp_path / "zoe", port).lines("", *words)
        assert answered.returncode == status
        assert said in answered.stdout


async def test_rooms_and_games_against_bots(tmp_path: Path) -> None:
    async with hosting(tmp_path / "host", "--start-delay", "60") as (_, port):
        with (
            SshPlayer(tmp_path / "zoe", port).screen("cake") as zoe,
            SshPlayer(tmp_path / "git", port, user="git").screen("CAKE") as friend,
        ):
            zoe.until("Player")
            zoe.until("room CAKE")
            friend.until("zoe")
            http = json.loads((tmp_path / "host" / PORTS_FILE).read_text())["http"][0]
            metrics = await asyncio.to_thread(urlopen, f"http://127.0.0.1:{http}/metrics")
            counted = b'rachel_connections{platform="SSH",transport="ssh"} 2.0'
            assert counted in metrics.read()
        ann = SshPlayer(tmp_path / "ann", port, user="ann", key=make_key(tmp_path / "key"))
        solo = ann.lines("hand\nquit\n", "solo", "--plain")
        assert "Your hand: " in solo.stdout
        assert solo.returncode == 0
        assert "This is the game you left." in ann.lines("hand\nquit\n", "Solo").stdout
        assert "This is the game you left." in ann.lines("hand\nquit\n").stdout
        with ann.screen("quick") as screen:  # where she has no seat yet
            screen.until("1 seat of 2 free")
            screen.until(f"{port} localhost")
            screen.until(f"//localhost:{http}/t/")


async def test_the_terminal_decides_on_look_and_size(tmp_path: Path) -> None:
    async with hosting(tmp_path / "host") as (_, port):
        player = SshPlayer(tmp_path / "zoe", port)
        with player.screen("quick", LANG="C", TERM="xterm", EVIL="1") as screen:
            screen.until("You (zoe)")
            assert screen.text.isascii()
            assert b"38;5" not in screen.output
            screen.resize(50, 10)
            screen.until("Rachel needs 60x20.")
            screen.resize(100, 30)
            screen.until("You (zoe)")
            screen.type("q")
            screen.until("Leave the game?")
            screen.type("y")
            assert screen.ends() == 0
        with player.screen(TERM="dumb") as lines:
            lines.until("quick: a free seat")
            lines.type("quick\r")
            lines.until("Your hand: ")
            lines.type("hanx\x7fd\r")
            lines.until("\nhand\nYour hand: ")
            lines.type("quit\r")
            lines.until("Type a number or a word")
            lines.type("quit\r")
            assert lines.ends() == 0
            assert b"\x1b" not in lines.output


async def test_settings_hold_for_a_visit(tmp_path: Path) -> None:
    async with hosting(tmp_path / "host") as (_, port):
        key = make_key(tmp_path / "key")
        guest = SshPlayer(tmp_path / "eve", port, user="eve").screen("plain", "home")
        account = SshPlayer(tmp_path / "zoe", port, key=key).screen("plain", "home")
        with guest as lines, account as others:
            lines.until("You play as eve.")
            lines.type("settings\r")
            lines.until("seats: 2. Seats of a new solo game")  # as the host has it
            lines.until("What you change holds until you leave.")
            lines.type("theme light\r")
            lines.until("There are name, sort, seats, bots, bot delay.")
            lines.type("seats 3\rname Ada\rback\rsolo\r")
            lines.until("Your hand: ")
            lines.type("table\r")
            lines.until("You (Ada): ")
            lines.until("Turns go in ")  # a queen may have turned them already
            assert len(re.findall(r"\nBot \w+: \d+ card", lines.text)) == 2
            lines.type("quit\r")
            others.until("Your key is zoe here from now on")
            others.type("settings\rname Ada\r")
            others.until("Your key is the account zoe here.")


def hand(screen: SshScreen) -> list[str]:
    """Return the ranks and suits of the seven cards in the hand, once it is drawn.

    The line below the hand names cards, too ("7♥"); those are left out.
    """
    screen.until("YOUR TURN")
    drawn = "[0-9AJQK]+ *(?=[│┃])|(?<![0-9AJQK])[♥♦♣♠]."
    while True:
        screen.until_at_rest()
        held = re.findall(drawn, _below_prompt(screen))
        if len(held) == 14:
            return [sign.strip(" │┃") for sign in held]
        screen.until_changed()


def _below_prompt(screen: SshScreen) -> str:
    return screen.text.partition("YOUR TURN")[2]


async def test_a_key_brings_its_owner_back_from_any_machine(tmp_path: Path) -> None:
    """The line is cut in mid-turn; the seat and the cards are found again, also elsewhere."""
    key = make_key(tmp_path / "key")
    async with hosting(tmp_path / "host") as (_, port):
        with SshPlayer(tmp_path / "here", port, key=key).screen("quick") as screen:
            held = hand(screen)
            screen.process.kill()
        elsewhere = SshPlayer(tmp_path / "there", port, user="zoe2", key=key)
        with elsewhere.screen("quick") as screen:
            screen.until("This is the game you left.")
            assert "You (zoe)" in screen.text
            assert hand(screen) == held
            with elsewhere.screen("quick") as third:
                third.until("This is the game you left.")
                screen.until("Enter: go on here")
                screen.type("\r")
                screen.until("This is the game you left.")
                third.until("Enter: go on here")
                third.type("\r")
                third.until("This is the game you left.")
                screen.until("you play elsewhere now")
                screen.type("q")
                screen.until("Leave the game?")
                screen.type("y")
                assert screen.ends() == 0
                third.type("q")
                third.until("Leave the game?")
                third.type("y")
                assert third.ends() == 0
                assert b"come back with the same key" in third.output
        other = SshPlayer(tmp_path / "other", port, key=make_key(tmp_path / "key2"))
        assert "left" not in other.lines("hand\nquit\n").stdout
        assert "left" not in SshPlayer(tmp_path / "none", port).lines("hand\nquit\n").stdout


async def test_a_server_that_stops_says_so_and_keeps_the_seats(tmp_path: Path) -> None:
    key, folder = make_key(tmp_path / "key"), tmp_path / "host"
    async with hosting(folder) as (served, port):
        player, stranger = (
            SshPlayer(tmp_path / "zoe", port, key=key),
            SshPlayer(tmp_path / "x", port),
        )
        with player.screen("quick") as screen, stranger.screen("quick", TERM="dumb") as lines:
            screen.until("YOUR TURN")
            lines.until("Your turn")
            served.process.send_signal(signal.SIGTERM)
            assert (screen.ends(), lines.ends()) == (1, 1)
            assert b"The server restarts: your seat is kept." in screen.output
            assert screen.output.index(b"\x1b[?1049l") < screen.output.index(b"The server restarts")
            assert "The server restarts.\n" in lines.text
        assert (await served.ended())[0] == 0
    async with hosting(folder) as (_, port):
        player = SshPlayer(tmp_path / "zoe", port, key=key)
        said = player.lines("hand\nquit\n").stdout
        assert "This is the game you left." in said


async def test_a_host_key_that_cannot_be_read_is_never_replaced(tmp_path: Path) -> None:
    key = tmp_path / "ssh_host_rsa_key"
    key.write_text("damaged")
    process = await start_serve(tmp_path, *AT_ONCE)
    _, log = await process.communicate()
    assert process.returncode == 1
    assert log.decode().splitlines() == [
        f"Error: cannot read the SSH host key {key}: it is no private key;"
        " mend or restore it: with another key, players' clients warn of a stranger"
    ]
