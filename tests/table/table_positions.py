"""Games at a chosen point: found by playing, stored as a journal does, so that tables restore them.

Everything is found from fixed seeds, so that a test meets the same cards every time.
"""

import random
from collections.abc import Callable, Sequence
from typing import Final

from table_harness import Host, Mailbox, token_of

from rachel.rubp import DrawCard, PlayCard
from rachel.rules.actions import DRAW, Action, Play
from rachel.rules.cards import parse_card, parse_suit
from rachel.rules.game import Game
from rachel.rules.legal import is_playable
from rachel_server.core.entries import ActionTaken, GameStarted, GameStatus, SeatEntry, StoredGame
from rachel_server.core.seating import hash_token

ROOM: Final = "TEA42"
GAME_ID: Final = 777
_SEEDS_MAX: Final = 5000
_SEED_STEP: Final = 0x9E37_79B9_7F4A_7C15
"""Odd, so that every multiple modulo 2**64 is another seed, and none that a frame holds anyway."""
_TURNS_MAX: Final = 200

Wanted = Callable[[Game], bool]


def find(seats: int, wanted: Wanted) -> tuple[int, list[Action]]:
    """Return the seed and the actions of a game that is as wanted, not over, after them."""
    for number in range(1, _SEEDS_MAX):
        seed = number * _SEED_STEP % 2**64
        game, rng = Game.deal(seats, seed), random.Random(seed)
        actions: list[Action] = []
        while not game.is_over and game.turn < _TURNS_MAX:
            if wanted(game):
                return seed, actions
            actions.append(rng.choice(game.legal_actions()))
            game.apply(actions[-1])
    raise LookupError("no game comes to such a point")


def stored_game(
    seats: int,
    seed: int,
    actions: Sequence[Action],
    *,
    people: Sequence[int] | None = None,
    turn_time_s: float | None = 60.0,
) -> StoredGame:
    """Return a game as a store holds it; seats that are not ``people``'s belong to bots.

    The person on seat n is called ``P n`` and has `token_of` (n).
    """
    people = range(seats) if people is None else people
    entries = tuple(
        SeatEntry(f"P{seat}", None, hash_token(token_of(seat)), 0x60, b"\0\0\0")
        if seat in people
        else SeatEntry(f"Bot {seat}", "beginner", None, 0xFFFF, b"\0\0\0")
        for seat in range(seats)
    )
    start = GameStarted(
        game="restoredgame",
        game_id=GAME_ID,
        room=ROOM,
        public=False,
        seed=seed,
        nonce=bytes(range(16)),
        turn_time_s=turn_time_s,
        bot_level="intermediate",
        seats=entries,
        at=1_699_999_000.0,
    )
    game, rows = Game.deal(seats, seed), []
    for action in actions:
        turn, seat = game.turn, game.current
        game.apply(action)
        rows.append(ActionTaken(start.game, turn, seat, action, game.state_hash()))
    return StoredGame(start, tuple(rows), GameStatus.PLAYING, None)


def seat_again(host: Host, seat: int, *, acknowledges: bool = False, version: int = 2) -> Mailbox:
    """Let the person of a seat come back to a restored game; what they hear on the way is gone."""
    link = host.hello(
        "WHOEVER",
        token=token_of(seat),
        game_id=GAME_ID,
        acknowledges=acknowledges,
        version=version,
    )
    assert link.table is not None
    assert link.seat == seat
    link.heard()
    return link


def playable(game: Game, card: int) -> bool:
    """Tell whether a card may lead now."""
    return is_playable(
        card,
        top=game.top,
        nominated=game.nominated_suit,
        pending_draws=game.pending_draws,
        pending_skips=game.pending_skips,
    )


def message_of(action: Action, known: int | None = None) -> PlayCard | DrawCard:
    """Return the message that asks for an action in the state of this hash, if one is given."""
    if isinstance(action, Play):
        return PlayCard(action.cards, action.suit, known)
    return DrawCard(observed_hash=known)


def last_action(game: Game) -> Play | None:
    """Return a play that ends the game, or None."""
    for action in game.legal_actions():
        after = game.copy()
        after.apply(action)
        if after.is_over and isinstance(action, Play):
            return action
    return None


def read_action(text: str) -> Action:
    """Return the action written short: ``draw``, ``7H 7C``, ``AS hearts``."""
    if text == "draw":
        return DRAW
    *words, last = text.split()
    if last[-1].islower():
        return Play(tuple(map(parse_card, words)), parse_suit(last))
    return Play(tuple(map(parse_card, [*words, last])))


LONG_HAND_SEED: Final = 0x6F41_30D2_2047_6F13
_LONG_HAND: Final = (
    "draw, 4S, 5S, draw, KS, 2S, draw, draw, 9S, draw, 9D, 5D, draw, 10D 10H, QH, QD, draw, "
    "draw, draw, draw, draw, draw, AD hearts, 5H, 8H, 7H 7D, draw, draw, draw, 8D, draw, draw, "
    "draw, draw, draw, draw, draw, draw, JD, JH, 3H, 2H, draw, KH KC, KD, draw, draw, draw, "
    "draw, draw, draw, draw, draw, 3D 3C, 2C, draw, JC, JS, draw, 8S 8C, 9C, AC hearts, AS "
    "hearts, draw, 2H, 2S, draw, 2D, draw, draw, JD, draw, JH, draw, 4H, 4D 4C, 10C, 2C, draw, "
    "5C, 6C, draw, QC, JC, draw, draw, KC, draw, KH, draw, AH hearts, draw, 8H, draw, 6H, draw, "
    "6S, 5S, 3S, 2S 2C, draw, 9C 9D, AD hearts, draw, 2H, draw, 10H, 10C 10S, KS, JS, draw, "
    "draw, JC, draw, JD, JH JS, draw, draw, 4S, 6S, 9S, draw, 2S, 2D, draw, 2H, draw, draw, 8H, "
    "KH, 5H, draw, 5C, 2C, draw, 8C, AC hearts, draw, 4H, 4C, 3C, 2C, draw, 6C, 6H, draw, 10H, "
    "draw, 10C, JC, draw, KC, KS, 2S, draw"
)
LONG_HAND_ACTIONS: Final = tuple(map(read_action, _LONG_HAND.split(", ")))
"""A game of two that seat 0 leads, with its last draw, to a hand of 33 cards."""
