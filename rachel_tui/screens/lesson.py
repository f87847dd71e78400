"""A lesson: a prepared table to play at, and what is said about it."""

from collections.abc import Collection
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from rachel.lessons import LESSONS
from rachel.lessons.run import LessonRun
from rachel.lessons.script import NAMES, parts
from rachel.rules.actions import DRAW, Action, Play
from rachel.rules.cards import ACE, rank_of
from rachel_tui.bound import bound
from rachel_tui.in_order import TakesKeys
from rachel_tui.keep.lessons import Progress
from rachel_tui.keep.settings import Settings
from rachel_tui.screens.suit_picker import SuitPicker
from rachel_tui.widgets.felt import Felt
from rachel_tui.widgets.hand import HandView
from rachel_tui.widgets.key_line import KeyLine
from rachel_tui.widgets.laid_hand import LABELS
from rachel_tui.widgets.log import sentence_content
from rachel_tui.widgets.settings import settings_of
from rachel_tui.widgets.small_board import SmallBoard
from rachel_tui.widgets.status import AdviceLine, TitleLine, TurnLine
from rachel_tui.words.hints import last_suit, no_use, turn_demand
from rachel_tui.words.learning import FIRST_GAME, keys_for, new_keys, seats_of
from rachel_tui.words.picking import advice
from rachel_tui.words.rules_text import what_matters

_TRIES_BEFORE_KEYS: Final = 2
"""After so many wrong tries the keys are told, unasked."""
_COURSE_ROWS_MIN: Final = 6
_OTHER_ROWS: Final = 26
"""Of a screen that shows the lessons beside the felt."""


