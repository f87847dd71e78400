"""`rachel watch`: the whole game without a hand, over a real server."""

import asyncio
import os
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from api_stand_in import answer, api_stand_in
from app_pilot import playing_at
from http_server import HOST, http_server
from plain_reader import talking_at
from play_process import Terminal, run_rachel
from tcp_player import TcpPlayer, together

from rachel.text import NAME_BYTES_MAX
from rachel_server.core.table_settings import TableSettings
from rachel_tui.keep import saved_seat
from rachel_tui.keep.saved_seat import SavedSeat
from rachel_tui.net.host_api import TABLES_MAX, Gallery, PublicTable, gallery
from rachel_tui.net.line import Line, dial_tcp
from rachel_tui.place import Place
from rachel_tui.plain.help import SITTING, WATCHING
from rachel_tui.screens.game_questions import SeatQuestion
from rachel_tui.screens.result import ResultScreen
from rachel_tui.screens.table import TableScreen
from rachel_tui.screens.waiting import WaitingScreen
from rachel_tui.widgets.hand import HandView
from rachel_tui.words.seat_lines import NO_PLAYER

ROOM = "TEA42"
DEALT = "The cards are dealt. ANN starts."


def two(room: str = ROOM) -> tuple[TcpPlayer, TcpPlayer]:
    """Return Ann, who waits with her moves, and Bob."""
    return TcpPlayer("ANN", room=room, plays=False), TcpPlayer("BOB", room=room)


def table(**chosen: float) -> TableSettings:
    """Return a table for two at which no clock runs."""
    settings = {"start_delay_s": 60.0, "bot_delay_s": 0.0} | chosen
    return TableSettings(seats=2, turn_time_s=None, **settings)  # type: ignore[arg-type]


def room_at(port: int, folder: Path, *, watches: bool = True) -> Place:
    """Return the room of these tests as a place to watch, or to play."""
    return Place(HOST, port, "key", folder / "seats.json", ROOM, watches=watches)


async def play_out(*players: TcpPlayer) -> None:
    """Let everybody act until the game is over."""
    for player in players:
        player.play_on()
    await together(player.until_over() for player in players)


async def test_the_story_is_told_and_the_next_game_followed(tmp_path: Path) -> None:
    ann, bob = two()
    lines: list[Line] = []
    async with http_server(tmp_path) as served:
        port = served.server.rubp_ports[0]

        async def dial() -> Line:
            lines.append(await dial_tcp(HOST, port)())
            return lines[-1]

        await ann.connect(port)
        await ann.until_seated()
        async with talking_at(replace(room_at(port, tmp_path), dial=dial)) as eve:
            await eve.hears("You are watching.")
            eve.type("table", "draw", "7h")
            await eve.hears("ANN, machine: terminal.")
            await eve.hears(" ".join(WATCHING))
            async with talking_at(room_at(port, tmp_path)) as zoe:
                await eve.hears("2 watching.")
                zoe.type("quit")
                assert await zoe.ends() == 0
            await bob.connect(port)
            await eve.hears("BOB sits down.")
            await eve.hears(DEALT)
            await play_out(ann, bob)
            await eve.hears("If they play again, you watch on; or type recap, replay or quit.")
            eve.type("recap")
            await eve.hears(
                "The deal was fair: nobody could change the cards once the game had begun."
            )
            moves = (" plays ", " draws ", " finds nothing to draw")
            told = [line for line in eve.said if any(move in line for move in moves)]
            assert len(told) == ann.turn
            assert not any("hand" in line.lower() for line in eve.said)
            await lines[0].close()
            await eve.hears("Connected again.")
            cid = TcpPlayer("CID", room=ROOM)
            ann.send(ann.session.again(os.urandom(8)))
            await eve.hears("Host: ANN plays again in room TEA42.")
            await cid.connect(port)
            await cid.until_over()
            assert cid.session.view is not None
            won = cid.session.view.public.finish_order[0] == cid.session.seat
            await eve.hears("First: CID. Last: ANN." if won else "First: ANN. Last: CID.")
            assert eve.said.count(DEALT) == 2
            eve.type("again", "quit")
            assert await eve.ends() == 0
    assert "1 watching." not in eve.said
    assert not (tmp_path / "seats.json").exists()


