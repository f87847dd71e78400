"""The playing phase of a table: turns, their clock, what people do and what bots do for them."""

import random
from collections.abc import Callable
from typing import Final

from rachel.rubp import Announce, Error, ErrorCode
from rachel.rules.actions import Action, IllegalAction, Play
from rachel_server.core.clock import WARNING_S, TurnClock
from rachel_server.core.outcome import Effects, Thought, Ticket
from rachel_server.core.running_game import RunningGame
from rachel_server.core.seating import Seat, Seating
from rachel_server.core.table_settings import TableSettings
from rachel_server.core.voice import Hearer, Voice

TURNS_MAX: Final = 20_000
"""A game this long is given up: it need not end (docs/RULES.md), and its hash takes ever longer."""

THINKING_S: Final = 2.0
"""How long a bot may think; then the host makes the choice that takes no thinking."""


class Playing:
    """A game goes on at a table. All times are readings of the play clock.

    Attributes:
        game: the game.
        has_ended: whether it is over, or given up for its length.
    """

    def __init__(
        self,
        game: RunningGame,
        seats: Seating,
        voice: Voice,
        settings: TableSettings,
        *,
        epoch: int,
        rng: random.Random,
        unix_time: Callable[[], float],
    ) -> None:
        self.game = game
        self.has_ended = False
        self._seats = seats
        self._voice = voice
        self._settings = settings
        self._epoch = epoch
        self._rng = rng
        self._unix_time = unix_time
        self._clock = TurnClock(settings)
        self._thinking: tuple[Ticket, float] | None = None  # what is asked for, and until when
        self._tickets = 0

    # Turns

    def begin_turn(self, now: float) -> None:
        """Start the clock of the seat to act, and announce its turn."""
        self._thinking = None
        self._clock.restart(now)
        self._voice.turn(self.game)
        seat = self._seats[self.game.current]
        if seat.is_awaited(self._settings.lost_grace_s, now):
            self.tell_time(now)

    def next_deadline(self) -> float | None:
        """Return when `tick` has something to do, None when only a person can bring it."""
        if self._thinking is not None:
            acts: float | None = self._thinking[1]
        else:
            acts = self._clock.next_deadline(self._seats[self.game.current])
        repeats = self._voice.next_repeat()
        if acts is None or repeats is None:
            return repeats if acts is None else acts
        return min(acts, repeats)

    def tick(self, now: float, effects: Effects) -> None:
        """Repeat what is unconfirmed; act for the seat to act, or warn its person, if due."""
        self._voice.repeat_due(now, self.game)
        if self._thinking is not None:
            if now >= self._thinking[1]:
                self._act_as_host(None, now, effects)
            return
        seat = self._seats[self.game.current]
        host_acts, warns = self._clock.host_acts_at(seat), self._clock.warns_at(seat)
        if host_acts is not None and now >= host_acts:
            self._think(seat, now, effects)
        elif warns is not None and now >= warns and seat.connection is not None:
            self._clock.warned()
            text = f"{WARNING_S:.0f} s left, then a bot plays this turn"
            self._voice.send(self._voice.hearer(seat.connection), Announce(text))

    def hurry(self, bot_delay_s: float) -> None:
        """Let bots wait only so long, until the game is over."""
        self._clock.hurry(bot_delay_s)

    # People

    def act(
        self,
        hearer: Hearer,
        seat: int,
        action: Action,
        observed_hash: int | None,
        now: float,
        effects: Effects,
    ) -> None:
        """Carry out a person's action, or refuse it to that person alone."""
        game = self.game
        if observed_hash is not None and observed_hash != game.tag:
            effects.refused = "outdated"
            self._voice.send(hearer, Error(ErrorCode.UNKNOWN), seat)
            self._voice.pair(hearer, seat, game)
            return
        try:
            self._perform(seat, action, now, effects)
        except IllegalAction as refusal:
            effects.refused = refusal.reason.value
            cards = action.cards if isinstance(action, Play) else ()
            self._voice.refusal(hearer, seat, refusal.reason, cards, game)

    def is_back(self, number: int, now: float) -> None:
        """Give somebody who is back in their turn their whole time; no bot thinks for them."""
        if self.game.current == number:
            self._thinking = None
            self._clock.lengthen(now)

    def tell_time(self, now: float, to: Hearer | None = None) -> None:
        """Tell everybody, or one hearer, how long the person to act has, if a clock runs.

        Programs may read this line (docs/PROTOCOL.md).
        """
        left_s = self._clock.left_s(self._seats[self.game.current], now)
        if left_s is None:
            return
        text = f"{left_s:.0f} s left in this turn"
        if to is None:
            self._voice.announce(text)
        else:
            self._voice.send(to, Announce(text))

    def pause(self) -> None:
        """Let nobody think: everybody is away."""
        self._thinking = None

    def go_on(self, paused_at: float, now: float) -> None:
        """Go on after everybody was away; the time since then does not count."""
        self._clock.go_on(paused_at, now)

    # Bots

    def thought(self, ticket: Ticket, action: Action | None, now: float, effects: Effects) -> None:
        """Act as a bot has chosen, if that is still wanted; see `Table.thought`."""
        if self._thinking is not None and self._thinking[0] == ticket:
            self._act_as_host(action, now, effects)

    def _think(self, seat: Seat, now: float, effects: Effects) -> None:
        """Ask what a bot would do: the one whose seat it is, or one that covers for a person."""
        self._tickets += 1
        ticket = Ticket(self._voice.game_id, self._epoch, self._tickets)
        self._thinking = ticket, now + THINKING_S
        level = seat.bot_level or self._settings.bot_level
        view = self.game.view(self.game.current)
        effects.thought = Thought(ticket, level, view, self._rng)

    def _act_as_host(self, action: Action | None, now: float, effects: Effects) -> None:
        """Act for the seat whose turn it is, as the bot chose, or without it as the host can."""
        number = self.game.current
        seat = self._seats[number]
        legal = self.game.view(number).legal_actions()
        if action not in legal:
            action = legal[0]
        if seat.is_person:
            was_present = seat.is_present
            if seat.connection is not None:
                seat.missed += 1
            self._voice.announce(f"{seat.name[:20]} is away: a bot plays this turn")
            if seat.is_present != was_present:
                self._voice.players()
        self._perform(number, action, now, effects)

    def _perform(self, number: int, action: Action, now: float, effects: Effects) -> None:
        """Carry out an action, journal it and tell everybody.

        Raises:
            IllegalAction: a rule forbids it; nothing has changed.
        """
        game = self.game
        taken, drawn = game.act(number, action)
        absence = self._seats[number].absence
        if absence is not None:
            absence.note(action, len(drawn))
        effects.entries.append(taken)
        self._voice.move(game, taken, drawn, now)
        if game.is_over:
            effects.entries.append(game.finished(self._unix_time()))
            self._voice.end(game)
            self.has_ended = True
        elif game.turn >= TURNS_MAX:
            effects.entries.append(game.abandoned(self._unix_time()))
            self._voice.announce("No end in sight: the game is given up")
            self.has_ended = True
        else:
            self.begin_turn(now)
