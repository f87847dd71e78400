"""What just happened: the story of the game, newest line last."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from textual import events
from textual.content import Content
from textual.reactive import reactive

from rachel_tui.keep.settings import Settings
from rachel_tui.widgets.card_faces import card_content
from rachel_tui.widgets.rows import Rows
from rachel_tui.widgets.settings import settings_of
from rachel_tui.words.story import Sentence

READ_BACK: Final = "read back what happened"
"""What the keys do that scroll the story."""
_INDENT: Final = "  "
_MARK: Final = "› "
_WHEEL_ROWS: Final = 3
_KEPT_MAX: Final = 2048
"""Sentences whose rows are kept: all at a table, in one process, hear the same ones."""


class GameLog(Rows):
    """Shows the newest sentences of a story, as many as it has rows; the last one stands out.

    A player who has scrolled back keeps reading the same rows while more happens.

    Attributes:
        sentences: the story, the oldest first.
        back: how many rows it is scrolled back from the newest one.
        letters: whether cards show the letters of their suits.
    """

    BORDER_TITLE = "What happened"

    sentences: reactive[tuple[Sentence, ...]] = reactive((), repaint=False)
    back: reactive[int] = reactive(0, repaint=False)
    letters: reactive[bool] = reactive(False)

    def on_mount(self) -> None:
        """Heed what the player has chosen."""
        self.heed(settings_of(self))

    def heed(self, settings: Settings) -> None:
        """Look as the player has chosen."""
        self.letters = settings.suit_letters

    def watch_sentences(self, before: tuple[Sentence, ...], now: tuple[Sentence, ...]) -> None:
        """Keep showing the same rows; a story that begins anew is shown from its end."""
        if len(now) < len(before):
            self.back = 0
        elif self.back:
            self.back += len(self._story(now[len(before) :]))
        self.redraw()

    def watch_back(self, back: int) -> None:
        """Say that there are newer rows below."""
        newer = settings_of(self).short_key("newer")
        self.border_subtitle = f"{newer} newer" if back else None
        self.redraw()

    def rows(self) -> list[Content]:
        """Return the rows that fit."""
        height = self.size.height
        # Every sentence has a row at least: older ones than these cannot be in sight.
        rows = self._story(self.sentences[-max(1, height + self.back) :])
        end = len(rows) - self.back
        shown = rows[max(0, end - height) : max(0, end)]
        return [Content("")] * (height - len(shown)) + shown

    def _story(self, sentences: Sequence[Sentence]) -> list[Content]:
        return story_rows(sentences, self.size.width, letters=self.letters)

    def scroll_page(self, step: int) -> None:
        """Scroll by one row less than is shown: back for -1, towards the newest row for 1."""
        self._scroll_rows(step * max(1, self.size.height - 1))

    @property
    def at_beginning(self) -> bool:
        """Whether there is nothing older to scroll back to."""
        return self.back >= len(self._story(self.sentences)) - self.size.height

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll back."""
        event.stop()
        self._scroll_rows(-_WHEEL_ROWS)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll towards the newest row."""
        event.stop()
        self._scroll_rows(_WHEEL_ROWS)

    def _scroll_rows(self, rows: int) -> None:
        total = len(self._story(self.sentences))
        self.back = max(0, min(self.back - rows, total - self.size.height))


def sentence_content(sentence: Sentence, *, letters: bool = False) -> Content:
    """Return a sentence with its cards in the colours of their suits."""
    return Content.assemble(
        *(
            part if isinstance(part, str) else card_content(part, letters=letters)
            for part in sentence
        )
    )


def story_rows(
    sentences: Sequence[Sentence], width: int, *, letters: bool = False
) -> list[Content]:
    """Return the rows of sentences in ``width`` cells: the last one marked and bold, others faint.

    What does not fit into one row goes on indented.
    """
    last = len(sentences) - 1
    return [
        row
        for number, sentence in enumerate(sentences)
        for row in _sentence_rows(sentence, width, newest=number == last, letters=letters)
    ]


@lru_cache(_KEPT_MAX)
def _sentence_rows(sentence: Sentence, width: int, *, newest: bool, letters: bool) -> list[Content]:
    rows: list[Content] = []
    for content in sentence_content(sentence, letters=letters).wrap(max(1, width - len(_INDENT))):
        mark = _MARK if newest and not rows else _INDENT
        line = Content.assemble((mark, "$caret"), content)
        rows.append(line.stylize_before("bold" if newest else "$faint"))
    return rows
