"""Metrics for Prometheus: the tally and the state of the server, as one page of text."""

import sys
import time
from collections import Counter as Count
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector
from sqlalchemy import QueuePool
from sqlalchemy.ext.asyncio import AsyncEngine

from rachel.form import form
from rachel.rubp import Phase
from rachel.rubp.platforms import platform_name
from rachel_server.core.house import House
from rachel_server.core.tally import Spread
from rachel_server.store.data_dir import last_backup


class ProcessMetrics(ProcessCollector):
    """Those of the process, also where `/proc` shows nothing else (systemd's ProcSubset=pid).

    prometheus_client reads there when the machine was started, and shows nothing without that.
    """

    def _boot_time(self) -> float:
        if sys.platform != "linux":
            raise FileNotFoundError("there is no /proc")
        return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)


class Metrics(Collector):
    """What one server shows about itself; there may be several in a process."""

    def __init__(
        self,
        *,
        house: House,
        engine: AsyncEngine,
        version: str,
        data_dir: Path,
        turned_away: Mapping[str, int],
        database_up: Callable[[], bool],
    ) -> None:
        """Show a house, its database and this process.

        Args:
            house: the house.
            engine: the engine of the database, for its pool.
            version: the release.
            data_dir: where the last backup is noted.
            turned_away: how many players' connections were, by reason.
            database_up: tells whether the database answers.
        """
        self._house = house
        self._engine = engine
        self._version = version
        self._data_dir = data_dir
        self._turned_away = turned_away
        self._database_up = database_up
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "rachel_http_requests",
            "HTTP requests answered.",
            ("route", "method", "status"),
            registry=self._registry,
        )
        self._request_seconds = Histogram(
            "rachel_http_request_seconds",
            "Seconds from a request's headers to the end of its answer.",
            ("route", "method"),
            registry=self._registry,
        )
        self._mails = Counter(
            "rachel_mails",
            "Mails sent, kept in the outbox because they could not be, or lost.",
            ("outcome",),
            registry=self._registry,
        )
        for outcome in ("sent", "kept", "lost"):
            self._mails.labels(outcome)  # an alert needs the zero before the first
        self._registry.register(self)
        ProcessMetrics(registry=self._registry)

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request that has been answered."""
        self._requests.labels(route, method, str(status)).inc()
        self._request_seconds.labels(route, method).observe(seconds)

    def mailed(self, outcome: str) -> None:
        """Count a mail that was sent, kept or lost."""
        self._mails.labels(outcome).inc()

    def page(self) -> bytes:
        """Return the page in Prometheus's text format."""
        return generate_latest(self._registry)

    def collect(self) -> Iterable[Metric]:
        """Return everything that is counted or looked up elsewhere."""
        yield InfoMetricFamily("rachel", "The server.", {"version": self._version, "form": form()})
        yield from self._playing()
        yield from self._saving()

    def describe(self) -> Iterable[Metric]:
        """Return nothing: the names are ours alone, and need no check."""
        return ()

    def _playing(self) -> Iterable[Metric]:
        tally = self._house.tally
        connections = GaugeMetricFamily(
            "rachel_connections",
            "Players' connections now; the platform is unknown before a HELLO.",
            labels=("transport", "platform"),
        )
        present = Count(
            (peer.transport, platform_name(peer.platform)) for peer in self._house.peers
        )
        for labels, number in sorted(present.items()):
            connections.add_metric(labels, number)
        yield connections
        yield CounterMetricFamily(
            "rachel_connections_opened", "Players' connections so far.", tally.connections
        )
        turned_away = CounterMetricFamily(
            "rachel_connections_turned_away",
            "Players' connections refused for their address, or cut for a flood.",
            labels=("reason",),
        )
        for reason, number in sorted(self._turned_away.items()):
            turned_away.add_metric((reason,), number)
        yield turned_away
        tables = GaugeMetricFamily("rachel_tables", "Tables now.", labels=("phase",))
        phases = Count(table.phase for table in self._house.lobby.tables.values())
        for phase in Phase:
            tables.add_metric((phase.name.lower(),), phases[phase])
        yield tables
        actions = CounterMetricFamily("rachel_actions", "Actions taken.", labels=("by",))
        latency = HistogramMetricFamily(
            "rachel_action_seconds",
            "Seconds from an accepted action's arrival until it was saved and its frames left.",
            labels=("by",),
        )
        for by, spread in (("player", tally.player_actions), ("host", tally.host_actions)):
            actions.add_metric((by,), spread.count)
            latency.add_metric((by,), _buckets(spread), spread.total)
        yield actions
        yield latency
        yield _histogram("rachel_bot_seconds", "Seconds a bot's move took.", tally.bot_turns)
        rejected = CounterMetricFamily(
            "rachel_rejected_frames", "Frames refused.", labels=("reason",)
        )
        for reason, number in sorted(tally.rejected.items()):
            rejected.add_metric((reason,), number)
        yield rejected
        yield CounterMetricFamily(
            "rachel_dropped_bytes", "Bytes that belonged to no frame.", tally.dropped_bytes
        )

    def _saving(self) -> Iterable[Metric]:
        tally = self._house.tally
        yield _histogram(
            "rachel_journal_commit_rows", "Rows of the journal's commits.", tally.commit_rows
        )
        yield _histogram(
            "rachel_journal_commit_seconds",
            "Seconds the journal's commits took.",
            tally.commit_seconds,
        )
        yield GaugeMetricFamily(
            "rachel_journal_stalled",
            "1 while nothing can be saved and play waits.",
            int(self._house.stalled),
        )
        yield GaugeMetricFamily(
            "rachel_last_backup_timestamp_seconds",
            "Unix time of the last backup that was noted in the data folder, 0 for never.",
            last_backup(self._data_dir),
        )
        yield GaugeMetricFamily(
            "rachel_database_up",
            "1 while the database answers what it is asked every few seconds, and can save.",
            int(self._database_up()),
        )
        pool = self._engine.pool
        if isinstance(pool, QueuePool):
            yield GaugeMetricFamily(
                "rachel_database_pool_size", "Connections the pool may hold.", pool.size()
            )
            yield GaugeMetricFamily(
                "rachel_database_pool_in_use", "Connections in use now.", pool.checkedout()
            )


def _histogram(name: str, text: str, spread: Spread) -> HistogramMetricFamily:
    return HistogramMetricFamily(name, text, buckets=_buckets(spread), sum_value=spread.total)


def _buckets(spread: Spread) -> list[tuple[str, float]]:
    """Return the classes as Prometheus counts them: each with all the smaller ones."""
    bounds = [*map(float, spread.bounds), float("inf")]
    return [
        ("+Inf" if bound == float("inf") else repr(bound), number)
        for bound, number in zip(bounds, accumulate(spread.counts), strict=True)
    ]