async def test_a_watcher_hears_why_nothing_happens(tmp_path: Path) -> None:
    ann, bob = two()
    async with http_server(tmp_path, table=table()) as served:
        port = served.server.rubp_ports[0]
        await ann.connect(port)
        await ann.until_seated()
        async with talking_at(room_at(port, tmp_path)) as eve:
            await eve.hears("You are watching.")
            await bob.connect(port)
            await eve.hears(DEALT)
            eve.type("table")
            await eve.hears("Turns go in this order.")
            assert NO_PLAYER not in eve.said
            for player, name in ((ann, "ANN"), (bob, "BOB")):
                player.cut()
                await eve.hears(f"{name} lost the connection.")
            eve.type("table")
            await eve.hears(NO_PLAYER)


async def test_a_watcher_comes_back_and_sees_the_table_closed(tmp_path: Path) -> None:
    ann, bob = two()
    async with AsyncExitStack() as stack:
        async with http_server(tmp_path, table=table()) as served:
            port = served.server.rubp_ports[0]
            await ann.connect(port)
            await ann.until_seated()
            place = room_at(port, tmp_path)
            eve = await stack.enter_async_context(talking_at(place, scripted=True))
            eve.type(None)  # who only listens stays to the end
            await eve.hears("You are watching.")
            await bob.connect(port)
            await eve.hears(DEALT)
        async with http_server(tmp_path, table=table(rematch_s=0), rubp_ports=(port,)):
            await eve.hears("Connected again.")
            await together(player.connect(port) for player in (ann, bob))
            await play_out(ann, bob)
            await eve.hears("The table is closed.")
            assert await eve.ends() == 0
            assert eve.said.count("You are watching.") == 2
            assert any(line.startswith("The game is over: ") for line in eve.said)


async def test_screens_show_no_hand_and_offer_no_move(tmp_path: Path) -> None:
    ann, bob = two()
    async with http_server(tmp_path) as served:
        port = served.server.rubp_ports[0]
        await ann.connect(port)
        await ann.until_seated()
        async with playing_at(room_at(port, tmp_path)) as eve:
            await eve.until_screen(WaitingScreen)
            await eve.until_text("you watch room TEA42 · 1 watching")
            await bob.connect(port)
            await eve.until_screen(TableScreen)
            await eve.until_text("You are watching. q leaves.")
            await eve.until_text("ANN is playing…")
            assert not eve.app.screen.query_one(HandView).display
            assert not {"Draw", "Pick", "Play"} & set(eve.text().split())
            await eve.press("d", "enter", "space")
            await play_out(ann, bob)
            await eve.until_screen(ResultScreen)
            await eve.until_text("If they play again, you watch on.")
            await eve.press("enter")
            ann.send(ann.session.again(os.urandom(8)))
            await eve.until_screen(WaitingScreen)
            await eve.press("q")
            await eve.until(lambda: not eve.app.is_running, "the end")
        assert eve.app.return_code == 0


def with_seats(place: Place) -> Place:
    """Return a place to watch from which one can sit down."""
    return replace(place, seat_in=lambda room: replace(place, watches=False, room=room))


async def test_who_watches_a_table_that_waits_sits_down_by_a_key(tmp_path: Path) -> None:
    ann = TcpPlayer("ANN", room=ROOM, plays=False)
    async with http_server(tmp_path, table=replace(table(), seats=3)) as served:
        port = served.server.rubp_ports[0]
        await ann.connect(port)
        await ann.until_seated()
        async with playing_at(with_seats(room_at(port, tmp_path)), name="Eve") as eve:
            await eve.until_text("you watch room TEA42")
            await eve.until_text("enter Sit down")
            await eve.press("enter")
            await eve.until_text("1 seat of 3 free.")
            assert eve.app.sitting is not None
            assert not eve.app.sitting.session.watches
            assert "Sit down" not in eve.text()
            assert ann.session.names[1] == "Eve"
            await eve.press("q")
    ann.cut()


async def test_who_watched_a_game_takes_a_seat_at_the_next_one(tmp_path: Path) -> None:
    ann, bob = two()
    async with http_server(tmp_path, table=table()) as served:
        port = served.server.rubp_ports[0]
        await ann.connect(port)
        await ann.until_seated()
        async with playing_at(with_seats(room_at(port, tmp_path)), name="Eve") as eve:
            await eve.until_text("you watch room TEA42")
            await bob.connect(port)
            await eve.until_screen(TableScreen)
            await eve.until_text("You are watching. A seat is offered after the game.")
            await play_out(ann, bob)
            await eve.until_screen(ResultScreen)
            await eve.until_text("If they play again, you watch on. Enter: take a seat there")
            await eve.until_text("enter Sit down")
            await eve.press("enter")
            await eve.until_screen(WaitingScreen)
            await eve.until_text("1 seat of 2 free.")
            ann.send(ann.session.again(os.urandom(8)))
            await eve.until_prompt()
            await eve.press("q", "y")


