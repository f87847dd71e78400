"""The lessons follow the rules: in their moves, in their texts, and in what they refuse."""

from collections.abc import Iterator
from itertools import combinations, permutations, product

import pytest

from rachel.formats import snapshot
from rachel.lessons import LESSONS
from rachel.lessons.run import LessonRun
from rachel.lessons.script import NAMES, YOU, Lesson, Scene, parse_move, parts
from rachel.rules.actions import DRAW, Action, Play
from rachel.rules.cards import DECK, SUITS, rank_of
from rachel.rules.events import (
    AttackApplied,
    AttackReduced,
    CardsDrawn,
    DirectionReversed,
    Event,
    GameFinished,
    PlayerFinished,
    SkipApplied,
)
from rachel.rules.game import Game

READ_WORDS_A_MINUTE = 220
PAGE_S, MOVE_S = 2.0, 5.0
"""Seconds that it takes to turn a page, and to find and make a move; guesses on the safe side."""

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
EACH_LESSON = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.key)
EACH_SCENE = pytest.mark.parametrize(
    "scene",
    [scene for lesson in LESSONS for scene in lesson.scenes],
    ids=[f"{lesson.key}-{n}" for lesson in LESSONS for n in range(len(lesson.scenes))],
)


def pages(lesson: Lesson, choices: tuple[int, ...] = ()) -> Iterator[LessonRun]:
    """Play a lesson and yield it at every page; ``choices`` says which good move is made when."""
    run, moves = LessonRun(lesson), list(choices)
    yield run
    while not run.ended:
        if run.ask:
            assert run.turn is not None
            good = (run.turn.move, *run.turn.also)
            assert run.attempt(parse_move(good[moves.pop(0) if moves else 0])), run.told
        else:
            run.go_on()
        yield run


def every_way(lesson: Lesson) -> Iterator[tuple[int, ...]]:
    turns = [turn for scene in lesson.scenes for turn in scene.turns if turn.ask]
    return product(*(range(1 + len(turn.also)) for turn in turns))


@EACH_LESSON
def test_every_way_through_a_lesson_leads_to_its_end(lesson: Lesson) -> None:
    for choices in every_way(lesson):
        *_, last = pages(lesson, choices)
        assert last.ended
        assert last.told == lesson.summary


@EACH_SCENE
def test_every_position_could_be_a_game(scene: Scene) -> None:
    assert snapshot.decode(snapshot.encode(scene.deal())).game.hands == scene.deal().hands
    assert (scene.current == YOU) == bool(scene.turns[0].ask)
    assert scene.opening


def tries(game: Game) -> Iterator[Action]:
    """Yield what one could try, from everything that the hand allows to nonsense."""
    yield DRAW
    hand = game.hands[game.current]
    for cards in [(), *permutations(hand, 1), *permutations(hand, 2), *combinations(hand, 3)]:
        yield Play(cards)
        yield from (Play(cards, suit) for suit in SUITS)
    yield Play((hand[0], hand[0]))
    yield Play((next(card for card in DECK if card not in hand),))


@EACH_LESSON
def test_a_wrong_try_is_answered_and_the_lesson_goes_on(lesson: Lesson) -> None:
    for run in pages(lesson):
        if not run.ask or run.turn is None:
            continue
        good = set(map(parse_move, (run.turn.move, *run.turn.also)))
        ask, before, made = run.ask, run.game.state_hash(), 0
        for action in tries(run.game):
            if action in good:
                continue
            made += 1
            assert not run.attempt(action)
            assert run.told.endswith((".", "!"))
            assert parts(run.told)
            assert (run.ask, run.tries, run.game.state_hash()) == (ask, made, before)


@EACH_LESSON
def test_what_is_told_is_what_the_rules_have_done(lesson: Lesson) -> None:
    for scene in lesson.scenes:
        game = scene.deal()
        for turn in scene.turns:
            assert (game.current == YOU) == bool(turn.ask)
            seat, events = game.current, list[Event]()
            game.apply(parse_move(turn.move), events)
            told = turn.told.lower()
            if seat != YOU:
                assert NAMES[seat].lower() in told or told.startswith(("he ", "she "))
            for event in events:
                for word in words_of(event, game):
                    assert word in told, f"{turn.move}: {word!r}"
            if rank_of(game.top) == 7 and isinstance(parse_move(turn.move), Play):
                for missed in skipped(game, seat):
                    assert "you miss" in told or "misses" in told, turn.move
                    assert missed == YOU or NAMES[missed].lower() in told


def words_of(event: Event, game: Game) -> list[str]:
    """Return what a text about an event has to say."""
    match event:
        case CardsDrawn(cards=cards) if not cards:
            return ["draw nothing"]
        case CardsDrawn(seat=seat, cards=cards) if seat != YOU and len(cards) > 1:
            return ["draws", NUMBERS[len(cards)]]
        case AttackApplied() | AttackReduced():
            left = game.pending_draws
            return [NUMBERS[left]] if left else ["nobody draws"]
        case DirectionReversed():
            return ["direction turns"]
        case PlayerFinished(position=position):
            return ["out", "win" if position == 0 else "second"]
        case GameFinished(survivor=survivor) if survivor is not None:
            return [NAMES[survivor].lower(), "loses"]
        case SkipApplied() | _:
            return []


def skipped(game: Game, seat: int) -> list[int]:
    """Return the seats between the one that acted and the one to act, as far as they are in."""
    seats, to = [], seat
    while (to := (to + game.direction) % game.seats) != game.current:
        seats.append(to)
    return [it for it in seats if not game.out[it] and it != seat]


def test_the_lessons_take_twelve_minutes_and_none_more_than_a_minute_and_a_half() -> None:
    seconds = {lesson.key: duration_s(lesson) for lesson in LESSONS}
    assert max(seconds.values()) <= 90, seconds
    assert sum(seconds.values()) <= 12 * 60, seconds


def duration_s(lesson: Lesson) -> float:
    total = 0.0
    for run in pages(lesson):
        words = len(f"{run.told} {run.ask}".split())
        total += words * 60 / READ_WORDS_A_MINUTE + (MOVE_S if run.ask else PAGE_S)
    return total


def test_pages_are_turned_only_where_no_move_is_asked_for() -> None:
    run = LessonRun(LESSONS[0])
    with pytest.raises(ValueError, match="no page"):
        run.go_on()
    assert run.attempt(parse_move("4H"))
    assert run.expected is None
    with pytest.raises(ValueError, match="read on"):
        run.attempt(DRAW)


def test_an_allowed_move_that_the_lesson_is_not_about_is_nudged_back() -> None:
    run = LessonRun(next(lesson for lesson in LESSONS if lesson.key == "together"))
    assert not run.attempt(parse_move("4H"))
    assert run.told == "That would do, but there is more to win: three fours in one turn."


def test_texts_come_apart_into_words_and_cards() -> None:
    assert parts("Play {7H} on {9H}.") == ("Play ", 7, " on ", 9, ".")
    assert parts("No card.") == ("No card.",)


def test_pages_can_be_turned_back() -> None:
    run = LessonRun(LESSONS[0])
    assert not run.go_back()
    first = (run.told, run.ask, run.game.state_hash())
    assert run.attempt(parse_move("4H"))
    run.go_on()
    assert run.go_back()
    assert run.told == "A heart on a heart: the suit fits."
    assert run.go_back()
    assert (run.told, run.ask, run.game.state_hash()) == first
    assert run.attempt(parse_move("4H"))
