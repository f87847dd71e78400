"""What helps with a hand: hints, sorting, and taking a pick back."""

from pathlib import Path

from app_pilot import AppPilot, playing
from scripted_host import position
from table_host import hosting

from rachel.rubp import DrawCard, PlayCard
from rachel.rules.cards import cards_text
from rachel.rules.game import Game
from rachel.rules.view import view_for
from rachel_tui.keep.settings import SORTS
from rachel_tui.words.advisor import hint

NOTHING = ""


def sevens(current: int = 0) -> Game:
    """Return a game in which 7H fits, and 7C and 7D may go along."""
    return position("AS 7D KC 7H 3S 7C", "5C 6C 8C", "4D 5H 6H", top="9H", current=current)


def at_caret(app: AppPilot) -> str:
    """Return the card under the caret."""
    card = app.hand.picking.card
    return NOTHING if card is None else cards_text([card])


def picks(app: AppPilot) -> str:
    """Return the picked cards in their order."""
    return cards_text(app.hand.picking.picked)


async def test_a_hint_puts_the_caret_on_its_card_and_says_why(tmp_path: Path) -> None:
    game = position("3S 6H QH KC", "5C", "4D 5D", top="9H")
    advised = hint(view_for(game, 0))
    assert advised.cards
    async with hosting(game) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        for _ in range(2):
            await app.press("home")
            assert at_caret(app) != cards_text(advised.cards)
            await app.press("h")
            assert at_caret(app) == cards_text(advised.cards)
            assert app.advice == advised.sentence
        assert picks(app) == NOTHING
        await app.press("enter")
        await host.hears(PlayCard)


async def test_a_hint_of_several_cards_picks_them_in_their_order(tmp_path: Path) -> None:
    advised = hint(view_for(sevens(), 0))
    assert len(advised.cards) > 1
    async with hosting(sevens()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("h", "h")
        assert picks(app) == cards_text(advised.cards)
        assert app.advice == f"{advised.sentence} They are picked."


async def test_a_hint_says_when_there_is_only_a_draw(tmp_path: Path) -> None:
    game = position("3S KC", "5C 6C 8C", "4D 5D", top="9H")
    async with hosting(game) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("h")
        assert app.advice == "Hint: nothing fits: draw 1 card."
        await app.press("enter")
        await host.hears(DrawCard)


async def test_there_is_no_hint_before_ones_turn(tmp_path: Path) -> None:
    async with hosting(sevens(current=1)) as host, playing(host, tmp_path) as app:
        await app.until_text("Bot Ada is playing…")
        before = at_caret(app)
        await app.press("h")
        assert app.advice == "Wait for your turn: then h gives a hint."
        assert at_caret(app) == before


async def test_sorting_keeps_the_card_at_the_caret_and_the_order_of_picks(tmp_path: Path) -> None:
    shown = {
        "rank": "3S 7H 7D 7C KC AS",
        "suit": "7H 7D 7C KC 3S AS",
        "dealt": "AS 7D KC 7H 3S 7C",
    }
    async with hosting(sevens()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("2", "space", "4", "space", "3", "space")
        assert picks(app) == "7H 7C 7D"
        seen: list[str] = []
        while set(seen) != set(SORTS):
            await app.press("s")
            await app.until(lambda: app.hand.picking.order not in seen)
            seen.append(app.hand.picking.order)
            assert cards_text(app.hand.picking.hand) == shown[seen[-1]]
            assert (at_caret(app), picks(app)) == ("7D", "7H 7C 7D")


async def test_backspace_takes_the_last_pick_back(tmp_path: Path) -> None:
    async with hosting(sevens()) as host, playing(host, tmp_path) as app:
        await app.until_prompt()
        await app.press("2", "space", "4", "space", "backspace")
        assert picks(app) == "7H"
        await app.until_text("#1")
        assert "#2" not in app.text()
        await app.press("backspace", "backspace")
        assert picks(app) == NOTHING
        assert "#1" not in app.text()
