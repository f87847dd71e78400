"""The rules in JavaScript come to what those in Python come to, and records are checked alike."""

import json
import random
import re
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from chromium import chromium
from http_server import http_server
from playwright.async_api import Page

from rachel.formats.action_log import ActionLog
from rachel.formats.json_shapes import ReplayError, load, looks_rounded
from rachel.formats.record import GameRecord, VerifyError, verify
from rachel.formats.replay import ReplayTrace, take
from rachel.rules.actions import DRAW, Action, IllegalAction, Play
from rachel.rules.cards import DECK
from rachel.rules.deal_proof import commitment
from rachel.rules.events import CardsDrawn
from rachel.rules.game import Game
from rachel.simulation import play_game

VECTORS: Final = Path(__file__).parents[1] / "vectors"
RECORD: Final = (VECTORS / "record.json").read_text(encoding="utf-8")

# Cases are [state, actions]; an action is [cards or null, suit]. What comes back of each is the
# hash before and after every action, or the name of its refusal.
PLAY: Final = """async (cases) => {
  const { Game } = await import("/static/engine.js");
  return cases.map(([state, actions]) => {
    const game = state.seed !== undefined ? Game.deal(state.seats, BigInt(state.seed))
      : new Game({ ...state, rng: BigInt(state.rng) });
    const told = [String(game.hash())];
    for (const [cards, suit] of actions) {
      try {
        if (cards) game.play(cards, suit); else game.draw();
        told.push(String(game.hash()));
      } catch (refused) {
        told.push(refused.reason ?? String(refused));
      }
    }
    return told;
  });
}"""
CHECK: Final = """async (text) => {
  const { check, readRecord } = await import("/static/record.js");
  try {
    const { problem, checked } = check(readRecord(text));
    return [problem, checked];
  } catch (error) {
    return [error.message, -1];
  }
}"""


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[Page]:
    """Return a page that may import the scripts."""
    async with (
        http_server(tmp_path) as served,
        chromium() as browser,
        await browser.new_context(bypass_csp=True) as context,
    ):
        page = await context.new_page()
        await page.goto(f"{served.url}/replay")
        yield page


def told(action: Action) -> list[Any]:
    return [list(action.cards), action.suit] if isinstance(action, Play) else [None, None]


def state_of(game: Game) -> dict[str, Any]:
    """Return a state with the names that engine.js has."""
    return {
        **{"hands": game.hands, "deck": game.deck, "pile": game.discard, "current": game.current},
        **{"direction": game.direction, "draws": game.pending_draws, "skips": game.pending_skips},
        **{"suit": game.nominated_suit, "order": game.finish_order, "turn": game.turn},
        **{"rng": str(game.rng_state), "attacks": game.attacks},
    }


async def test_deals_come_to_the_vectors(page: Page) -> None:
    lines = (VECTORS / "engine-setups.tsv").read_text(encoding="utf-8").splitlines()
    setups = [line.split("\t") for line in lines if not line.startswith("#")]
    cases = [[{"seats": int(seats), "seed": seed}, []] for _, seats, seed, *_ in setups]
    cases.append([{"seats": 4, "seed": "0"}, []])
    hashes = [[state_hash] for *_, state_hash in setups]
    assert await page.evaluate(PLAY, cases) == [*hashes, [str(Game.deal(4, 0).state_hash())]]


async def test_recorded_and_random_games_come_to_every_hash(page: Page) -> None:
    games: list[ReplayTrace | ActionLog] = [
        play_game(["beginner"] * (2 + seed % 7), seed * 0x9E37_79B9_7F4A_7C15 % 2**64).trace()
        for seed in range(35)
    ]
    for file in sorted((VECTORS / "games").glob("*.json")):
        value = json.loads(file.read_text(encoding="utf-8"))
        kind = ActionLog if "initialSnapshotHex" in value else ReplayTrace
        games.append(kind.from_json(value))
    cases = [[state_of(game.start()), [told(it.action) for it in game.steps]] for game in games]
    expected = [[game.initial_hash, *(step.state_hash for step in game.steps)] for game in games]
    assert await page.evaluate(PLAY, cases) == [list(map(str, hashes)) for hashes in expected]


