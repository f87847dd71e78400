"""A worker for SSH, seen from the server: its process, its visitors, and whether it still lives."""

import asyncio
import socket
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, Final, NamedTuple

from rachel_server.edge.limits import AddressLimits
from rachel_server.edge.session import Door
from rachel_server.edge.ssh_calls import CALLS, Calls
from rachel_server.edge.ssh_desk import Desk
from rachel_server.edge.ssh_door import hand_over, take_over
from rachel_server.edge.tcp import StreamConnection

EMPTY_S: Final = 600.0
"""How long a worker that is not the first may have no visitor."""
BEAT_S: Final = 2.0
"""How often a worker is asked whether it is there. Until it has answered it gets no visitor."""
SILENT_BEATS_MAX: Final = 5
"""So often a worker is waited for that does not answer; then it hangs, and is killed."""


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


class Worker:
    """A worker process, seen from the server.

    Attributes:
        calls: what it is told, and asks.
        addresses: of its visitors' connections, how many each has.
        ready: done when it has started; an exception says that it has not.
        leaves: whether it is to end.
        is_gone: whether it has ended, and nobody can be handed to it.
        silent_beats: how often it was waited for in vain, since it answered last.
    """

    def __init__(
        self,
        plan: WorkerPlan,
        limits: AddressLimits,
        desk: Desk,
        table_door: Door,
        may_leave: Callable[["Worker"], bool],
    ) -> None:
        """Start it.

        Args:
            plan: how.
            limits: what one address may do; told when a visitor is gone, or floods.
            desk: answers what the worker asks.
            table_door: where sessions meet the house.
            may_leave: tells whether a worker may end that has had no visitor for EMPTY_S.

        Raises:
            NoWorker: the system cannot.
        """
        self._limits = limits
        self._desk = desk
        self._table_door = table_door
        self._may_leave = may_leave
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
                self._limits.flooded(address, self._loop.time())
            case _ if what in CALLS:
                return await getattr(self._desk, what)(*arguments)
            case _:
                raise ValueError(f"a worker for SSH asks for {what!r}")
        return None

    def _dismiss(self, address: str) -> None:
        self.addresses[address] -= 1
        self.addresses += Counter()  # without those that have none
        self._limits.disconnect(address)
        if not self.addresses:
            self._wait_for_visitors()

    def _wait_for_visitors(self) -> None:
        if self._emptied is not None:
            self._emptied.cancel()
        self._emptied = self._loop.call_later(EMPTY_S, self._give_up)

    def _give_up(self) -> None:
        """End, since nobody comes, if it can be spared."""
        if self.addresses or not self._may_leave(self):
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
                lambda: StreamConnection(self._table_door, self._limits, address, "ssh"), line
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
