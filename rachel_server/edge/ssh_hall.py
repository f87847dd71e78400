"""SSH in the server: visitors are counted here, and received by worker processes.

Cryptography and screens cost far more than a table does, so that tables would wait for them. A
worker gets its visitors' connections (`ssh_door`), asks what it needs to know (`ssh_calls`), and
hands over one end of a socket for each sitting: that is a session like those over TCP.
"""

import asyncio
import logging
import os
import socket
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from typing import Any, Final, NamedTuple

from rachel_server.core.limits import PROXIED, Buckets, RateLimit
from rachel_server.edge.limits import AddressLimits
from rachel_server.edge.listener import Listener
from rachel_server.edge.session import Door
from rachel_server.edge.ssh_calls import CALLS, Calls
from rachel_server.edge.ssh_desk import Desk
from rachel_server.edge.ssh_door import hand_over, take_over
from rachel_server.edge.tcp import StreamConnection

HANDSHAKES: Final = RateLimit("ssh_handshakes", burst=60, per_minute=60)
"""Connections of an address: each costs some milliseconds of reckoning."""
WORKERS_MAX: Final = 5
WORKER_PLACES: Final = 48
"""Connections that a worker gets before another one does."""
PLACES_AHEAD: Final = 8
"""A worker is started when no more places than that are free: it takes a second."""
EMPTY_S: Final = 600.0
"""How long a worker that is not the first may have no visitor."""
START_LIMIT_S: Final = 30.0
"""How long the first worker may take to start."""
RESTART_S: Final = 5.0
"""How long no worker is started after one that could not start."""
BEAT_S: Final = 2.0
"""How often a worker is asked whether it is there. Until it has answered it gets no visitor."""
SILENT_BEATS_MAX: Final = 5
"""So often a worker is waited for that does not answer; then it hangs, and is killed."""
GOODBYE_LIMIT_S: Final = 3.0
"""How long workers may take to end when the server stops."""

_log = logging.getLogger(__name__)


class WorkerPlan(NamedTuple):
    """How to start a worker.

    Attributes:
        command: the command line; the numbers of the descriptors for connections and for calls
            come behind it.
        orders: what it is told first, made of what JSON has.
    """

    command: Sequence[str]
    orders: Mapping[str, Any]


class NoWorker(OSError):  # noqa: N818 - says what is the matter
    """Nobody can receive people who come over SSH; the text says in one line why."""


