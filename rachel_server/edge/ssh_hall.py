"""SSH in the server: visitors are counted here, and received by worker processes.

Cryptography and screens cost far more than a table does, so that tables would wait for them. A
worker gets its visitors' connections (`ssh_door`), asks what it needs to know (`ssh_calls`), and
hands over one end of a socket for each sitting: that is a session like those over TCP.
"""

import asyncio
import logging
import os
import socket
from contextlib import suppress
from typing import Final

from rachel_server.core.limits import PROXIED, Buckets, RateLimit
from rachel_server.edge.limits import AddressLimits
from rachel_server.edge.listener import Listener
from rachel_server.edge.session import Door
from rachel_server.edge.ssh_desk import Desk
from rachel_server.edge.ssh_process import NoWorker, Worker, WorkerPlan

HANDSHAKES: Final = RateLimit("ssh_handshakes", burst=60, per_minute=60)
"""Connections of an address: each costs some milliseconds of reckoning."""
WORKERS_MAX: Final = 5
WORKER_PLACES: Final = 48
"""Connections that a worker gets before another one does."""
PLACES_AHEAD: Final = 8
"""A worker is started when no more places than that are free: it takes a second."""
START_LIMIT_S: Final = 30.0
"""How long the first worker may take to start."""
RESTART_S: Final = 5.0
"""How long no worker is started after one that could not start."""
GOODBYE_LIMIT_S: Final = 3.0
"""How long workers may take to end when the server stops."""

_log = logging.getLogger(__name__)


class Hall:
    """Receives visitors on a bound socket, by workers. An async context manager.

    When it ends, visits end in good order, within GOODBYE_LIMIT_S.

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
        """Prepare.

        Args:
            sock: where visitors come.
            plan: how workers are started.
            limits: what one address may do.
            desk: answers the workers' calls.
            door: where sessions meet the house.
        """
        self._limits = limits
        self._desk = desk
        self._door = door
        self._sock = sock
        self._plan = plan
        self._loop = asyncio.get_running_loop()
        self._handshakes = Buckets(HANDSHAKES)
        self._workers: list[Worker] = []
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
        self._listener = Listener(self._sock, self._receive, self._limits, headers=True)
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

    async def _receive(self, connection: socket.socket, address: str) -> None:
        """Hand a visitor over, unless its address has had too many of late."""
        counts_as = self._limits.counts_as(address)
        try:
            is_one = counts_as not in (None, PROXIED)
            if is_one and self._handshakes.take(counts_as, self._loop.time()):
                raise ConnectionRefusedError
            self._hand_over(connection, address)
        except OSError:
            connection.close()
            self._limits.disconnect(address)
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

    def _free_worker(self) -> Worker:
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

    def _places(self, worker: Worker) -> int:
        if worker.leaves or worker.is_gone or worker.silent_beats:
            return 0
        return max(0, WORKER_PLACES - worker.visitors)

    def _can_spare(self, worker: Worker) -> bool:
        """Tell whether a worker is not the first, and the others have places enough."""
        others = sum(self._places(it) for it in self._workers if it is not worker)
        return worker is not self._workers[0] and others > PLACES_AHEAD

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

    def _start(self) -> Worker:
        """Start a worker.

        Raises:
            NoWorker: the system cannot.
        """
        worker = Worker(self._plan, self._limits, self._desk, self._door, self._can_spare)
        self._workers.append(worker)
        task = self._loop.create_task(self._run(worker))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return worker

    async def _run(self, worker: Worker) -> None:
        """Serve a worker until it ends; start another one if it was not to end."""
        how = await worker.run(self._plan.orders)
        self._workers.remove(worker)
        for address in worker.addresses.elements():
            self._limits.disconnect(address)
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
