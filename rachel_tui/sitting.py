"""One person's stay at a host: the seat there, the story, and what the person wants.

The screens and the plain dialogue both show a sitting; a sitting knows neither of them.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress

from rachel.client.session import ClientSession
from rachel.client.updates import Announced, Update
from rachel.rubp import Phase
from rachel.rules.actions import IllegalAction
from rachel_tui.aftermath import Aftermath
from rachel_tui.games.seen_game import SeenGame
from rachel_tui.host_desk import HostDesk
from rachel_tui.keep.kept_seat import kept_room
from rachel_tui.net.connection import Connection
from rachel_tui.net.refusals import GAME_RUNS
from rachel_tui.own_seat import OwnSeat
from rachel_tui.patience import Patience
from rachel_tui.place import Place
from rachel_tui.turn_clock import TurnClock
from rachel_tui.words.seat_lines import is_host_bot
from rachel_tui.words.story import Sentence, Story
from rachel_tui.words.way_out import WayOut, way_out


class Sitting:
    """Keeps one person at a host's table, from the first HELLO until `close`.

    Attributes:
        story: what happened, in sentences.
        aftermath: what is made of games that are over.
        turn_clock: when the time of the turn is up.
        patience: until when the host waits for others at a table that has not begun.
        last_words: what the host announced last, empty once anything else came from it.
    """

    def __init__(
        self,
        place: Place,
        name: str,
        on_change: Callable[[list[Update], list[Sentence]], None],
    ) -> None:
        """Prepare; `run` connects, at the seat that `OwnSeat` finds.

        ``on_change`` is called in run's task with the updates that came and the sentences that
        tell them, both empty when only the link changed.
        """
        self.story = Story()
        where = "solo" if place.solo else place.host
        rate = self._ask_rating if place.login is not None else None
        self._desk = HostDesk(place)
        find = place.find_record or (self._desk.record if place.dial is None else None)
        self.aftermath = Aftermath(place.games_path, where, find, rate, self._found)
        self.turn_clock = TurnClock()
        self.patience = Patience()
        self.last_words = ""
        self._on_change = on_change
        self._closed = False
        self._hurried: int | None = None  # the table at which the bots play without a pause
        self._begun: int | None = None  # the table that was asked to begin at once
        self._renewed = asyncio.Event()  # `run` has another connection to run, or has to end
        self._seat = OwnSeat(place, name, self._take, self._note, self._begin_anew)
        self.story.sentences += self._seat.told

    @property
    def place(self) -> Place:
        """Where it is."""
        return self._seat.place

    @property
    def session(self) -> ClientSession:
        """The game as this person sees it.

        Another one after `start_over`, and after `again` if the connection had ended.
        """
        return self._seat.session

    @property
    def connection(self) -> Connection:
        """The link to the host; another one whenever `session` is."""
        return self._seat.connection

    @property
    def problem(self) -> str:
        """Why there is no seat for us, empty while there is or may be one."""
        return self._seat.problem

    @property
    def guest_because(self) -> str:
        """Why we sit here as a guest although there is a login, empty otherwise."""
        return self._seat.guest_because

    @property
    def returning(self) -> bool:
        """Whether a running game that was left earlier was found again.

        It is so until the player has said whether to go on with it.
        """
        return self._seat.returning

    @property
    def online(self) -> bool:
        """Whether what we send arrives."""
        return self._seat.online

    @property
    def way_out(self) -> WayOut | None:
        """How our player went out while others play on, None before and after that."""
        return way_out(
            self.session,
            self.aftermath.last_played,
            hurries=self.place.hurry is not None,
            hurried=self._hurried == self.session.game_id,
        )

    @property
    def game_runs(self) -> bool:
        """Whether our game is under way, so that leaving now means leaving it."""
        return self._seat.game_runs

    @property
    def may_start(self) -> bool:
        """Whether we wait for others at a table, and could `begin` without them."""
        waits = self.online and self.session.phase is Phase.WAITING
        return waits and not self.place.watches and bool(self.session.room)

    @property
    def may_sit_down(self) -> bool:
        """Whether we watch a table at which a seat can be asked for: one that has ended or waits.

        A seat that is asked for at the end of a game is one at the next table in the room.
        """
        session, offered = self.session, self.place.seat_in is not None
        if not offered or not session.watches or not session.room or self.problem:
            return False
        public, free = session.public, session.seats > len(session.present)
        ended = public is not None and public.is_over
        return ended or (self.online and session.phase is Phase.WAITING and free)

    @property
    def seat_given_up(self) -> str:
        """The room of the seat that we, who watch, give up by sitting down; empty if there is none.

        A seat that is kept in the room that we watch is the one we would take.
        """
        room, seat_in = self.session.room, self.place.seat_in
        place = None if seat_in is None else seat_in(room)
        if place is None or place.host_key is None:
            return ""
        kept = kept_room(place.seats_path, place.host_key)
        return "" if kept == room else kept

    @property
    def may_watch(self) -> bool:
        """Whether there is no seat for us because of a game that could be watched instead."""
        offered = self.place.watch_in is not None and bool(self.place.room)
        return offered and self.problem == GAME_RUNS

    @property
    def clock_runs(self) -> bool:
        """Whether the turn has a clock, also where it is not known how long it still runs."""
        session = self.session
        public = session.public
        if not self.online or not self.game_runs or public is None or session.turn_time_s is None:
            return False
        return not is_host_bot(session, public.current)

    async def run(self) -> None:
        """Stay connected until `close`.

        After the end of a game, and after the host's final no, wait for `again` or `start_over`.
        """
        if self._seat.notice:
            self._note(self._seat.notice)
        try:
            while not self._closed:
                connection = self.connection
                await connection.run()
                if connection is self.connection and not self._closed:
                    self._renewed.clear()
                    await self._renewed.wait()
        finally:
            self._seat.release()

    async def leave(self) -> None:
        """Close, and have nobody wait for us; the seat of a running game can be taken again."""
        self._seat.say_goodbye()
        if self.online and self.session.phase is Phase.WAITING:
            self._seat.forget()  # the seat is free again
        await self.close()

    async def close(self) -> None:
        """End the connection; seat and story of a running game stay in the file of seats."""
        if self.game_runs and not self.problem:
            self._seat.keep(self.story.sentences)
        self._closed = True
        self._renewed.set()
        await self.connection.close()
        self._seat.release()
        await self.aftermath.close()

    async def start_over(self) -> None:
        """Give up the seat and join afresh, in the room asked for at the start, if any."""
        await self._seat.start_over()

    @property
    def asks_again(self) -> bool:
        """Whether we have asked for another game on this connection, and have no answer yet."""
        return self.online and self.session.game_id == 0

    async def again(self) -> None:
        """Ask for another game in the same room: on this connection, or on a new one if it ended.

        Nothing happens when that is asked already. When the host has refused that room already,
        join as `start_over` does. So does a solo game for which other settings hold by now.
        """
        if self.asks_again:
            return
        reopen = self.place.reopen
        if reopen is not None and (await asyncio.to_thread(reopen)).dial != self.place.dial:
            await self._seat.join_afresh("")
            return
        if self.online:
            with suppress(ConnectionError):
                self.connection.send(self.session.again(secrets.token_bytes(8)))
                return
        await self._seat.join_afresh(self.place.room if self.problem else self.session.room)

    async def begin(self) -> str:
        """Have the game begin at once, with bots in the empty seats; return why not, or nothing.

        That is asked once: until the game begins, there is nothing more to do.
        """
        game = self.session.game_id
        if self._begun == game and self.session.phase is Phase.WAITING:
            return ""
        self._begun = game
        problem = await self._desk.begin(self.session.room, self.session.token)
        if problem:
            self._begun = None
        return problem

    def rename(self, name: str) -> None:
        """Go by another name from the next game on, unless an account's name is used here."""
        self._seat.rename(name)

    def go_on(self) -> None:
        """Go on with the game that was found again."""
        self._seat.returning = False

    def play(self, cards: Sequence[int], suit: int | None = None) -> str:
        """Ask the host to play ``cards``; return why that is not possible, empty when it is."""
        return self._send(lambda: self.session.play(cards, suit))

    def draw(self) -> str:
        """Ask the host to draw; return why that is not possible, empty when it is."""
        return self._send(self.session.draw)

    def hurry(self) -> str:
        """Let the bots play without a pause until it is our player's turn, or the game is over.

        Return why that is not possible, empty when it is.
        """
        if self.place.hurry is None:
            return "only the bots of a solo game can be hurried"
        if self.session.prompt:
            return "it is your turn"
        self._hurried = self.session.game_id
        self.place.hurry(True)
        return ""

    def _send(self, frames: Callable[[], bytes]) -> str:
        if not self.online:
            return "there is no connection to the host"
        try:
            self.connection.send(frames())
        except (IllegalAction, ConnectionError) as problem:
            return str(problem)
        return ""

    def _note(self, text: str) -> None:
        self._on_change([], [self.story.note(text)])

    def _begin_anew(self) -> None:
        """Begin another story; `run` goes on with the connection that there is now."""
        self.story = Story()
        self.turn_clock.forget()
        self._renewed.set()

    def _take(self, updates: list[Update]) -> None:
        told = self.story.tell(updates, self.session)
        self.turn_clock.take(updates, self.session)
        self._seat.take(updates, self.story.sentences)
        self.patience.take(updates, self.session)
        hurried = self._hurried == self.session.game_id
        if self.place.hurry is not None and hurried and self.session.prompt:
            self._hurried = None
            self.place.hurry(False)
        if updates:
            latest = updates[-1]
            self.last_words = latest.text if isinstance(latest, Announced) else ""
        if not self.online:
            self.turn_clock.forget()
            self.patience.forget()
        self.aftermath.take(updates, self.session)
        self._on_change(updates, told)

    def _found(self) -> None:
        self._on_change([], [])

    async def _ask_rating(self, game: SeenGame) -> tuple[int, int] | None:
        return None if self.guest_because else await self._desk.rating(game)