class _Worker:
    """A worker process, seen from the server.

    Attributes:
        calls: what it is told, and asks.
        addresses: of its visitors' connections, how many each has.
        ready: done when it has started; an exception says that it has not.
        leaves: whether it is to end.
        is_gone: whether it has ended, and nobody can be handed to it.
        silent_beats: how often it was waited for in vain, since it answered last.
    """

    def __init__(self, hall: "Hall", plan: WorkerPlan) -> None:
        """Start it.

        Raises:
            NoWorker: the system cannot.
        """
        self._hall = hall
        self._process, self._door, line = _started(plan.command)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._door, self._take_line)
        self.calls = Calls(line, self._heed)
        self.addresses: Counter[str] = Counter()
        self.ready: asyncio.Future[None] = self._loop.create_future()
        self.leaves = False
        self.is_gone = False
        self.silent_beats = 0
        self._why = ""
        self._beating: asyncio.Task[None] | None = None
        self._lines: set[asyncio.Task[Any]] = set()
        self._emptied: asyncio.TimerHandle | None = None

    @property
    def visitors(self) -> int:
        """How many connections it has."""
        return self.addresses.total()

    async def run(self, orders: Mapping[str, Any]) -> str:
        """Serve it until it ends; return how it did, in a few words."""
        try:
            await self.calls.open()
            self.calls.tell("begin", dict(orders))
            await self.calls.run()
        finally:
            if self._beating is not None:
                self._beating.cancel()
            self.is_gone = True
            self._loop.remove_reader(self._door)
            self._door.close()
            if self._emptied is not None:
                self._emptied.cancel()
            self.kill()
        status = await asyncio.to_thread(self._process.wait)
        how = self._why or (f"signal {-status}" if status < 0 else f"exit status {status}")
        if not self.ready.done():
            self.ready.set_exception(NoWorker(f"no worker for SSH can start: {how}"))
            self.ready.exception()  # it need not be looked at
        return how

    async def _feel_its_pulse(self) -> None:
        """Kill it when it hangs: its visitors have their terminals back then.

        Beats are counted and not seconds: for some of these the server may have stood still.
        """
        while self.silent_beats < SILENT_BEATS_MAX:
            answer = self._loop.create_task(self.calls.ask("beat"))
            try:
                while not answer.done() and self.silent_beats < SILENT_BEATS_MAX:
                    await asyncio.sleep(BEAT_S)
                    self.silent_beats = 0 if answer.done() else self.silent_beats + 1
            finally:
                answer.cancel()
        self._why = "it hung"
        self.kill()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def receive(self, connection: socket.socket, address: str) -> None:
        """Have it receive a visitor.

        Raises:
            OSError: it cannot.
        """
        hand_over(self._door, connection, address)
        self.addresses[address] += 1
        if self._emptied is not None:
            self._emptied.cancel()

    def leave(self) -> None:
        """Have it end, once its visitors have read why."""
        self.leaves = True
        if self.ready.done():
            self.calls.tell("leave")
        else:
            self.kill()

    async def _heed(self, what: str, arguments: list[Any]) -> object:
        match what, arguments:
            case "ready", []:
                self.ready.set_result(None)
                self._beating = self._loop.create_task(self._feel_its_pulse())
                self._wait_for_visitors()
            case "failed", [why]:
                self._why = str(why)
            case "gone", [address]:
                self._dismiss(address)
            case "flooded", [address]:
                self._hall.limits.flooded(address, self._loop.time())
            case _ if what in CALLS:
                return await getattr(self._hall.desk, what)(*arguments)
            case _:
                raise ValueError(f"a worker for SSH asks for {what!r}")
        return None

    def _dismiss(self, address: str) -> None:
        self.addresses[address] -= 1
        self.addresses += Counter()  # without those that have none
        self._hall.limits.disconnect(address)
        if not self.addresses:
            self._wait_for_visitors()

    def _wait_for_visitors(self) -> None:
        if self._emptied is not None:
            self._emptied.cancel()
        self._emptied = self._loop.call_later(EMPTY_S, self._give_up)

    def _give_up(self) -> None:
        """End, since nobody comes, if the others have places enough."""
        if self.addresses or not self._hall.can_spare(self):
            self._wait_for_visitors()
        else:
            self.leave()

    def _take_line(self) -> None:
        """Begin the session of a sitting, on the socket that the worker has given for it."""
        try:
            taken = take_over(self._door)
        except OSError:
            return
        if taken is None:
            self._loop.remove_reader(self._door)
            return
        line, address = taken
        if line is None:
            return
        beginning = self._loop.create_task(
            self._loop.connect_accepted_socket(
                lambda: StreamConnection(self._hall.door, self._hall.limits, address, "ssh"), line
            )
        )
        self._lines.add(beginning)
        beginning.add_done_callback(self._lines.discard)


def _started(
    command: Sequence[str],
) -> tuple["subprocess.Popen[bytes]", socket.socket, socket.socket]:
    """Start a process with two sockets; return it, and our ends: for connections, and for calls.

    Raises:
        NoWorker: the system cannot.
    """
    with ExitStack() as unless_started:
        (door, its_door), (line, its_line) = socket.socketpair(), socket.socketpair()
        for ours in (door, line):
            ours.setblocking(False)
            unless_started.callback(ours.close)
        theirs = its_door.fileno(), its_line.fileno()
        try:
            with its_door, its_line:
                process = subprocess.Popen(
                    [*command, *map(str, theirs)],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    pass_fds=theirs,
                    process_group=0,  # Ctrl-C is for the server, which says farewell to visitors
                )
        except OSError as problem:
            raise NoWorker(f"no worker for SSH can start: {problem.strerror}") from None
        unless_started.pop_all()
    return process, door, line