async def test_who_left_a_game_is_asked_before_they_sit_down_elsewhere(tmp_path: Path) -> None:
    ann, other = TcpPlayer("ANN", room=ROOM, plays=False), "CAKE"
    saved_seat.save(tmp_path / "seats.json", SavedSeat("key", 7, bytes(range(1, 9)), "Eve", other))
    async with http_server(tmp_path, table=table()) as served:
        port = served.server.rubp_ports[0]
        await ann.connect(port)
        await ann.until_seated()
        async with playing_at(with_seats(room_at(port, tmp_path)), name="Eve") as eve:
            await eve.until_text("enter Sit down")
            await eve.press("enter")
            await eve.until_screen(SeatQuestion)
            await eve.until_words("You left a game in room CAKE.")
            await eve.press("n")
            await eve.until_text("you watch room TEA42")
    ann.cut()


async def test_in_lines_a_watcher_sits_down_at_a_table_that_waits(tmp_path: Path) -> None:
    ann = TcpPlayer("BOB", room=ROOM, plays=False)
    async with http_server(tmp_path, table=replace(table(), seats=3)) as served:
        port = served.server.rubp_ports[0]
        await ann.connect(port)
        await ann.until_seated()
        async with talking_at(with_seats(room_at(port, tmp_path))) as eve:
            await eve.hears("Type table to see how it stands, sit for a seat, or help, or quit.")
            eve.type("help", "sit")
            await eve.hears(SITTING)
            await eve.hears("Table TEA42, with BOB. Type start to begin at once.")
            eve.type("sit", "table", "quit")
            await eve.hears("Sit is for those who watch a table.")
            assert await eve.ends() == 0
        assert "1 seat of 3 free." in eve.said
        assert "You leave the table." in eve.said
    ann.cut()


async def test_in_lines_who_finds_no_seat_any_more_watches_on(tmp_path: Path) -> None:
    ann, carl = TcpPlayer("ANN", room=ROOM, plays=False), TcpPlayer("CARL", room=ROOM, plays=False)
    async with http_server(tmp_path, table=table()) as served:
        port = served.server.rubp_ports[0]
        await ann.connect(port)
        await ann.until_seated()

        async def dial_too_late() -> Line:
            if carl.session.seat is None:
                await carl.connect(port)
                await carl.until_seated()
            return await dial_tcp(HOST, port)()

        place = room_at(port, tmp_path)
        seat = replace(place, watches=False, dial=dial_too_late)
        async with talking_at(replace(place, seat_in=lambda _: seat)) as eve:
            await eve.hears("You are watching.")
            eve.type("sit")
            await eve.hears("No seat: that table is in the middle of a game. You watch on.")
            await play_out(ann, carl)
            await eve.hears(
                "If they play again, you watch on; or type sit for a seat there, recap, replay "
                "or quit."
            )
            eve.type("quit")
            assert await eve.ends() == 0
        assert eve.said.count("You are watching.") == 2


async def test_in_lines_a_watcher_sits_down_after_the_game(tmp_path: Path) -> None:
    ann, bob = two()
    async with http_server(tmp_path, table=table()) as served:
        port = served.server.rubp_ports[0]
        await together(player.connect(port) for player in (ann, bob))
        await ann.until_seated()
        async with talking_at(with_seats(room_at(port, tmp_path))) as eve:
            await eve.hears(
                "Type table to see how it stands, or help, or quit. A seat is offered after "
                "the game."
            )
            eve.type("sit")
            await eve.hears("The game runs. A seat is offered after the game.")
            await play_out(ann, bob)
            await eve.hears(
                "If they play again, you watch on; or type sit for a seat there, recap, replay "
                "or quit."
            )
            eve.type("sit")
            await eve.hears("Table TEA42. Type start to begin at once.")
            ann.send(ann.session.again(os.urandom(8)))
            await eve.hears("ANN 2 sits down.")


