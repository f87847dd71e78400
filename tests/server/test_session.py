"""A session between bytes and frames: pieces, rests, pauses, garbage, peers that do not read."""

import heapq
import itertools
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from rachel.rubp import HOST_ID, Frame, Heartbeat, encode
from rachel_server.edge.limits import FLOODS, WAIT_S, AddressLimits
from rachel_server.edge.session import (
    FRAMES_PER_WAKE,
    GARBAGE_BYTES_MAX,
    GOODBYE_LIMIT_S,
    OUTGOING_BYTES_MAX,
    Session,
)

BEAT = encode(Heartbeat(), version=2, sequence=0, player_id=HOST_ID, game_id=0)
ADDRESS = "192.0.2.1"


class Plan:
    """Something planned."""

    def __init__(self, callback: Callable[..., object], args: tuple[object, ...]) -> None:
        self.callback, self.args = callback, args
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Outside:
    """The wire and the clock of a session, and what its house gets.

    Attributes:
        taken: how many frames the house got, by moment.
        written: what was written, by moment.
        fails: whether the house fails at the next frame.
        asks_for_rest: whether the house asks for a rest of a second at the next frame.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self.limits = AddressLimits()
        self.taken: list[tuple[float, int]] = []
        self.written: list[tuple[float, bytes]] = []
        self.unsent = 0
        self.paused = self.closed = self.aborted = self.fails = self.asks_for_rest = False
        self.reported: list[dict[str, Any]] = []
        self._plans: list[tuple[float, int, Plan]] = []
        self._count = itertools.count()
        self.session = self.connect()

    def connect(self) -> Session:
        return Session(self, House(self), transport="tcp", address=ADDRESS, limits=self.limits)

    # The clock

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, callback: Callable[..., object], *args: object) -> Plan:
        plan = Plan(callback, args)
        heapq.heappush(self._plans, (self.now + delay, next(self._count), plan))
        return plan

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        self.reported.append(context)

    def turn(self) -> bool:
        """Do the next thing that is planned; tell whether there was any."""
        while self._plans:
            self.now, _, plan = heapq.heappop(self._plans)
            if not plan.cancelled:
                plan.callback(*plan.args)
                return True
        return False

    # The wire

    def write(self, data: bytes) -> None:
        assert not self.closed
        self.written.append((self.now, data))

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.aborted = self.closed = True

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False

    def get_write_buffer_size(self) -> int:
        return self.unsent


class House:
    """What the session hands its frames to."""

    def __init__(self, outside: Outside) -> None:
        self.timers = outside

    def opened(self, session: Session) -> int:
        return 1

    def received(self, connection: int, frames: Sequence[Frame]) -> None:
        if self.timers.fails:
            raise ValueError("our mistake")
        self.timers.taken.append((self.timers.now, len(frames)))
        if self.timers.asks_for_rest:
            self.timers.asks_for_rest = False
            self.timers.session.rest(1.0)

    def dropped(self, number: int) -> None:
        pass

    def closed(self, connection: int) -> None:
        pass


def counts(outside: Outside) -> list[int]:
    return [count for _, count in outside.taken]


def test_a_few_frames_are_handled_at_once_and_the_rest_a_few_at_a_time() -> None:
    outside = Outside()
    outside.session.receive(BEAT * 2)
    assert (counts(outside), outside.paused) == ([2], False)
    outside.taken.clear()
    outside.session.receive(BEAT * (3 * FRAMES_PER_WAKE + 1))
    assert (counts(outside), outside.paused) == ([FRAMES_PER_WAKE], True)
    outside.session.receive(BEAT)  # what was on its way nevertheless
    turns = 0
    while outside.turn():
        turns += 1
    assert counts(outside) == [FRAMES_PER_WAKE] * 3 + [2]
    assert (turns, outside.paused) == (3, False)


def test_frames_cut_anywhere_are_found() -> None:
    outside = Outside()
    for start in range(0, len(BEAT), 5):
        outside.session.receive(BEAT[start : start + 5])
    assert counts(outside) == [1]


def test_nothing_is_read_during_a_rest() -> None:
    outside = Outside()
    outside.session.rest(1.0)
    assert outside.paused
    outside.session.receive(BEAT)
    assert not outside.taken
    assert outside.turn()
    assert outside.taken == [(1.0, 1)]
    assert not outside.paused


def test_a_rest_that_a_piece_of_much_brings_is_taken() -> None:
    outside = Outside()
    outside.session.receive(BEAT * (3 * FRAMES_PER_WAKE))
    outside.asks_for_rest = True
    while outside.turn():
        assert outside.paused == (outside.now < 1.0 or len(outside.taken) < 3)
    assert [moment for moment, _ in outside.taken] == [0.0, 0.0, 1.0]
    assert (sum(counts(outside)), outside.reported) == (3 * FRAMES_PER_WAKE, [])


def test_garbage_without_end_is_cut_but_not_a_noisy_line() -> None:
    outside = Outside()
    for _ in range(4):
        outside.session.receive(b"\0" * (GARBAGE_BYTES_MAX // 2) + BEAT)
        while outside.turn():
            pass
    assert not outside.closed
    outside.session.receive(b"\0" * (GARBAGE_BYTES_MAX + 64))
    while not outside.aborted:
        assert outside.turn()


@pytest.mark.parametrize(
    ("first", "answer"), [(b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 400"), (b"SSH-2.0-x\r\n", b"This")]
)
def test_lost_visitors_are_answered_and_sent_away(first: bytes, answer: bytes) -> None:
    outside = Outside()
    outside.session.receive(first)
    assert outside.written[0][1].startswith(answer)
    assert outside.closed


def test_players_may_send_anything_between_their_frames() -> None:
    outside = Outside()
    outside.session.receive(BEAT)
    outside.session.receive(b"GET / HTTP/1.1\r\n\r\n")
    assert not outside.closed


def test_an_error_of_ours_costs_one_connection() -> None:
    outside = Outside()
    outside.fails = True
    outside.session.receive(BEAT)
    assert outside.aborted
    assert isinstance(outside.reported[0]["exception"], ValueError)


def test_frames_leave_at_once_or_with_pauses() -> None:
    outside = Outside()
    outside.session.send(BEAT * 2)
    assert outside.written == [(0.0, BEAT * 2)]
    outside.written.clear()
    outside.session.gap_s = 0.5
    outside.session.send(BEAT * 2)
    outside.session.send(BEAT)
    outside.session.hang_up()
    assert not outside.closed, "what was sent leaves first"
    while not outside.closed:
        assert outside.turn()
    assert outside.written == [(0.0, BEAT), (0.5, BEAT), (1.0, BEAT)]


def test_a_peer_that_does_not_read_is_cut() -> None:
    outside = Outside()
    outside.unsent = OUTGOING_BYTES_MAX
    outside.session.send(BEAT * (OUTGOING_BYTES_MAX // len(BEAT)))
    assert not outside.aborted
    outside.unsent += len(BEAT)
    outside.session.send(BEAT)
    assert outside.aborted


def test_a_peer_that_reads_late_is_not_cut() -> None:
    outside = Outside()
    for waiting in (0, OUTGOING_BYTES_MAX, 0):
        outside.unsent = waiting
        outside.session.send(BEAT * (OUTGOING_BYTES_MAX // len(BEAT)))
    assert not outside.aborted


def test_a_peer_that_gets_its_frames_in_its_own_time_is_cut_when_too_many_wait() -> None:
    outside = Outside()
    outside.session.gap_s = 0.072
    outside.session.send(BEAT)
    assert not outside.aborted
    outside.session.send(BEAT * (OUTGOING_BYTES_MAX // len(BEAT) + 2))
    assert outside.aborted


def test_one_that_is_hung_up_on_hears_and_says_nothing_more() -> None:
    outside = Outside()
    outside.session.hang_up()
    outside.session.send(BEAT)
    outside.session.receive(BEAT)
    assert (outside.written, outside.taken, outside.aborted) == ([], [], False)
    assert outside.turn()
    assert (outside.now, outside.aborted) == (GOODBYE_LIMIT_S, True)


def test_after_a_session_nothing_is_planned() -> None:
    outside = Outside()
    outside.session.gap_s = 1.0
    outside.session.send(BEAT * 3)
    outside.session.rest(5.0)
    outside.session.hang_up()
    outside.session.lost()
    assert not outside.turn()


def test_floods_make_the_next_connections_of_an_address_wait() -> None:
    outside = Outside()
    for _ in range(FLOODS.burst + 1):
        outside.connect().flooded()
    outside.closed = False
    later = outside.connect()
    later.receive(BEAT)
    assert not outside.taken
    while not outside.taken:
        assert outside.turn()
    assert outside.taken == [(WAIT_S, 1)]
