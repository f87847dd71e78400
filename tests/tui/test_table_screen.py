"""Playing at the table screen: keys and mouse in, frames out, and back on the screen."""

from dataclasses import replace
from pathlib import Path

import pytest
from app_pilot import AppPilot, app_at, place_of, playing, playing_at
from scripted_host import cards, position
from table_host import hand_of_sevens, hosting, played

from rachel.rubp import Announce, DrawCard, Message, PlayCard
from rachel.rules.actions import DRAW, Play
from rachel.rules.cards import ACE, DECK, QUEEN, card_code, rank_of
from rachel_tui.keep.settings import Settings
from rachel_tui.screens.help import HelpScreen
from rachel_tui.screens.suit_picker import SuitPicker
from rachel_tui.screens.table import TableScreen
from rachel_tui.widgets.choices import Choices
from rachel_tui.widgets.hand import HandView
from rachel_tui.widgets.hand_layout import lay_out
from rachel_tui.widgets.status import AdviceLine, TurnLine, clock_shows


async def click_card(app: AppPilot, card: str) -> None:
    """Click on a card of the hand."""
    hand = app.hand
    index = hand.picking.hand.index(cards(card)[0])
    layout = lay_out(len(hand.picking.hand), hand.picking.caret, *hand.size)
    assert layout.rows == 1
    await app.click(HandView, layout.left + index * layout.step + 2, 2)


