"""The tables of the store (design.md, decision 2): a game is its seed, its seats and its actions.

Plain SQLAlchemy Core that means the same on SQLite and PostgreSQL. What is here must equal what
the migrations build; a test compares the two.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
)

GAME_ID_LENGTH: Final = 12
"""Letters and digits in the id of a game in the store."""

_SIGN: Final = 1 << 63
_WRAP: Final = 1 << 64


class Unsigned64(TypeDecorator[int]):
    """An unsigned 64-bit integer in a signed 64-bit column: the upper half is stored negative."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        """Return the signed integer with the same 64 bits.

        Raises:
            ValueError: the value is not an unsigned 64-bit integer.
        """
        if value is None:
            return None
        if not 0 <= value < _WRAP:
            raise ValueError(f"{value} is not an unsigned 64-bit integer")
        return value if value < _SIGN else value - _WRAP

    def process_result_value(self, value: int | None, dialect: Dialect) -> int | None:
        """Return the unsigned integer with the same 64 bits."""
        return None if value is None else value % _WRAP


metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

games: Final = Table(
    "games",
    metadata,
    Column("id", String(GAME_ID_LENGTH), primary_key=True),
    Column("game_id", Integer, nullable=False),  # the id on the wire, 16 bits
    Column("room", String(8), nullable=False),
    Column("public", Boolean, nullable=False),
    Column("status", String(16), nullable=False),  # a rachel_server.entries.GameStatus
    Column("quarantine_reason", Text),  # why a quarantined game cannot be played on
    Column("seed", Unsigned64, nullable=False),
    Column("nonce", LargeBinary, nullable=False),
    Column("commitment", String(64), nullable=False),  # as announced before the game
    Column("turn_time_s", Double),
    Column("bot_level", String(16), nullable=False),
    Column("started_at", Double, nullable=False),  # Unix time in seconds
    Column("finished_at", Double),  # Unix time in seconds
    # Without a row id, SQLite keeps a row in its primary key: one tree to update instead of two.
    sqlite_with_rowid=False,
)
Index(None, games.c.status)

seats: Final = Table(
    "seats",
    metadata,
    Column("game", ForeignKey(games.c.id, ondelete="CASCADE"), primary_key=True),
    Column("seat", SmallInteger, primary_key=True),
    Column("name", Text, nullable=False),
    Column("bot_level", String(16)),  # null: a person's seat
    Column("token_hash", LargeBinary),  # SHA-256 of the reconnect token
    Column("platform", Integer, nullable=False),
    Column("look", LargeBinary, nullable=False),
    Column("place", SmallInteger),  # 1 for the winner; null until the game is finished
    sqlite_with_rowid=False,
)

actions: Final = Table(
    "actions",
    metadata,
    Column("game", ForeignKey(games.c.id, ondelete="CASCADE"), primary_key=True),
    Column("turn", Integer, primary_key=True),  # turns before this one
    Column("seat", SmallInteger, nullable=False),
    Column("action", Text, nullable=False),  # D, 7H 7C, AS:H
    Column("state_hash", Unsigned64, nullable=False),  # after the action
    sqlite_with_rowid=False,
)
