"""What visitors over SSH may ask of the server: keys, seats, tables.

Everything here is made of texts, numbers and tuples of them, because it goes from one process to
another (see `ssh_calls`).
"""

from typing import NamedTuple, Protocol


class KeyAccount(NamedTuple):
    """The account of a key.

    Attributes:
        id: its number.
        name: its username.
        key_only: whether only keys open it, and it is gone with the last of them.
    """

    id: int
    name: str
    key_only: bool


class KeptSeat(NamedTuple):
    """A seat that waits for a HELLO.

    Attributes:
        room: the table's code.
        game_id: its RUBP id.
        token: the HELLO's token, in hexadecimal digits.
    """

    room: str
    game_id: int
    token: str


class WatchedTable(NamedTuple):
    """A table that anybody may watch.

    Attributes:
        room: its code.
        runs: whether a game runs there.
        names: who sits there.
    """

    room: str
    runs: bool
    names: list[str]


class Leader(NamedTuple):
    """A line of the leaderboard."""

    rank: int
    name: str
    rating: int


class Refused(Exception):  # noqa: N818 - says what is the matter
    """The server refuses; the text says in one line why, for people.

    Attributes:
        code: the reason in one word, for programs.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class Desk(Protocol):
    """Answers visitors. Keys are named by their fingerprints, in hexadecimal digits."""

    async def find(self, key: str) -> KeyAccount | None:
        """Return the account of a key; None if it has none."""

    async def join(self, key: str, kind: str, name: str) -> KeyAccount:
        """Return the account of a key; if it has none, make one that goes by ``name`` or nearly.

        Raises:
            Refused: every name like it is taken.
        """

    async def link(self, key: str, kind: str, code: str) -> KeyAccount:
        """Tie a key to the account that a code comes from.

        Raises:
            Refused: the code is wrong, or the account has too many keys.
        """

    async def forget(self, key: str) -> None:
        """Untie a key; an account that nothing else opens is deleted."""

    async def reserve(self, room: str, account: int, name: str, key: str) -> KeptSeat:
        """Have a seat kept for an account, at any table if ``room`` is empty.

        Raises:
            Refused: there is none, or the database is slow.
        """

    async def begin(self, room: str, token: str) -> bool:
        """Begin the game in a room at once, for one whose seat there has this reconnect token.

        Return whether there was one to begin.
        """

    async def open_against_bots(
        self, address: str, seats: int, bots: str, bot_delay_s: float
    ) -> str:
        """Open a private table for somebody at an address; return its code, empty without one.

        It has ``seats``, and on all but one of them bots of the level ``bots``, which wait before
        they act.
        """

    async def has_room(self, code: str) -> bool:
        """Tell whether there is a room with this code."""

    async def room_of(self, account: int, public: bool | None) -> str:
        """Return the room of an account's running game, the latest one; empty without one.

        ``public`` asks for one at a public table, or at a private one.
        """

    async def watched_tables(self, limit: int) -> list[WatchedTable]:
        """Return at most ``limit`` tables that anybody may watch, running games first."""

    async def leaders(self, limit: int) -> list[Leader]:
        """Return the best players."""
