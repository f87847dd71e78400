"""The moments that decided a game: its biggest attack, its longest chain, its leaders."""

from collections.abc import Iterator
from dataclasses import dataclass

from rachel.rules.actions import Play
from rachel.text import listed
from rachel_tui.games.reel import Reel, Scene
from rachel_tui.words.hints import plural
from rachel_tui.words.story import Sentence, card_list

_ATTACK_FROM = 4
"""Cards drawn at once that make an attack worth telling."""
_CHAIN_FROM = 2
_COMEBACK_FROM = 9
"""Cards in a hand from which winning is a comeback."""


@dataclass(frozen=True, slots=True)
class TurningPoint:
    """A moment of a game.

    Attributes:
        label: what kind of moment, in two words.
        text: what happened.
        step: the step of the replay at which it did.
    """

    label: str
    text: Sentence
    step: int


def turning_points(reel: Reel, me: int | None = None) -> tuple[TurningPoint, ...]:
    """Return the moments of a game that are worth telling; ``me`` is the seat called "you"."""
    names = ["you" if seat == me else name for seat, name in enumerate(reel.names)]
    found = (
        _biggest_attack(reel, names),
        _longest_chain(reel, names),
        _lead(reel),
        _comeback(reel, names),
    )
    return tuple(point for point in found if point is not None)


def _biggest_attack(reel: Reel, names: list[str]) -> TurningPoint | None:
    step = max(range(len(reel.scenes)), key=lambda step: reel.scenes[step].drawn)
    scene = reel.scenes[step]
    if scene.seat is None or scene.drawn < _ATTACK_FROM:
        return None
    by = reel.scenes[step - 1].seat
    whose = "" if by is None or by == scene.seat else f", played by {names[by]}"
    text = f"{plural(scene.drawn, 'card')} for {names[scene.seat]}{whose}"
    return TurningPoint("Hardest hit", (text,), step)


def _longest_chain(reel: Reel, names: list[str]) -> TurningPoint | None:
    chains = list(_chains(reel))
    if not chains:
        return None
    first, last = max(chains, key=lambda chain: len(_cards(reel, *chain)))
    if last - first + 1 < _CHAIN_FROM:
        return None
    scenes, cards = reel.scenes[first : last + 1], _cards(reel, first, last)
    players = list(dict.fromkeys(names[scene.seat] for scene in scenes if scene.seat is not None))
    text = (*card_list(cards), f" by {listed(players)}")
    return TurningPoint("Longest chain", text, last)


def _chains(reel: Reel) -> Iterator[tuple[int, int]]:
    """Yield the first and last step of each run of cards: an attack, and all that answered it."""
    first, pending = None, 0
    for step, scene in enumerate(reel.scenes):
        belongs = bool(_played(scene)) and (pending > 0 or scene.pending > 0)
        if first is not None and not (belongs and pending):
            yield first, step - 1
            first = None
        if belongs and first is None:
            first = step
        pending = scene.pending
    if first is not None:
        yield first, reel.last


def _lead(reel: Reel) -> TurningPoint | None:
    """Tell how often another seat came to hold the fewest cards."""
    leader, changes, last = None, 0, 0
    for step, scene in enumerate(reel.scenes):
        fewest = min(scene.counts)
        ahead = [seat for seat, count in enumerate(scene.counts) if count == fewest]
        if len(ahead) == 1 and ahead[0] != leader:
            changes += leader is not None
            leader, last = ahead[0], step
        if not fewest:
            break
    if leader is None or not changes:
        return None
    text = f"{plural(changes, 'change')} of who had the fewest cards"
    return TurningPoint("Lead", (text,), last)


def _comeback(reel: Reel, names: list[str]) -> TurningPoint | None:
    winner = next(iter(reel.at(reel.last).finish_order), None)
    if winner is None:
        return None
    step = max(range(len(reel.scenes)), key=lambda step: reel.scenes[step].counts[winner])
    most = reel.scenes[step].counts[winner]
    if most < _COMEBACK_FROM:
        return None
    won = "you held" if names[winner] == "you" else f"{names[winner]} held"
    return TurningPoint("Comeback", (f"{won} {most} cards, and went out first",), step)


def _cards(reel: Reel, first: int, last: int) -> list[int]:
    """Return the cards that were played from one step to another."""
    return [card for scene in reel.scenes[first : last + 1] for card in _played(scene)]


def _played(scene: Scene) -> tuple[int, ...]:
    return scene.action.cards if isinstance(scene.action, Play) else ()
