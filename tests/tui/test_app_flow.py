"""From the first screen to the next game: waiting, leaving, coming back, losing the link."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from app_pilot import HOST_KEY, place_of, playing, playing_at
from scripted_host import cards, position
from table_host import GAME_ID, TableHost, hosting

from rachel.rubp import WATCHES, Announce, Hello, PlayCard, PlayerName
from rachel.rules.actions import Play
from rachel.rules.game import Game
from rachel_tui.keep import saved_seat
from rachel_tui.keep.saved_seat import SavedSeat
from rachel_tui.net.connection import LinkState
from rachel_tui.place import Place
from rachel_tui.screens.game_questions import ContinueScreen, LeaveScreen
from rachel_tui.screens.help import HelpScreen
from rachel_tui.screens.name import NameScreen
from rachel_tui.screens.obstacles import ReconnectingScreen, TooSmallScreen
from rachel_tui.screens.result import ResultScreen
from rachel_tui.screens.rules import RulesScreen
from rachel_tui.screens.table import TableScreen
from rachel_tui.screens.waiting import WaitingScreen
from rachel_tui.widgets.status import TitleLine


def last_card() -> Game:
    """Return a game that the next play of seat 0 ends."""
    return position("KH", "5C 6C", top="9H")


def any_game() -> Game:
    """Return a game in which it is the turn of seat 0."""
    return position("3S QH KC", "5C 6C 8C", "4D 5D", top="9H")


def keep_seat(folder: Path) -> None:
    """Keep a seat at the table of these tests."""
    seat = SavedSeat(HOST_KEY, GAME_ID, bytes(range(1, 9)), "Ann", "CAKE")
    saved_seat.save(folder / "seats.json", seat)


async def until_joined_afresh(host: TableHost, *, leaves: bool = False) -> None:
    """Wait until whoever came for the kept seat has asked for another one.

    One who ``leaves`` has had it, and says so with a HELLO between the two.
    """
    first, *goodbyes, second = await host.hears(Hello, times=3 if leaves else 2)
    assert isinstance(first, Hello)
    assert isinstance(second, Hello)
    assert all(isinstance(it, Hello) and it.capabilities == WATCHES for it in goodbyes)
    assert first.token == bytes(range(1, 9)) != second.token


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


async def test_bots_that_sit_down_later_are_kept_by_their_names(tmp_path: Path) -> None:
    """Also where the terminal is killed, so that nothing is kept at the end."""
    async with hosting(any_game()) as host:
        host.waits = True
        host.names, host.present = ["Ann"], {0}
        async with playing(host, tmp_path) as app:
            await app.until_text("2 seats of 3 free.")
            kept = saved_seat.load(tmp_path / "seats.json", HOST_KEY)
            assert kept is not None
            assert kept.others == ()
            host.names, host.present = ["Ann", "Bot Ada", "Bob"], {0, 1, 2}
            host.send_roster()
            host.start()
            await app.until_prompt()
            kept = saved_seat.load(tmp_path / "seats.json", HOST_KEY)
            assert kept is not None
            assert kept.others == ("Bot Ada", "Bob")


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


async def test_a_solo_game_that_was_left_can_be_continued(tmp_path: Path) -> None:
    keep_seat(tmp_path)
    async with hosting(any_game()) as host, playing(host, tmp_path, solo=True) as app:
        await app.until_screen(ContinueScreen)
        await app.until_text("You left a game with Bot Ada and Bob. You")
        assert type(app.app.screen_stack[-2]) is TableScreen
        await app.press("enter")
        await app.until_prompt()
        await app.press("2", "enter")
        await host.hears(PlayCard)


async def test_who_comes_back_reads_what_was_told_before(tmp_path: Path) -> None:
    async with hosting(any_game()) as host:
        async with playing(host, tmp_path) as app:
            await app.until_prompt()
            await app.press("2", "enter")
            await app.until_text("You play Q♥: the direction turns.")
            await app.press("ctrl+c", "ctrl+c")
            await app.until(lambda: not app.app.is_running, "the end")
        async with playing(host, tmp_path) as app:
            await app.until_screen(TableScreen)
            await app.until_words("You play Q♥: the direction turns. You are back at your seat.")


async def test_a_new_solo_game_can_be_had_instead(tmp_path: Path) -> None:
    keep_seat(tmp_path)
    async with hosting(any_game()) as host, playing(host, tmp_path, solo=True) as app:
        await app.until_screen(ContinueScreen)
        await app.until_text("A new game has 4 seats")
        await app.until_text("New game, 4 seats (gives this one up)")
        await app.press("n")  # "Stay" in the question before leaving: nothing is given up by it
        await app.press("g")
        await until_joined_afresh(host, leaves=True)
        await app.until_prompt()


async def test_ctrl_c_is_an_answer_to_the_offer_too(tmp_path: Path) -> None:
    keep_seat(tmp_path)
    async with hosting(any_game()) as host, playing(host, tmp_path, solo=True) as app:
        await app.until_screen(ContinueScreen)
        await app.press("ctrl+c")
        await app.until(lambda: not app.app.is_running, "the end")


async def test_at_a_host_the_game_that_was_left_goes_on_at_once(tmp_path: Path) -> None:
    keep_seat(tmp_path)
    async with hosting(any_game()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.until_words("This is the game you left. For a new one instead: q, then g.")
        await app.press("2", "enter")
        await host.hears(PlayCard)


async def test_a_game_at_a_host_can_be_given_up_for_a_new_one(tmp_path: Path) -> None:
    keep_seat(tmp_path)
    async with hosting(any_game()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("q")
        await app.until_screen(LeaveScreen)
        await app.until_text("New game elsewhere (gives this up)")
        await app.press("g")
        await until_joined_afresh(host, leaves=True)
        await app.until_prompt()


async def test_in_a_room_there_is_no_other_game_to_be_had(tmp_path: Path) -> None:
    keep_seat(tmp_path)
    async with hosting(any_game()) as host:
        place = replace(place_of(host, tmp_path), room="CAKE")
        async with playing_at(place) as seen:
            await seen.until_prompt()
            await seen.until_words("This is the game you left.")
            await seen.press("q")
            await seen.until_screen(LeaveScreen)
            await seen.press("g")
            await seen.until_screen(LeaveScreen)
            assert "new one instead" not in seen.text()
            assert "New game" not in seen.text()


async def test_a_game_that_is_gone_makes_place_for_a_new_one(tmp_path: Path) -> None:
    keep_seat(tmp_path)
    async with hosting(any_game()) as host:
        host.refuse_reclaims = True
        async with playing(host, tmp_path) as app:
            await app.until_prompt()
            await host.hears(Hello, times=2)
            kept = saved_seat.load(tmp_path / "seats.json", HOST_KEY)
            assert kept is not None
            assert kept.token != bytes(range(1, 9))


async def test_a_lost_link_is_said_and_the_game_goes_on_after_it(tmp_path: Path) -> None:
    async with hosting(any_game()) as host:
        host.turn_time_s = 60
        async with playing(host, tmp_path) as app:
            await app.until_prompt()
            await host.stop()
            await app.until_screen(ReconnectingScreen)
            await app.until_text("Reconnecting… attempt")
            await app.until_text("If the game goes on there, a bot plays")
            await app.until_text("Waiting for the")
            assert "on its way" not in app.text().lower()
            assert not app.app.screen_stack[-2].query("TurnLine").first()._ticking  # type: ignore[attr-defined]
            await app.press("enter", "d")
            await host.listen()
            await app.until_prompt()
            assert not [message for message in host.heard if isinstance(message, PlayCard)]
            await app.press("enter")
            await host.hears(PlayCard)
            await app.until_text("You play Q♥")


async def test_what_a_host_said_before_it_went_is_shown(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        host.send(Announce("The server restarts: your game is saved"))
        await app.until_text("Host: The server restarts")
        await host.stop()
        await app.until_screen(ReconnectingScreen)
        await app.until_text("The host said: The server restarts: your")
        await app.until_text(f"Cannot reach 127.0.0.1:{host.port}: Connection")
        await host.listen()
        await app.until_prompt()


async def test_a_game_that_is_gone_in_the_middle(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        host.refuse_reclaims = True
        host.drop()
        await app.until_text("that game is over")
        host.refuse_reclaims = False
        await app.press("enter")
        await app.until_prompt()


async def test_a_seat_at_a_host_with_newer_rules_is_kept_for_an_upgrade(tmp_path: Path) -> None:
    keep_seat(tmp_path)
    async with hosting(any_game()) as host:
        host.spec = 2
        async with playing(host, tmp_path) as app:
            await app.until_text("plays by version 2 of the rules")
    kept = saved_seat.load(tmp_path / "seats.json", HOST_KEY)
    assert kept is not None
    assert kept.token == bytes(range(1, 9))


async def test_a_host_that_has_got_newer_rules_in_the_middle_of_a_game(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        host.spec = 2
        host.drop()
        await app.until_text("plays by version 2 of the rules")


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