async def test_in_lines_a_seat_kept_elsewhere_is_not_given_up(tmp_path: Path) -> None:
    ann = TcpPlayer("ANN", room=ROOM, plays=False)
    seats = tmp_path / "seats.json"
    saved_seat.save(seats, SavedSeat("key", 7, bytes(range(1, 9)), "Eve", "CAKE"))
    before = seats.read_bytes()
    async with http_server(tmp_path, table=table()) as served:
        port = served.server.rubp_ports[0]
        await ann.connect(port)
        await ann.until_seated()
        async with talking_at(with_seats(room_at(port, tmp_path))) as eve:
            await eve.hears("You are watching.")
            eve.type("sit")
            await eve.hears(
                "You left a game in room CAKE. A seat in TEA42 takes the place of that one: "
                "end it first."
            )
            eve.type("table")
            await eve.hears("1 seat of 2 free.")
        assert seats.read_bytes() == before
    ann.cut()


async def test_in_lines_nobody_sits_down_at_a_host_that_is_gone(tmp_path: Path) -> None:
    ann, bob = two()
    async with AsyncExitStack() as stack:
        async with http_server(tmp_path, table=table()) as served:
            port = served.server.rubp_ports[0]
            await together(player.connect(port) for player in (ann, bob))
            await ann.until_seated()
            eve = await stack.enter_async_context(talking_at(with_seats(room_at(port, tmp_path))))
            await eve.hears("You are watching.")
        await eve.hears(f"Reconnecting: lost the connection to {HOST}:{port}.")
        eve.type("sit")
        await eve.hears("There is no connection to the host.")


async def test_rachel_watch_in_a_pipe_leads_to_a_seat(tmp_path: Path) -> None:
    async with http_server(tmp_path, table=table()) as served:
        ann = TcpPlayer("ANN", room=ROOM, plays=False)
        await ann.connect(served.server.rubp_ports[0])
        await ann.until_seated()
        watch = ("watch", served.url, "--room", ROOM)
        done = await asyncio.to_thread(run_rachel, tmp_path, "sit\nhand\nquit\n", *watch)
        assert (done.returncode, done.stderr) == (0, b"")
        said = done.stdout.decode().splitlines()
        assert said[-1] == "You leave the table. Your seat is kept."
        assert any(line.startswith("Your hand: ") for line in said)
        ann.cut()


async def test_players_see_how_many_watch(tmp_path: Path) -> None:
    async with http_server(tmp_path) as served:
        port = served.server.rubp_ports[0]
        async with playing_at(room_at(port, tmp_path / "ann", watches=False)) as ann:
            await ann.until_text("room TEA42")
            assert "watching" not in ann.text()
            bob = room_at(port, tmp_path / "bob", watches=False)
            async with talking_at(bob) as bob_hears, talking_at(room_at(port, tmp_path)):
                await bob_hears.hears("1 watching.")
                await ann.until_text("room TEA42 · 1 watching")


async def test_without_a_code_the_public_tables_are_offered(tmp_path: Path) -> None:
    async with http_server(tmp_path) as served:
        done = await asyncio.to_thread(run_rachel, tmp_path, "", "watch", served.url)
        assert done.returncode == 1
        assert done.stderr.decode() == (
            "Error: there is no public table to watch now; "
            f"for a table whose code you know: rachel watch {served.url} --room CODE\n"
        )
        ann = TcpPlayer("ANN")
        port = served.server.rubp_ports[0]
        await ann.connect(port)
        await ann.until(lambda player: bool(player.session.room), "the room line")
        typed = "9\n1\ntable\nback\n"
        done = await asyncio.to_thread(run_rachel, tmp_path, typed, "watch", served.url)
        assert done.stdout.decode().splitlines() == [
            f"1: {ann.session.room}, waiting: ANN.",
            "Which table? Type its number, or back.",
            "Type 1, or back.",
            "You are watching.",
            "Type table to see how it stands, sit for a seat, or help, or quit.",
            "ANN, machine: terminal.",
            "1 seat of 2 free.",
            f"Friends come by: {served.url}/t/{ann.session.room}",
            "You leave the table.",
        ]
        assert (done.returncode, done.stderr) == (0, b"")
        await asyncio.to_thread(choose_on_a_terminal, tmp_path, served.url, ann.session.room)


