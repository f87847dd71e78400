"""What is said of a game on the wire: GAME_STATE and TURN_END, from what everybody sees of it."""

from rachel.rubp import ActionKind, GameState, TurnEnd
from rachel.rules.actions import Action, Play
from rachel.rules.view import PublicView


def game_state(public: PublicView, tag: int = 0) -> GameState:
    """Return GAME_STATE; ``tag`` names the state (docs/PROTOCOL.md)."""
    return GameState(
        current_seat=public.current,
        direction=0 if public.direction > 0 else 1,
        top_card=public.top,
        nominated_suit=public.nominated_suit,
        pending_draws=public.pending_draws,
        pending_skips=public.pending_skips,
        deck_count=public.deck_count,
        hand_counts=public.hand_counts,
        game_over=public.is_over,
        survivor=public.survivor,
        turn=public.turn,
        state_hash=tag,
        discard_count=public.discard_count,
        out_mask=sum(1 << seat for seat in public.finish_order),
        finish_order=public.finish_order,
    )


def turn_end(public: PublicView, seat: int, action: Action, drawn: int, tag: int = 0) -> TurnEnd:
    """Return TURN_END for an action that drew ``drawn`` cards and led to ``public``."""
    played = action if isinstance(action, Play) else None
    order = public.finish_order
    return TurnEnd(
        seat=seat,
        kind=ActionKind.DRAW if played is None else ActionKind.PLAY,
        cards=() if played is None else played.cards,
        nominated_suit=None if played is None else played.suit,
        drawn=drawn,
        next_seat=public.current,
        turn=public.turn,
        finish_position=order.index(seat) if seat in order else None,
        survivor=public.survivor,
        state_hash=tag,
    )
