"""The seat of one sitting in the file of seats: found, held against other terminals, kept."""

from contextlib import suppress
from pathlib import Path

from rachel.text import ascii_name
from rachel_tui.keep import saved_seat
from rachel_tui.keep.saved_seat import SavedSeat
from rachel_tui.keep.seat_lock import SeatInUse, SeatLock, is_held


class KeptSeat:
    """One person's seat at one host, for as long as they sit there.

    Attributes:
        found: the seat to come back to, None if there is none.
        notice: what its player should know about that, empty for nothing.
    """

    def __init__(
        self, path: Path, host_key: str, name: str, *, named: bool, takes_over: bool
    ) -> None:
        """Look the seat up, and hold it.

        Args:
            path: the file of seats.
            host_key: the host, as `SavedSeat` has it.
            name: the player's name.
            named: whether the player asked for that name, so that a seat under another is not
                theirs.
            takes_over: whether the seat is taken from another terminal that plays from it.
        """
        self.found: SavedSeat | None = None
        self.notice = ""
        self._path = path
        self._key: str | None = None  # None while another terminal plays from it
        self._lock: SeatLock | None = None
        found = saved_seat.load(path, host_key)
        if found is not None and named and found.name != ascii_name(name):
            self.notice = f"The seat kept here is {found.name}'s; you sit down as {name}."
            host_key = f"{host_key} as {ascii_name(name)}"
            found = saved_seat.load(path, host_key)
        try:
            if not takes_over:
                self._lock = SeatLock(path, host_key)
        except SeatInUse:
            self.notice = (
                "Another terminal here plays from your seat: you sit down as somebody else."
            )
            return
        self._key, self.found = host_key, found

    def keep(self, seat: SavedSeat) -> None:
        """Keep how the seat is reclaimed; the host's key in ``seat`` does not matter."""
        if self._key is not None:
            with suppress(OSError):  # the game can be played, only not continued later
                saved_seat.save(self._path, seat._replace(host_key=self._key))

    def forget(self) -> None:
        """Forget the seat."""
        if self._key is not None:
            with suppress(OSError):  # the next start finds the seat gone and joins afresh
                saved_seat.forget(self._path, self._key)

    def release(self) -> None:
        """Let other terminals play from it."""
        if self._lock is not None:
            self._lock.release()


def kept_room(path: Path, host_key: str) -> str:
    """Return the room in which a seat at a host is kept, empty if there is none.

    A seat from which another terminal here plays does not count: it stays that one's.
    """
    kept = saved_seat.load(path, host_key)
    return "" if kept is None or is_held(path, kept.host_key) else kept.room
