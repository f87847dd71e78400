"""A table: seats, phases and clocks of one game. Sans-I/O: inputs in, effects out.

A table goes one way: WAITING for people, PLAYING one game, FINISHED, closed. A rematch is a new
table under the same room code, which the lobby opens. Inputs are what happened (somebody joined,
acted, got lost, time passed) with the clock's reading; the effects of each are what the journal
must keep, then what links must be sent. Nothing here reads a clock, a socket or a secret source:
all three are passed in.
"""

import math
import random
from collections.abc import Callable
from typing import Final

from rachel.bots import choose
from rachel.rubp import (
    Announce,
    DrawCard,
    Error,
    ErrorCode,
    Hello,
    Message,
    Phase,
    PlayCard,
    SyncRequest,
)
from rachel.rules.actions import DRAW, Action, IllegalAction, Play
from rachel_server.core.effects import Effects
from rachel_server.core.entries import StoredGame
from rachel_server.core.gathering import Gathering
from rachel_server.core.link import Link
from rachel_server.core.running_game import Entropy, ReplayFailed, RunningGame
from rachel_server.core.seating import Seat, Seating, hash_token, unique_name
from rachel_server.core.table_settings import TableSettings
from rachel_server.core.table_voice import TableVoice
from rachel_server.core.turn_clock import WARNING_S, TurnClock

TURNS_MAX: Final = 20_000
"""A game this long is given up: it need not end (rules.md), and its hash takes ever longer."""


