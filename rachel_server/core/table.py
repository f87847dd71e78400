"""A table: the people at one game, and what they do. Inputs in, effects out.

Inputs are what happened (somebody joined, acted, got lost, time passed) with the reading of the
play clock; the effects of each are what the journal must keep, then what connections are sent.
Nothing here reads a clock, a socket or a secret source: all three are passed in. How the table goes
from one state to the next is its `Course`; who is there is its `Presence`.
"""

import random
from collections.abc import Callable
from typing import Final

from rachel.rubp import (
    Announce,
    DrawCard,
    Error,
    ErrorCode,
    Message,
    Phase,
    PlayCard,
    SyncRequest,
)
from rachel.rules.actions import DRAW, Action, Play
from rachel_server.core.course import Course
from rachel_server.core.entries import StoredGame, TokenChanged
from rachel_server.core.names import unique_name
from rachel_server.core.outcome import Effects, Ticket
from rachel_server.core.presence import Presence
from rachel_server.core.running_game import Entropy
from rachel_server.core.seating import Caller, Login, Seat, Seating, hash_token
from rachel_server.core.table_settings import TableSettings
from rachel_server.core.table_state import TableState
from rachel_server.core.voice import Hearer, Voice

_DEALT: Final = (TableState.PLAYING, TableState.PAUSED, TableState.FINISHED)


