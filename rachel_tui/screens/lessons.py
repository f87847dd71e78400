"""The list of lessons, to begin with one."""

from collections.abc import Collection
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from rachel.lessons import LESSONS
from rachel.lessons.run import LessonRun
from rachel.lessons.script import parts
from rachel_tui.bound import bound
from rachel_tui.keep.lessons import Progress
from rachel_tui.screens.choosing import Choosing
from rachel_tui.screens.lesson import LessonScreen
from rachel_tui.screens.wrong_keys import AnswersWrongKeys
from rachel_tui.widgets.choices import Choices
from rachel_tui.widgets.key_line import KeyLine
from rachel_tui.widgets.log import sentence_content
from rachel_tui.widgets.settings import settings_of
from rachel_tui.widgets.table_picture import TablePicture
from rachel_tui.words.learning import FIRST_GAME, MINUTES, first_open, seats_of


class LessonsScreen(Choosing, AnswersWrongKeys):
    """Lists the lessons; returns whether the player wants a first game now."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("solo", "dismiss(True)", "Play", show=True, tooltip="play a game"),
        bound("rules", "app.rules", "Rules", show=True, tooltip="the rules"),
        bound("help", "app.help", "Keys", show=True, tooltip="the keys"),
        bound("leave", "dismiss(False)", "Back", show=True, tooltip="back"),
        bound("back", "dismiss(False)", "Back", tooltip="back"),
    ]

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self._progress = progress
        self._picture_frame = Vertical(id="lesson-picture")
        self._picture = TablePicture()
        self._asked = Static()
        self._lesson: LessonScreen | None = None  # from which the player comes back

    def compose(self) -> ComposeResult:
        """Yield what this is, and the lessons."""
        with Horizontal(classes="split"):
            with Vertical(id="lessons", classes="panel framed") as panel:
                panel.border_title = "Learn Rachel"
                yield Static(
                    f"You learn by playing. All lessons take {MINUTES} minutes; leave when you "
                    "like, and go on another day.",
                    markup=False,
                )
                done = self._progress.done
                yield Choices(_rows(done), first_open(done))
                yield Static(id="lessons-note", markup=False)
            with self._picture_frame:
                yield self._picture
                yield self._asked
        yield KeyLine()

    def on_screen_resume(self) -> None:
        """Show what is done by now, unless a key has led on already."""
        if not self.is_current:
            return
        done = self._progress.done
        plays = f"All done. {settings_of(self).key('solo')}: {FIRST_GAME}."
        note = plays if len(done) >= len(LESSONS) else ""
        at = self._place(done)
        shown = self.query_one("#lessons-note", Static)
        shown.update(self._progress.trouble or note)
        shown.display = bool(self._progress.trouble or note)
        self.query_one(Choices).show(_rows(done), at)
        self._show_beginning(at)

    def _place(self, done: Collection[str]) -> int:
        """Return where the caret belongs: at a lesson that was left, or one to go on with."""
        lesson, self._lesson = self._lesson, None
        if lesson is None:
            return self.query_one(Choices).highlighted
        left = lesson.run.lesson
        return first_open(done) if left.key in done else LESSONS.index(left)

    def on_choices_moved(self, event: Choices.Moved) -> None:
        """Show how another lesson begins."""
        event.stop()
        self._show_beginning(event.index)

    def _show_beginning(self, index: int) -> None:
        run = LessonRun(LESSONS[index])
        self._picture_frame.border_title = f"Lesson {index + 1}: {run.lesson.title}"
        self._picture.show(seats_of(run), run.view)
        told = sentence_content(parts(f"{run.told} {run.ask}".strip()))
        self._asked.update(told)

    def choose(self, index: int) -> None:
        """Begin with a lesson."""
        self._lesson = LessonScreen(index, self._progress)
        self.app.push_screen(self._lesson, self._after_lesson)

    def _after_lesson(self, plays: bool | None) -> None:
        if plays:
            self.dismiss(True)


def _rows(done: Collection[str]) -> list[Content]:
    """Return the lessons, those marked that are done."""
    return [
        Content.assemble(
            ("✓ " if lesson.key in done else "  ", "bold $fits"),
            (f"{number:>2}  ", "$faint"),
            lesson.title,
        )
        for number, lesson in enumerate(LESSONS, start=1)
    ]
