"""Picking several cards: their order is kept, and why a card cannot be picked is told."""

from scripted_host import cards, position

from rachel.rules.game import Game
from rachel.rules.view import view_for
from rachel_tui.keep.settings import DEFAULTS
from rachel_tui.words.picking import Picking, sorted_hand


def picking_of(game: Game) -> Picking:
    """Return a picking of seat 0, whose turn it is."""
    view = view_for(game, 0)
    picking = Picking()
    picking.show(view.hand, view.public)
    return picking


def at(picking: Picking, card: str) -> Picking:
    """Put the caret on a card."""
    picking.move_to(picking.hand.index(cards(card)[0]))
    return picking


def test_a_hand_is_held_by_rank() -> None:
    assert sorted_hand(cards("AS 7C 2D 7H")) == tuple(cards("2D 7H 7C AS"))


def test_the_caret_begins_at_a_card_that_fits() -> None:
    picking = picking_of(position("3S KC 9D QH", "5C", top="9H"))
    assert picking.card == cards("9D")[0]


def test_cards_are_played_in_the_order_they_were_picked() -> None:
    picking = picking_of(position("7H 7D 7C", "5C", top="9H"))
    assert at(picking, "7H").toggle() is None
    assert at(picking, "7C").toggle() is None
    assert at(picking, "7D").toggle() is None
    assert picking.chosen == tuple(cards("7H 7C 7D"))
    assert picking.why_not() is None


def test_a_card_that_does_not_fit_cannot_go_first() -> None:
    picking = picking_of(position("7H 7C", "5C", top="9H"))
    assert at(picking, "7C").why_not() == "7C goes with 7H: pick 7H first."
    assert picking.toggle() == "7C goes with 7H: pick 7H first."
    assert picking.picked == ()


def test_a_card_of_another_rank_does_not_go_with_those_that_are_picked() -> None:
    picking = picking_of(position("7H 7C KC", "5C", top="9H"))
    for card in ("7H", "7C"):
        at(picking, card).toggle()
    assert at(picking, "KC").toggle() == "KC does not go with 7H 7C: only 7s do."
    assert picking.picked == tuple(cards("7H 7C"))


def test_a_card_that_does_not_fit_at_all_says_why() -> None:
    picking = picking_of(position("7H KC", "5C", top="9H"))
    assert at(picking, "KC").toggle() == "KC does not fit: needs the suit or rank of 9H."
    assert picking.why_not() == "KC does not fit: needs the suit or rank of 9H."


def test_cards_of_the_picked_rank_can_be_added() -> None:
    picking = picking_of(position("8C 8D 8S KC 5H", "5C 6H", top="9C"))
    assert not picking.addable
    at(picking, "8C").toggle()
    assert picking.addable == set(cards("8D 8S"))
    assert picking.pick_advice(DEFAULTS.key) == "tab: to the next 8"
    at(picking, "8D")
    assert picking.pick_advice(DEFAULTS.key) == "space adds 8D"
    picking.toggle()
    assert picking.addable == set(cards("8S"))
    at(picking, "8S").toggle()
    assert picking.pick_advice(DEFAULTS.key) == ""


def test_tab_goes_to_cards_that_can_be_added() -> None:
    picking = picking_of(position("7C 8C 8D KC", "5C 6H", top="9C"))
    at(picking, "8C").toggle()
    picking.next_playable()
    assert picking.card in cards("8D")
    picking.toggle()
    picking.next_playable(-1)
    assert picking.card in cards("7C")


def test_putting_the_first_card_back_puts_back_those_that_cannot_lead() -> None:
    picking = picking_of(position("7H 7C", "5C", top="9H"))
    at(picking, "7H").toggle()
    at(picking, "7C").toggle()
    at(picking, "7H").toggle()
    assert picking.picked == ()


def test_putting_another_card_back_keeps_the_rest() -> None:
    picking = picking_of(position("7H 7C", "5C", top="9H"))
    at(picking, "7H").toggle()
    at(picking, "7C").toggle()
    at(picking, "7C").toggle()
    assert picking.picked == tuple(cards("7H"))


def test_picking_another_rank_starts_anew() -> None:
    picking = picking_of(position("7H QH", "5C", top="9H"))
    at(picking, "7H").toggle()
    at(picking, "QH").toggle()
    assert picking.picked == tuple(cards("QH"))


def test_nothing_can_be_picked_out_of_turn() -> None:
    picking = Picking()
    picking.show(cards("7H"), None)
    assert picking.toggle() == "Wait for your turn."
    assert picking.why_not() == "Wait for your turn."
    assert not picking.playable


def test_picks_end_with_the_turn_and_the_caret_stays_on_its_card() -> None:
    game = position("7H QH KC", "5C 6H", top="9H")
    picking = picking_of(game)
    at(picking, "QH").toggle()
    picking.show(cards("KC 2D QH"), None)
    assert picking.picked == ()
    assert picking.card == cards("QH")[0]


def test_the_caret_is_at_a_card_that_fits_when_another_turn_follows_at_once() -> None:
    game = position("7S 9S KH", "5C 6C", top="9S")
    picking = at(picking_of(game), "7S")
    game.play(cards("7S"))
    view = view_for(game, 0)
    assert view.is_my_turn
    picking.show(view.hand, view.public)
    assert picking.card == cards("9S")[0]


def test_going_through_the_cards_that_fit() -> None:
    picking = picking_of(position("2C 7H 8S QH", "5C", top="9H"))
    seen = []
    for _ in range(3):
        picking.next_playable()
        seen.append(picking.card)
    assert seen == cards("QH 7H QH")
    picking.next_playable(-1)
    assert picking.card == cards("7H")[0]