async def test_what_is_against_the_rules_is_refused_by_the_same_name(page: Page) -> None:
    dice, cases, expected, names = random.Random(7), [], [], set()
    for seed in range(40):
        game, actions = Game.deal(2 + seed % 7, seed), []
        answers = [str(game.state_hash())]
        for _ in range(120):
            hand = game.hands[game.current] or [DECK[0]]
            tried: Action = Play(
                tuple(dice.choices([*hand, dice.choice(DECK)], k=dice.choice((0, 1, 1, 2)))),
                dice.choice((None, None, 0, 3)),
            )
            chosen = dice.choice(game.legal_actions()) if not game.is_over else tried
            for action in (tried, DRAW, chosen):
                actions.append(told(action))
                try:
                    game.apply(action)
                    answers.append(str(game.state_hash()))
                except IllegalAction as refusal:
                    answers.append(refusal.reason.value)
                    names.add(refusal.reason.value)
        cases.append([state_of(Game.deal(2 + seed % 7, seed)), actions])
        expected.append(answers)
    assert len(names) == 6  # all but not_your_turn, which hosts say
    assert await page.evaluate(PLAY, cases) == expected


async def test_a_commitment_is_the_hash_of_seed_and_nonce(page: Page) -> None:
    nonce = bytes(range(16))
    seeds = [0xFEDC_BA98_7654_3210, 0x2A]
    found = await page.evaluate(
        """async ([seeds, nonce]) => {
          const { commitmentOf } = await import("/static/proof.js");
          return seeds.map((seed) => commitmentOf(seed, nonce));
        }""",
        [[f"{seed:X}" for seed in seeds], nonce.hex()],
    )
    assert found == [commitment(seed, nonce) for seed in seeds]


HOLDS: Final = """async (games) => {
  const { holds } = await import("/static/proof.js");
  return games.map(holds);
}"""


def seen_by(seat: int, seed: int, nonce: bytes) -> dict[str, Any]:
    """Return a whole game of three as this seat saw it; the proof is all told."""
    game = Game.deal(3, seed)
    hand, moves = list(game.hands[seat]), []
    for number, step in enumerate(play_game(["beginner"] * 3, seed).trace().steps, start=1):
        own = game.current == seat
        drawn = [
            card
            for event in take(game, step.action, number)
            if isinstance(event, CardsDrawn)
            for card in event.cards
        ]
        cards, suit = told(step.action)
        moves.append({"cards": cards or [], "suit": suit, "drawn": drawn if own else None})
    promise = commitment(seed, nonce)
    proof = {"Deal proof 1/2": promise[:32], "Deal proof 2/2": promise[32:]}
    proof |= {"Seed": f"{seed:016x}", "Nonce": nonce.hex()}
    return {"told": proof, "seats": 3, "seat": seat, "hand": hand, "moves": moves}


async def test_a_deal_holds_for_those_who_saw_it_unless_anything_differs(page: Page) -> None:
    fair = seen_by(1, 7, bytes(16))
    proof, hand, moves = fair["told"], fair["hand"], fair["moves"]
    draw = next(n for n, move in enumerate(moves) if move["drawn"])
    stranger = next(card for card in DECK if card not in [*hand, *moves[draw]["drawn"]])
    cases: list[tuple[dict[str, Any], bool | None]] = [
        (fair, True),
        (fair | {"hand": None, "moves": moves[:5]}, True),
        (fair | {"seat": None, "hand": None, "moves": []}, True),
        (fair | {"told": proof | {"Nonce": "01" * 16}}, False),
        (fair | {"told": proof | {"Seed": f"{8:016x}"}}, False),
        (fair | {"hand": [*hand[:-1], stranger]}, False),
        (fair | {"moves": moves[1:]}, False),
        (fair | {"moves": [*moves[:draw], moves[draw] | {"drawn": [stranger]}]}, False),
        *((fair | {"told": {k: v for k, v in proof.items() if k != part}}, None) for part in proof),
    ]
    assert await page.evaluate(HOLDS, [case for case, _ in cases]) == [it for _, it in cases]


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    record = json.loads(RECORD)
    change(record)
    return json.dumps(record)


