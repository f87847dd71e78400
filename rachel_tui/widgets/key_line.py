"""The keys that do something now, in one line at the bottom."""

from textual import events
from textual.binding import Binding
from textual.content import Content

from rachel_tui.widgets.rows import Rows


class KeyLine(Rows):
    """Says what the keys of its screen do, as far as their bindings are shown. A click does it.

    Textual's footer has a widget for each key, and makes all of them anew after each change.
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown: list[Binding] = []

    def on_mount(self) -> None:
        """Show what changes."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.redraw())

    def rows(self) -> list[Content]:
        """Return the line. Keys at its end for which there is no room are left out."""
        if self.app.app_focus:  # without it no widget has the keys, but only until it is back
            by_action: dict[str, Binding] = {}
            for _, binding, _, _ in self.screen.active_bindings.values():
                if binding.show:
                    by_action.setdefault(binding.action, binding)
            self._shown = list(by_action.values())
        return [Content.assemble(*(item for _, item in self._items()))]

    def on_click(self, event: events.Click) -> None:
        """Do what the key does that was clicked on."""
        event.stop()
        end = 0
        for binding, item in self._items():
            end += item.cell_length
            if event.x < end:
                self.app.simulate_key(binding.key)
                return

    def _items(self) -> list[tuple[Binding, Content]]:
        items = [(each, self._item(each, " ")) for each in self._shown]
        if _width(items) > self.size.width:
            items = [(each, self._item(each, "")) for each in self._shown]
        while _width(items) > self.size.width:
            items.pop()
        return items

    def _item(self, binding: Binding, space: str) -> Content:
        return Content.assemble(
            (f" {self.app.get_key_display(binding)} ", "bold $footer-key-foreground"),
            (f"{binding.description}{space}", "$footer-description-foreground"),
        )


def _width(items: list[tuple[Binding, Content]]) -> int:
    return sum(item.cell_length for _, item in items)
