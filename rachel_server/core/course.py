"""The course of a table: people gather, a game is played, stands still, is over, the table closes.

It goes from one state to the next (`table_state`) as people come and go and as time passes. All
times are readings of the play clock.
"""

import random
from collections.abc import Callable

from rachel.rubp import Phase
from rachel_server.core.entries import GameStatus, StoredGame
from rachel_server.core.gathering import Gathering
from rachel_server.core.outcome import Effects
from rachel_server.core.playing import Playing
from rachel_server.core.running_game import Entropy, ReplayFailed, RunningGame
from rachel_server.core.seating import Seating
from rachel_server.core.table_settings import TableSettings
from rachel_server.core.table_state import PHASES, TRANSITIONS, TableEvent, TableState
from rachel_server.core.voice import Hearer, Voice


class Course:
    """Where a table stands, and what comes next.

    Attributes:
        state: where it stands.
        gathering: the time before the deal.
        playing: the time from the deal on, None before.
    """

    def __init__(
        self,
        seats: Seating,
        voice: Voice,
        settings: TableSettings,
        *,
        room: str,
        public: bool,
        epoch: int,
        entropy: Entropy,
        unix_time: Callable[[], float],
        rng: random.Random,
    ) -> None:
        self.state = TableState.WAITING
        self.gathering = Gathering(seats, voice, settings)
        self.playing: Playing | None = None
        self._seats = seats
        self._voice = voice
        self._settings = settings
        self._room = room
        self._public = public
        self._epoch = epoch
        self._entropy = entropy
        self._unix_time = unix_time
        self._rng = rng
        self._since = 0.0  # when the state began, where a clock runs from then

    def restore(self, stored: StoredGame, now: float) -> None:
        """Go on with a stored game, replayed, whose people are all away.

        One that has come to its end stays for as long as after its end, to tell its people.

        Raises:
            ReplayFailed: a row is missing, is refused or leads to another hash than the stored one.
        """
        game = RunningGame.restore(stored)
        if game.is_over and stored.status is not GameStatus.FINISHED:
            raise ReplayFailed("the game is over but has no result")
        self.state = TableState.FINISHED if game.is_over else TableState.PAUSED
        self._since = now
        playing = self._play(game)
        if not game.is_over:
            playing.begin_turn(now)

    # What can be asked

    @property
    def game(self) -> RunningGame | None:
        """The game, None before the deal."""
        return None if self.playing is None else self.playing.game

    @property
    def phase(self) -> Phase:
        """What the state is called on the wire."""
        return PHASES[self.state]

    @property
    def starts_at(self) -> float | None:
        """When it begins although it is not full; None while nobody is there, and once it has."""
        return self.gathering.starts_at if self.state is TableState.WAITING else None

    @property
    def now_playing(self) -> Playing | None:
        """The game's time while it goes on, None while it does not."""
        return self.playing if self.state is TableState.PLAYING else None

    def tell_time(self, now: float, to: Hearer | None = None) -> None:
        """Tell everybody, or one hearer, how long the turn still lasts while a game goes on."""
        playing = self.now_playing
        if playing is not None:
            playing.tell_time(now, to)

    def next_deadline(self) -> float | None:
        """Return when `tick` has something to do next, or None when only an input can bring it."""
        if self.state is TableState.PLAYING:
            assert self.playing is not None
            return self.playing.next_deadline()
        if self.state is TableState.WAITING:
            return self.gathering.next_deadline()
        return self._closes_at

    @property
    def _closes_at(self) -> float | None:
        """When a table closes whose game stands still or is over, None in any other state.

        After the end it stays for a rematch while somebody hears it, or may come back to be told
        the end; closing is left to the clock, so that who watches can go along to the next table.
        """
        if self.state is TableState.PAUSED:
            return self._since + self._settings.abandon_s
        if self.state is not TableState.FINISHED:
            return None
        latest = self._since + self._settings.rematch_s
        if self._voice.audience:
            return latest
        grace = self._settings.lost_grace_s
        given_up = (seat.given_up_at(grace) for _, seat in self._seats.taken() if seat.is_person)
        return min(latest, max((at for at in given_up if at is not None), default=self._since))

    # People come and go

    def has_come(self, now: float, effects: Effects) -> None:
        """Begin when somebody has come, unless others are waited for."""
        if self.gathering.has_come(now):
            self._deal(now, effects)

    def go_on(self, now: float) -> None:
        """Go on with a game that stood still, since somebody is there."""
        if self.state is TableState.PAUSED and self.playing is not None:
            self._enter(TableEvent.SOMEBODY_CAME)
            self.playing.go_on(self._since, now)

    def pause_if_alone(self, now: float) -> None:
        """Let the game stand still when its last person is gone."""
        if self.state is TableState.PLAYING and not self._seats.is_anyone_here:
            assert self.playing is not None
            self._enter(TableEvent.ALL_LEFT)
            self._since = now
            self.playing.pause()

    def close_if_empty(self, now: float, effects: Effects) -> None:
        """Close a waiting table at which nobody is, and for whom nobody is waited any more."""
        if self.gathering.is_over(now):
            self._close(effects)

    # Time passes

    def begin(self, now: float, effects: Effects) -> None:
        """Begin at once, if the table waits and somebody is there; bots take the empty seats."""
        if self.starts_at is not None:
            self._deal(now, effects)

    def tick(self, now: float, effects: Effects) -> None:
        """Do what is due; at most one action of the host's, so that each is seen by itself."""
        if self.state is TableState.WAITING:
            self._tick_waiting(now, effects)
        elif self.state is TableState.PLAYING:
            assert self.playing is not None
            self.playing.tick(now, effects)
            self.finish_if_over(now)
        elif self._closes_at is not None and now >= self._closes_at:
            if self.state is TableState.PAUSED:
                assert self.playing is not None
                effects.entries.append(self.playing.game.abandoned(self._unix_time()))
            self._close(effects)

    def finish_if_over(self, now: float) -> None:
        """Note that the game has come to its end, if it has."""
        if self.playing is not None and self.playing.has_ended:
            self._enter(TableEvent.GAME_OVER)
            self._since = now

    # An error of ours

    def break_off(self) -> None:
        """End this run after an error of ours; whoever is here stays until `give_way`."""
        self._enter(TableEvent.ERROR)

    def give_way(self) -> None:
        """Close a table that broke off: its game runs at another one, or not at all."""
        if self.state is TableState.BROKEN:
            self._enter(TableEvent.RESTORED)
        for hearer in self._voice.audience:
            self._voice.dismiss(hearer.connection)

    # From state to state

    def _enter(self, event: TableEvent) -> None:
        """Go to the state that an event leads to."""
        self.state = TRANSITIONS[self.state, event]

    def _tick_waiting(self, now: float, effects: Effects) -> None:
        self.gathering.give_up_seats(now)
        self.close_if_empty(now, effects)
        starts_at = self.starts_at
        if starts_at is not None and now >= starts_at:
            self._deal(now, effects)

    def _deal(self, now: float, effects: Effects) -> None:
        """Deal to everybody and to bots on the empty places, and send everybody the start."""
        self.gathering.end()
        game = RunningGame.deal(
            [seat for _, seat in self._seats.taken()],
            game_id=self._voice.game_id,
            room=self._room,
            public=self._public,
            settings=self._settings,
            entropy=self._entropy,
            at=self._unix_time(),
        )
        self._enter(TableEvent.DEALT)
        effects.entries.append(game.start)
        self._voice.deal(game, now)
        self._play(game).begin_turn(now)

    def _play(self, game: RunningGame) -> Playing:
        """Have a game played from now on."""
        self.playing = Playing(
            game,
            self._seats,
            self._voice,
            self._settings,
            epoch=self._epoch,
            rng=self._rng,
            unix_time=self._unix_time,
        )
        return self.playing

    def _close(self, effects: Effects) -> None:
        effects.dismissed = tuple([hearer.connection for hearer in self._voice.audience])
        for connection in effects.dismissed:
            self._voice.dismiss(connection)
        self._enter(TableEvent.TIME_OVER)
