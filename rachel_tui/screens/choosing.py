"""Screens with rows to choose from, where keys act in the order in which they were typed."""

from abc import abstractmethod
from asyncio import sleep
from collections.abc import Coroutine
from typing import Any

from textual import events
from textual.screen import Screen

from rachel_tui.in_order import TakesKeys
from rachel_tui.widgets.choices import Choices


class Choosing(Screen[Any], TakesKeys):
    """A screen with `Choices`. One of this kind gives `choose`, and `row_of` if rows have keys."""

    def row_of(self, typed: str) -> int | None:
        """Return the row that has a key, a small letter or a sign; None if there is none."""
        return None

    @abstractmethod
    def choose(self, index: int) -> Coroutine[Any, Any, None] | None:
        """Do what belongs to a row."""

    async def take_key(self, event: events.Key) -> bool:
        """Do what belongs to a key, or, for the key that chooses, to the row at the caret."""
        index = self.row_of((event.character or "").lower())
        bound = self.active_bindings.get(event.key)
        if index is None and bound is not None and bound.binding.id == "choose":
            index = self.query_one(Choices).highlighted
        if index is None:
            return False
        self._begin(index)
        await sleep(0)  # it begins before the next key, but what it waits for holds up none
        return True

    def on_choices_chosen(self, event: Choices.Chosen) -> None:
        """Do what belongs to the row that was clicked on."""
        event.stop()
        self._begin(event.index)

    def _begin(self, index: int) -> None:
        doing = self.choose(index)
        if doing is not None:
            self.run_worker(doing)