async def test_the_page_of_a_table_is_as_good_as_its_code(tmp_path: Path) -> None:
    """The page says which port the games have, which is none that anybody would guess."""
    ann, _ = two()
    async with http_server(tmp_path) as served:
        await ann.connect(served.server.rubp_ports[0])
        await ann.until_seated()
        for page in (f"{served.url}/t/tea42", f"{served.url}/t/TEA42?watch=1"):
            done = await asyncio.to_thread(run_rachel, tmp_path, "table\nquit\n", "watch", page)
            assert (done.returncode, done.stderr) == (0, b"")
            assert "ANN, machine: terminal." in done.stdout.decode().splitlines()
        by_code = ("watch", served.url, "--room", ROOM)
        done = await asyncio.to_thread(run_rachel, tmp_path, "table\nquit\n", *by_code)
        assert "ANN, machine: terminal." in done.stdout.decode().splitlines()


def choose_on_a_terminal(folder: Path, url: str, room: str) -> None:
    with Terminal(folder, url, command="watch") as terminal:
        terminal.until("Which table do you watch?")
        terminal.type("1")
        terminal.until(f"you watch room {room}")
        terminal.type("q")
        assert terminal.ends() == 0
        assert terminal.is_restored


async def test_of_what_a_host_lists_only_tables_are_offered() -> None:
    server = {"name": "rachel", "rubp_ports": [70000, "x", 1985], "rubp_tls_port": "y"}
    good = {"code": "TEA42", "phase": "waiting", "watch": True, "players": [{"name": "Ann"}, 7]}
    evil = good | {"code": "TEA43", "phase": "playing", "players": [
        {"name": "\x1b[31mE\u202eve"}, {"name": "x" * 99},
    ]}  # fmt: skip
    bad = [7, {}, good | {"code": "../X"}, good | {"watch": False}, good | {"players": None}]
    bodies = {"GET /api/v1/server": server, "GET /api/v1/tables?limit=100": {"items": []}}
    async with api_stand_in(lambda asked: answer(200, bodies[asked])) as host:
        assert await gallery(host.url) == Gallery((), 1985, None, host.url)
        bodies["GET /api/v1/tables?limit=100"] = {"items": [*bad, good, evil]}
        found = await gallery(host.url)
        assert found.tables == (
            PublicTable("TEA43", f"playing: [31mEve, {'x' * NAME_BYTES_MAX}"),
            PublicTable("TEA42", "waiting: Ann"),
        )
        bodies["GET /api/v1/tables?limit=100"] = {"items": [good] * 30}
        assert len((await gallery(host.url)).tables) == TABLES_MAX


@pytest.mark.parametrize("watch", [False, True], ids=["its players' own", "no such table"])
async def test_a_table_that_cannot_be_watched(tmp_path: Path, *, watch: bool) -> None:
    ann = TcpPlayer("ANN", room="MINE" if watch else ROOM)
    async with http_server(tmp_path, table=TableSettings(seats=2, watch=watch)) as served:
        where = f"{HOST}:{served.server.rubp_ports[0]}"
        await ann.connect(served.server.rubp_ports[0])
        await ann.until_seated()
        line = f"Error: {where} has no table {ROOM}, or it is for its players alone."
        done = await asyncio.to_thread(
            run_rachel, tmp_path, "quit\n", "watch", where, "--room", ROOM
        )
        assert (done.returncode, done.stdout.decode()) == (1, f"{line}\n")
        await asyncio.to_thread(read_on_a_terminal, tmp_path, where, line[:-1])


def read_on_a_terminal(folder: Path, where: str, line: str) -> None:
    with Terminal(folder, where, "--room", ROOM, command="watch") as terminal:
        assert terminal.ends() == 1
        assert terminal.output.rstrip().endswith(line)


def test_bad_words_get_one_line(tmp_path: Path) -> None:
    for arguments, said in (
        (("localhost", "--room", "TEA_42"), "a room code is 1 to 8 letters and digits"),
        (("foo bar", "--room", ROOM), "'foo bar' is not an address"),
        ((f"{HOST}:1", "--room", ROOM), f"Error: cannot reach {HOST}:1: Connection refused."),
        (("https://a.example/games/7x",), "over: rachel view https://a.example/games/7x"),
        (("http://localhost:1",), "rachel watch http://localhost:1 --room CODE"),
    ):
        done = run_rachel(tmp_path, "", "watch", *arguments)
        assert done.returncode in (1, 2)
        assert said in (done.stdout + done.stderr).decode()
