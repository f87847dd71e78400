"""What the player can do about the card they look at, in one line."""

from rachel.rules.cards import cards_text
from rachel.rules.view import SeatView
from rachel_tui.words.hints import draw_text, effect_text, must_draw
from rachel_tui.words.picking import Picking


def advice(view: SeatView | None, prompt: bool, picking: Picking) -> str:
    """Return the sentence under the hand.

    Args:
        view: the table as our seat sees it, None before the deal.
        prompt: whether it is for us to act.
        picking: caret and picked cards.
    """
    if view is None:
        return ""
    if not view.hand:
        return "You are out. Watch how the others fare."
    if not prompt:
        return "On its way…" if view.is_my_turn else "You can look through your cards meanwhile."
    if must_draw(view):
        return f"▶ {draw_text(view.public)} Press d or Enter."
    chosen = picking.chosen
    problem = picking.why_not()
    if problem is not None:
        return problem
    effect = effect_text(chosen, view.public)
    because = f": {effect}" if effect else ""
    more = picking.pick_advice()
    return f"Enter plays {cards_text(chosen)}{because}{f' · {more}' if more else ''}"
