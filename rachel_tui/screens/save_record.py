"""Where to save the record of a game."""

import json
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from rachel.formats.record import GameRecord


class SaveRecordScreen(ModalScreen[Path]):
    """Writes a record into a file that its player names, and returns the file."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Back", show=False)]

    def __init__(self, record: GameRecord) -> None:
        """Offer to save ``record``."""
        super().__init__()
        self._record = record
        self._problem = Static(id="problem", markup=False)

    def compose(self) -> ComposeResult:
        """Yield the question."""
        day = f"{self._record.finished_at:%Y-%m-%d}"
        with Vertical(classes="panel") as panel:
            panel.border_title = "Save the record"
            panel.border_subtitle = "enter save · esc back"
            yield Static("Into which file? rachel verify and rachel replay can read it.")
            yield Input(f"rachel-{self._record.room or 'game'}-{day}.json")
            yield self._problem

    def on_mount(self) -> None:
        """Keep the cursor steady, so that nothing is sent to the terminal between keys."""
        field = self.query_one(Input)
        field.cursor_blink = False
        self.set_focus(field)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Write the file; one that is there already is left alone."""
        event.stop()
        path = Path(event.value.strip()).expanduser().absolute()
        try:
            with path.open("x", encoding="utf-8") as file:
                json.dump(self._record.to_json(), file)
        except FileExistsError:
            self._problem.update("There is such a file already: choose another name.")
        except OSError as error:
            self._problem.update(f"Cannot write {path}: {error.strerror or error}.")
        else:
            self.dismiss(path)
