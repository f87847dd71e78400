"""One person's stay at a host: session, connection, the seat to come back to, and the story.

The screens and the plain dialogue both show a sitting; a sitting knows neither of them.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from rachel.client.session import ClientSession
from rachel.client.updates import (
    Announced,
    GameOver,
    HostTooNew,
    PlaysElsewhere,
    Rejected,
    Update,
    Welcomed,
)
from rachel.rubp import NO_TOKEN, Phase
from rachel.rules.actions import IllegalAction
from rachel_tui.aftermath import Aftermath
from rachel_tui.games.seen_game import SeenGame
from rachel_tui.host_desk import HostDesk
from rachel_tui.keep.kept_seat import KeptSeat, kept_room
from rachel_tui.keep.saved_seat import SavedSeat
from rachel_tui.net.connection import GAME_GONE, GAME_RUNS, Connection, LinkState
from rachel_tui.net.host_api import (
    LoginEnded,
    NoSeat,
    reserve_seat,
)
from rachel_tui.net.host_request import HostTrouble
from rachel_tui.patience import Patience
from rachel_tui.place import Place
from rachel_tui.turn_clock import TurnClock
from rachel_tui.words.seat_lines import is_host_bot
from rachel_tui.words.story import Sentence, Story
from rachel_tui.words.way_out import WayOut, way_out

PLAYS_ELSEWHERE: Final = "you play elsewhere now"
"""Why there is no seat for a client whose player sits at another one."""
_TOLD_MAX: Final = 50
"""Sentences that are kept for the one who comes back: as many as a large screen shows."""


class Sitting:
    """Keeps one person at a host's table, from the first HELLO until `close`.

    Attributes:
        place: where it is.
        session: the game as this person sees it; another one after `start_over`, and after `again`
            if the connection had ended.
        connection: the link to the host; another one whenever ``session`` is.
        story: what happened, in sentences.
        aftermath: what is made of games that are over.
        returning: whether a running game that was left earlier was found again, and the player has
            not yet said whether to go on with it.
        problem: why there is no seat for us, empty while there is or may be one.
        guest_because: why we sit here as a guest although there is a login, empty otherwise.
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
        """Prepare; `run` connects.

        A seat kept for this host is reclaimed first, unless it is in another room than the one
        asked for, or another name was asked for, or another terminal plays from it.
        ``on_change`` is called in run's task with the updates that came and the sentences that
        tell them, both empty when only the link changed.
        """
        self.place = place
        self.story = Story()
        where = "solo" if place.solo else place.host
        rate = self._ask_rating if place.login is not None else None
        self._desk = HostDesk(place)
        find = place.find_record or (self._desk.record if place.dial is None else None)
        self.aftermath = Aftermath(place.games_path, where, find, rate, self._found)
        self.returning = False
        self.problem = ""
        self.guest_because = ""
        self.turn_clock = TurnClock()
        self.patience = Patience()
        self.last_words = ""
        self._name = name
        self._on_change = on_change
        self._closed = False
        self._hurried: int | None = None  # the table at which the bots play without a pause
        self._begun: int | None = None  # the table that was asked to begin at once
        self._renewed = asyncio.Event()  # `run` has another connection to run, or has to end
        self._port = place.port
        self._first_words = place.greeting
        self._seat: KeptSeat | None = None
        self._kept: SavedSeat | None = None  # what was kept of it last
        kept = None
        if place.host_key is not None and not place.watches:
            self._seat = KeptSeat(
                place.seats_path,
                place.host_key,
                name,
                named=place.named,
                takes_over=place.takes_over,
            )
            kept, self._first_words = self._seat.found, self._seat.notice or place.greeting
        if kept is not None and kept.token != NO_TOKEN and place.room.upper() in ("", kept.room):
            self.session = ClientSession(
                kept.name,
                token=kept.token,
                room=kept.room,
                game_id=kept.game_id,
                platform=place.platform,
            )
            self.story.sentences += kept.told
        else:
            kept = None
            self.session = self._fresh_session(place.room)
        self._reclaiming = kept is not None
        self._anew = False  # the game that runs, if any, is given up
        self._reserved = False  # our HELLO claims a seat that the host reserved and has not given
        self.connection = self._connect()
        if kept is not None and kept.port is not None:
            self._go_to(kept.port)

    @property
    def online(self) -> bool:
        """Whether what we send arrives."""
        return self.connection.state is LinkState.ONLINE

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
        view = self.session.view
        return view is not None and self.session.phase is Phase.PLAYING and not view.public.is_over

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
        if self._first_words:
            self._note(self._first_words)
        try:
            while not self._closed:
                connection = self.connection
                await connection.run()
                if connection is self.connection and not self._closed:
                    self._renewed.clear()
                    await self._renewed.wait()
        finally:
            if self._seat is not None:
                self._seat.release()

    async def leave(self) -> None:
        """Close, and have nobody wait for us; the seat of a running game can be taken again."""
        self._say_goodbye()
        if self.online and self.session.phase is Phase.WAITING:
            self._forget()  # the seat is free again
        await self.close()

    async def close(self) -> None:
        """End the connection; seat and story of a running game stay in the file of seats."""
        if self.game_runs and not self.problem:
            self._keep()
        self._closed = True
        self._renewed.set()
        await self.connection.close()
        if self._seat is not None:
            self._seat.release()
        await self.aftermath.close()

    def _say_goodbye(self) -> None:
        if self.online and not self.session.watches:
            with suppress(ConnectionError):
                self.connection.send(self.session.goodbye())

    async def start_over(self) -> None:
        """Give up the seat and join afresh, in the room asked for at the start, if any."""
        self._anew = self.problem != PLAYS_ELSEWHERE  # then it is taken back
        await self._join_afresh(self.place.room)

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
            await self._join_afresh("")
            return
        if self.online:
            with suppress(ConnectionError):
                self.connection.send(self.session.again(secrets.token_bytes(8)))
                return
        await self._join_afresh(self.place.room if self.problem else self.session.room)

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
        if self.place.login is None:
            self._name = self.session.name = name

    def go_on(self) -> None:
        """Go on with the game that was found again."""
        self.returning = False

    def play(self, cards: Sequence[int], suit: int | None = None) -> str:
        """Ask the host to play ``cards``; return why that is not possible, empty when it is."""
        return self._send(lambda: self.session.play(cards, suit))

    def draw(self) -> str:
        """Ask the host to draw; return why that is not possible, empty when it is."""
        return self._send(self.session.draw)

    def hurry(self) -> None:
        """Let the bots play on without a pause, if our player is out and they can."""
        if self.place.hurry is not None and self.way_out is not None:
            self._hurried = self.session.game_id
            self.place.hurry()

    def _send(self, frames: Callable[[], bytes]) -> str:
        if not self.online:
            return "there is no connection to the host"
        try:
            self.connection.send(frames())
        except (IllegalAction, ConnectionError) as problem:
            return str(problem)
        return ""

    def _fresh_session(self, room: str) -> ClientSession:
        return ClientSession(
            self._name,
            token=secrets.token_bytes(8),
            room=room,
            platform=self.place.platform,
            watches=self.place.watches,
        )

    def _connect(self) -> Connection:
        """Return a new connection for the session, to the place's own port."""
        place = self.place
        self._port = place.port
        prepares = place.login or place.reserve or place.open_room
        return Connection(
            self.session,
            place.dial_port(place.port),
            place.where(place.port),
            self._take,
            before_join=self._prepare if prepares else None,
            go_to_games=None if place.dial or place.tls else self._go_to,
        )

    def _go_to(self, port: int) -> None:
        """Let the next attempt to connect use another port of the host."""
        self._port = port
        self.connection.dial = self.place.dial_port(port)
        self.connection.where = self.place.where(port)

    async def _prepare(self) -> bool:
        """Open a room, or have a seat kept for the account; return whether to join at all.

        The next HELLO takes that seat. When the host cannot be asked, or has ended the login, the
        next HELLO asks for a guest's seat.
        """
        if self.guest_because:
            return True
        place, login = self.place, self.place.login
        if place.open_room is not None:
            self.session.room = self.session.room or await place.open_room()
            return True
        try:
            if place.reserve is not None:
                seat = await place.reserve(self.session.room, self._anew)
            elif login is not None:
                seat = await reserve_seat(login, self.session.room)
            else:
                return True
        except NoSeat as refusal:
            self.problem = str(refusal)
            return False
        except LoginEnded as ended:
            if not place.guests:
                self.problem = str(ended)
                return False
            self._sit_as_guest(str(ended))
        except HostTrouble as trouble:
            self._sit_as_guest(str(trouble))
        else:
            session = self.session
            session.game_id, session.token, session.room = seat.game_id, seat.token, seat.code
            self._reserved, self._reclaiming = True, seat.left
            port = seat.tls_port if place.tls else seat.port
            if port is not None and not place.port_named:
                self._go_to(port)
            if login is not None:
                self._note(f"You play as {login.username}, logged in at {login.host}.")
        return True

    def _sit_as_guest(self, reason: str) -> None:
        self.guest_because = reason
        self._note(f"You play as a guest: {reason}.")

    def _note(self, text: str) -> None:
        self._on_change([], [self.story.note(text)])

    async def _join_afresh(self, room: str) -> None:
        self._forget()
        self._say_goodbye()
        old = self.connection
        if self.place.reopen is not None:
            await old.close()  # the server there may be replaced
            self.place = await asyncio.to_thread(self.place.reopen)
        self._begin_anew(room)
        await old.close()

    def _begin_anew(self, room: str) -> None:
        """Replace session and connection; `run` goes on with these."""
        self.session = self._fresh_session(room)
        self.story = Story()
        self.returning = self._reclaiming = self._reserved = False
        self.problem = self.guest_because = ""
        self.turn_clock.forget()
        self.connection = self._connect()
        self._renewed.set()

    def _take(self, updates: list[Update]) -> None:
        told = self.story.tell(updates, self.session)
        self.turn_clock.take(updates, self.session)
        welcomed = False
        for update in updates:
            match update:
                case Welcomed() if welcomed:  # a host may repeat it; files are written once
                    pass
                case Welcomed(phase=phase):
                    welcomed = True
                    self.returning = self._reclaiming and phase is Phase.PLAYING
                    self._reclaiming = self._reserved = False
                    self._keep()
                    if self.place.welcomed is not None:
                        self.place.welcomed(self.session.name)
                case GameOver():
                    self._forget()
                case PlaysElsewhere():  # what is kept of the seat is the other client's now
                    self.problem = PLAYS_ELSEWHERE
                case HostTooNew():  # what is kept of a seat stays, for when we are upgraded
                    self.problem = self.connection.error or "its rules are too new"
                case Rejected():
                    self._be_rejected()
        if self.game_runs and self._seat_now() != self._kept:
            self._keep()  # bots have sat down since, and the terminal may be closed any time
        self.patience.take(updates, self.session)
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

    def _be_rejected(self) -> None:
        """Join afresh when a seat kept from earlier is gone; otherwise there is nothing to do."""
        if self._reclaiming and not self._reserved:
            self._forget()
            self._begin_anew(self.place.room)
        else:
            if self._reserved and self.connection.error == GAME_GONE:
                where = self.connection.where
                self.connection.error = f"{where} does not know the seat reserved for you"
            self.problem = self.connection.error or "the host has no seat for you"
            self._forget()

    def _keep(self) -> None:
        self._kept = self._seat_now()
        if self._seat is not None:
            told = tuple(self.story.sentences)[-_TOLD_MAX:]
            self._seat.keep(self._kept._replace(told=told))

    def _seat_now(self) -> SavedSeat:
        """Return what is needed to come back; before the deal, seats may still be free."""
        session = self.session
        others = (
            name
            for seat, name in enumerate(session.names)
            if seat != session.seat and (self.game_runs or seat in session.present)
        )
        return SavedSeat(
            "",
            session.game_id,
            session.token,
            session.name,
            session.room,
            None if self._port == self.place.port else self._port,
            tuple(others),
        )

    def _forget(self) -> None:
        if self._seat is not None:
            self._seat.forget()
