"""A server in virtual time: commits its journal late, and crashes.

An accepted action's frames leave only when its entries are committed; a crash loses whatever was
not, all links and all tables, and the journal alone brings the tables back.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from rachel_server.core.effects import Effects
from rachel_server.core.link import Link
from sim_checks import JournalWatch
from sim_world import Wire, World
from table_auditor import Auditor
from table_harness import Host, HostLink, stored_games

from rachel_server.core.entries import Entry, GameStatus
from rachel_server.core.lobby import Lobby
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings


class SimLink(HostLink):
    """The server's end of a wire."""

    def __init__(self) -> None:
        super().__init__()
        self.wire: Wire | None = None

    def transmit(self, frames: bytes) -> None:
        """Put frames on the wire."""
        if self.wire is not None:
            self.wire.send(frames, to_server=False)

    def hang_up(self) -> None:
        """Close the wire behind what was transmitted."""
        if self.wire is not None:
            self.wire.close(by_server=True)


class _Batch:
    """Entries that are committed together, and what waits for that."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.then: list[Callable[[], None]] = []
        self.committed = False


class SimServer(Host):
    """A host whose journal takes time, at the far end of wires.

    Attributes:
        up: whether it runs; a crashed server refuses connections until it is back.
        watch: what keeps an eye on journal and frames, through all crashes.
        crashes: how many there were.
    """

    def __init__(self, world: World, settings: TableSettings) -> None:
        super().__init__(settings, seed=world.rng.getrandbits(32))
        self.up = True
        self.watch = JournalWatch()
        self.crashes = 0
        self._world = world
        self._links: dict[Wire, SimLink] = {}
        self._begin()

    def _begin(self) -> None:
        """Begin with nothing in memory."""
        self.auditor = Auditor()
        self.lobby = Lobby(
            self.settings, entropy=lambda size: self.entropy(size), unix_time=self.unix_time
        )
        self._links.clear()
        self._collecting = _Batch()
        self._committing = False
        self._batches: dict[Table, _Batch] = {}

    # Wires

    def accept(self, wire: Wire) -> None:
        """Take in a new wire."""
        link = self._links[wire] = SimLink()
        link.wire = wire

    def arrived(self, wire: Wire, data: bytes) -> None:
        """Take bytes from a wire."""
        link = self._links.get(wire)
        if link is not None:
            self.now = self._world.now
            self.receive(link, data)

    def broken(self, wire: Wire) -> None:
        """Note that a wire is gone."""
        link = self._links.pop(wire, None)
        if link is not None:
            self.now = self._world.now
            self.lose(link)

    # Time

    def run_due(self) -> None:
        """Let tables do what is due."""
        self.now = self._world.now
        self.tick_due()

    def due_time(self) -> float | None:
        """Return when a table has something to do, None when none has or the server is down."""
        return self.next_deadline() if self.up else None

    # The journal first, frames after

    def perform(
        self,
        table: Table,
        effects: Effects,
        *,
        told: tuple[Link, tuple[int, ...]] | None = None,
        leaving: Sequence[Link] = (),
    ) -> None:
        """Have effects judged, their entries committed, and then the rest carried out."""
        self.auditor.audit(table, effects, told=told, leaving=leaving)
        if effects.entries:
            self._collecting.entries += effects.entries
            self._batches[table] = self._collecting
            self._commit_soon()
        batch = self._batches.get(table)
        if batch is None or batch.committed:
            self._deliver_of(table, effects)
        else:
            batch.then.append(lambda: self._deliver_of(table, effects))
        if table.closed:
            self.lobby.forget(table)

    def _deliver_of(self, table: Table, effects: Effects) -> None:
        self.watch.sent(table, effects.frames)
        self.deliver(effects)

    def _commit_soon(self) -> None:
        if self._committing:
            return
        self._committing = True
        rng = self._world.rng
        delay = rng.uniform(1.0, 4.0) if rng.random() < 0.01 else rng.uniform(0.001, 0.03)
        crashes = self.crashes
        self._world.after(delay, lambda: self._commit(crashes))

    def _commit(self, crashes: int) -> None:
        if crashes != self.crashes or not self.up:
            return  # the process that wanted this is gone
        batch, self._collecting = self._collecting, _Batch()
        self._committing = False
        self.journal += batch.entries
        self.watch.committed(batch.entries)
        batch.committed = True
        for event in batch.then:
            event()

    # Crashes

    def crash(self, down_s: float) -> None:
        """Lose everything but the journal; come back after a while."""
        if not self.up:
            return
        self.up = False
        self.crashes += 1
        for wire in list(self._links):
            wire.cut(client_notices_s=self._world.rng.random() * 3, server_notices_s=0.0)
        self._links.clear()
        self._world.after(down_s, self._restart)

    def _restart(self) -> None:
        """Bring back the tables of all games that have no end in the journal."""
        self.now = self._world.now
        self._begin()
        settings = self.settings
        for stored in stored_games(self.journal).values():
            if stored.status is GameStatus.PLAYING:
                self.settings = replace(
                    settings, seats=len(stored.start.seats), turn_time_s=stored.start.turn_time_s
                )
                self.restore(stored)
        self.settings = settings
        self.up = True
