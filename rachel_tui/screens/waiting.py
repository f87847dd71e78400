"""Before the game: finding the host, and waiting for the others."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Footer, Static

from rachel.rubp import Phase
from rachel_tui.net.connection import LinkState
from rachel_tui.sitting import PLAYS_ELSEWHERE, Sitting, invitation, place_text
from rachel_tui.widgets.log import GameLog
from rachel_tui.widgets.opponents import Opponents
from rachel_tui.widgets.status import TitleLine
from rachel_tui.words.hints import GOAL
from rachel_tui.words.seat_lines import seat_lines


class WaitingScreen(Screen[None]):
    """Shows how far the connection and the table have come."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "app.new_game", "New table", show=False),
        Binding("c", "app.copy_invitation", "Copy the invitation", show=False),
        Binding("r", "app.rules", "Rules"),
        Binding("question_mark", "app.help", "Keys", key_display="?"),
        Binding("q,escape", "app.leave", "Leave"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._title = TitleLine()
        self._headline = Static(id="headline", markup=False)
        self._seats = Opponents()
        self._log = GameLog()

    def show(self, sitting: Sitting) -> None:
        """Show how far ``sitting`` has come."""
        self._title.where = place_text(sitting)
        self._title.link = sitting.connection.state
        self._headline.update(waiting_text(sitting))
        self._seats.lines = seat_lines(sitting.session)
        self._log.sentences = tuple(sitting.story.sentences)

    def compose(self) -> ComposeResult:
        """Yield title, goal, headline, seats and story."""
        yield self._title
        with Vertical(id="waiting"):
            yield Static(GOAL, id="goal", markup=False)
            yield self._headline
            yield self._seats
            yield self._log
        yield Footer()


def waiting_text(sitting: Sitting) -> str:
    """Return what is being waited for."""
    connection, session = sitting.connection, sitting.session
    if sitting.problem:
        return sitting.problem if session.watches else no_seat_text(sitting)
    if connection.state is LinkState.CONNECTING:
        if connection.error:
            return f"{connection.error}. Trying again (attempt {connection.attempt})…"
        return "Shuffling…" if sitting.place.solo else f"Connecting to {connection.where}…"
    if not sitting.online:
        return f"{connection.error or 'Connection lost'}. Trying again…"
    if session.phase is Phase.WAITING:
        count = len(session.present)
        verb = "is" if count == 1 else "are"
        taken = f"{count} of {session.seats} seats {verb} taken."
        if friends := invitation(sitting):
            taken += f" For friends (c copies it):\n{friends}"
        return f"{taken}\nThe game begins when the table is full or bots take the empty seats."
    return "The cards are coming…"


def no_seat_text(sitting: Sitting) -> str:
    """Return why the host has refused a seat, and what the player can do."""
    place = sitting.place
    if sitting.problem == PLAYS_ELSEWHERE and place.reserve is not None:
        offer = "go on here"
    else:
        offer = "try again" if place.room else "look for another table"
    return f"No seat: {sitting.problem}.\nEnter: {offer}    q: leave"