class LessonScreen(Screen[bool], TakesKeys):
    """Plays lessons, one after the other; returns whether the player goes on to a first game.

    Attributes:
        run: the lesson that is being played.
    """

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("go_on", "go_on", "Go on", show=True, key_display="enter", tooltip="go on"),
        bound("draw", "draw", "Draw", show=True, tooltip="draw, when nothing fits"),
        bound("hint", "show_keys", "Hint", show=True, tooltip="a hint"),
        bound("go_back", "go_back", "Back", tooltip="a page back"),
        bound("skip", "skip", "Skip", show=True, tooltip="skip this lesson"),
        bound("leave", "leave", "Leave", show=True, tooltip="leave the lesson"),
        bound("rules", "rules", "Rules", show=True, tooltip="the rules"),
        bound("help", "app.help", "Keys", show=True, tooltip="the keys"),
        bound("put_back", "put_back", "Put back", tooltip="put picked cards back, or leave"),
    ]

    def __init__(self, index: int, progress: Progress) -> None:
        """Begin with the lesson of an ``index``; what is done goes into ``progress``."""
        super().__init__()
        self._progress = progress
        self._title = TitleLine()
        self._boards = Felt(), SmallBoard()
        self._told = Static()
        self._ask = Static(id="lesson-ask")
        self._how = Static()
        self._course = Static(id="lesson-course")
        self._turn = TurnLine()
        self._hand = HandView(self._touched, self._chosen)
        self._advice = AdviceLine()
        self._index = index
        self.run = LessonRun(LESSONS[index])
        self._keys = ""
        self._notice = ""

    def compose(self) -> ComposeResult:
        """Yield the table from top to bottom, with the text above the hand."""
        yield self._title
        with Container(id="lesson-board"):
            yield from self._boards
            with Vertical(id="lesson-side"):
                with Vertical(id="lesson-text"):
                    yield self._told
                    yield self._ask
                    yield self._how
                yield self._course
        yield self._turn
        yield self._hand
        yield self._advice
        yield KeyLine()

    def on_mount(self) -> None:
        """Show the first page, and heed what the player has chosen."""
        self.heed(settings_of(self))
        self._show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Offer only what can be done on this page."""
        return bool(self.run.ask) if action in ("draw", "show_keys") else True

    def heed(self, settings: Settings) -> None:
        """Look as the player has chosen."""
        self._hand.dress(settings.sort, letters=settings.suit_letters)
        self._advice.letters = settings.suit_letters

    # --- what the player does ------------------------------------------------------------------

    async def take_key(self, event: events.Key) -> bool:
        """Take the mark of a card."""
        return self._hand.take_key(event)

    def on_key(self, event: events.Key) -> None:
        """Answer a key that does nothing."""
        if event.is_printable and event.key not in self.active_bindings:
            self._touched(no_use(event.character or "", self._key("help")))

    def _chosen(self, cards: tuple[int, ...], problem: str | None) -> None:
        """Try a play, after asking for an ace's suit."""
        view = self.run.view
        suit = last_suit(cards, view)
        if problem is None and rank_of(cards[0]) == ACE and suit is None:
            self.app.push_screen(
                SuitPicker(cards, view.hand), lambda it: self._take_suit(cards, it)
            )
        elif problem is not None and self.run.expected == DRAW:
            self._try(DRAW)  # as at a table: Enter draws when no card can be played
        else:
            self._try(Play(cards, suit))

    def on_advice_line_pressed(self, message: AdviceLine.Pressed) -> None:
        """Do what the advice says."""
        message.stop()
        if self.run.ask:
            self._hand.action_play()
        else:
            self.action_go_on()

    def action_draw(self) -> None:
        """Try to draw."""
        self._try(DRAW)

    def action_go_on(self) -> None:
        """Turn the page; after the last one comes the next lesson, and then the first game."""
        if self.run.ask:
            return
        if not self.run.ended:
            self.run.go_on()
            if self.run.ended:
                self._progress.finish(self.run.lesson.key)
            self._show()
        elif self._index + 1 < len(LESSONS):
            self._begin(self._index + 1)
        else:
            self.dismiss(True)

    def action_go_back(self) -> None:
        """Show the page before."""
        if self.run.go_back():
            self._show()

    def action_show_keys(self) -> None:
        """Tell which keys do what is asked for; picked cards that are not part of it go back."""
        action, picking = self.run.expected, self._hand.picking
        if action is None:
            return
        wanted = action.cards if isinstance(action, Play) else ()
        if wanted[: len(picking.picked)] != picking.picked:
            self._hand.put_back()
        self._keys = keys_for(action, picking.hand, LABELS, self._key, picking.picked)
        self._notice = ""
        self._write()
        self._advise()

    async def action_rules(self) -> None:
        """Show the rules, opened at what matters now."""
        key = what_matters(self.run.view.public, self.run.view, self._hand.picking.card)
        await self.run_action(f"app.rules({key!r})")

    def action_skip(self) -> None:
        """Go on to the next lesson; after the last one, leave."""
        if self._index + 1 < len(LESSONS):
            self._begin(self._index + 1)
        else:
            self.dismiss(False)

    def action_put_back(self) -> None:
        """Put the picked cards back; leave when there are none."""
        if not self._hand.put_back():
            self.dismiss(False)

    def action_leave(self) -> None:
        """Leave."""
        self.dismiss(False)

    def _touched(self, notice: str) -> None:
        """Advise on the card the player looks at."""
        self._notice = notice
        self._advise()

    def _take_suit(self, aces: tuple[int, ...], suit: int | None) -> None:
        if suit is not None:
            self._try(Play(aces, suit))

    def _key(self, action: str) -> str:
        return settings_of(self).key(action)

    def _try(self, action: Action) -> None:
        if not self.run.attempt(action) and self.run.tries >= _TRIES_BEFORE_KEYS:
            self.action_show_keys()
        else:
            self._show()

    def _begin(self, index: int) -> None:
        self._index, self.run = index, LessonRun(LESSONS[index])
        self._hand.show(
            self.run.view, prompt=False
        )  # a turn begins: the caret goes to a card that fits
        self._show()

    # --- what is shown -------------------------------------------------------------------------

    def _show(self) -> None:
        run = self.run
        view, expected = run.view, run.expected
        self._keys = self._notice = ""
        if expected is not None and run.turn is not None and run.turn.is_new:
            self._keys = new_keys(expected, self._key)
        number = f"Lesson {self._index + 1} of {len(LESSONS)}"
        self._title.where = f"{number} · {run.lesson.title}"
        for board in self._boards:
            board.show(seats_of(run), view.public)
        rows = max(_COURSE_ROWS_MIN, self.app.size.height - _OTHER_ROWS)
        self._course.update(course(self._progress.done, self._index, rows))
        self._turn.show(self._turn_text(), mine=expected is not None)
        self._hand.show(view, prompt=expected is not None)
        self.set_focus(self._hand if expected is not None else None)
        self.refresh_bindings()
        self._write()
        self._advise()

    def _turn_text(self) -> str:
        run = self.run
        if run.ask:
            return f"▶▶ YOUR TURN: {turn_demand(run.view)}"
        if run.turn is None or run.game.is_over:
            return ""
        return f"{NAMES[run.game.current]} is next."

    def _write(self) -> None:
        run = self.run
        told = sentence_content(parts(run.told)).stylize_before(
            "bold $warning" if run.tries else ""
        )
        if run.ended:
            told = Content.assemble(("To remember\n", "bold $fits"), told)
        ask = sentence_content(parts(run.ask)).stylize_before("bold")
        self._told.update(told)
        self._ask.update(Content.assemble(("▶ ", "bold $caret"), ask))
        self._ask.display = bool(run.ask)
        self._how.update(Content.styled(self._keys, "$faint"))

    def _advise(self) -> None:
        run = self.run
        notice = self._notice
        self._advice.show(notice or self._offer(), urgent=bool(notice), offer=not run.ask)

    def _offer(self) -> str:
        run = self.run
        if run.ask:
            return advice(run.view, True, self._hand.picking, self._key)
        if not run.ended:
            return f"▶ {self._key('go_on')}: go on · {self._key('go_back')}: back"
        if self._index + 1 < len(LESSONS):
            return f"▶ {self._key('go_on')}: next lesson, {LESSONS[self._index + 1].title}"
        return f"▶ {self._key('go_on')}: {FIRST_GAME}"


def course(done: Collection[str], index: int, most: int) -> Content:
    """Return at most so many lessons around the one at ``index``, and which are ``done``."""
    first = max(0, min(index - 1, len(LESSONS) - most))
    rows = []
    for number, lesson in list(enumerate(LESSONS))[first : first + most]:
        mark = "▶ " if number == index else "✓ " if lesson.key in done else "  "
        style = "bold" if number == index else "$faint"
        title = f"{number + 1:>2}  {lesson.title}"
        rows.append(Content.assemble((mark, "bold $caret"), (title, style)))
    return Content("\n").join(rows)
