"""The lessons on screens: played from the first to the last with keys, kept, chosen, skipped."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from app_pilot import ENVIRONMENT, AppPilot, place_of
from scripted_host import position
from table_host import hosting
from textual.pilot import Pilot

from rachel.lessons import LESSONS
from rachel.lessons.run import LessonRun
from rachel.rules.actions import Action, Play
from rachel.rules.cards import SUIT_LETTERS
from rachel_tui.app import RachelApp
from rachel_tui.dressed import Outfit
from rachel_tui.home import Home
from rachel_tui.keep.lessons import Progress
from rachel_tui.keep.settings import Settings
from rachel_tui.place import Place
from rachel_tui.screens.help import HelpScreen
from rachel_tui.screens.home import HomeScreen
from rachel_tui.screens.lesson import LessonScreen
from rachel_tui.screens.lessons import LessonsScreen
from rachel_tui.screens.rules import RulesScreen
from rachel_tui.screens.suit_picker import SuitPicker
from rachel_tui.widgets.choices import Choices
from rachel_tui.widgets.table_picture import TablePicture


def learning_app(progress: Progress, place: Callable[[], Place]) -> RachelApp:
    """Return the app that begins with the lessons; its solo game is at ``place``."""
    home = Home(place, lambda: None, progress=progress, learns=True)
    outfit = Outfit(ENVIRONMENT, Settings(name="Ann", motion=False))
    return RachelApp(home, offered_name="Ann", outfit=outfit)


def no_place() -> Place:
    raise AssertionError("no game was wanted")


@asynccontextmanager
async def learning(
    progress: Progress, place: Callable[[], Place] = no_place, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[AppPilot]:
    """Run the app at the list of lessons."""
    app = learning_app(progress, place)
    async with app.run_test(size=size) as pilot:
        seen = AppPilot(app, pilot)
        await seen.until_screen(LessonsScreen)
        yield seen


def lesson_of(app: AppPilot) -> LessonScreen:
    assert isinstance(app.app.screen, LessonScreen)
    return app.app.screen


def keys_of(action: Action, hand: tuple[int, ...]) -> list[str]:
    """Return the keys that make a move, by the labels below the cards."""
    if not isinstance(action, Play):
        return ["d"]
    labels = [str(hand.index(card) + 1) for card in action.cards]
    picks = [key for label in labels for key in (label, "space")] if len(labels) > 1 else labels
    suit = [] if action.suit is None else [SUIT_LETTERS[action.suit].lower()]
    return [*picks, "enter", *suit]


async def play_lesson(app: AppPilot, index: int) -> None:
    """Play a lesson to its last page."""
    title = LESSONS[index].title
    await app.until_text(f"Lesson {index + 1} of {len(LESSONS)} · {title}")
    run = lesson_of(app).run
    while not run.ended:
        before = page_of(run)
        keys = ["enter"]
        if run.expected is not None:
            await app.until(lambda: app.hand.prompt and app.hand.has_focus)
            keys = keys_of(run.expected, app.hand.picking.hand)
        for key in keys:
            await app.press(key)
        await until_page_turned(app, run, before)


async def until_page_turned(app: AppPilot, run: LessonRun, before: tuple[str, str, int]) -> None:
    await app.until(lambda: page_of(run) != before, run.told)


def page_of(run: LessonRun) -> tuple[str, str, int]:
    return run.told, run.ask, run.game.turn


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_the_whole_course_leads_to_the_first_game(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    kept = tmp_path / "kept" / "lessons.json"
    game = position("3S 7C", "5C 6C", "4D 5D", top="9S")
    async with (
        hosting(game) as host,
        learning(Progress(kept), lambda: place_of(host, tmp_path, solo=True), size) as app,
    ):
        await app.press("enter")
        for index in range(len(LESSONS)):
            await play_lesson(app, index)
            await app.until_text("To remember")
            await app.press("enter")
        await app.until_prompt()
    assert Progress(kept).done == {lesson.key for lesson in LESSONS}


async def test_a_wrong_try_is_explained_and_then_shown_how() -> None:
    async with learning(Progress(None)) as app:
        await app.press("enter")
        await app.until_text("Play your heart")
        await app.press("2", "enter")
        await app.until_words("4♣ does not fit: on 9♥ you may play hearts, or a nine.")
        await app.until_text("Play your heart")
        await app.press("d")
        await app.until_words("4♥ fits. If you can play, you must: you may not draw.")
        await app.until_text("Press 1, then Enter.")
        await app.press("1", "enter")
        await app.until_text("A heart on a heart")
        await app.press("b")
        await app.until_text("Play your heart")


async def test_a_good_move_that_is_not_meant_is_nudged_back() -> None:
    async with learning(Progress(None)) as app:
        await app.press("down", "down", "enter")
        await app.until_text("Play all three fours")
        await app.press("1", "enter")
        await app.until_words("there is more to win: three fours in one turn.")
        await app.until_words("The key space picks the card at ▲.")
        await app.press("h")
        await app.until_text("Press 1 space, 2 space, 3 space, then Enter.")


async def test_the_hint_names_the_keys_that_are_missing() -> None:
    async with learning(Progress(None)) as app:
        await app.press("down", "down", "enter")
        await app.until_text("Play all three fours")
        await app.press("1", "space", "3", "space", "h")
        await app.until_text("Press 1 space, 2 space, 3 space, then Enter.")
        await app.press("1", "space", "h")
        await app.until_text("Press 2 space, 3 space, then Enter.")
        await app.press("2", "space", "3", "space", "h")
        await app.until_text("Press Enter.")
        await app.press("enter")
        await app.until_text("You 3 cards")


async def test_the_question_for_a_suit_stays_when_the_terminal_changes() -> None:
    async with learning(Progress(None)) as app:
        await app.press(*["down"] * 6, "enter")
        await app.until_text("name diamonds")
        await app.press("4", "enter")
        await app.until_screen(SuitPicker)
        await app.pilot.resize_terminal(120, 36)
        await app.until(lambda: app.app.size.width == 120 and app.app.screen.size.width == 120)
        await app.press("c")
        await app.until_text("You may name any suit.")
        await app.press("4", "enter")
        await app.until_screen(SuitPicker)
        await app.press("d")
        await app.until_text("Diamonds must follow")


async def test_lessons_are_left_skipped_and_taken_up_again(tmp_path: Path) -> None:
    kept = tmp_path / "lessons.json"
    async with learning(Progress(kept)) as app:
        await app.press("enter")
        await play_lesson(app, 0)
        await app.press("enter")
        await app.until_text("Lesson 2 of 13")
        await app.press("x")
        await app.until_text("Lesson 3 of 13")
        await app.press("q")
        await app.until_screen(LessonsScreen)
        await app.until_text("✓  1  Suit or rank")
        await app.press("q")
        await app.until_screen(HomeScreen)
        await app.press("l")
        await app.until_screen(LessonsScreen)
    async with learning(Progress(kept)) as app:
        assert app.app.screen.query_one(Choices).highlighted == 1
        await app.press("up", "enter")
        await app.until_text("Lesson 1 of 13")


async def test_the_caret_is_at_the_lesson_that_was_left_and_help_leaves_it_there() -> None:
    async with learning(Progress(None)) as app:
        choices = app.app.screen.query_one(Choices)
        await app.press("enter", "x")
        await app.until_text("Lesson 2 of 13")
        await app.press("escape")
        await app.until_screen(LessonsScreen)
        await app.until(lambda: choices.highlighted == 1, "the lesson that was left")
        await app.press("end", "question_mark")
        await app.until_screen(HelpScreen)
        await app.press("escape")
        await app.until_screen(LessonsScreen)
        assert choices.highlighted == len(LESSONS) - 1
        await app.press("home")
        assert choices.highlighted == 0


async def test_beside_the_list_stands_how_each_lesson_begins() -> None:
    async with learning(Progress(None), size=(120, 36)) as app:
        await app.until_text("Lesson 1: Suit or rank")
        for lesson in LESSONS[1:]:
            await app.press("down")
            await app.until_text(lesson.title + " ─")
            assert app.app.screen.query_one(TablePicture).view == LessonRun(lesson).view
        await app.press("down")
        await app.until_text("Lesson 1: Suit or rank")
        await app.until_words("Play your heart")
        await app.press("enter")
        await app.until_text("Lesson 1 of 13")
        await app.press("q")
        await app.until_text("Lesson 1: Suit or rank")


async def test_the_rules_open_where_the_lesson_is() -> None:
    async with learning(Progress(None)) as app:
        await app.press(*["down"] * 5, "enter")
        await app.until_text("Lesson 6 of 13 · Queens")
        await app.press("r")
        await app.until_screen(RulesScreen)
        await app.until_text("▶ Queen")
        await app.press("r")
        await app.until_text("Play one queen")


def test_progress_that_cannot_be_read_is_left_alone(tmp_path: Path) -> None:
    kept = tmp_path / "lessons.json"
    kept.write_text("{ not JSON", encoding="utf-8")
    progress = Progress(kept)
    assert progress.trouble == f"Which lessons are done is not kept: {kept} cannot be read."
    progress.finish("twos")
    assert progress.done == {"twos"}
    assert kept.read_text(encoding="utf-8") == "{ not JSON"


def test_where_nothing_can_be_written_progress_lasts_for_the_process(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    progress = Progress(tmp_path / "file" / "lessons.json")
    progress.finish("twos")
    assert progress.done == {"twos"}
    assert progress.trouble.endswith("cannot be written.")


@pytest.mark.parametrize(
    "size",
    [(80, 24), (60, 20), (120, 36), (200, 50)],
    ids=["80x24", "60x20", "120x36", "200x50"],
)
@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ((), "How a game ends"),
        (("enter",), "▶ You may play"),
        ((*["down"] * 3, "enter", "1", "enter"), "Two cards for Ben"),
    ],
    ids=["list", "asked", "told"],
)
def test_what_lessons_look_like(
    snap_compare: Callable[..., bool], size: tuple[int, int], keys: tuple[str, ...], text: str
) -> None:
    progress = Progress(None)
    app = learning_app(progress, no_place)

    async def before(pilot: Pilot[None]) -> None:
        seen = AppPilot(app, pilot)
        await seen.until_screen(LessonsScreen)
        for key in keys:
            await seen.press(key)
        await seen.until_words(text)

    assert snap_compare(app, terminal_size=size, run_before=before)
