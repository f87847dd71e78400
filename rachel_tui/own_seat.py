"""One person's own seat at a host: how it is got, kept for later, lost and given up.

A seat has a session and a connection of its own, so that joining afresh begins with new ones.
"""

import asyncio
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final

from rachel.client.session import ClientSession
from rachel.client.updates import (
    GameOver,
    HostTooNew,
    PlaysElsewhere,
    Rejected,
    Update,
    Welcomed,
)
from rachel.rubp import NO_TOKEN, Phase
from rachel_tui.keep.kept_seat import KeptSeat
from rachel_tui.keep.saved_seat import SavedSeat
from rachel_tui.net.connection import Connection, LinkState
from rachel_tui.net.host_api import LoginEnded, NoSeat, reserve_seat
from rachel_tui.net.host_request import HostTrouble
from rachel_tui.net.refusals import GAME_GONE, NO_SEAT, PLAYS_ELSEWHERE
from rachel_tui.place import Place
from rachel_tui.words.story import Sentence

_TOLD_MAX: Final = 50
"""Sentences that are kept for the one who comes back: as many as a large screen shows."""


class OwnSeat:
    """The seat that one person claims at a host, from the first HELLO until `release`.

    Attributes:
        place: where it is; `join_afresh` may go on at another one.
        session: the game as seen from it; another one whenever it is claimed afresh.
        connection: the link to the host; another one whenever ``session`` is.
        told: what its player was told before they left it, in sentences; empty for a new seat.
        notice: what its player should know before anything happens, empty for nothing.
        returning: whether a running game that was left earlier was found again.
        problem: why there is no seat for us, empty while there is or may be one.
        guest_because: why we sit here as a guest although there is a login, empty otherwise.
    """

    def __init__(
        self,
        place: Place,
        name: str,
        on_change: Callable[[list[Update]], None],
        on_note: Callable[[str], None],
        on_fresh_claim: Callable[[], None],
    ) -> None:
        """Find out what to claim; the connection is for the caller to run.

        A seat kept for this host is reclaimed first, unless it is in another room than the one
        asked for, or another name was asked for, or another terminal plays from it.

        Args:
            place: where to play.
            name: the player's name.
            on_change: called by the connection; it hands the updates to `take`.
            on_note: called with what the player should know about the way to the seat.
            on_fresh_claim: called when another session and connection have taken the place of
                the ones before; the connection is to be run.
        """
        self.place = place
        self.told: tuple[Sentence, ...] = ()
        self.notice = place.greeting
        self.returning = False
        self.problem = ""
        self.guest_because = ""
        self._name = name
        self._on_change = on_change
        self._on_note = on_note
        self._on_fresh_claim = on_fresh_claim
        self._port = place.port
        self._file: KeptSeat | None = None
        self._kept: SavedSeat | None = None  # what was kept last
        kept = None
        if place.host_key is not None and not place.watches:
            self._file = KeptSeat(
                place.seats_path,
                place.host_key,
                name,
                named=place.named,
                takes_over=place.takes_over,
            )
            kept, self.notice = self._file.found, self._file.notice or place.greeting
        if kept is not None and kept.token != NO_TOKEN and place.room.upper() in ("", kept.room):
            self.session = ClientSession(
                kept.name,
                token=kept.token,
                room=kept.room,
                game_id=kept.game_id,
                platform=place.platform,
            )
            self.told = kept.told
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
    def game_runs(self) -> bool:
        """Whether our game is under way, so that leaving now means leaving it."""
        view = self.session.view
        return view is not None and self.session.phase is Phase.PLAYING and not view.public.is_over

    def rename(self, name: str) -> None:
        """Go by another name from the next game on, unless an account's name is used here."""
        if self.place.login is None:
            self._name = self.session.name = name

    def take(self, updates: Iterable[Update], told: Iterable[Sentence]) -> None:
        """Take what the host told the session, and keep the seat of a running game.

        A seat that was kept from earlier and is gone is followed by a fresh claim. ``told`` is
        what the player knows by now.
        """
        welcomed = False
        for update in updates:
            match update:
                case Welcomed() if welcomed:  # a host may repeat it; files are written once
                    pass
                case Welcomed(phase=phase):
                    welcomed = True
                    self.returning = self._reclaiming and phase is Phase.PLAYING
                    self._reclaiming = self._reserved = False
                    self.keep(told)
                    if self.place.welcomed is not None:
                        self.place.welcomed(self.session.name)
                case GameOver():
                    self.forget()
                case PlaysElsewhere():  # what is kept of the seat is the other client's now
                    self.problem = PLAYS_ELSEWHERE
                case HostTooNew():  # what is kept of a seat stays, for when we are upgraded
                    self.problem = self.connection.error or "its rules are too new"
                case Rejected():
                    self._be_rejected()
        if self.game_runs and self._as_saved() != self._kept:
            self.keep(told)  # bots have sat down since, and the terminal may be closed any time

    def keep(self, told: Iterable[Sentence]) -> None:
        """Keep how to come back, and what the player has been told."""
        self._kept = self._as_saved()
        if self._file is not None:
            self._file.keep(self._kept._replace(told=tuple(told)[-_TOLD_MAX:]))

    def forget(self) -> None:
        """Keep nothing: there is no way back to this seat."""
        if self._file is not None:
            self._file.forget()

    def release(self) -> None:
        """Let other terminals play from it."""
        if self._file is not None:
            self._file.release()

    def say_goodbye(self) -> None:
        """Have nobody wait for us, if the host can be told."""
        if self.online and not self.session.watches:
            with suppress(ConnectionError):
                self.connection.send(self.session.goodbye())

    async def start_over(self) -> None:
        """Give up the seat and join afresh, in the room asked for at the start, if any."""
        self._anew = self.problem != PLAYS_ELSEWHERE  # then it is taken back
        await self.join_afresh(self.place.room)

    async def join_afresh(self, room: str) -> None:
        """Give up the seat and claim another one in a room, in any if that is empty."""
        self.forget()
        self.say_goodbye()
        old = self.connection
        if self.place.reopen is not None:
            await old.close()  # the server there may be replaced
            self.place = await asyncio.to_thread(self.place.reopen)
        self._claim_afresh(room)
        await old.close()

    def _claim_afresh(self, room: str) -> None:
        self.session = self._fresh_session(room)
        self.returning = self._reclaiming = self._reserved = False
        self.problem = self.guest_because = ""
        self.connection = self._connect()
        self._on_fresh_claim()

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
            self._on_change,
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
                self._on_note(f"You play as {login.username}, logged in at {login.host}.")
        return True

    def _sit_as_guest(self, reason: str) -> None:
        self.guest_because = reason
        self._on_note(f"You play as a guest: {reason}.")

    def _be_rejected(self) -> None:
        """Join afresh when a seat kept from earlier is gone; otherwise there is nothing to do."""
        if self._reclaiming and not self._reserved:
            self.forget()
            self._claim_afresh(self.place.room)
        else:
            if self._reserved and self.connection.error == GAME_GONE:
                where = self.connection.where
                self.connection.error = f"{where} does not know the seat reserved for you"
            self.problem = self.connection.error or NO_SEAT
            self.forget()

    def _as_saved(self) -> SavedSeat:
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
