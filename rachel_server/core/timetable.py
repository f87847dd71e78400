"""When which table has something to do: one heap for all of them."""

import heapq

from rachel_server.core.table import Table


class Timetable:
    """Tables and their deadlines, readings of the play clock.

    A table whose deadline has moved further away keeps its entry, and is looked at again when that
    comes up: most turns end long before their clock, and planning them anew each time would cost
    more than looking at a table once too often.
    """

    def __init__(self) -> None:
        self._entries: list[tuple[float, int, Table]] = []
        self._earliest: dict[Table, float] = {}
        self._count = 0

    def plan(self, table: Table, deadline: float | None) -> None:
        """Note when a table has something to do next, if ever."""
        if deadline is None:
            return
        planned = self._earliest.get(table)
        if planned is not None and deadline >= planned:
            return
        self._earliest[table] = deadline
        self._count += 1
        heapq.heappush(self._entries, (deadline, self._count, table))

    def drop(self, table: Table) -> None:
        """Forget a table."""
        self._earliest.pop(table, None)

    def next_deadline(self) -> float | None:
        """Return when to look at the next table, None while there is none."""
        entries = self._entries
        while entries and self._earliest.get(entries[0][2]) != entries[0][0]:
            heapq.heappop(entries)
        return entries[0][0] if entries else None

    def due(self, now: float, most: int) -> list[Table]:
        """Take out the tables to look at now, the longest due first, at most so many."""
        tables: list[Table] = []
        while len(tables) < most:
            deadline = self.next_deadline()
            if deadline is None or deadline > now:
                break
            table = heapq.heappop(self._entries)[2]
            del self._earliest[table]
            tables.append(table)
        return tables

    def late(self, before: float) -> int:
        """Return how many tables were to be looked at before then."""
        return sum(deadline < before for deadline in self._earliest.values())
