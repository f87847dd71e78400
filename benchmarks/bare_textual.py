"""The smallest Textual application that shows what was typed: what terminal.py compares with."""

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    """Shows the last key."""

    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        """Yield one line of text."""
        yield Static("BARE TEXTUAL", id="last")

    def on_key(self, event: events.Key) -> None:
        """Show the key."""
        self.query_one("#last", Static).update(f"BARE TEXTUAL {event.key}")


if __name__ == "__main__":
    Bare().run()
