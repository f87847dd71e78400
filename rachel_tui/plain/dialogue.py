"""The dialogue of plain mode: a line per command in, a line per event out."""

import asyncio
from collections.abc import Callable
from typing import Final

from rachel.client.updates import Update
from rachel.rubp import Phase
from rachel.rules.cards import DECK
from rachel_tui.net.connection import LinkState
from rachel_tui.place import Place
from rachel_tui.plain.commands import (
    BACK,
    Query,
    TypedPlay,
    asked_with,
    parse_command,
    parse_nomination,
    query_of,
)
from rachel_tui.plain.ending import Ending
from rachel_tui.plain.help import help_lines
from rachel_tui.plain.lines import Lines
from rachel_tui.plain.own_turn import OwnTurn
from rachel_tui.plain.telling import Telling
from rachel_tui.plain.text import (
    hand_line,
    offer_text,
    result_lines,
    rules_lines,
    table_text_lines,
    turns_line,
    waiting_lines,
    why_not_sit,
)
from rachel_tui.sitting import Sitting
from rachel_tui.words.results import result_of
from rachel_tui.words.story import Sentence, plain_text

_LAST: Final = 5
_KEPT_MAX: Final = 9
_YES: Final = {"yes", "y"}
_NO: Final = {"no", "n", BACK}
_EARLY: Final = {Query.QUIT, Query.HELP, Query.RULES, Query.NEW, Query.START}
"""What can be answered without a game."""
_FOR_WATCHERS: Final = {
    Query.TABLE,
    Query.LAST,
    Query.HELP,
    Query.RULES,
    Query.RECAP,
    Query.REPLAY,
    Query.SIT,
    Query.QUIT,
}