class Table:
    """One table and its game.

    Attributes:
        game_id: 1-65535, the table on the wire.
        room: its room code.
        public: whether quick play may seat people here.
        settings: its size and clocks.
        phase: waiting, playing or finished.
        closed: whether the table is done with and may be forgotten.
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
    ) -> None:
        self.game_id = game_id
        self.room = room
        self.public = public
        self.settings = settings
        self.phase = Phase.WAITING
        self.closed = False
        self.seats = Seating(settings.seats)
        self._entropy = entropy
        self._unix_time = unix_time
        self._rng = random.Random(int.from_bytes(entropy(8), "big"))
        self._voice = TableVoice(game_id, self.seats)
        self._effects = Effects()
        self._game: RunningGame | None = None
        self._clock = TurnClock(settings)
        self._gathering = Gathering(self.seats, self._voice, settings)
        self._alone_since: float | None = None
        self._finished_at = 0.0

    @classmethod
    def restore(
        cls,
        stored: StoredGame,
        *,
        settings: TableSettings,
        entropy: Entropy,
        unix_time: Callable[[], float],
        now: float,
    ) -> "Table":
        """Return the table of a running game, replayed from the journal; nobody is connected yet.

        Raises:
            ReplayFailed: a row is missing, is refused or leads to another hash than the stored one.
        """
        game = RunningGame.restore(stored)
        if game.public.is_over:
            raise ReplayFailed("the game is over but has no result")
        start = stored.start
        table = cls(
            game_id=start.game_id,
            room=start.room,
            public=start.public,
            settings=settings,
            entropy=entropy,
            unix_time=unix_time,
        )
        table._game = game
        for entry in start.seats:
            table.seats.take(Seat.from_entry(entry, now))
        table.phase = Phase.PLAYING
        table._clock.restart(now)
        table._alone_since = now
        return table

    # What the lobby and the runtime ask

    @property
    def game(self) -> str | None:
        """The id its game has in the store, None before the deal."""
        return None if self._game is None else self._game.start.game

    @property
    def has_room(self) -> bool:
        """Whether a fresh HELLO can be seated."""
        return self.phase is Phase.WAITING and not self.closed and not self.seats.is_full

    @property
    def starts_at(self) -> float | None:
        """When it begins although it is not full; None while nobody is there, and once it has."""
        return self._gathering.starts_at if self.phase is Phase.WAITING else None

    def frame(self, link: Link, message: Message) -> bytes:
        """Return a message as a frame of this table, for what must not wait for the journal."""
        return self._voice.encode(link.version, message)

    # Inputs

    def open(self, bots: int, now: float) -> Effects:
        """Seat bots at a new table, and keep it for a while although nobody is there yet."""
        self._gathering.keep(bots, now)
        return self._take()

    def join(self, link: Link, hello: Hello, now: float) -> Effects:
        """Seat a fresh HELLO at a table that `has_room`."""
        seat = Seat(
            name=unique_name(hello.name, self.seats.names),
            token_hash=hash_token(hello.token),
            platform=link.platform,
            look=link.look,
            link=link,
        )
        if link.account is not None and self.seats.of_account(link.account) is None:
            seat.account = link.account
        number = self.seats.take(seat)
        self._alone_since = None
        self._sit(link, number)
        self._voice.newcomer(number, but=link)
        self._voice.players()
        self._voice.room(link, self.room, self.settings.turn_time_s)
        self._has_come(now)
        return self._take()

    def reserve(self, name: str, token: bytes, account: int, now: float) -> Effects:
        """Keep a seat for an account, whose HELLO will have the token; the table `has_room`.

        An account that has a seat here keeps it: the token is then a new one for that seat. Whoever
        has not come when the game begins is one who got lost, and is played for.
        """
        self._gathering.expect(name, token, account, now)
        return self._take()

    def reclaim(self, link: Link, number: int, now: float) -> Effects:
        """Give a seat back to its owner, whose token matched; an older link of theirs is cut."""
        seat = self.seats[number]
        old = seat.link
        if old is not None and old is not link:
            self._forget(old)
            self._effects.hang_up.append(old)
        seat.link, seat.platform, seat.look = link, link.platform, link.look
        is_new, seat.reserved_until = seat.reserved_until is not None, None
        link.account = seat.account
        self._sit(link, number)
        if self._game is not None:
            self._voice.pair(link, self._game)
        self._is_back(number, now)
        self._voice.players()
        self._voice.room(link, self.room, self.settings.turn_time_s)
        if self._game is not None:
            self._voice.proof(link, self._game)
        if is_new:
            self._has_come(now)
        return self._take()

    def receive(self, link: Link, message: Message, now: float) -> Effects:
        """Handle what a seated person sent; a message that only hosts send gets an ERROR."""
        match message:
            case PlayCard():
                action = Play(message.cards, message.nominated_suit)
                self._act_for_person(link, action, message.observed_hash, now)
            case DrawCard():
                self._act_for_person(link, DRAW, message.observed_hash, now)
            case SyncRequest(acknowledge=True):
                if self._game is not None and self._game.is_at(message.turn, message.observed_hash):
                    self._voice.release(link)
            case SyncRequest():
                self._is_back(link.seat, now)
                if self._game is not None:
                    self._voice.pair(link, self._game)
            case _:
                self._effects.refused = "not_for_hosts"
                self._voice.send(link, Error(ErrorCode.UNKNOWN))
        return self._take()

    def refuse(self, link: Link, code: ErrorCode) -> Effects:
        """Answer what no table could handle: a frame that is no message, a HELLO without a seat."""
        self._voice.send(link, Error(code))
        if code is ErrorCode.INVALID_PLAY and self._game is not None:
            self._voice.hand(link, self._game)
        return self._take()

    def lost(self, link: Link, now: float, *, moves_on: bool = False) -> Effects:
        """Note that a person's connection is gone, or moves on to another table.

        A waiting table keeps the seat for a while, but not for one who has moved on.
        """
        seat = self.seats[link.seat]
        self._forget(link)
        seat.link, seat.lost_at = None, now
        if self.phase is Phase.WAITING and (moves_on or seat.token_hash is None):
            self.seats.free(link.seat)
            self._close_if_over(now)
        if not self.seats.links:
            self._alone_since = now
        if self.phase is not Phase.FINISHED:
            self._voice.players()
            what = "has left" if moves_on else "lost the connection"
            self._voice.announce(f"{seat.name[:20]} {what}")
        return self._take()

    def leave(self, number: int, now: float) -> Effects:
        """Let a person go who says so: a waiting table has the seat back, a game a bot instead.

        The seat of a game stays theirs, as after a lost connection: they may come back.
        """
        seat = self.seats[number]
        if seat.link is not None:
            self._voice.send(seat.link, Announce("You have left the table"))
            self._effects.hang_up.append(seat.link)
            self._forget(seat.link)
        seat.link, seat.lost_at = None, now - self.settings.lost_grace_s
        if self.phase is Phase.WAITING:
            self.seats.free(number)
            self._close_if_over(now)
        if not self.seats.links:
            self._alone_since = now
        self._voice.players()
        self._voice.announce(f"{seat.name[:20]} has left")
        return self._take()

    def begin(self, now: float) -> Effects:
        """Begin at once, if the table waits and somebody is there; bots take the empty seats."""
        if self.starts_at is not None:
            self._deal(now)
        return self._take()

    def announce(self, text: str) -> Effects:
        """Tell everybody at the table something, in at most 47 bytes."""
        self._voice.announce(text)
        return self._take()

    def tick(self, now: float) -> Effects:
        """Do what is due; at most one action of the host's, so that each is seen by itself."""
        self._voice.release_due(now)
        if self.phase is Phase.WAITING:
            self._tick_waiting(now)
        elif self.phase is Phase.PLAYING:
            self._tick_playing(now)
        elif now >= self._finished_at + self.settings.rematch_s:
            self._close()
        return self._take()

    def next_deadline(self) -> float | None:
        """Return when `tick` has something to do next, or None when only an input can bring it."""
        if self.closed:
            return None
        time, held = self._own_deadline(), self._voice.release_times()
        if not held:
            return time
        return min(held) if time is None else min(time, *held)

    def _own_deadline(self) -> float | None:
        """Return when the table itself has something to do, messages held for links aside."""
        if self.phase is Phase.PLAYING:
            if self._alone_since is not None:
                return self._alone_since + self.settings.abandon_s
            assert self._game is not None
            return self._clock.next_deadline(self.seats[self._game.public.current])
        if self.phase is Phase.FINISHED:
            return self._finished_at + self.settings.rematch_s
        return self._gathering.next_deadline()

    # Waiting and starting

    def _has_come(self, now: float) -> None:
        """Begin when somebody has come, unless others are waited for."""
        if self._gathering.has_come(now):
            self._deal(now)

    def _tick_waiting(self, now: float) -> None:
        self._gathering.give_up_seats(now)
        self._close_if_over(now)
        starts_at = self.starts_at
        if starts_at is not None and now >= starts_at:
            self._deal(now)

    def _close_if_over(self, now: float) -> None:
        if self._gathering.is_over(now):
            self._close()

    def _deal(self, now: float) -> None:
        """Deal to everybody and to bots on the empty places, and send everybody the start."""
        self._gathering.end()
        game = self._game = RunningGame.deal(
            [seat for _, seat in self.seats.taken()],
            game_id=self.game_id,
            room=self.room,
            public=self.public,
            settings=self.settings,
            entropy=self._entropy,
            at=self._unix_time(),
        )
        self.phase = Phase.PLAYING
        self._effects.entries.append(game.start)
        self._voice.deal(game)
        self._begin_turn(game, now)

    # Playing

    def _act_for_person(
        self, link: Link, action: Action, observed_hash: int | None, now: float
    ) -> None:
        """Carry out a person's action, or refuse it to that person alone."""
        game = self._game
        if game is None or self.phase is not Phase.PLAYING:
            self._effects.refused = "game_not_started"
            self._voice.send(link, Error(ErrorCode.GAME_NOT_STARTED))
            return
        self._is_back(link.seat, now)
        if observed_hash is not None and observed_hash != game.state_hash:
            self._effects.refused = "outdated"
            self._voice.send(link, Error(ErrorCode.UNKNOWN), link.seat)
            self._voice.pair(link, game)
            return
        try:
            self._perform(link.seat, action, now)
        except IllegalAction as refusal:
            self._effects.refused = refusal.reason.value
            cards = action.cards if isinstance(action, Play) else ()
            self._voice.refusal(link, refusal.reason, cards, game)

    def _perform(self, number: int, action: Action, now: float) -> None:
        """Carry out an action, journal it and tell everybody.

        Raises:
            IllegalAction: a rule forbids it; nothing has changed.
        """
        game = self._game
        assert game is not None
        taken, drawn = game.act(number, action)
        self._effects.entries.append(taken)
        self._voice.release_due(math.inf)
        self._voice.move(game, taken, drawn)
        if game.public.is_over:
            self._finish(game, now)
        elif game.public.turn >= TURNS_MAX:
            self._effects.entries.append(game.abandoned(self._unix_time()))
            self.phase, self._finished_at = Phase.FINISHED, now
            self._voice.announce("No end in sight: the game is given up")
        else:
            self._begin_turn(game, now)

    def _begin_turn(self, game: RunningGame, now: float) -> None:
        """Start the clock of the seat to act and announce its turn."""
        self._clock.restart(now)
        self._voice.turn(game, now + self.settings.acknowledge_s)

    def _finish(self, game: RunningGame, now: float) -> None:
        self.phase, self._finished_at = Phase.FINISHED, now
        self._effects.entries.append(game.finished(self._unix_time()))
        self._voice.end(game)

    def _tick_playing(self, now: float) -> None:
        game = self._game
        assert game is not None
        if self._alone_since is not None:
            if now >= self._alone_since + self.settings.abandon_s:
                self._effects.entries.append(game.abandoned(self._unix_time()))
                self._close()
            return
        seat = self.seats[game.public.current]
        host_acts, warns = self._clock.host_acts_at(seat), self._clock.warns_at(seat)
        if host_acts is not None and now >= host_acts:
            self._act_as_host(game, seat, now)
        elif warns is not None and now >= warns and seat.link is not None:
            self._clock.warned()
            text = f"{WARNING_S:.0f} s left, then a bot plays this turn"
            self._voice.send(seat.link, Announce(text))

    def _act_as_host(self, game: RunningGame, seat: Seat, now: float) -> None:
        """Let a bot act: the one whose seat it is, or one that covers for a person."""
        view = game.view(game.public.current)
        action = choose(seat.bot_level or self.settings.bot_level, view, self._rng)
        if seat.is_person:
            was_present = seat.is_present
            if seat.link is not None:
                seat.missed += 1
            self._voice.announce(f"{seat.name[:20]} is away: a bot plays this turn")
            if seat.is_present != was_present:
                self._voice.players()
        self._perform(view.seat, action, now)

    # Presence

    def _is_back(self, number: int, now: float) -> None:
        """Note a sign of a person: whatever a bot did for them ends, their clock starts again."""
        seat = self.seats[number]
        was_covered, was_lost = seat.is_covered, seat.lost_at is not None
        was_alone = self._alone_since is not None
        seat.missed, seat.lost_at, self._alone_since = 0, None, None
        if self._game is None or self.phase is not Phase.PLAYING:
            return
        is_its_turn = self._game.public.current == number
        if was_alone or (is_its_turn and (was_covered or was_lost)):
            self._clock.restart(now)
        if was_covered or was_lost:
            self._voice.announce(f"{seat.name[:20]} is back")
        if was_covered:
            self._voice.players()

    def _sit(self, link: Link, number: int) -> None:
        """Put a link on its seat and welcome it."""
        link.table, link.seat = self, number
        self._voice.welcome(link, self.phase)

    def _forget(self, link: Link) -> None:
        """Let go of a link that no longer sits here."""
        if link.table is self:
            link.table = None
        self._voice.forget(link)

    def _close(self) -> None:
        for link in self.seats.links:
            self._forget(link)
        self.phase = Phase.FINISHED
        self.closed = True

    def _take(self) -> Effects:
        effects, self._effects = self._effects, Effects()
        effects.frames = self._voice.take()
        return effects