FALSE: Final[list[tuple[Callable[[dict[str, Any]], object], str]]] = [
    (lambda it: it.update(nonce="0" * 32), "commitment announced"),
    (lambda it: it["replay"].update(seed=1933), "seed 1933"),
    (lambda it: it["replay"].update(initialStateHash=1), "The shuffle leads"),
    (lambda it: it["seats"][0].update(name="Eve"), "names differ"),
    (lambda it: it["replay"].update(aiPlayerIndices=[]), "bots differ"),
    (lambda it: it["replay"]["steps"][4].update(expectedStateHash=2**64 - 1), "Step 5 leads"),
    (
        lambda it: it["replay"]["steps"][0].update(action={"type": "draw"}),
        "Step 1 is refused",
    ),
    (lambda it: it["replay"]["steps"].pop(), "not over"),
    (lambda it: it["places"].reverse(), "places"),
]


async def test_a_true_record_holds_to_the_last_bit(page: Page) -> None:
    steps = len(json.loads(RECORD)["replay"]["steps"])
    assert await page.evaluate(CHECK, RECORD) == [None, steps]
    without = changed(lambda it: [step.pop("expectedStateHash") for step in it["replay"]["steps"]])
    assert await page.evaluate(CHECK, without) == [None, 0]
    verify(GameRecord.from_json(load(without)))


async def test_a_false_record_is_refused_where_rachel_verify_refuses_it(page: Page) -> None:
    for change, words in FALSE:
        text = changed(change)
        with pytest.raises(VerifyError):
            verify(GameRecord.from_json(load(text)))
        problem, _ = await page.evaluate(CHECK, text)
        assert words in problem
        assert "rounded" not in problem


async def test_what_is_no_record_is_refused_by_its_field(page: Page) -> None:
    unreadable = [
        ("{", "not JSON"),
        ("[]", "the document must be an object"),
        (changed(lambda it: it.pop("seats")), "seats must be a list"),
        (changed(lambda it: it.update(seed=2**64)), "seed must be an integer of 64 bits"),
        (changed(lambda it: it.update(seed="1932")), "seed must be"),
        (changed(lambda it: it.update(places=[0, 0, 1])), "places must be"),
        (changed(lambda it: it["replay"].update(playerNames=["Ada"])), "2 to 8 names"),
        (
            changed(lambda it: it["replay"]["steps"][2]["action"].update(type="x")),
            "replay.steps[2].action.type must be one of draw, play",
        ),
    ]
    for text, words in unreadable:
        with pytest.raises(ReplayError):
            GameRecord.from_json(load(text))
        problem, checked = await page.evaluate(CHECK, text)
        assert words in problem
        assert checked == -1


async def test_rounded_numbers_are_said_to_be(page: Page) -> None:
    forms: list[Callable[[str], float]] = [
        float,
        lambda digits: int(float(digits)),
        lambda digits: int(Decimal(repr(float(digits)))),
        lambda digits: int(Decimal(f"{float(digits):.17g}")),
    ]
    for form in forms:
        parts = re.split(r"\b(\d{17,})\b", RECORD)
        parts[1::2] = [json.dumps(form(digits)) for digits in parts[1::2]]
        assert looks_rounded(load("".join(parts)))
        problem, _ = await page.evaluate(CHECK, "".join(parts))
        assert "look rounded" in problem
