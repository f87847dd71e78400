"""The lessons in lines: from the first to the last, with questions and wrong tries."""

import asyncio
from pathlib import Path

from rachel.lessons import LESSONS
from rachel.lessons.run import LessonRun
from rachel_tui.keep.lessons import Progress
from rachel_tui.plain.commands import SUIT_QUESTION
from rachel_tui.plain.lessons import LessonLines


async def said(*typed: str, progress: Progress | None = None) -> tuple[list[str], bool]:
    """Type lines, and return what was said, and whether a game was wanted."""
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    for line in (*typed, None):
        lines.put_nowait(line)
    told: list[str] = []
    plays = await LessonLines(progress or Progress(None), told.append).run(lines)
    return told, plays


def moves_of_all_lessons() -> list[str]:
    """Return what is typed from the first lesson to the last."""
    typed = [""]
    for lesson in LESSONS:
        run = LessonRun(lesson)
        while not run.ended:
            action = run.expected
            typed.append("" if action is None else str(action).lower())
            if action is None:
                run.go_on()
            else:
                assert run.attempt(action)
        typed.append("")
    return typed


async def test_the_whole_course_leads_to_the_first_game(tmp_path: Path) -> None:
    kept = tmp_path / "lessons.json"
    told, plays = await said(*moves_of_all_lessons(), progress=Progress(kept))
    assert plays
    assert told[-1] == "Press Enter to play your first game, or type lessons or quit."
    assert Progress(kept).done == {lesson.key for lesson in LESSONS}
    for lesson in LESSONS:
        assert f"Lesson {LESSONS.index(lesson) + 1} of 13: {lesson.title}." in told
    assert not [line for line in told if "{" in line]


async def test_after_the_rules_the_page_is_told_again() -> None:
    told, _ = await said("rules", "", "rules")
    assert told.count("You may play a card of the same suit. Play your heart, 4H.") == 2
    assert [line.split()[0] for line in told].count("Press") == 2
    assert told[-1] == "Type 1 to play 4H."


async def test_the_first_page_says_all_that_one_needs() -> None:
    told, plays = await said("")
    assert not plays
    assert told == [
        "Learn Rachel by playing: 13 lessons, 12 minutes in all.",
        "Press Enter to begin with 1, Suit or rank; "
        "or type the number of a lesson, lessons, play or back.",
        "Lesson 1 of 13: Suit or rank.",
        "Welcome! In Rachel you want to get rid of your cards, one after the other. What you may "
        "play depends on the top card. Now that is 9H: rank nine, suit hearts.",
        "You may play a card of the same suit. Play your heart, 4H.",
        "Your turn: play hearts or a 9.",
        "Your hand: 1 4H fits, 2 4C, 3 8D, 4 KS.",
        "Type 1 to play 4H.",
    ]


async def test_back_leads_to_the_choice_of_a_lesson_and_then_out() -> None:
    told, plays = await said("1", "4h", "", "back", "back", "back", "no lesson", "back", "1")
    first = told.index("Lesson 1 of 13: Suit or rank.")
    asked = "You may play a card of the same suit. Play your heart, 4H."
    assert told[first:].count(asked) == 2
    assert told[-4:] == [
        *told[:2],
        "Type a number from 1 to 13, or press Enter, or type back.",
        "You leave the lessons.",
    ]
    assert not plays


async def test_wrong_tries_are_explained() -> None:
    told, _ = await said("1", "kc", "4c", "draw", "tea", "", "1")
    assert told[8:-2] == [
        "You do not hold KC.",
        "Type 1 to play 4H.",
        "4C does not fit: on 9H you may play hearts, or a nine.",
        "Type 1 to play 4H.",
        "4H fits. If you can play, you must: you may not draw.",
        "Type 1 to play 4H.",
        "'tea' is no command. Type help for what you can type.",
        "Type 1 to play 4H.",
    ]
    assert told[-2:] == ["A heart on a heart: the suit fits.", "Press Enter."]


async def test_an_ace_is_asked_for_its_suit() -> None:
    told, _ = await said("7", "as", "clubs", "as", "dimonds", "hand", "diamonds")
    assert told.count(SUIT_QUESTION) == 3
    assert "You may name any suit. But diamonds are what you hold most of." in told
    assert told[-2].startswith("Diamonds must follow.")


async def test_questions_on_the_way() -> None:
    told, plays = await said("4", "table", "hand", "rules 2", "skip", "lessons", "99", "play")
    assert "You: 4 cards, to play." in told
    assert "Ben: 3 cards." in told
    assert "Lesson 5 of 13: Sevens." in told
    assert "13: How a game ends." in told
    assert "Type a number from 1 to 13, or press Enter, or type back." in told
    assert sum(line.startswith("2: The next player draws two") for line in told) == 1
    assert plays


async def test_what_is_done_is_known_the_next_time(tmp_path: Path) -> None:
    kept = tmp_path / "lessons.json"
    await said("1", "4h", "", "", "ks", "", progress=Progress(kept))
    told, plays = await said("lessons", "quit", progress=Progress(kept))
    assert told[0].endswith("You have done 1 of them.")
    assert told[1].startswith("Press Enter to begin with 2, When nothing fits;")
    assert "1: Suit or rank, done." in told
    assert told[-1] == "You leave the lessons."
    assert not plays


async def test_what_cannot_be_kept_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    kept = tmp_path / "file" / "lessons.json"
    told, _ = await said(*moves_of_all_lessons(), progress=Progress(kept))
    assert told.count(f"Which lessons are done is not kept: {kept} cannot be written.") == 1