class Dialogue:
    """One sitting as a dialogue of lines.

    Lines that need a game wait until there is one, which is said; others
    are answered meanwhile. When input is not typed by hand (``scripted``),
    a line that follows a move also waits until the player is to act again or has nothing more to
    do, so that a file of moves can be piped in. Who watches without typing does so until the table
    is closed.

    Attributes:
        next_place: where the player goes on: to a seat after watching, or to watch on when there
            is no seat; None otherwise.
    """

    def __init__(
        self,
        place: Place,
        name: str,
        say: Callable[[str], None],
        *,
        scripted: Callable[[], bool],
        order: str = "rank",
        watched: Place | None = None,
    ) -> None:
        """Prepare; `run` talks.

        Args:
            place: where to play or to watch.
            name: the player's name there.
            say: says a line.
            scripted: tells whether input is not typed by hand, which may turn out later.
            order: in which order hands are told: rank, suit or dealt.
            watched: where the player goes back to if the host has no seat for them.
        """
        self.sitting = Sitting(place, name, self._take)
        self.next_place: Place | None = None
        self._watched = watched
        self._say = say
        self._scripted = scripted
        self._changed = asyncio.Event()
        self._asked_for_new = False  # whether the game that runs is to be given up
        self._kept: list[str] = []  # lines that wait until there is a game
        self._turn = OwnTurn(self.sitting, say, order)
        self._ending = Ending(say)
        self._telling = Telling(self.sitting, self._turn, self._ending, say)

    async def run(self, lines: Lines) -> int:
        """Play until the player quits, input ends (None) or there is a failure.

        Return the exit status: 0, or 1 after a failure, which has been said.
        """
        self._lines = lines
        tasks = [
            asyncio.create_task(self.sitting.run()),
            asyncio.create_task(self._talk(lines)),
            asyncio.create_task(self._fail()),
            asyncio.create_task(self._see_closed()),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            statuses = [task.result() or 0 for task in tasks if task.done()]
            return 1 if self._telling.failure else max(statuses)
        except asyncio.CancelledError:  # Ctrl-C, or a signal
            self._take_leave()
            raise
        finally:
            await self.sitting.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _take(self, updates: list[Update], told: list[Sentence]) -> None:
        self._telling.take(updates, told)
        self._changed.set()
        if self._kept and self._is_there():
            kept, self._kept = self._kept, []
            for line in kept:
                self._lines.put_nowait(line)

    async def _fail(self) -> int:
        await self._until(lambda: bool(self._telling.failure))
        if self._watched is not None and self.sitting.problem and not self._has_seat():
            self._say(f"No seat: {self.sitting.problem}. You watch on.")
            self.next_place = self._watched
        else:
            self._say(f"Error: {self._telling.failure}.")
        return 1

    async def _see_closed(self) -> int:
        """Leave a table that is closed, if we watched it: nothing follows there."""
        sitting = self.sitting
        await self._until(
            lambda: sitting.place.watches and sitting.connection.state is LinkState.GAME_OVER
        )
        self._say("The table is closed.")
        return 0

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self._changed.clear()
            await self._changed.wait()

    # --- what the player types ---------------------------------------------------------------

    async def _talk(self, lines: Lines) -> int:
        while (line := await lines.get()) is not None:
            try:
                if not await self._answer(line):
                    break
            except ValueError as unclear:
                self._say(str(unclear))
        if self.next_place is not None:
            await self.sitting.leave()
            return 0
        # A person who types quit leaves at once. A script waits until the host has answered: its
        # exit status says whether there was a seat.
        if line is None or self._scripted():
            await self._until(self._has_seat)
        if line is None and self._scripted() and self.sitting.place.watches:
            await asyncio.Event().wait()
        await self._until(lambda: not self._turn.is_on_its_way)
        self._take_leave()
        await self.sitting.leave()
        return 0

    def _take_leave(self) -> None:
        kept = self.sitting.game_runs and self.sitting.place.keeps_seats
        waits = " Your seat is kept." if kept else ""
        self._say(f"You leave the table.{waits}" if self._has_seat() else "You leave.")

    async def _answer(self, line: str) -> bool:
        """Do what a line says; return False to leave.

        Raises:
            ValueError: the line is no command; the message says what to type.
        """
        if (about := asked_with(Query.RULES, line)) is not None:
            for rule in rules_lines(about):
                self._say(rule)
            return True
        if (file := asked_with(Query.SAVE, line)) is not None:
            await self._ending.save(self.sitting, file)
            return True
        if self._turn.answer_suit(line):
            return True
        if self.sitting.place.watches and line.strip() and query_of(line) not in _FOR_WATCHERS:
            raise ValueError(" ".join(help_lines(self.sitting)))
        asked, self._asked_for_new = self._asked_for_new, False
        if asked and line.strip().lower() in _YES:
            await self._start_over()
            return True
        if asked and line.strip().lower() in _NO:
            self._say("You play on.")
            return True
        if self.sitting.game_runs and line.strip().lower() == BACK:
            kept = " (your seat is kept)" if self.sitting.place.keeps_seats else ""
            self._say(f"There is nothing to take back. Type quit to leave the table{kept}.")
            return True
        if (query := query_of(line)) in _EARLY:
            return await self._answer_early(query)
        if query is Query.SIT:
            return not await self._sit_down()
        if not self._scripted() and not self._is_there():
            self._answer_without_game(line)
            return True
        await self._until(self._is_there)
        command = parse_command(line, self._turn.cards)
        if isinstance(command, TypedPlay):
            self._turn.play(command)
        elif command is Query.AGAIN:
            await self._again()
        elif command is Query.FAST:
            self._hurry()
        elif command is Query.HINT:
            await self._turn.hint()
        elif command is Query.RECAP:
            self._ending.recap(self.sitting)
        elif command is Query.REPLAY:
            await self._ending.replay(self.sitting, self._lines)
        elif command is Query.SAVE:
            await self._ending.save(self.sitting)
        elif command is Query.DRAW:
            self._turn.draw()
        elif command is not None:
            self._tell(command)
        elif not self._scripted():
            self._tell_what_is_due()
        return True

    async def _answer_early(self, query: Query) -> bool:
        """Answer a query that needs no game; return False to leave."""
        if query is Query.NEW and self.sitting.game_runs and not self._scripted():
            self._asked_for_new = True
            self._say("That gives up the game that runs. Type yes if you want to, or play on.")
        elif query is Query.NEW:
            await self._start_over()
        elif query is Query.START:
            if problem := await self._begin():
                self._say(f"Not possible: {problem}.")
        elif query is not Query.QUIT:
            for line in help_lines(self.sitting) if query is Query.HELP else rules_lines():
                self._say(line)
            if query is Query.RULES and not self._scripted():
                self._turn.repeat()  # the rules are long: it may be forgotten what is due
        return query is not Query.QUIT

    async def _sit_down(self) -> bool:
        """Go to a seat in the room that we watch, or say why not; return whether we go."""
        sitting = self.sitting
        if self._scripted():
            await self._until(self._is_there)
        if problem := why_not_sit(sitting):
            self._say(problem)
        elif sitting.place.seat_in is not None:
            self.next_place = sitting.place.seat_in(sitting.session.room)
        return self.next_place is not None

    async def _begin(self) -> str:
        """Have the game begin at once; return why not, empty when it does."""
        phase = self.sitting.session.phase
        if phase is None:
            return "you have no seat yet"
        return await self.sitting.begin() if phase is Phase.WAITING else "the game has begun"

    async def _start_over(self) -> None:
        self._turn.begin_anew()
        await self.sitting.start_over()

    def _answer_without_game(self, line: str) -> None:
        """Answer a line, or keep it until there is a game."""
        query = query_of(line)
        if self._has_seat() and query in (Query.TABLE, Query.LAST):
            self._tell(query)
        elif self._may_be_kept(line) and len(self._kept) < _KEPT_MAX:
            self._kept.append(line)
            self._say("There is no game yet: that is done when it begins.")
        elif line.strip():
            self._say("There is no game yet, and enough waits for it: that line is left out.")

    def _may_be_kept(self, line: str) -> bool:
        """Tell whether a line may be a command in a game, or name the suit for an ace before it.

        Raises:
            ValueError: it is neither; the message says what to type.
        """
        answers = bool(self._kept) and parse_nomination(line) is not None
        return answers or parse_command(line, DECK) is not None

    def _tell(self, query: Query) -> None:
        session = self.sitting.session
        lines: list[str] = []
        if query is Query.TABLE:
            waits = session.public is None
            lines = waiting_lines(self.sitting) if waits else table_text_lines(session)
        elif query is Query.LAST:
            lines = [plain_text(told) for told in list(self.sitting.story.sentences)[-_LAST:]]
        elif session.view is not None:
            lines = [hand_line(session.view, self._turn.cards, prompt=session.prompt)]
        for line in lines:
            self._say(line)

    def _tell_what_is_due(self) -> None:
        """Say whose turn it is, with the hand if it is ours; after the end how it ended."""
        session = self.sitting.session
        if session.prompt:
            self._turn.repeat()
        elif result := result_of(session):
            for line in result_lines(result, offer_text(self.sitting)):
                self._say(line)
        elif turns := turns_line(session):
            self._say(turns)

    def _hurry(self) -> None:
        """Let the bots play at once, or say why not."""
        if result_of(self.sitting.session) is not None:
            self._say("The game is over.")
        elif problem := self.sitting.hurry():
            self._say(f"Not possible: {problem}.")

    async def _again(self) -> None:
        if result_of(self.sitting.session) is None:
            self._say("The game still runs. Type new to give it up for another one.")
            return
        self._turn.begin_anew()
        await self.sitting.again()

    # --- what a line waits for ---------------------------------------------------------------

    def _is_there(self) -> bool:
        return self._sees_table() if self.sitting.place.watches else self._ready()

    def _ready(self) -> bool:
        session, view = self.sitting.session, self.sitting.session.view
        if view is None or session.phase in (None, Phase.WAITING):
            return False
        if not (self._scripted() and self._turn.has_acted):
            return True
        return session.prompt or view.public.is_over or not view.hand

    def _sees_table(self) -> bool:
        """Tell whether we, who watch, have been told who is there."""
        return bool(self.sitting.session.present)

    def _has_seat(self) -> bool:
        """Tell whether the host has let us in."""
        return self.sitting.session.phase is not None
