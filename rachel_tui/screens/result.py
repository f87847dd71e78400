"""The end of a game: who went out when, who lost, and the offer of another one."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from rachel_tui.bound import bound
from rachel_tui.paths import command_text
from rachel_tui.screens.waiting import TAKE_A_SEAT, no_seat_text
from rachel_tui.screens.wrong_keys import AnswersWrongKeys
from rachel_tui.sitting import Sitting
from rachel_tui.whereabouts import line_state, place_text
from rachel_tui.widgets.banner import width_of
from rachel_tui.widgets.key_line import KeyLine
from rachel_tui.widgets.log import READ_BACK, GameLog, sentence_content
from rachel_tui.widgets.settings import settings_of
from rachel_tui.widgets.status import TitleLine
from rachel_tui.widgets.word_felt import WordFelt
from rachel_tui.words.results import (
    Result,
    consolation,
    headline,
    place_word,
    rating_text,
    short_award,
)
from rachel_tui.words.story import ordinal

if TYPE_CHECKING:
    from rachel_tui.games.findings import Findings
    from rachel_tui.games.turning_points import TurningPoint

_FRAME_ROWS: Final = 4
"""Rows of title, footer and the space around the rest."""
_LOG_ROWS_MIN: Final = 4
_BESIDE_NAMES: Final = 30
"""Columns of a place before its name, and of the numbers and what is between them."""
_FELT_ROWS: Final = 30
"""From this many rows on, the place lies on a felt."""
_WIDE: Final = 100
"""From this many columns on, the story stands beside the result."""
_SAVE: Final = (
    "Into which file? One without a folder goes into your home folder, ~. To look at it "
    "later: Replays at home, or in a shell: {}"
)
_ASKED: Final = "Asking for another game…"
_WATCH_ON: Final = "If they play again, you watch on."
_OR_SIT: Final = "If they play again, you watch on. {}: take a seat there"


class ResultScreen(AnswersWrongKeys):
    """Shows a result and asks for another game."""

    class AgainWanted(Message):
        """The player wants another game at the same table."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("again", "again", "Play again", show=True, key_display="enter", tooltip="play again"),
        bound("again", "sit_down", "Sit down", show=True, key_display="enter", tooltip=TAKE_A_SEAT),
        bound("watch", "watch", "Replay", show=True, tooltip="the replay of the game"),
        bound("save", "save", "Save", show=True, tooltip="save the record of the game"),
        bound("rules", "app.rules", "Rules", show=True, tooltip="the rules"),
        bound("help", "app.help", "Keys", show=True, tooltip="the keys"),
        bound("older", "scroll_log(-1)", "Older", tooltip=READ_BACK),
        bound("newer", "scroll_log(1)", "Newer", tooltip=READ_BACK),
        # Escape does not leave here: pressed once too often, it would end the way to a rematch.
        bound("leave", "app.leave", "Leave", show=True, tooltip="leave the table"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._watches = False
        self._sits = False  # whether a seat can be had instead
        self._findings: Findings | None = None
        self._saves = False
        self._title = TitleLine()
        self._outcome = Vertical(id="outcome")
        self._banner = WordFelt(_FELT_ROWS, id="banner")
        self._headline = Static(id="headline")
        self._places = Places(id="places")
        self._points = Static(id="points")
        self._rating = Static(id="rating", markup=False)
        self._proof = Static(id="proof", markup=False)
        self._again = Static(id="again", markup=False)
        self._log = GameLog()
        self._word = ""
        self._rows = 0  # of all but banner and log

    def show(self, result: Result, sitting: Sitting) -> None:
        """Show how the game of ``sitting`` ended."""
        self._title.where = place_text(sitting)
        self._title.link = line_state(sitting)
        self._headline.update(headline_content(result))
        self._places.show(result)
        findings, self._saves = sitting.aftermath.findings, sitting.place.games_path is not None
        if findings is not self._findings:
            self._findings = findings
            self.refresh_bindings()
        points = findings.points if findings is not None else ()
        self._points.update(points_content(points))
        self._points.display = bool(points)
        rating = sitting.aftermath.rating
        self._rating.update("" if rating is None else rating_text(rating))
        self._rating.display = rating is not None
        self._proof.update(result.proof)
        self._proof.display = bool(result.proof)
        self._watches = sitting.session.watches
        key = settings_of(self).key
        self._sits = sitting.may_sit_down
        again = f"{key('again')}: play again"
        if self._watches:
            again = _OR_SIT.format(key("again")) if self._sits else _WATCH_ON
        challenger = "" if self._watches else sitting.session.challenger
        if sitting.asks_again:
            self._again.update(_ASKED)
        elif sitting.problem:
            self._again.update(no_seat_text(sitting, key))
        elif challenger:  # alone in its line: with the longest name it just fits into 60 columns
            self._again.update(f"{challenger} wants another game: press {key('again')}")
        else:
            self._again.update(f"{again}    {key('leave')}: leave")
        self._log.sentences = tuple(sitting.story.sentences)
        self._word = place_word(result)
        extra = len(points) + bool(points) + 2 * (self._rating.display + bool(result.proof))
        self._rows = 4 + len(result.rows) + extra
        self._arrange()

    def compose(self) -> ComposeResult:
        """Yield the place in cards, the table of places, what decided the game, and what to do."""
        yield self._title
        with Container(id="result"):
            with self._outcome:
                yield self._banner
                yield self._headline
                yield self._places
                yield self._points
                yield self._rating
                yield self._proof
                yield self._again
            yield self._log
        yield KeyLine()

    def on_mount(self) -> None:
        """Spell the place, where there is room for it."""
        self._arrange()

    def on_resize(self, event: events.Resize) -> None:
        """Leave out what there is no room for."""
        self._arrange()

    def _arrange(self) -> None:
        """Show the banner and the story if there is room for them."""
        if not self.is_mounted:
            return
        left = self.app.size.height - _FRAME_ROWS - self._rows
        self.set_class(left < 0, "-cramped")
        rows = self._banner.height_in(self._word, self._outcome.size.width) + 1
        banner = left >= rows and self.app.size.width > width_of(self._word)
        self._banner.display = banner
        if banner:
            self._banner.spell(self._word)
        self._log.display = self.app.size.width >= _WIDE or left - rows * banner >= _LOG_ROWS_MIN

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Offer a seat to one who watches, and neither replay nor story before it is there."""
        if action in ("watch", "save"):
            return self._findings is not None and (action == "watch" or self._saves)
        if action == "sit_down":
            return self._sits
        if action == "scroll_log":
            return self._log.display
        return action != "again" or not self._watches

    def action_watch(self) -> None:
        """Watch the game again."""
        from rachel_tui.screens.replay import ReplayScreen

        if self._findings is not None:
            found = self._findings
            self.app.push_screen(ReplayScreen(found.reel, me=found.me))

    def action_save(self) -> None:
        """Save the record."""
        from rachel_tui.keep.album import offered_file, place_of, save_record
        from rachel_tui.screens.ask import AskScreen

        def saved(file: str | None) -> None:
            if file is not None:
                self.app.notify(f"Saved: {place_of(file)}", markup=False)

        if self._findings is not None:
            record = self._findings.record
            save, offered = partial(save_record, record), offered_file(record)
            text = _SAVE.format(command_text("view FILE"))
            self.app.push_screen(AskScreen("Save the record", text, save, offered=offered), saved)

    def action_again(self) -> None:
        """Ask for another game."""
        self.post_message(self.AgainWanted())

    async def action_sit_down(self) -> None:
        """Take a seat at the next table in the room."""
        await self.app.run_action("app.sit_down")

    def action_scroll_log(self, step: int) -> None:
        """Scroll the story by a page."""
        self._log.scroll_page(step)

    async def on_click(self, event: events.Click) -> None:
        """Take a click on the invitation as a yes."""
        if event.widget is not self._again:
            return
        if self._sits:
            await self.action_sit_down()
        elif not self._watches:
            self.action_again()


def headline_content(result: Result) -> Content:
    """Return how the game ended for the viewer, and for the others."""
    mine, others = headline(result), consolation(result)
    return Content.assemble((mine, "bold $caret"), f"  {others}" if others else "")


class Places(Static):
    """Shows the seats in the order they went out, and how they attacked."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._result: Result | None = None

    def show(self, result: Result) -> None:
        """Show how another game ended."""
        self._result = result
        self.refresh(layout=True)

    def render(self) -> Content:
        """Return a row for each seat, as wide as there is room."""
        rows = [] if self._result is None else place_rows(self._result, self.size.width)
        return Content("\n").join(rows)


def place_rows(result: Result, columns: int) -> list[Content]:
    """Return the seats in the order they went out, the loser last, and how they attacked.

    Where a line would be longer than ``columns``, awards are told in the words of the columns.
    """
    names = [Content(f"{row.name} (you)" if row.is_me else row.name) for row in result.rows]
    width = max((name.cell_length for name in names), default=0)
    longest = max((len(row.award) for row in result.rows), default=0)
    short = width + _BESIDE_NAMES + longest > columns
    lines = []
    if all(row.given is not None for row in result.rows):
        heads = f"{'cards + skips  given':>{width + 19}}   faced"
        lines.append(Content.styled(heads, "$faint"))
    for row, name in zip(result.rows, names, strict=True):
        place = "loses" if row.place is None else ordinal(row.place)
        style = "bold $caret" if row.place in (0, None) else "$faint"
        line = Content.assemble(
            ("★ " if row.place == 0 else "  ", "bold $caret"),
            (f"{place:>7}  ", style),
            name.stylize("bold" if row.is_me or row.place == 0 else ""),
            " " * (width - name.cell_length),
        )
        if row.given is not None:
            line += Content.styled(f"   {row.given:>5}   {row.faced:>5}", "$faint")
        if row.award:
            award = short_award(row.award) if short else row.award
            line += Content.styled(f"   {award}", "bold $fits")
        lines.append(line)
    return lines


def points_content(points: "Sequence[TurningPoint]") -> Content:
    """Return what decided a game, a line for each moment."""
    width = max((len(point.label) for point in points), default=0)
    return Content("\n").join(
        Content.assemble((f"{point.label:>{width}}  ", "bold $caret"), sentence_content(point.text))
        for point in points
    )
