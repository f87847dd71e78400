"""What becomes durable together: what comes while the batch before is being written."""

from collections.abc import Sequence, Set
from typing import final

from rachel_server.core.entries import Record
from rachel_server.store.entry_rows import add_entry
from rachel_server.store.rows import Rows


@final
class Batch:
    """Records that become durable together.

    Attributes:
        rows: what they change.
        last: the sequence number of the last record; 0 while there is none.
    """

    __slots__ = ("last", "rows")

    def __init__(self) -> None:
        self.rows = Rows()
        self.last = 0

    def add(self, records: Sequence[Record], refused: Set[str], fences: dict[str, int]) -> None:
        """Add records, all or none, but for those that the journal takes no more.

        Args:
            records: one or more.
            refused: games of which none are taken.
            fences: games of which only those of a lease are taken that is at least as late.

        Raises:
            ValueError: a record holds an action that does not exist.
            OverflowError: a record holds a seed that is not an unsigned 64-bit integer.
        """
        # An entry adds all of its rows or none; several have rows of their own until all are there.
        rows = self.rows if len(records) == 1 else Rows()
        for record in records:
            game = record.entry.game
            if game not in refused and record.epoch >= fences.get(game, 0):
                add_entry(rows, record.entry)
        if rows is not self.rows:
            self.rows.extend(rows)
        self.last = records[-1].sequence