class Hall:
    """Receives visitors on a bound socket, by workers. An async context manager.

    When it ends, visits end in good order, within GOODBYE_LIMIT_S.

    Attributes:
        limits: what one address may do.
        desk: answers the workers' calls.
        door: where sessions meet the house.

    Raises:
        NoWorker: on entering, when no worker can start.
    """

    def __init__(
        self,
        sock: socket.socket,
        plan: WorkerPlan,
        limits: AddressLimits,
        desk: Desk,
        door: Door,
    ) -> None:
        self.limits = limits
        self.desk = desk
        self.door = door
        self._sock = sock
        self._plan = plan
        self._loop = asyncio.get_running_loop()
        self._handshakes = Buckets(HANDSHAKES)
        self._workers: list[_Worker] = []
        self._running: set[asyncio.Task[None]] = set()
        self._start_at = 0.0  # when the next worker may be started
        self._closed = False
        self._listener: Listener | None = None

    async def __aenter__(self) -> "Hall":
        if not hasattr(os, "fork"):
            raise NoWorker("SSH_PORT works on Linux and macOS only")
        try:
            async with asyncio.timeout(START_LIMIT_S):
                await self._start().ready
        except BaseException as problem:
            self._closed = True
            await self._end_all()
            if isinstance(problem, TimeoutError):
                problem = NoWorker(f"no worker for SSH has started in {START_LIMIT_S:.0f} s")
            raise problem from None
        self._listener = Listener(self._sock, self._receive, self.limits, headers=True)
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._closed = True
        if self._listener is not None:
            self._listener.close()
        for worker in self._workers:
            worker.leave()
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_LIMIT_S):
                await asyncio.wait(self._running)
        await self._end_all()

    async def _end_all(self) -> None:
        for worker in self._workers:
            worker.kill()
        if self._running:
            await asyncio.wait(self._running)

    def can_spare(self, worker: _Worker) -> bool:
        """Tell whether a worker is not the first, and the others have places enough."""
        others = sum(self._places(it) for it in self._workers if it is not worker)
        return worker is not self._workers[0] and others > PLACES_AHEAD

    async def _receive(self, connection: socket.socket, address: str) -> None:
        """Hand a visitor over, unless its address has had too many of late."""
        counts_as = self.limits.counts_as(address)
        try:
            is_one = counts_as not in (None, PROXIED)
            if is_one and self._handshakes.take(counts_as, self._loop.time()):
                raise ConnectionRefusedError
            self._hand_over(connection, address)
        except OSError:
            connection.close()
            self.limits.disconnect(address)
        self._look_ahead()

    def _hand_over(self, connection: socket.socket, address: str) -> None:
        """Hand a visitor to a worker, and to another one if that has just died.

        Raises:
            OSError: there is nobody.
        """
        while True:
            worker = self._free_worker()
            try:
                worker.receive(connection, address)
            except (BrokenPipeError, ConnectionResetError):
                worker.is_gone = True
            else:
                return

    def _free_worker(self) -> _Worker:
        """Return who receives the next visitor: the first who has a place, so that others empty.

        Raises:
            OSError: there is nobody.
        """
        for worker in self._workers:
            if self._places(worker):
                return worker
        if self._may_start:
            return self._start()
        there = [it for it in self._workers if not it.leaves and not it.is_gone]
        if not there:
            raise ConnectionRefusedError
        return min(there, key=lambda it: it.visitors)  # it says that it is full

    def _places(self, worker: _Worker) -> int:
        if worker.leaves or worker.is_gone or worker.silent_beats:
            return 0
        return max(0, WORKER_PLACES - worker.visitors)

    @property
    def _may_start(self) -> bool:
        room = len(self._workers) < WORKERS_MAX
        return room and not self._closed and self._loop.time() >= self._start_at

    def _look_ahead(self) -> None:
        """Start a worker before the last place is taken."""
        if sum(map(self._places, self._workers)) <= PLACES_AHEAD and self._may_start:
            try:
                self._start()
            except NoWorker as problem:
                _log.error("%s", problem)
                self._start_at = self._loop.time() + RESTART_S

    def _start(self) -> _Worker:
        """Start a worker.

        Raises:
            NoWorker: the system cannot.
        """
        worker = _Worker(self, self._plan)
        self._workers.append(worker)
        task = self._loop.create_task(self._run(worker))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return worker

    async def _run(self, worker: _Worker) -> None:
        """Serve a worker until it ends; start another one if it was not to end."""
        how = await worker.run(self._plan.orders)
        self._workers.remove(worker)
        for address in worker.addresses.elements():
            self.limits.disconnect(address)
        if worker.leaves or self._closed or self._listener is None:
            return  # without a listener the start fails, and says why
        _log.error(
            "a worker for SSH has ended (%s); visitors who have lost their line: %d",
            how,
            worker.visitors,
        )
        if worker.ready.exception() is None:
            self._look_ahead()
        else:
            self._start_at = self._loop.time() + RESTART_S
            self._loop.call_at(self._start_at, self._look_ahead)
