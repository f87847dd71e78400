"""A question with a few answers, in the middle of the screen."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import ClassVar, Generic, NamedTuple, TypeVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from rachel_tui.bound import bound
from rachel_tui.screens.answering import AnswersOnce
from rachel_tui.screens.choosing import Choosing
from rachel_tui.screens.offers import Offer
from rachel_tui.widgets.choices import Choices
from rachel_tui.widgets.settings import settings_of

Answer = TypeVar("Answer")


class Choice(NamedTuple, Generic[Answer]):
    """One answer: the key that gives it, its text, and what the screen then returns."""

    key: str
    text: str
    answer: Answer


class ChoiceScreen(ModalScreen[Answer], Choosing, AnswersOnce[Answer]):
    """Shows a question and returns the answer; Escape gives the answer ``escape``."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("back", "escape", "Back"),
        bound("help", "app.help", "Keys", tooltip="the keys"),
    ]

    def __init__(
        self, title: str, text: Content, choices: Sequence[Choice[Answer]], *, escape: Answer
    ) -> None:
        super().__init__()
        self._escape = escape
        self._title = title
        self._text = text
        self._choices = tuple(choices)

    def compose(self) -> ComposeResult:
        """Yield question and answers."""
        with Vertical(classes="panel choice") as panel:
            key = settings_of(self).short_key
            panel.border_title = self._title
            panel.border_subtitle = f"{key('choose')} · {key('back')} back"
            yield Static(self._text)
            yield Choices(
                [
                    Content.assemble((f"{choice.key}  ", "bold $caret"), choice.text)
                    for choice in self._choices
                ]
            )

    def offers(self) -> Iterator[Offer]:
        """Yield the answers, for the help and the commands."""
        return (Offer(it.key, it.text, partial(self._answer, it)) for it in self._choices)

    def row_of(self, typed: str) -> int | None:
        """Return the answer that has a key."""
        return next((n for n, choice in enumerate(self._choices) if choice.key == typed), None)

    def choose(self, index: int) -> None:
        """Return the answer."""
        self._answer(self._choices[index])

    def _answer(self, choice: Choice[Answer]) -> None:
        self.dismiss(choice.answer)

    def action_escape(self) -> None:
        """Return the answer of Escape."""
        self.dismiss(self._escape)
