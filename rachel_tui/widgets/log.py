"""What just happened: the story of the game, newest line last."""

from collections.abc import Sequence
from typing import Final

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from rachel_tui.story import Sentence
from rachel_tui.widgets.card_faces import card_content

_SHOWN_MAX: Final = 100
_INDENT: Final = "  "
_MARK: Final = "› "


class GameLog(VerticalScroll, can_focus=False):
    """Shows the newest sentences of a story; the last one stands out.

    Attributes:
        sentences: the story, the oldest first; the newest of them are shown.
    """

    BORDER_TITLE = "What happened"

    sentences: reactive[tuple[Sentence, ...]] = reactive((), init=False)

    def __init__(self) -> None:
        super().__init__()
        self._text = StoryText()

    def compose(self) -> ComposeResult:
        """Yield the one text that is scrolled."""
        yield self._text

    def on_mount(self) -> None:
        """Keep the newest line in sight, until somebody scrolls back."""
        self.anchor()

    def watch_sentences(self) -> None:
        """Show the story as it is now."""
        self._text.sentences = self.sentences[-_SHOWN_MAX:]


class StoryText(Widget):
    """The sentences themselves, as many rows as they need.

    Attributes:
        sentences: what to show, the oldest first.
    """

    sentences: reactive[tuple[Sentence, ...]] = reactive((), layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the rows all sentences take."""
        return len(story_rows(self.sentences, width))

    def render(self) -> Content:
        """Draw the sentences."""
        return Content("\n").join(story_rows(self.sentences, self.size.width))


def sentence_content(sentence: Sentence) -> Content:
    """Return a sentence with its cards in the colours of their suits."""
    return Content.assemble(
        *(part if isinstance(part, str) else card_content(part) for part in sentence)
    )


def story_rows(sentences: Sequence[Sentence], width: int) -> list[Content]:
    """Return the rows of sentences in ``width`` cells: the last one marked and bold, others faint.

    What does not fit into one row goes on indented.
    """
    rows: list[Content] = []
    for number, sentence in enumerate(sentences, start=1):
        newest = number == len(sentences)
        wrapped = sentence_content(sentence).wrap(max(1, width - len(_INDENT)))
        for row, content in enumerate(wrapped):
            mark = _MARK if newest and not row else _INDENT
            line = Content.assemble((mark, "$caret"), content)
            rows.append(line.stylize_before("bold" if newest else "$faint"))
    return rows
