"""A question that is answered by typing a line."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static
from textual.worker import Worker

from rachel_tui.screens.answering import AnswersOnce
from rachel_tui.screens.menu import sentence


class AskScreen(ModalScreen[str | None], AnswersOnce[str | None]):
    """Returns what was typed, None for Escape."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Back", show=False)]

    def __init__(
        self,
        title: str,
        text: str,
        take: Callable[[str], str] = lambda _: "",
        *,
        seek: Callable[[str], Awaitable[str]] | None = None,
        meanwhile: str = "",
        offered: str = "",
        may_be_empty: bool = False,
        preview: Callable[[str], str] = lambda _: "",
        secret: bool = False,
    ) -> None:
        """Ask.

        Args:
            title: what is asked for.
            text: what one should know.
            take: takes an answer; returns in one line what is wrong with it, empty for nothing.
            seek: takes an answer that ``take`` accepts, and needs time for it; returns what is
                wrong with it, too.
            meanwhile: what to say until then.
            offered: what stands there already.
            may_be_empty: whether Enter alone is an answer.
            preview: returns what to say below the line while it is typed.
            secret: whether what is typed is not shown.
        """
        super().__init__()
        self._title = title
        self._text = text
        self._take = take
        self._seek = seek
        self._meanwhile = meanwhile
        self._offered = offered
        self._may_be_empty = may_be_empty
        self._preview = preview
        self._secret = secret
        self._seeking: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """Yield the question."""
        with Vertical(classes="panel") as panel:
            panel.border_title = self._title
            panel.border_subtitle = "enter · esc back"
            yield Static(self._text, markup=False)
            yield Input(self._offered, password=self._secret, select_on_focus=True, max_length=200)
            yield Static(classes="menu-notice", markup=False)

    def on_mount(self) -> None:
        """Keep the cursor steady, so that nothing is sent to the terminal between keys."""
        field = self.query_one(Input)
        field.cursor_blink = False
        self.set_focus(field)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what the line would come to."""
        event.stop()
        self.workers.cancel_node(self)  # what is sought is no longer what stands here
        self._seeking = None
        self._say(self._preview(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Return the answer, or say what is wrong with it."""
        event.stop()
        answer = event.value if self._secret else event.value.strip()
        given = answer or self._may_be_empty
        problem = self._take(answer) if given else "type something, or press esc"
        if problem:
            self._say(sentence(problem))
        elif self._seek is not None:
            if self._seeking is None or self._seeking.is_finished:  # Enter twice is once
                self._say(self._meanwhile)
                self._seeking = self.run_worker(self._found(answer, self._seek))
        else:
            self.dismiss(answer)

    async def _found(self, answer: str, seek: Callable[[str], Awaitable[str]]) -> None:
        if problem := await seek(answer):
            self._say(sentence(problem))
        else:
            self.dismiss(answer)

    def _say(self, text: str) -> None:
        self.query_one(".menu-notice", Static).update(text)