async def test_enter_plays_the_card_at_the_caret(tmp_path: Path) -> None:
    async with hosting(hand_of_sevens()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("enter")
        assert (await played(host)).cards == tuple(cards("7H"))
        await app.until_text("You play 7♥: one skip.")
        await app.until(lambda: cards("7H")[0] not in app.hand.picking.hand)


async def test_space_picks_several_cards_and_their_order_is_kept(tmp_path: Path) -> None:
    game = position("7C 7D 7H KC", "5C 6C 8C", "4D 5D", top="9H")
    async with hosting(game) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("space", "3", "space", "2", "space")  # 7H, 7C, 7D by their labels
        await app.until_text("#3")
        assert app.advice == "Enter plays 7H 7C 7D: next 3 turns are skipped"
        await app.press("enter")
        assert (await played(host)).cards == tuple(cards("7H 7C 7D"))


async def test_a_card_that_does_not_fit_is_not_sent_and_the_reason_is_shown(tmp_path: Path) -> None:
    async with hosting(hand_of_sevens()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("end", "enter")
        await app.until_text("A♠ does not fit: needs the suit or rank of 9♥.")
        await app.press("d")
        await app.until_text("Not now: you can play 7♥, so you must play.")
        await app.press("2", "enter")  # the caret is no longer on a card that fits
        assert (await played(host)).cards == tuple(cards("7H"))
        assert not [message for message in host.heard if isinstance(message, DrawCard)]


async def test_a_key_that_does_nothing_is_answered(tmp_path: Path) -> None:
    async with hosting(hand_of_sevens()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("z")
        await app.until_text("z does nothing here: ? shows the keys.")
        await app.press("9")
        await app.until_text("There is no card 9: you hold 5.")
        await app.press("z")
        await app.until_text("z does nothing here: ? shows the keys.")
        await app.press("left")
        await app.until(lambda: "does nothing" not in app.text(), "another line")
        for key in ("left_square_bracket", "ctrl+c"):
            await app.press("z")
            await app.until_text("z does nothing here")
            await app.press(key)
            await app.until(lambda: "does nothing" not in app.text(), f"another line after {key}")


async def test_picking_out_of_order_says_what_goes_first(tmp_path: Path) -> None:
    async with hosting(hand_of_sevens()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("3", "space")
        await app.until_text("7♣ goes with 7♥: pick 7♥ first.")


async def test_a_card_that_may_go_along_is_marked_once_another_is_picked(tmp_path: Path) -> None:
    async with hosting(hand_of_sevens()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        assert "2✓" in app.text()
        assert "3+" not in app.text()
        await app.press("space")
        await app.until_text("3+")
        await app.press("right")
        await app.until_text("Enter plays 7♥: next player is skipped · space adds 7♣")
        await app.press("space")
        await app.until_text("#2")
        assert "3+" not in app.text()


async def test_escape_puts_picked_cards_back(tmp_path: Path) -> None:
    async with hosting(hand_of_sevens()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("space")
        await app.until_text("#1")
        await app.press("escape")
        await app.until(lambda: "#1" not in app.text())
        assert type(app.app.screen) is TableScreen


async def test_the_suit_of_a_hint_is_the_one_that_enter_chooses(tmp_path: Path) -> None:
    game = position("AS 8D 8S", "5C 6C 8C", "4D 5D", top="9S")
    async with hosting(game) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("h")
        await app.until_text("ask for spades")
        await app.press("enter")
        await app.until_screen(SuitPicker)
        await app.press("question_mark")
        await app.until_screen(HelpScreen)
        await app.press("escape")
        await app.until_screen(SuitPicker)
        await app.press("enter")
        assert (await played(host)).nominated_suit == 3


async def test_an_ace_asks_for_the_suit(tmp_path: Path) -> None:
    game = position("AH KC KD QC", "5C 6C 8C", "4D 5D", top="9H")
    async with hosting(game) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("enter")
        await app.until_screen(SuitPicker)
        assert app.app.screen.query_one(Choices).highlighted == 2  # clubs: two of them are held
        await app.press("S")
        message = await played(host)
        assert (message.cards, message.nominated_suit) == (tuple(cards("AH")), 3)
        await app.until_screen(TableScreen)
        await app.until_text("now  SPADES ♠")


async def test_the_suit_can_be_chosen_with_arrows_or_taken_back(tmp_path: Path) -> None:
    game = position("AH KC KD QC", "5C 6C 8C", "4D 5D", top="9H")
    async with hosting(game) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("enter")
        await app.until_screen(SuitPicker)
        await app.press("escape")
        await app.until_screen(TableScreen)
        await app.press("enter")
        await app.until_screen(SuitPicker)
        await app.press("up", "enter")
        assert (await played(host)).nominated_suit == 1


async def test_drawing_is_offered_when_nothing_fits(tmp_path: Path) -> None:
    game = position("3S KC", "5C 6C 8C", "4D 5D", top="5H 2H", pending_draws=4)
    async with hosting(game) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        assert "▶▶ YOUR TURN: draw 4 cards" in app.text()
        assert app.advice == "▶ Nothing fits: draw 4 cards. Press d or Enter."
        assert "! +4 cards for you" in app.text()
        assert "a 2 answers" in app.text()
        await app.press("d")
        await host.hears(DrawCard)
        await app.until(lambda: len(app.hand.picking.hand) == 6)


@pytest.mark.parametrize("key", ["enter", "D"])
async def test_other_keys_draw_too_when_nothing_fits(tmp_path: Path, key: str) -> None:
    game = position("3S KC", "5C 6C 8C", "4D 5D", top="9H")
    async with hosting(game) as host, playing(host, tmp_path) as app:
        await app.until_text("▶▶ YOUR TURN: nothing fits, draw a card")
        await app.until_prompt()
        await app.press(key)
        await host.hears(DrawCard)


async def test_a_click_plays_a_card_that_stands_alone(tmp_path: Path) -> None:
    game = position("3S QH KC", "5C 6C 8C", "4D 5D", top="9H")
    async with hosting(game) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await click_card(app, "KC")
        await app.until_text("K♣ does not fit")
        await click_card(app, "QH")
        assert (await played(host)).cards == tuple(cards("QH"))


async def test_clicks_pick_cards_of_one_rank_and_the_advice_plays_them(tmp_path: Path) -> None:
    async with hosting(hand_of_sevens()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await click_card(app, "7H")
        await click_card(app, "7C")
        await app.until_text("#2")
        await app.click(AdviceLine, 5, 0)
        assert (await played(host)).cards == tuple(cards("7H 7C"))


async def test_clicking_the_advice_draws_when_it_says_so(tmp_path: Path) -> None:
    game = position("3S KC", "5C 6C 8C", "4D 5D", top="9H")
    async with hosting(game) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.click(AdviceLine, 5, 0)
        await host.hears(DrawCard)


async def test_what_the_host_refuses_is_said_in_one_line_and_can_be_tried_again(
    tmp_path: Path,
) -> None:
    async with hosting(hand_of_sevens()) as host:
        host.refuse_plays = True
        async with playing(host, tmp_path) as app:
            await app.until_prompt()
            await app.press("enter")
            await app.until_text("The host refused: these cards do not fit.")
            await app.until_prompt()
            host.refuse_plays = False
            await app.press("enter")
            await host.hears(PlayCard, times=2)
            await app.until_text("You play 7♥")


async def test_others_turns_are_told_and_ours_cannot_be_overlooked(tmp_path: Path) -> None:
    game = position("3S QH KC", "5C 6C 8C", "4D 5H", top="9C", current=1)
    async with hosting(game) as host, playing(host, tmp_path) as app:
        await app.until_screen(TableScreen)
        await app.until_text("Bot Ada is playing…")
        await app.press("space")
        await app.until_text("Wait for your turn.")
        host.move(Play(tuple(cards("5C"))))
        await app.until_text("› Bot Ada plays 5♣.")
        host.move(Play(tuple(cards("5H"))))
        await app.until_text("▶▶ YOUR TURN: play hearts or a 5")
        assert app.app.screen.query_one(TurnLine).mine


async def test_the_bell_rings_once_a_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[str] = []
    game = position("3S QH KC KD", "5C 6C 9D", "4D 5H", top="9C", current=1)
    async with hosting(game) as host, playing(host, tmp_path) as app:
        monkeypatch.setattr(app.app, "bell", lambda: rung.append("bell"))
        await app.until_text("Bot Ada is playing…")
        host.move(Play(tuple(cards("5C"))))
        host.move(Play(tuple(cards("5H"))))
        await app.until_prompt()
        host.send_roster()
        await app.press("right")
        await app.until_prompt()
        assert rung == ["bell"]


async def test_when_we_are_out_the_game_can_be_watched(tmp_path: Path) -> None:
    game = position("KH", "5C 6C 8C", "4D 5D", top="9H")
    async with hosting(game) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("enter")
        await app.until_text("You are out first: YOU WIN!")
        assert "out 1st" in app.text()
        host.move(DRAW)
        await app.until_text("Bot Ada draws a card.")


async def test_a_turn_that_ends_takes_the_suit_picker_away(tmp_path: Path) -> None:
    game = position("AH KC KD QC", "5C 6C 8C", "4D 5D", top="9H")
    async with hosting(game) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("enter")
        await app.until_screen(SuitPicker)
        host.move(Play(tuple(cards("AH")), 1))  # as a host does when the clock has run out
        await app.until_screen(TableScreen)
        await app.until_text("Bot Ada is playing…")


async def test_presence_is_shown(tmp_path: Path) -> None:
    async with hosting(hand_of_sevens()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        assert "away" not in app.text()
        host.present = {0, 1}
        host.send_roster()
        await app.until_text("Bob away")
        host.present = {0, 1, 2}
        host.send_roster()
        await app.until(lambda: "away" not in app.text())


def running_timers(app: AppPilot) -> list[str]:
    """Return the names of what wakes up by itself."""
    screen = app.app.screen
    widgets = (app.app, *screen.walk_children(with_self=True))
    return [t.name for widget in widgets for t in widget._timers if t._active.is_set()]


async def test_nothing_wakes_up_at_an_idle_table(tmp_path: Path) -> None:
    async with hosting(hand_of_sevens()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.until(lambda: not running_timers(app))


async def test_a_turn_with_a_clock_shows_it_and_ticks(tmp_path: Path) -> None:
    async with hosting(hand_of_sevens()) as host:
        host.turn_time_s = 60
        async with playing(host, tmp_path) as app:
            await app.until_prompt()
            await app.until(lambda: "0:5" in app.text() or "1:00" in app.text())
            line = app.app.screen.query_one(TurnLine)
            await app.until(lambda: len(running_timers(app)) == len(line._timers) == 1)
            await app.press("enter")
            await app.until_text("Bob is playing…")
            await app.until_text("1:00")


async def test_a_clock_of_which_nobody_knows_how_long_it_runs_has_no_digits(tmp_path: Path) -> None:
    async with hosting(hand_of_sevens()) as host:
        host.turn_time_s = 60
        async with playing(host, tmp_path) as app:
            await app.until_prompt()
            host.drop()
            await app.until_text("clock runs")
            host.send(Announce("18 s left in this turn"))
            await app.until_text("0:18")


async def test_why_a_bot_plays_for_somebody_is_said(tmp_path: Path) -> None:
    async with hosting(hand_of_sevens()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("enter")
        await app.until_text("Bob is playing…")
        host.present = {0, 1}
        host.send_roster()
        host.send(Announce("Bob lost the connection"))
        await app.until_text("Bob lost the connection: a bot plays soon…")
        host.send(Announce("Bob has left"))
        await app.until_text("A bot plays for Bob…")
        host.present = {1}  # only a bot, as for one who is here and has let turns go by
        host.send_roster()
        sitting = app.app.sitting
        assert sitting is not None
        await app.until(lambda: sitting.session.present == {1})
        await app.pilot.pause()
        assert "The game waits" not in app.text()


async def test_who_watches_reads_that_a_game_without_its_players_waits(tmp_path: Path) -> None:
    async with hosting(hand_of_sevens()) as host:
        host.turn_time_s = 60
        host.present = {1}
        place = replace(place_of(host, tmp_path), room="CAKE", watches=True)
        async with playing_at(place) as app:
            await app.until_text("The game waits: none of its players is here.")
            host.send(Announce("18 s left in this turn"))
            sitting = app.app.sitting
            assert sitting is not None
            await app.until(lambda: sitting.turn_clock.ends_at)
            await app.pilot.pause()
            assert "0:20" not in app.text()  # no clock runs there


@pytest.mark.parametrize(
    ("left_s", "mine", "shown"),
    [
        (60.0, False, (60, 10.0)),
        (57.5, False, (60, 7.5)),
        (10.5, False, (20, 0.5)),
        (9.5, False, (10, 0.5)),
        (57.5, True, (58, 0.5)),
        (0.0, True, (0, 1.0)),
    ],
)
def test_the_clock_of_others_goes_in_steps_until_its_last_seconds(
    left_s: float, mine: bool, shown: tuple[int, float]
) -> None:
    assert clock_shows(left_s, mine=mine) == shown


async def test_a_hand_of_44_cards_is_playable_at_the_smallest_size(tmp_path: Path) -> None:
    held = " ".join(card_code(card) for card in DECK if rank_of(card) not in (QUEEN, ACE))
    game = position(held, "AH AD", "AC", top="AS", nominated_suit=0)
    async with hosting(game) as host, playing(host, tmp_path, size=(60, 20)) as app:
        await app.until_prompt()
        await app.press("end", "left", "left", "left")
        await app.until_text("[K♥  ]✓")
        await app.press("up", "down")
        await app.press("enter")
        assert (await played(host)).cards == tuple(cards("KH"))


async def test_every_message_sent_is_a_move(tmp_path: Path) -> None:
    async with hosting(hand_of_sevens()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("left", "right", "tab", "n", "home", "end", "up", "down", "t", "[", "]")
        await app.press("2", "enter")
        kinds: list[type[Message]] = []
        await played(host)
        for message in host.heard:
            kinds.append(type(message))
        assert [kind.__name__ for kind in kinds] == ["Hello", "PlayCard"]


async def test_however_much_comes_it_waits_once_before_the_keys(tmp_path: Path) -> None:
    async with hosting(hand_of_sevens()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        assert app.app.sitting is not None
        before = app.app.message_queue_size
        for _ in range(1000):
            app.app.sitting._on_change([], [])
        assert app.app.message_queue_size <= before + 1
        await app.press("q")
        await app.until_text("Leave the game?")


async def test_a_hint_that_is_longer_than_a_row_takes_a_second_one(tmp_path: Path) -> None:
    """As at the smallest size, with letters beside the signs of suits."""
    game = position("QD JC KC 10S", "6H 7H 8H", "4D 5D", "3D 3C", top="9C")
    async with hosting(game) as host:
        app = app_at(place_of(host, tmp_path), settings=Settings(name="Ann", suit_letters=True))
        async with app.run_test(size=(60, 20)) as pilot:
            seen = AppPilot(app, pilot)
            await seen.until_prompt()
            await seen.until_text("Enter plays J♣C: next player draws 5")
            await seen.press("h")
            hint = "Hint: play J♣C: the next player draws 5, if nothing answers."
            await seen.until_words(f"{hint} space Pick")
            assert "▶▶ YOUR TURN" in seen.text()
            await pilot.resize_terminal(80, 24)
            await seen.until_text(hint)
            await pilot.resize_terminal(60, 20)
            await seen.until_words(f"{hint} space Pick")
            await seen.press("right")
            await seen.until(lambda: app.screen.query_one(AdviceLine).size.height == 1, "a row")
