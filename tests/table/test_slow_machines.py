"""Whole games of machines with a slow and lossy line, which do only what such machines can.

They acknowledge pairs, ask for everything every 2.6 s, move on TURN_START alone, and lose one frame
in twenty, in both directions (docs/PROTOCOL.md, Acknowledging pairs).
"""

import random

import pytest
from table_harness import Host, Mailbox, token_of
from table_positions import message_of

from rachel.rubp import (
    HOST_ID,
    CardDrawn,
    Error,
    Frame,
    GameStart,
    GameState,
    HandSync,
    Message,
    Phase,
    Platform,
    PlayerList,
    SyncRequest,
    TurnStart,
    Welcome,
    decode,
)
from rachel.rules.legal import legal_actions
from rachel_server.core.entries import ActionTaken
from rachel_server.core.table_settings import TableSettings

LOSS = 1 / 20
POLL_S = 2.6
STEP_S = 0.1
HOUR_S = 3600.0


class Machine:
    """A C64 or a VIC-20 at a host.

    Attributes:
        link: its one connection.
        errors: the refusals that it has heard.
    """

    def __init__(self, host: Host, number: int, rng: random.Random) -> None:
        self._host = host
        self._number = number
        self._rng = rng
        self._platform = Platform.VIC_20 if number % 2 else Platform.C64
        self._polls_at = host.now
        self._seat: int | None = None
        self._hand: list[int] = []
        self._state: GameState | None = None
        self._hand_of: HandSync | None = None
        self.link: Mailbox = host.connect()
        self.errors: list[Error] = []

    def step(self) -> None:
        """Take what has come, and poll when it is time."""
        for frame in self.link.heard_frames():
            if self._rng.random() >= LOSS:
                self._take(frame, decode(frame))
        if self._host.now >= self._polls_at:
            self._polls_at = self._host.now + POLL_S
            if self._seat is None:
                self._say_hello()
            else:
                self._say(SyncRequest(0))

    def _take(self, frame: Frame, message: Message) -> None:
        match message:
            case Welcome(player_id=seat):
                self._seat = seat
            case PlayerList() if frame.player_id != HOST_ID:
                self._seat = frame.player_id
            case GameStart(cards=cards):
                self._hand = list(cards)
            case CardDrawn(cards=cards):
                self._hand += [card for card in cards if card not in self._hand]
            case HandSync(cards=cards):
                self._hand, self._hand_of = list(cards), message
                self._acknowledge()
            case GameState():
                self._state = message
            case TurnStart(seat=seat) if seat == self._seat:
                self._move(message)
            case Error():
                self.errors.append(message)
            case _:
                pass

    def _acknowledge(self) -> None:
        """Acknowledge a pair whose halves have both come."""
        state, hand = self._state, self._hand_of
        if state is not None and hand is not None and state.state_hash == hand.state_hash:
            self._say(SyncRequest(state.turn, state.state_hash, acknowledge=True))

    def _move(self, start: TurnStart) -> None:
        state, hand = self._state, self._hand_of
        if state is None or hand is None:
            return
        if not state.state_hash == hand.state_hash == start.state_hash:
            return
        actions = legal_actions(
            self._hand,
            top=state.top_card,
            nominated=state.nominated_suit,
            pending_draws=state.pending_draws,
            pending_skips=state.pending_skips,
        )
        self._say(message_of(self._rng.choice(actions), state.state_hash))

    def _say_hello(self) -> None:
        if self._rng.random() >= LOSS:
            self._host.hello(
                f"M{self._number}",
                token=token_of(self._number),
                room="SLOW",
                link=self.link,
                version=1,
                platform=self._platform,
                acknowledges=True,
            )

    def _say(self, message: Message) -> None:
        if self._rng.random() >= LOSS:
            self._host.say(self.link, message)


@pytest.mark.parametrize("seats", [2, 4, 8])
def test_slow_machines_finish_their_games(seats: int) -> None:
    rng = random.Random(seats)
    host = Host(TableSettings(seats=seats, start_delay_s=300.0))
    machines = [Machine(host, number, rng) for number in range(seats)]
    while not host.lobby.tables or host.table("SLOW").phase is not Phase.FINISHED:
        assert host.now < 1000 + HOUR_S, "they get nowhere"
        for machine in machines:
            machine.step()
        host.wait(STEP_S)
    table = host.table("SLOW")
    assert [machine.errors for machine in machines] == [[]] * seats
    assert not any(machine.link.hung_up for machine in machines)
    assert all(seat.missed == 0 for _, seat in table.seats.taken()), "each moved by itself"
    assert sum(isinstance(entry, ActionTaken) for entry in host.journal) == host.game(table).turn
