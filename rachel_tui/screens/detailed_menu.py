"""A menu in a frame, and beside it what there is to know of the row at the caret."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from rachel_tui.screens.menu import MenuScreen, Row
from rachel_tui.widgets.choices import Choices
from rachel_tui.widgets.details import Detail, Details
from rachel_tui.widgets.key_line import KeyLine


class DetailedMenuScreen(MenuScreen):
    """Shows rows in a frame, and from 100 columns on the details of one of them beside it.

    A screen of this kind gives `frame_title` and `detail`, too.
    """

    def frame_title(self) -> str:
        """Return what stands in the frame around the rows."""
        raise NotImplementedError

    def detail(self, row: Row) -> Detail:
        """Return what there is to know of a row."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Yield head, rows and notice in a frame, the details, and the keys."""
        with Horizontal(classes="split"):
            with Vertical(classes="menu framed") as menu:
                menu.border_title = Content(self.frame_title())
                yield from self.head()
                yield Choices(())
                yield Static(classes="menu-notice", markup=False)
            yield Details()
        yield KeyLine()

    def renew(self) -> None:
        """Show the rows that there are now, and the details of one."""
        super().renew()
        self._tell(self.query_one(Choices).highlighted)

    def on_choices_moved(self, event: Choices.Moved) -> None:
        """Show the details of another row."""
        event.stop()
        self._tell(event.index)

    def _tell(self, index: int) -> None:
        self.query_one(Details).show(self.detail(self._rows[index]))
