"""The dialogue of plain mode: a line per command in, a line per event out."""

import asyncio
from collections.abc import Callable
from typing import Final

from rachel.client.updates import Refused, Rejected, Update, Welcomed
from rachel.rubp import Phase
from rachel.rules.cards import ACE, DECK, card_code, rank_of
from rachel.text import listed
from rachel_tui.net.connection import LinkState
from rachel_tui.place import Place
from rachel_tui.plain.commands import (
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
from rachel_tui.plain.text import (
    first_move_line,
    hand_line,
    returning_line,
    rules_lines,
    table_text_lines,
    turn_lines,
    waiting_lines,
)
from rachel_tui.sitting import Sitting
from rachel_tui.whereabouts import invitation
from rachel_tui.words.hints import last_suit, must_draw, refusal_text
from rachel_tui.words.picking import sorted_hand
from rachel_tui.words.results import result_of
from rachel_tui.words.story import Sentence, plain_text

_LAST: Final = 5
_KEPT_MAX: Final = 9
_YES: Final = {"yes", "y"}
_NO: Final = {"no", "n", "back"}
_EARLY: Final = {Query.QUIT, Query.HELP, Query.RULES, Query.NEW, Query.START}
"""What can be answered without a game."""
_FOR_WATCHERS: Final = {
    Query.TABLE,
    Query.LAST,
    Query.HELP,
    Query.RULES,
    Query.RECAP,
    Query.REPLAY,
    Query.QUIT,
}
_HINT_LIMIT_S: Final = 2.0
"""How long a hint may take."""


class Dialogue:
    """One sitting as a dialogue of lines.

    Lines that need a game wait until there is one, which is said; others
    are answered meanwhile. When input is not typed by hand (``scripted``),
    a line that follows a move also waits until the player is to act again or has nothing more to
    do, so that a file of moves can be piped in. Who watches without typing does so until the table
    is closed.

    Attributes:
        scripted: whether input is not typed by hand, which may turn out later.
    """

    def __init__(
        self, place: Place, name: str, say: Callable[[str], None], *, scripted: bool
    ) -> None:
        self.sitting = Sitting(place, name, self._take)
        self._say = say
        self.scripted = scripted
        self._changed = asyncio.Event()
        self._failure = ""
        self._moved = False  # we have acted, and have not been prompted since
        self._prompted = False
        self._taught: set[str] = set()  # for what it has been said how to do it
        self._aces: tuple[int, ...] = ()  # aces whose suit is still to be named
        self._asked_for_new = False  # whether the game that runs is to be given up
        self._kept: list[str] = []  # lines that wait until there is a game
        self._link = LinkState.CONNECTING
        self._watchers = 0  # as last said
        self._start_offered = False
        self._ending = Ending(say)

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
            return 1 if self._failure else max(statuses)
        finally:
            await self.sitting.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    # --- what happens at the table -----------------------------------------------------------

    def _take(self, updates: list[Update], told: list[Sentence]) -> None:
        self._tell_link()
        session = self.sitting.session
        for sentence in told:
            self._say(plain_text(sentence))
        for update in updates:
            if isinstance(update, Refused):
                self._say(f"The host refused: {refusal_text(update.code)}.")
            elif isinstance(update, Welcomed) and session.watches:
                self._teach("watch", "Type table to see how it stands, or help, or quit.")
            elif isinstance(update, Rejected) and result_of(session):
                problem = self.sitting.problem
                self._say(f"No seat: {problem}. Type again to look for another table.")
        self._ending.take(updates, self.sitting)
        self._tell_room()
        self._tell_watchers()
        if self.sitting.returning:
            self.sitting.go_on()
            self._say(returning_line(self.sitting.place, self.sitting.session.seats))
        self._tell_prompt()
        self._changed.set()
        if self._kept and self._is_there():
            kept, self._kept = self._kept, []
            for line in kept:
                self._lines.put_nowait(line)

    def _tell_link(self) -> None:
        connection = self.sitting.connection
        before, self._link = self._link, connection.state
        if connection.state is LinkState.RECONNECTING and before is LinkState.ONLINE:
            self._say(f"Reconnecting: {connection.error}.")
        elif connection.state is LinkState.ONLINE and before is LinkState.RECONNECTING:
            self._say("Connected again.")
        elif connection.state is LinkState.CONNECTING and connection.error:
            self._failure = connection.error
        elif self.sitting.problem and result_of(self.sitting.session) is None:
            self._failure = self.sitting.problem

    def _tell_room(self) -> None:
        """Tell at which table we wait, and with whom, and how its game begins at once."""
        session = self.sitting.session
        waits = session.phase is Phase.WAITING and not session.watches and session.room != ""
        before, self._start_offered = self._start_offered, waits
        if waits and not before:
            others = [session.names[seat] for seat in sorted(session.present - {session.seat})]
            company = f", with {listed(others)}" if others else ""
            self._say(f"Table {session.room}{company}. Type start to begin at once.")
            if friends := invitation(self.sitting):
                self._say(f"Friends come by: {friends}")

    def _tell_watchers(self) -> None:
        """Tell how many watch when that has changed; who watches alone knows it."""
        session = self.sitting.session
        before, self._watchers = self._watchers, session.watchers
        if before != session.watchers > session.watches:
            self._say(f"{session.watchers} watching.")

    def _tell_prompt(self) -> None:
        session = self.sitting.session
        before, self._prompted = self._prompted, session.prompt and self.sitting.online
        if self._prompted and not before and session.view is not None:
            self._moved = False
            for line in turn_lines(session.view, session.turn_time_s):
                self._say(line)
            what = "draw" if must_draw(session.view) else "play"
            self._teach(what, first_move_line(session.view))

    def _teach(self, what: str, line: str) -> None:
        """Say how to do something, the first time."""
        if what not in self._taught:
            self._taught.add(what)
            self._say(line)

    async def _fail(self) -> int:
        await self._until(lambda: bool(self._failure))
        self._say(f"Error: {self._failure}.")
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
        # A person who types quit leaves at once. A script waits until the host has answered: its
        # exit status says whether there was a seat.
        if line is None or self.scripted:
            await self._until(self._has_seat)
        if line is None and self.scripted and self.sitting.place.watches:
            await asyncio.Event().wait()
        await self._until(self._may_leave)
        kept = self.sitting.game_runs and self.sitting.place.keeps_seats
        waits = " Your seat is kept." if kept else ""
        self._say(f"You leave the table.{waits}" if self._has_seat() else "You leave.")
        await self.sitting.leave()
        return 0

    async def _answer(self, line: str) -> bool:
        """Do what a line says; return False to leave.

        Raises:
            ValueError: the line is no command; the message says what to type.
        """
        aces, self._aces = self._aces, ()
        if aces and (suit := parse_nomination(line)) is not None:
            self._tell_problem(self.sitting.play(aces, suit))
            return True
        if aces and line.strip().lower() == "back":
            self._say("No card is played.")
            return True
        if (about := asked_with(Query.RULES, line)) is not None:
            for rule in rules_lines(about):
                self._say(rule)
            return True
        if (file := asked_with(Query.SAVE, line)) is not None:
            await self._ending.save(self.sitting, file)
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
        if (query := query_of(line)) in _EARLY:
            return await self._answer_early(query)
        if not self.scripted and not self._is_there():
            self._answer_without_game(line)
            return True
        await self._until(self._is_there)
        view = self.sitting.session.view
        command = parse_command(line, sorted_hand(view.hand) if view else ())
        if isinstance(command, TypedPlay):
            self._play(command)
        elif command is Query.AGAIN:
            await self._again()
        elif command is Query.FAST:
            self._ending.hurry(self.sitting)
        elif command is Query.HINT:
            await self._hint()
        elif command is Query.RECAP:
            self._ending.recap(self.sitting)
        elif command is Query.REPLAY:
            await self._ending.replay(self.sitting, self._lines)
        elif command is Query.SAVE:
            await self._ending.save(self.sitting)
        elif command is Query.DRAW:
            self._tell_problem(self.sitting.draw())
        elif command is not None:
            self._tell(command)
        elif not self.scripted and self.sitting.session.prompt and view is not None:
            for told in turn_lines(view, self.sitting.session.turn_time_s):
                self._say(told)
        return True

    async def _answer_early(self, query: Query) -> bool:
        """Answer a query that needs no game; return False to leave."""
        if query is Query.NEW and self.sitting.game_runs and not self.scripted:
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
        return query is not Query.QUIT

    async def _begin(self) -> str:
        """Have the game begin at once; return why not, empty when it does."""
        phase = self.sitting.session.phase
        if phase is None:
            return "you have no seat yet"
        return await self.sitting.begin() if phase is Phase.WAITING else "the game has begun"

    async def _start_over(self) -> None:
        self._moved = self._prompted = False
        await self.sitting.start_over()

    def _answer_without_game(self, line: str) -> None:
        """Answer a line, or keep it until there is a game."""
        query = query_of(line)
        if self._has_seat() and query in (Query.TABLE, Query.LAST):
            self._tell(query)
        elif parse_command(line, DECK) is not None and len(self._kept) < _KEPT_MAX:
            self._kept.append(line)
            self._say("There is no game yet: that waits until there is.")
        elif line.strip():
            self._say("There is no game yet, and enough waits for it.")

    def _tell(self, query: Query) -> None:
        session = self.sitting.session
        lines: list[str] = []
        if query is Query.TABLE:
            waits = session.public is None
            lines = waiting_lines(self.sitting) if waits else table_text_lines(session)
        elif query is Query.LAST:
            lines = [plain_text(told) for told in list(self.sitting.story.sentences)[-_LAST:]]
        elif session.view is not None:
            lines = [hand_line(session.view, prompt=session.prompt)]
        for line in lines:
            self._say(line)

    def _play(self, typed: TypedPlay) -> None:
        view, suit = self.sitting.session.view, typed.suit
        if view is not None and self.sitting.session.prompt:
            if missing := [card for card in typed.cards if card not in view.hand]:
                self._say(f"You do not hold {card_code(missing[0])}.")
                return
            fitting = [card for card in typed.cards if view.public.is_playable(card)]
            if not fitting:
                card = typed.cards[0]
                self._say(f"{card_code(card)} does not fit: {view.public.why_not(card)}.")
                return
            suit = last_suit(typed.cards, view) if suit is None else suit
            if suit is None and rank_of(fitting[0]) == ACE:
                self._aces = typed.cards
                self._say("Which suit must follow? Type hearts, diamonds, clubs or spades.")
                return
        self._tell_problem(self.sitting.play(typed.cards, suit))

    async def _hint(self) -> None:
        """Say what the advanced bot would do in our place."""
        from rachel_tui.words.advisor import hint

        session = self.sitting.session
        if result_of(session) is not None:
            self._say("The game is over: there is nothing to play.")
            return
        if session.view is None or not session.prompt:
            self._say("Wait for your turn: then there is a hint.")
            return
        try:
            async with asyncio.timeout(_HINT_LIMIT_S):
                self._say((await asyncio.to_thread(hint, session.view)).sentence)
        except TimeoutError:
            self._say("No hint: it takes too long.")

    async def _again(self) -> None:
        if result_of(self.sitting.session) is None:
            self._say("The game still runs. Type new to give it up for another one.")
            return
        self._moved = self._prompted = False
        await self.sitting.again()

    def _tell_problem(self, problem: str) -> None:
        if problem:
            self._say(f"Not possible: {problem}.")
        else:
            self._moved, self._prompted = True, False

    # --- what a line waits for ---------------------------------------------------------------

    def _is_there(self) -> bool:
        return self._sees_table() if self.sitting.place.watches else self._ready()

    def _ready(self) -> bool:
        session, view = self.sitting.session, self.sitting.session.view
        if view is None or session.phase in (None, Phase.WAITING):
            return False
        if not (self.scripted and self._moved):
            return True
        return session.prompt or view.public.is_over or not view.hand

    def _sees_table(self) -> bool:
        """Tell whether we, who watch, have been told who is there."""
        return bool(self.sitting.session.present)

    def _has_seat(self) -> bool:
        """Tell whether the host has let us in."""
        return self.sitting.session.phase is not None

    def _may_leave(self) -> bool:
        """Tell whether no move of ours is on its way to the host."""
        session = self.sitting.session
        on_its_way = self._moved and session.view is not None and session.view.is_my_turn
        return not (on_its_way and not session.prompt and self.sitting.online)
