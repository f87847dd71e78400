"""Our engine and every other one deal the same game and come to the same states.

Fresh deals: those published with the reference engine (RACHEL_CONFORMANCE, a folder; by default
../shared/conformance beside this checkout, if it is there) and our own in tests/vectors. Complete
games: tests/vectors/games, as traces and logs; each of them is there for a corner of the rules.
"""

import json
import os
from pathlib import Path
from typing import NamedTuple

import pytest
from rulebook import Table

from rachel.formats.action_log import ActionLog
from rachel.formats.replay import ReplayTrace
from rachel.rules.actions import Play
from rachel.rules.cards import ACE
from rachel.rules.events import AttackReduced, CardsDrawn, DirectionReversed, TurnAdvanced
from rachel.rules.game import Game

VECTORS = Path(__file__).parents[1] / "vectors"
SHARED = Path(__file__).parents[3] / "shared" / "conformance"


class Setup(NamedTuple):
    """One line of the file: a deal and the state it must come to."""

    id: str
    seats: int
    seed: int
    state: str
    state_hash: int


def setup_files() -> list[Path]:
    """Return our own vectors and the published ones: always where RACHEL_CONFORMANCE says."""
    chosen = os.environ.get("RACHEL_CONFORMANCE")
    published = Path(chosen or SHARED) / "engine-setups-v1.tsv"
    own = VECTORS / "engine-setups.tsv"
    return [own, published] if chosen or published.exists() else [own]


def setups() -> list[Setup]:
    found = []
    for file in setup_files():
        for line in file.read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                name, seats, seed, state, state_hash = line.split("\t")
                found.append(Setup(name, int(seats), int(seed), state, int(state_hash)))
    return found


def numbers(values: list[int]) -> str:
    return ",".join(map(str, values)) or "-"


def state_text(game: Game) -> str:
    """Return the thirteen fields that the vectors have."""
    nominated = -1 if game.nominated_suit is None else game.nominated_suit
    return ";".join(
        [
            numbers(game.deck[::-1]),
            numbers(game.discard),
            "/".join(map(numbers, game.hands)),
            str(game.current),
            str(game.direction),
            str(game.pending_draws),
            str(game.pending_skips),
            str(nominated),
            numbers([int(out) for out in game.out]),
            numbers(game.finish_order),
            str(game.turn),
            str(game.rng_state),
            ",".join(":".join(map(str, attack)) for attack in game.attacks) or "-",
        ]
    )


def game_files() -> list[Path]:
    return sorted((VECTORS / "games").glob("*.json"))


def read(file: Path) -> ReplayTrace | ActionLog:
    value = json.loads(file.read_text(encoding="utf-8"))
    kind = ActionLog if "initialSnapshotHex" in value else ReplayTrace
    return kind.from_json(value)


@pytest.mark.parametrize("setup", setups(), ids=lambda setup: setup.id)
def test_deals_the_published_state(setup: Setup) -> None:
    game = Game.deal(setup.seats, setup.seed)
    assert state_text(game) == setup.state
    assert game.state_hash() == setup.state_hash


def test_known_points_of_the_formats() -> None:
    game = Game.deal(seats=2, seed=42)
    assert game.state_hash() == 9892255162964722708
    assert game.rng_state == 471898786279842787


def test_seed_zero_deals_like_its_replacement() -> None:
    """A state of 0 is replaced before it is used (docs/PROTOCOL.md, Proof of the deal)."""
    assert state_text(Game.deal(4, 0)) == state_text(Game.deal(4, 0xDEADBEEF))


@pytest.mark.parametrize("file", game_files(), ids=lambda file: file.stem)
def test_recorded_game_comes_to_its_hashes(file: Path) -> None:
    assert read(file).verify().end.is_over


@pytest.mark.parametrize("file", game_files(), ids=lambda file: file.stem)
def test_recorded_game_agrees_with_the_rulebook(file: Path) -> None:
    recorded = read(file)
    table = Table.of(recorded.start())
    for step in recorded.steps:
        assert table.refusal(step.action) is None
        table.apply(step.action)
        assert table.state_hash() == step.state_hash
    assert table.is_over()


def corners(recorded: ReplayTrace | ActionLog) -> set[str]:
    """Return the names of the rare things that happen in a game."""
    found = set()
    before = recorded.start()
    for moment in recorded.moments():
        game, action = moment.game, moment.action
        shuffled = game.rng_state != before.rng_state
        if max(map(len, game.hands)) > 32:
            found.add("hand of more than 32 cards")
        if shuffled and before.pending_draws:
            found.add("reshuffle in the middle of a penalty")
        if game.turn > 0xFFFF:
            found.add("turn number of more than 16 bits")
        if isinstance(action, Play) and before.pending_skips:
            found.add("7 answered with a 7")
        if isinstance(action, Play) and len(action.cards) > 1 and action.cards[0] & 63 == ACE:
            found.add("several aces")
        if isinstance(action, Play) and len(action.cards) > 2:
            found.add("three of a kind")
        for event in moment.events:
            match event:
                case CardsDrawn(cards=cards) if len(cards) < (before.pending_draws or 1):
                    found.add("nothing left to draw")
                case AttackReduced() if game.pending_draws:
                    found.add("penalty left by a red jack")
                case DirectionReversed():
                    found.add("reversed direction")
                case TurnAdvanced(from_seat=origin, to_seat=to) if origin == to:
                    found.add("skips back to the thrower")
        before = game.copy()
    return found


def test_recorded_games_cover_the_corners() -> None:
    """Vectors that are replaced must stay as hard as these."""
    games = {file.stem: read(file) for file in game_files()}
    traces = [game for game in games.values() if isinstance(game, ReplayTrace)]
    assert {len(trace.names) for trace in traces} == set(range(2, 9))
    assert any(isinstance(game, ActionLog) for game in games.values())
    assert set().union(*(corners(game) for game in games.values())) == {
        "7 answered with a 7",
        "hand of more than 32 cards",
        "nothing left to draw",
        "penalty left by a red jack",
        "reshuffle in the middle of a penalty",
        "reversed direction",
        "several aces",
        "skips back to the thrower",
        "three of a kind",
        "turn number of more than 16 bits",
    }


def positions_after(game: Game, turns: int) -> tuple[int, int]:
    """Return how many lines of play so many turns allow, and how many states they end in."""
    lines, states = 0, set()
    stack = [(game, 0)]
    while stack:
        game, depth = stack.pop()
        if depth == turns or game.is_over:
            lines += 1
            states.add(game.state_hash())
            continue
        for action in game.legal_actions():
            after = game.copy()
            after.apply(action)
            stack.append((after, depth + 1))
    return lines, len(states)


@pytest.mark.parametrize(
    ("seats", "seed", "turns", "lines", "states"),
    [
        (2, 42, 10, 857, 852),
        (3, 7, 9, 2020, 2020),
        (4, 11, 7, 3427, 898),
        (5, 1, 8, 2470, 1528),
        (6, 42, 10, 324, 277),
        (7, 0, 10, 163, 163),
        (8, 7, 10, 1508, 614),
    ],
)
def test_number_of_reachable_positions(
    seats: int, seed: int, turns: int, lines: int, states: int
) -> None:
    assert positions_after(Game.deal(seats, seed), turns) == (lines, states)
