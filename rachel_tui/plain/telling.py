"""What happens at a table, told in lines as it happens."""

from collections.abc import Callable

from rachel.client.updates import HostTooNew, Refused, Rejected, Update, Welcomed
from rachel.rubp import Phase
from rachel.text import listed
from rachel_tui.net.connection import LinkState
from rachel_tui.plain.ending import Ending
from rachel_tui.plain.own_turn import OwnTurn
from rachel_tui.plain.pile import Pile
from rachel_tui.plain.text import SEAT_LATER, returning_line, turns_line
from rachel_tui.sitting import Sitting
from rachel_tui.whereabouts import invitation
from rachel_tui.words.hints import refusal_text
from rachel_tui.words.results import result_of
from rachel_tui.words.story import Sentence, plain_text


class Telling:
    """Says a line for everything that happens in one sitting.

    Attributes:
        failure: why the sitting cannot go on; empty while it can.
    """

    def __init__(
        self, sitting: Sitting, turn: OwnTurn, ending: Ending, say: Callable[[str], None]
    ) -> None:
        self.failure = ""
        self._sitting = sitting
        self._turn = turn
        self._ending = ending
        self._say = say
        self._link = LinkState.CONNECTING
        self._pile = Pile()
        self._watchers = 0  # as last said
        self._start_offered = False
        self._watching_taught = False

    def take(self, updates: list[Update], told: list[Sentence]) -> None:
        """Say what is new."""
        self._tell_link()
        session = self._sitting.session
        for sentence in told:
            self._say(plain_text(sentence))
        for line in self._pile.lines(updates):
            self._say(plain_text(self._sitting.story.note(line)))
        for update in updates:
            if isinstance(update, Refused):
                self._say(f"The host refused: {refusal_text(update.code)}.")
            elif isinstance(update, Welcomed) and session.watches:
                self._teach_watching()
            elif isinstance(update, Rejected | HostTooNew) and result_of(session):
                problem = self._sitting.problem
                self._say(f"No seat: {problem}. Type again to look for another table.")
        self._ending.take(updates, self._sitting)
        self._tell_room()
        self._tell_watchers()
        if self._sitting.returning and session.public is not None:
            self._sitting.go_on()
            self._say(returning_line(self._sitting.place, self._sitting.session.seats))
            if turns := turns_line(session):
                self._say(f"{turns} Type last for what was told before.")
        self._turn.take()

    def _tell_link(self) -> None:
        connection = self._sitting.connection
        before, self._link = self._link, connection.state
        if connection.state is LinkState.RECONNECTING and before is LinkState.ONLINE:
            self._say(f"Reconnecting: {connection.error}.")
        elif connection.state is LinkState.ONLINE and before is LinkState.RECONNECTING:
            self._say("Connected again.")
        elif connection.state is LinkState.CONNECTING and connection.error:
            self.failure = connection.error
        elif self._sitting.problem and result_of(self._sitting.session) is None:
            self.failure = self._sitting.problem

    def _tell_room(self) -> None:
        """Tell at which table we wait, and with whom, and how its game begins at once."""
        session = self._sitting.session
        waits = session.phase is Phase.WAITING and not session.watches and session.room != ""
        before, self._start_offered = self._start_offered, waits
        if waits and not before:
            others = [session.names[seat] for seat in sorted(session.present - {session.seat})]
            company = f", with {listed(others)}" if others else ""
            self._say(f"Table {session.room}{company}. Type start to begin at once.")
            if friends := invitation(self._sitting):
                self._say(f"Friends come by: {friends}")

    def _tell_watchers(self) -> None:
        """Tell how many watch when that has changed; who watches alone knows it."""
        session = self._sitting.session
        before, self._watchers = self._watchers, session.watchers
        if before != session.watchers > session.watches:
            self._say(f"{session.watchers} watching.")

    def _teach_watching(self) -> None:
        """Say what watchers can type, the first time."""
        if not self._watching_taught:
            self._watching_taught = True
            waits = self._sitting.session.phase is Phase.WAITING
            seat, later = (" sit for a seat,", "") if waits else ("", f" {SEAT_LATER}")
            if self._sitting.place.seat_in is None:
                seat = later = ""
            self._say(f"Type table to see how it stands,{seat} or help, or quit.{later}")
