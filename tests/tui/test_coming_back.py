"""Coming back to a seat: after leaving, in another terminal, and after a lost link."""

from dataclasses import replace
from pathlib import Path

from app_pilot import HOST_KEY, place_of, playing, playing_at
from table_host import GAME_ID, TableHost, any_game, hosting

from rachel.rubp import WATCHES, Announce, Hello, PlayCard
from rachel_tui.keep import saved_seat
from rachel_tui.keep.saved_seat import SavedSeat
from rachel_tui.screens.game_questions import ContinueScreen, LeaveScreen
from rachel_tui.screens.obstacles import ReconnectingScreen
from rachel_tui.screens.table import TableScreen


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
