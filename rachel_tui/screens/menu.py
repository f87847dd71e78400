"""A screen that offers things to do, a row each: by its key, or by arrows and Enter."""

from collections.abc import Callable, Coroutine, Iterator, Sequence
from functools import partial
from inspect import isawaitable
from typing import Any, ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from rachel_tui.bound import bound
from rachel_tui.screens.answering import AnswersOnce
from rachel_tui.screens.choosing import Choosing
from rachel_tui.screens.offers import Offer
from rachel_tui.widgets.choices import Choices
from rachel_tui.widgets.key_line import KeyLine
from rachel_tui.widgets.settings import settings_of


class Row(NamedTuple):
    """One thing to do: the key that does it, its name, what it is, and what does it."""

    key: str
    text: str
    about: str
    act: Callable[[], Any]
    heading: str = ""
    """What stands above it, where other things to do begin."""
    subject: object = None
    """What it is about, where there is more to know of that."""
    shorter: Sequence[str] = ()
    """What it is in fewer words, the longest first, for narrow screens."""


class MenuScreen(Choosing, AnswersOnce[None]):
    """Shows a head, rows, and a line that says what is the matter.

    A screen of this kind gives `rows`, and `head` if something stands above them.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("help", "app.help", "Keys", show=True, tooltip="the keys"),
        bound("leave", "back", "Back", show=True, tooltip="back"),
        bound("back", "back", "Back", tooltip="back"),
    ]
    TEXT_WIDTH: ClassVar[int] = 18
    """Columns of the rows' names."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[Row, ...] = ()
        self._staying = ""

    def rows(self) -> Sequence[Row]:
        """Return what is offered now."""
        raise NotImplementedError

    def head(self) -> ComposeResult:
        """Yield what stands above the rows."""
        yield from ()

    def compose(self) -> ComposeResult:
        """Yield head, rows and notice, in the middle of the screen, and the keys."""
        with Vertical(classes="menu"):
            yield from self.head()
            yield Choices(())
            yield Static(classes="menu-notice", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        """Show the rows."""
        self.renew()

    def renew(self) -> None:
        """Show the rows that there are now; the caret stays at its row."""
        choices = self.query_one(Choices)
        before = self._rows[choices.highlighted].text if self._rows else ""
        self._rows = tuple(self.rows())
        texts = [row.text for row in self._rows]
        choices.show(
            [self._drawn(row, row.about) for row in self._rows],
            texts.index(before) if before in texts else 0,
            {n: row.heading for n, row in enumerate(self._rows) if row.heading},
            {n: [self._drawn(row, it) for it in row.shorter] for n, row in enumerate(self._rows)},
        )

    def offers(self) -> Iterator[Offer]:
        """Yield the rows, for the help and the commands."""
        return (Offer(row.key, row.text, partial(self._do, row)) for row in self._rows)

    def say(self, text: str, *, stays: bool = False) -> None:
        """Show a line below the rows until something is done here.

        One that ``stays`` is then shown again, until there is another one, or none, that does.
        """
        if stays:
            self._staying = text
        if self.is_mounted:
            notice = self.query_one(".menu-notice", Static)
            notice.update(text)
            notice.display = bool(text)

    def _drawn(self, row: Row, about: str) -> Content:
        name = Content(row.text)
        return Content.assemble(
            (f"{row.key}  ", "bold $caret"),
            name.pad_right(max(0, self.TEXT_WIDTH - name.cell_length)),
            (f" {about}", "$faint"),
        )

    def row_of(self, typed: str) -> int | None:
        """Return the row that has a key."""
        return next((n for n, row in enumerate(self._rows) if row.key == typed), None)

    def choose(self, index: int) -> Coroutine[Any, Any, None]:
        """Do what was chosen."""
        return self._do(self._rows[index])

    def on_key(self, event: events.Key) -> None:
        """Answer a key that does nothing."""
        if event.is_printable and event.key not in self.active_bindings:
            from rachel_tui.words.hints import no_use  # it knows the wire, which home does not need

            self.say(no_use(event.character or "", settings_of(self).key("help")))

    async def _do(self, row: Row) -> None:
        if not self.is_active:
            return  # the key was pressed twice, and has led elsewhere already
        self.say(self._staying)
        if isawaitable(done := row.act()):
            await done

    def action_back(self) -> None:
        """Go back to where one came from."""
        self.dismiss()


def sentence(text: str) -> str:
    """Return a problem as a sentence."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}"
