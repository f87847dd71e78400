"""From the first screen to the next game: waiting, playing again, leaving, what is in the way."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app_pilot import HOST_KEY, place_of, playing, playing_at
from scripted_host import cards, position
from table_host import any_game, hosting, last_card

from rachel.rubp import Announce, Hello, PlayerName
from rachel.rules.actions import Play
from rachel_tui.keep import saved_seat
from rachel_tui.net.connection import LinkState
from rachel_tui.place import Place
from rachel_tui.screens.game_questions import LeaveScreen
from rachel_tui.screens.help import HelpScreen
from rachel_tui.screens.name import NameScreen
from rachel_tui.screens.obstacles import TooSmallScreen
from rachel_tui.screens.result import ResultScreen
from rachel_tui.screens.rules import RulesScreen
from rachel_tui.screens.table import TableScreen
from rachel_tui.screens.waiting import WaitingScreen
from rachel_tui.widgets.status import TitleLine


async def test_the_name_is_asked_and_enter_takes_the_one_offered(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, playing(host, tmp_path, name=None) as app:
        await app.until_screen(NameScreen)
        assert "Get rid of your cards: match suit or rank of the top card." in " ".join(
            app.text().replace("│", "").split()
        )
        await app.press("enter")
        await app.until_prompt()
        (hello,) = await host.hears(Hello)
        assert isinstance(hello, Hello)
        assert hello.name == "Ann"


async def test_a_name_that_is_typed_is_kept(tmp_path: Path) -> None:
    kept: list[Mapping[str, Any]] = []
    async with hosting(any_game()) as host:
        place = place_of(host, tmp_path)
        async with playing_at(place, name=None, keep=kept.append) as app:
            await app.press("Z", "o", "e", "enter")
            (hello,) = await host.hears(Hello)
    assert isinstance(hello, Hello)
    assert (hello.name, kept) == ("Zoe", [{"name": "Zoe"}])


async def test_waiting_for_others(tmp_path: Path) -> None:
    async with hosting(any_game()) as host:
        host.waits = True
        host.present = {0, 2}
        async with playing(host, tmp_path) as app:
            await app.until_text("1 seat of 3 free.")
            assert type(app.app.screen) is WaitingScreen
            await app.until_text("Bob")
            assert "CAKE" in app.text()
            invitation = f"rachel play 127.0.0.1:{host.port} --room CAKE"
            assert invitation in app.text()
            await app.press("c")
            assert app.app.clipboard == invitation
            host.start()
            await app.until_prompt()


async def test_a_table_that_waits_shows_for_how_long(tmp_path: Path) -> None:
    async with hosting(any_game()) as host:
        host.waits = True
        host.present = {0}
        async with playing(host, tmp_path) as app:
            await app.until_text("The game begins when all are taken, or bots take them.")
            host.send(Announce("1 of 3 here; bots fill up in 180 s"))
            await app.until_text("Bots take them in 3:00 if nobody else comes.")
            host.send(Announce("2 of 3 here; bots fill up in 1 s"))
            await app.until_text("Bots take them in 0:01 if nobody else comes.")
            await app.until_text("Bots take them any moment now.")


async def test_a_table_waits_as_long_again_for_somebody_with_a_reserved_seat(
    tmp_path: Path,
) -> None:
    async with hosting(any_game()) as host:
        host.waits = True
        host.present = {0}
        async with playing(host, tmp_path) as app:
            await app.until_text("2 seats of 3 free.")
            host.send(Announce("1 of 3 here; bots fill up in 180 s"))
            await app.until_text("Bots take them in 3:00")
            sitting = app.app.sitting
            assert sitting is not None
            first = sitting.patience.ends_at or 0.0
            host.send(PlayerName(1, "Zed"))
            await app.until(lambda: (sitting.patience.ends_at or 0.0) > first)


async def test_a_host_that_is_away_is_tried_again(tmp_path: Path) -> None:
    async with hosting(any_game()) as host:
        await host.stop()
        async with playing(host, tmp_path) as app:
            await app.until_text("Trying again")
            assert f"Cannot reach 127.0.0.1:{host.port}" in app.text()
            await host.listen()
            await app.until_prompt()


async def test_the_end_and_another_game(tmp_path: Path) -> None:
    async with hosting(last_card()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("enter")
        await app.until_screen(ResultScreen)
        await app.until_text("YOU WIN!  Bot Ada is left with cards and loses.")
        assert "loses  Bot Ada" in app.text()
        assert saved_seat.load(tmp_path / "seats.json", HOST_KEY) is None
        await app.press("enter")
        await host.hears(Hello, times=2)
        await app.until_prompt()
        assert saved_seat.load(tmp_path / "seats.json", HOST_KEY) is not None


async def test_the_result_stays_when_its_table_closes(tmp_path: Path) -> None:
    async with hosting(last_card()) as host, playing(host, tmp_path) as app:
        links: list[LinkState] = []
        await app.until_prompt()
        await app.press("enter")
        await app.until_screen(ResultScreen)
        title = app.app.screen.query_one(TitleLine)
        app.app.watch(title, "link", lambda link: links.append(link))
        host.close_table()
        await app.until_text("○ table closed")
        assert type(app.app.screen) is ResultScreen
        assert "YOU WIN!  Bot Ada is left with cards and loses." in app.text()
        assert links == [LinkState.ONLINE, LinkState.GAME_OVER]
        await app.press("enter")
        await app.until_prompt()
        first, second = await host.hears(Hello, times=2)  # the first one was not repeated
        assert isinstance(first, Hello)
        assert isinstance(second, Hello)
        assert (first.room, second.room) == ("", "CAKE")
        assert first.token != second.token
        assert saved_seat.load(tmp_path / "seats.json", HOST_KEY) is not None


async def test_another_game_at_a_host_that_is_away(tmp_path: Path) -> None:
    async with hosting(last_card()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("enter")
        await app.until_screen(ResultScreen)
        await host.stop()
        await app.until_text("○ table closed")
        await app.press("p")
        await app.until_text("Trying again")
        await host.listen()
        await app.until_prompt()


async def test_a_host_with_newer_rules_shows_both_versions(tmp_path: Path) -> None:
    async with hosting(last_card()) as host:
        host.spec = 2
        async with playing(host, tmp_path) as app:
            await app.until_text("plays by version 2 of the rules")
            await app.until_text("upgrade this one (git pull, or pip install --upgrade rachel)")


async def test_another_game_in_a_room_that_has_none(tmp_path: Path) -> None:
    async with hosting(last_card()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("enter")
        await app.until_screen(ResultScreen)
        host.close_table()
        await app.until_text("○ table closed")
        host.refuse_joins = True
        await app.press("enter")
        await app.until_text("No seat: that table is full.")
        host.refuse_joins = False
        await app.press("enter")
        await app.until_prompt()
        rooms = [hello.room for hello in await host.hears(Hello, 3) if isinstance(hello, Hello)]
        assert rooms == ["", "CAKE", ""]


async def test_the_key_that_looks_for_a_seat_again_is_told(tmp_path: Path) -> None:
    async with hosting(any_game()) as host:
        host.refuse_joins = True
        async with playing(host, tmp_path) as app:
            await app.until_text("No seat: that table is full.")
            await app.press("question_mark")
            await app.until_screen(HelpScreen)
            await app.until_words("enter p look for a seat again")
            await app.press("escape")
            await app.until_screen(WaitingScreen)
            host.refuse_joins, host.waits = False, True
            await app.press("enter")
            await app.until_text("0 seats of 3 free.")
            await app.press("question_mark")
            await app.until_screen(HelpScreen)
            assert "look for a seat" not in app.text()


async def test_a_rematch_that_has_no_seat_for_us(tmp_path: Path) -> None:
    async with hosting(last_card()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("enter")
        await app.until_text("Enter: play again")
        host.refuse_joins = True
        await app.press("enter")
        await app.until_text("No seat: that table is full.")
        assert type(app.app.screen) is ResultScreen
        host.refuse_joins = False
        await app.press("enter")
        await app.until_prompt()


async def test_at_the_result_one_is_told_who_waits_for_another_game(tmp_path: Path) -> None:
    async with hosting(last_card()) as host, playing(host, tmp_path, size=(60, 20)) as app:
        await app.until_prompt()
        await app.press("enter")
        await app.until_text("Enter: play again")
        host.send(Announce("[b]Anne-Sophie O plays again in room CAKE"))
        await app.until_text("[b]Anne-Sophie O wants another game: press Enter")
        (told,) = (row for row in app.text().splitlines() if "wants another" in row)
        assert told.endswith("press Enter")  # nothing beside it is cut
        await app.press("enter")
        await app.until_prompt()
        await app.press("enter")
        await app.until_text("Enter: play again")


async def test_leaving_asks_while_a_game_runs(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("q")
        await app.until_screen(LeaveScreen)
        await app.press("n")
        await app.until_screen(TableScreen)
        await app.press("escape")
        await app.until_text("No card is picked. q leaves the game.")
        await app.press("q")
        await app.until_screen(LeaveScreen)
        await app.press("y")
        await app.until(lambda: not app.app.is_running, "the end")
    assert saved_seat.load(tmp_path / "seats.json", HOST_KEY) is not None


async def test_leaving_does_not_ask_when_there_is_nothing_to_leave(tmp_path: Path) -> None:
    async with hosting(last_card()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("enter")
        await app.until_screen(ResultScreen)
        await app.press("q")
        await app.until(lambda: not app.app.is_running, "the end")


async def test_the_keys_are_told_at_the_end_and_escape_stays_there(tmp_path: Path) -> None:
    async with hosting(last_card()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("enter")
        await app.until_screen(ResultScreen)
        await app.press("question_mark")
        await app.until_screen(HelpScreen)
        await app.press("escape", "escape")
        await app.until_screen(ResultScreen)
        await app.press("enter")
        await app.until_prompt()


async def test_ctrl_c_twice_leaves(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("ctrl+c")
        await app.until_screen(LeaveScreen)
        await app.press("ctrl+c")
        await app.until(lambda: not app.app.is_running, "the end")


async def test_too_small_a_terminal_swallows_the_games_keys(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.pilot.resize_terminal(59, 24)
        await app.until_screen(TooSmallScreen)
        assert "Rachel needs 60x20." in app.text()
        await app.press("enter", "d", "space", "r", "escape", "question_mark")
        await app.until_screen(TooSmallScreen)
        await app.pilot.resize_terminal(60, 20)
        await app.until_prompt()
        assert [type(message).__name__ for message in host.heard] == ["Hello"]
        await app.pilot.resize_terminal(80, 19)
        await app.until_screen(TooSmallScreen)
        await app.press("q")
        await app.until(lambda: not app.app.is_running, "the end")


async def test_the_game_goes_on_behind_a_terminal_too_small(tmp_path: Path) -> None:
    game = position("3S QH KC", "5C", top="9C", current=1)
    async with hosting(game) as host, playing(host, tmp_path, size=(40, 10)) as app:
        await app.until_screen(TooSmallScreen)
        await host.hears(Hello)
        host.move(Play(tuple(cards("5C"))))
        await app.pilot.resize_terminal(80, 24)
        await app.until_screen(ResultScreen)


async def test_rules_and_keys_are_one_key_away(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, playing(host, tmp_path, size=(60, 20)) as app:
        await app.until_prompt()
        await app.press("r")
        await app.until_screen(RulesScreen)
        await app.press("home")
        await app.until_text("The goal")
        await app.press("r")
        await app.until_screen(TableScreen)
        await app.press("question_mark")
        await app.until_screen(HelpScreen)
        await app.press("escape")
        await app.until_screen(TableScreen)


async def test_the_end_waits_until_the_rules_are_read(tmp_path: Path) -> None:
    game = position("3S QH KC", "5C", top="9C", current=1)
    async with hosting(game) as host, playing(host, tmp_path) as app:
        await app.until_screen(TableScreen)
        await app.press("r")
        await app.until_screen(RulesScreen)
        host.move(Play(tuple(cards("5C"))))
        await app.until(lambda: app.app.sitting is not None and not app.app.sitting.game_runs)
        assert type(app.app.screen) is RulesScreen
        await app.press("r")
        await app.until_screen(ResultScreen)
        await app.until_text("You lose this time.")


async def test_t_goes_through_the_colours(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        seen = set()
        for _ in range(5):
            await app.press("t")
            await app.until_text("YOUR TURN")
            seen.add(app.app.theme)
        assert seen == {"dark", "light", "contrast", "terminal", "mono"}


async def test_a_host_that_has_no_seat_is_asked_again_on_enter(tmp_path: Path) -> None:
    async with hosting(any_game()) as host:
        host.refuse_joins = True
        async with playing(host, tmp_path) as app:
            await app.until_text("No seat: that table is full.")
            host.refuse_joins = False
            await app.press("enter")
            await app.until_prompt()


async def test_a_host_that_cannot_be_reached_leaves_no_empty_frame(tmp_path: Path) -> None:
    place = Place("127.0.0.1", 1, HOST_KEY, tmp_path / "seats.json")
    async with playing_at(place, size=(200, 50)) as app:
        await app.until_text("Connection refused. Trying again")
        assert "What happened" not in app.text()
