"""Who sits at a table, and who of them is away, from the host's messages alone."""

import re
from typing import Final

from rachel.client.state import checked_seat
from rachel.client.updates import PlayerGone, RosterChanged
from rachel.rubp import PlayerList, PlayerName
from rachel.text import clean_name

_GONE_LINE: Final = re.compile(r"(.+) (has left|lost the connection)")
_ANNOUNCED_NAME_MAX: Final = 20
"""Characters of a name that an announcement holds."""


class Roster:
    """The people of a table as one of its clients knows them.

    Attributes:
        platforms: RUBP platform ids of the seats whose players (or bots) are present.
        left: the seats whose players left on purpose.
        lost: the seats whose players lost the connection, until a bot has moved for them.
        watchers: how many watch the table.
    """

    def __init__(self) -> None:
        self.platforms: dict[int, int] = {}
        self.left: set[int] = set()
        self.lost: set[int] = set()
        self.watchers = 0
        self._names: dict[int, str] = {}
        self._seen: set[int] = set()  # who was here, and is not known to have gone since

    def names(self, seats: int) -> list[str]:
        """Return a name for each of so many seats, cleaned; Seat 1 for one without a name."""
        return [self._names.get(seat, f"Seat {seat + 1}") for seat in range(seats)]

    def take(self, message: PlayerName | PlayerList, limit: int) -> int:
        """Take who is named, or present; return how many seats that shows at least.

        Raises:
            MessageError: it names a seat beyond ``limit``, and changed nothing.
        """
        if isinstance(message, PlayerName):
            seat = checked_seat(message.seat, limit)
            self._names[seat] = clean_name(message.name)
            return seat + 1
        platforms = {
            checked_seat(entry.player_id, limit): entry.platform for entry in message.entries
        }
        self.platforms, self.watchers = platforms, message.watchers
        self._seen |= platforms.keys()
        self.left -= platforms.keys()
        self.lost -= platforms.keys()
        return max(platforms, default=-1) + 1

    def hear(self, announcement: str, seats: int) -> PlayerGone | RosterChanged | None:
        """Take an announcement that somebody is gone; return None if it is about no seat.

        Whoever comes, or comes back, is told of those who went before: that is no `PlayerGone`.
        """
        found = _GONE_LINE.fullmatch(announcement)
        for seat, name in enumerate(self.names(seats) if found else ()):
            if found and name[:_ANNOUNCED_NAME_MAX] == found[1] and seat not in self.platforms:
                left = found[2] == "has left"
                is_news = seat in self._seen or (left and seat in self.lost)
                self._seen.discard(seat)
                now, before = (self.left, self.lost) if left else (self.lost, self.left)
                now.add(seat)
                before.discard(seat)
                return PlayerGone(seat, left) if is_news else RosterChanged()
        return None

    def keep(self, seats: int) -> None:
        """Know that there are only so many seats."""
        self.platforms = {seat: it for seat, it in self.platforms.items() if seat < seats}