class Table:
    """One table and its game.

    Attributes:
        game_id: 1-65535, the table on the wire.
        room: its room code.
        public: whether quick play may seat people here.
        settings: its size and clocks.
        epoch: the lease under which it runs.
        state: where it stands.
        bots: how many it was opened with.
        seats: who sits where.
    """

    def __init__(
        self,
        *,
        game_id: int,
        room: str,
        public: bool,
        settings: TableSettings,
        entropy: Entropy,
        unix_time: Callable[[], float],
        epoch: int = 1,
    ) -> None:
        self.game_id = game_id
        self.room = room
        self.public = public
        self.settings = settings
        self.epoch = epoch
        self.bots = 0
        self.seats = Seating(settings.seats)
        self._rng = random.Random(int.from_bytes(entropy(8), "big"))
        self._voice = Voice(game_id, self.seats)
        self._effects = Effects()
        self._course = Course(
            self.seats,
            self._voice,
            settings,
            room=room,
            public=public,
            epoch=epoch,
            entropy=entropy,
            unix_time=unix_time,
            rng=self._rng,
        )
        self._presence = Presence(self.seats, self._voice, self._course, settings.lost_grace_s)

    @classmethod
    def restore(
        cls,
        stored: StoredGame,
        *,
        settings: TableSettings,
        entropy: Entropy,
        unix_time: Callable[[], float],
        now: float,
        epoch: int = 1,
    ) -> "Table":
        """Return the table of a stored game, replayed from the journal; nobody is connected yet.

        One that has come to its end stays for as long as after its end, to tell its people.

        Raises:
            ReplayFailed: a row is missing, is refused or leads to another hash than the stored one.
        """
        start = stored.start
        table = cls(
            game_id=start.game_id,
            room=start.room,
            public=start.public,
            settings=settings,
            entropy=entropy,
            unix_time=unix_time,
            epoch=epoch,
        )
        for entry in start.seats:
            table.seats.take(Seat.from_entry(entry, now))
        table._course.restore(stored, now)
        table._presence.all_away()
        return table

    # What the lobby and the house ask

    @property
    def state(self) -> TableState:
        """Where it stands; the floor sets it back when an input fails."""
        return self._course.state

    @state.setter
    def state(self, state: TableState) -> None:
        self._course.state = state

    @property
    def phase(self) -> Phase:
        """What its state is called on the wire."""
        return self._course.phase

    @property
    def game(self) -> str | None:
        """The id its game has in the store, None before the deal."""
        game = self._course.game
        return None if game is None else game.start.game

    @property
    def has_room(self) -> bool:
        """Whether a fresh HELLO can be seated."""
        return self.state is TableState.WAITING and not self.seats.is_full

    @property
    def starts_at(self) -> float | None:
        """When it begins although it is not full; None while nobody is there, and once it has."""
        return self._course.starts_at

    @property
    def turn(self) -> int:
        """Turns ended so far, 0 before the deal."""
        game = self._course.game
        return 0 if game is None else game.turn

    def seat_of(self, connection: int) -> int | None:
        """Return the seat of a connection, None if it has none here."""
        return self._voice.hearer(connection).seat if connection in self._voice else None

    def hears(self, connection: int) -> bool:
        """Tell whether a connection hears this table."""
        return connection in self._voice

    @property
    def connections(self) -> list[int]:
        """The connections that hear this table."""
        return [hearer.connection for hearer in self._voice.audience]

    @property
    def watchers(self) -> list[int]:
        """Those of them that have no seat."""
        return [hearer.connection for hearer in self._voice.audience if hearer.seat is None]

    def frame(self, connection: int, message: Message) -> bytes:
        """Return a message as a frame of this table, for what must not wait for the journal."""
        return self._voice.encode(self._voice.hearer(connection).version, message)

    # Inputs

    def open(self, bots: int, now: float) -> Effects:
        """Seat bots at a new table, and keep it for a while although nobody is there yet."""
        self.bots, places = bots, len(self.seats)
        # Seat 0 begins: one person against bots need not always do so.
        free = self._rng.randrange(places) if bots == places - 1 else places
        self._course.gathering.keep(bots, free, now)
        return self._take()

    def join(self, caller: Caller, now: float, sat: int | None = None) -> Effects:
        """Seat a fresh HELLO at a table that `has_room`.

        Seat 0 begins. So whoever plays alone sits anywhere, and moves on by one seat when they have
        ``sat`` at the table before, in the same room.
        """
        login = caller.login
        if login is not None:
            self._course.gathering.make_way(login.name)
        seat = Seat(
            name=unique_name(caller.name, self.seats.names) if login is None else login.name,
            token_hash=hash_token(caller.token),
            platform=caller.platform,
            look=caller.look,
            connection=caller.connection,
            account=None if login is None else login.account,
            session=None if login is None else login.session,
        )
        wanted, places = None, len(self.seats)
        if self.settings.solo:
            wanted = self._rng.randrange(places) if sat is None else (sat - 1) % places
        number = self.seats.take(seat, wanted)
        hearer = self._sit(caller, number)
        self._voice.newcomer(number, but=hearer)
        self._voice.players()
        self._voice.room(hearer, self.room, self.settings.turn_time_s)
        self._course.has_come(now, self._effects)
        return self._take()

    def reserve(self, login: Login, token: bytes, now: float) -> Effects:
        """Keep a seat for an account, whose HELLO will have the token; the table `has_room`.

        An account that has a seat here keeps it: the token is then a new one for that seat. Whoever
        has not come when the game begins is one who got lost, and is played for.
        """
        self._note_token(self._course.gathering.expect(login, token, now))
        return self._take()

    def _note_token(self, number: int) -> None:
        """Have the journal keep a seat's new token, if it keeps the seat."""
        game = self.game
        if game is not None and self.state in _DEALT:
            token_hash = self.seats[number].token_hash
            if token_hash is not None:
                self._effects.entries.append(TokenChanged(game, number, token_hash))

    def give_up_reservation(self, account: int, now: float) -> Effects:
        """Free the seat that an account has reserved and not come for."""
        awaited = self.seats.awaited(account)
        if awaited is not None:
            awaited.reserved_until = now
        return self.tick(now)

    def reclaim(self, caller: Caller, number: int, now: float) -> Effects:
        """Give a seat back to its owner, whose token matched.

        An older connection is told that they play elsewhere now, which its program understands,
        and is cut: two clients that both come back would fight for the seat for ever. Or it is the
        seat's own connection that says HELLO once more: the token it says last is the seat's.
        """
        seat = self.seats[number]
        old, token_hash = seat.connection, hash_token(caller.token)
        if old == caller.connection and token_hash not in (None, seat.token_hash):
            seat.token_hash = token_hash
            self._note_token(number)
        if old is not None:
            if old != caller.connection:
                before = self._voice.hearer(old)
                self._voice.send(before, Announce("You play elsewhere now"))
                self._voice.send(before, Error(ErrorCode.NAME_TAKEN))
                self._effects.cuts += (old,)
            self._voice.dismiss(old)
        seat.connection, seat.platform, seat.look = caller.connection, caller.platform, caller.look
        is_new, seat.reserved_until = seat.reserved_until is not None, None
        hearer = self._sit(caller, number)
        game = self._course.game
        if game is not None:
            self._voice.pair_to_confirm(hearer, number, game, now)
        self._presence.returns(number, now)
        self._voice.players()
        self._presence.tell_gone(hearer)
        self._voice.room(hearer, self.room, self.settings.turn_time_s)
        if game is not None:
            # One who comes back in their own turn may have got more time, which all must know.
            self._course.tell_time(now, None if game.current == number else hearer)
            self._voice.proof(hearer, game)
        self._presence.tell_missed(hearer, seat)
        if is_new:
            self._course.has_come(now, self._effects)
        return self._take()

    def watch(self, caller: Caller, now: float) -> Effects:
        """Let somebody hear what everybody hears; they have no seat, and are not waited for."""
        hearer = Hearer(caller.connection, caller.version, acknowledges=False, seat=None)
        self._voice.admit(hearer)
        self._voice.welcome(hearer, self.phase)
        game = self._course.game
        self._voice.players()
        self._presence.tell_gone(hearer)
        self._voice.table(hearer, game)
        self._voice.room(hearer, self.room, self.settings.turn_time_s)
        if game is not None:
            self._course.tell_time(now, hearer)
            self._voice.proof(hearer, game)
        return self._take()

    def receive(self, connection: int, message: Message, now: float) -> Effects:
        """Handle what a hearer sent; a message that only hosts send gets an ERROR."""
        hearer = self._voice.hearer(connection)
        seat = hearer.seat
        game = self._course.game
        if seat is None:
            if isinstance(message, SyncRequest):
                self._voice.watched(hearer, game)
            else:
                self._refuse(hearer, "not_for_watchers")
            return self._take()
        match message:
            case PlayCard():
                action = Play(message.cards, message.nominated_suit)
                self._act_for_person(hearer, seat, action, message.observed_hash, now)
            case DrawCard():
                self._act_for_person(hearer, seat, DRAW, message.observed_hash, now)
            case SyncRequest(acknowledge=True):
                if game is None or not hearer.acknowledges:
                    pass  # it has promised nothing, and waits for nothing
                elif game.is_at(message.turn, message.spec, message.observed_hash):
                    self._voice.confirm(hearer, game)
            case SyncRequest():  # a machine's sign of life, not a person's
                if game is not None:
                    self._voice.pair(hearer, seat, game)
            case _:
                self._refuse(hearer, "not_for_hosts")
        return self._take()

    def refuse(self, connection: int, code: ErrorCode) -> Effects:
        """Answer what no table could handle: a frame that is no message, a HELLO without a seat."""
        hearer = self._voice.hearer(connection)
        if code is ErrorCode.INVALID_PLAY and self._voice.is_unconfirmed(connection):
            return self._take()  # like any action before the acknowledgement: without an answer
        self._voice.send(hearer, Error(code))
        game = self._course.game
        if code is ErrorCode.INVALID_PLAY and game is not None and hearer.seat is not None:
            self._voice.hand(hearer, hearer.seat, game)
        return self._take()

    def lost(self, connection: int, now: float) -> Effects:
        """Note that a connection is gone; a waiting table keeps the seat for a while."""
        return self._without(connection, now, moves_on=False)

    def moved_on(self, connection: int, now: float) -> Effects:
        """Note that somebody sits down elsewhere; a waiting table keeps no seat for them."""
        return self._without(connection, now, moves_on=True)

    def _without(self, connection: int, now: float, *, moves_on: bool) -> Effects:
        number = self.seat_of(connection)
        self._voice.dismiss(connection)
        if number is None:
            if self.phase is not Phase.FINISHED:
                self._voice.players()
            return self._take()
        told = self.phase is not Phase.FINISHED
        self._presence.gone(number, now, self._effects, left=moves_on, told=told)
        return self._take()

    def leave(self, number: int, now: float) -> Effects:
        """Let a person go who says so: a waiting table has the seat back, a game a bot instead.

        The seat of a game stays theirs, as after a lost connection: they may come back. To leave
        again changes nothing.
        """
        if not self.seats[number].has_left:
            self._leave(number, "You have left the table", now)
        return self._take()

    def log_out(self, number: int, token: bytes, now: float, *, deleted: bool) -> Effects:
        """Let the person of an account go whose login is over, or who is ``deleted``.

        Their token reclaims nothing any more; ``token`` is one that nobody knows. In a running game
        the seat stays the account's unless that is deleted: a new reservation gives it back.
        """
        seat = self.seats[number]
        if deleted:
            seat.account, seat.name = None, f"Player {number + 1}"
            self._voice.newcomer(number)
        if not seat.has_left:
            self._leave(number, "You are logged out", now)
        # Last: a table that breaks off before this has the tokens that the journal has.
        seat.token_hash = hash_token(token)
        self._note_token(number)
        return self._take()

    def _leave(self, number: int, farewell: str, now: float) -> None:
        seat = self.seats[number]
        if seat.connection is not None:
            hearer = self._voice.hearer(seat.connection)
            self._voice.send(hearer, Announce(farewell))
            self._effects.cuts += (seat.connection,)
            self._voice.dismiss(seat.connection)
        self._presence.gone(number, now, self._effects, left=True)

    def begin(self, now: float) -> Effects:
        """Begin at once, if the table waits and somebody is there; bots take the empty seats."""
        self._course.begin(now, self._effects)
        return self._take()

    def hurry(self, bot_delay_s: float) -> Effects:
        """Let bots wait only so long, until the game that runs is over."""
        playing = self._course.playing
        if playing is not None:
            playing.hurry(bot_delay_s)
        return self._take()

    def announce(self, text: str) -> Effects:
        """Tell everybody at the table something, in at most 47 bytes."""
        self._voice.announce(text)
        return self._take()

    def tick(self, now: float) -> Effects:
        """Do what is due; at most one action of the host's, so that each is seen by itself."""
        self._course.tick(now, self._effects)
        return self._take()

    def thought(self, ticket: Ticket, action: Action | None, now: float) -> Effects:
        """Take the answer to a `Thought`; None when there was no thinking it through.

        An answer that is no longer wanted changes nothing; one that the rules forbid is replaced.
        """
        playing = self._course.now_playing
        if playing is not None:
            playing.thought(ticket, action, now, self._effects)
            self._course.finish_if_over(now)
        return self._take()

    def break_off(self) -> None:
        """End this run after an error of ours; whoever is here stays until `give_way`."""
        self._course.break_off()

    def give_way(self) -> None:
        """Close a table that broke off: its game runs at another one, or not at all."""
        self._course.give_way()

    def next_deadline(self) -> float | None:
        """Return when `tick` has something to do next, or None when only an input can bring it."""
        return self._course.next_deadline()

    # Playing

    def _act_for_person(
        self, hearer: Hearer, seat: int, action: Action, observed_hash: int | None, now: float
    ) -> None:
        """Let a person act, which is a sign that they are there."""
        playing = self._course.now_playing
        if playing is None:
            self._effects.refused = "game_not_started"
            self._voice.send(hearer, Error(ErrorCode.GAME_NOT_STARTED))
            return
        if self._voice.is_unconfirmed(hearer.connection):
            self._effects.refused = "unconfirmed"  # it acts on a state that is not the one now
            return
        self._presence.is_back(seat, now)
        playing.act(hearer, seat, action, observed_hash, now, self._effects)
        self._course.finish_if_over(now)

    def _refuse(self, hearer: Hearer, reason: str) -> None:
        self._effects.refused = reason
        self._voice.send(hearer, Error(ErrorCode.UNKNOWN))

    def _sit(self, caller: Caller, number: int) -> Hearer:
        """Let the owner of a seat hear the table, and welcome them."""
        hearer = Hearer(caller.connection, caller.version, caller.acknowledges, number)
        self._voice.admit(hearer)
        self._voice.welcome(hearer, self.phase)
        return hearer

    def _take(self) -> Effects:
        effects, self._effects = self._effects, Effects()
        effects.sends = self._voice.take()
        return effects
