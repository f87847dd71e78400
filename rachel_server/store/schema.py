"""The tables of the store: games as seed, seats and actions, and accounts.

Why games are stored so is in docs/ARCHITECTURE.md (Decisions, 2). The tables mean the same on
SQLite and PostgreSQL. They must equal what the migrations build: a test compares the two.
"""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
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
    UniqueConstraint,
    and_,
    func,
)

from rachel_server.store.signed_words import signed, unsigned
from rachel_server.store.stored_rows import ColumnType

GAME_ID_LENGTH: Final = 12
"""Letters and digits in the id of a game in the store."""


class Unsigned64(TypeDecorator[int]):
    """An unsigned 64-bit integer in a signed 64-bit column: the upper half is stored negative."""

    impl = BigInteger
    cache_ok = True

    @property
    def python_type(self) -> type[int]:
        """The type of its values in Python."""
        return int

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        """Return `signed` of a value."""
        return None if value is None else signed(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> int | None:
        """Return `unsigned` of a value."""
        found: int | None = unsigned(value)
        return found


metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

accounts: Final = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("username", String(20), nullable=False),
    Column("username_key", String(20), nullable=False, unique=True),  # in lower case
    # An account that only SSH keys open has no address, no hash, and a key that is no address.
    Column("email", String(254), nullable=False),
    Column("email_key", String(254), nullable=False, unique=True),  # in lower case
    Column("password_hash", Text, nullable=False),  # argon2's own notation
    Column("created_at", Double, nullable=False),  # Unix time in seconds, as everywhere
    Column("rating", Integer, nullable=False),
    Column("rated_games", Integer, nullable=False),
    # The id of a deleted account never comes again: tables may still remember it.
    sqlite_autoincrement=True,
)
Index(None, accounts.c.rating, accounts.c.rated_games)

registrations: Final = Table(
    "registrations",  # accounts to be, once the owner of the address has confirmed it
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),  # SHA-256 of what the mail's link holds
    Column("username", String(20), nullable=False),
    Column("email", String(254), nullable=False),
    Column("email_key", String(254), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("expires_at", Double, nullable=False),
    sqlite_with_rowid=False,
)
Index(None, registrations.c.email_key)

password_resets: Final = Table(
    "password_resets",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),  # SHA-256 of what the mail's link holds
    # Null: the address has no account. Such rows make both cases cost the same work.
    Column("account", ForeignKey(accounts.c.id, ondelete="CASCADE")),
    Column("expires_at", Double, nullable=False),
    sqlite_with_rowid=False,
)
Index(None, password_resets.c.account)

sessions: Final = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),  # SHA-256 of the session's token
    Column("account", ForeignKey(accounts.c.id, ondelete="CASCADE"), nullable=False),
    Column("created_at", Double, nullable=False),
    Column("last_used_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("user_agent", String(80), nullable=False),  # as sent by the client
    sqlite_with_rowid=False,
)
Index(None, sessions.c.account)

ssh_keys: Final = Table(
    "ssh_keys",
    metadata,
    Column("fingerprint", LargeBinary, primary_key=True),  # SHA-256 of the public key
    Column("account", ForeignKey(accounts.c.id, ondelete="CASCADE"), nullable=False),
    Column("kind", String(40), nullable=False),  # such as ssh-ed25519
    Column("added_at", Double, nullable=False),
    Column("last_used_at", Double, nullable=False),
    sqlite_with_rowid=False,
)
Index(None, ssh_keys.c.account)

key_codes: Final = Table(
    "key_codes",  # what ties a key to the account that asked for the code
    metadata,
    Column("code_hash", LargeBinary, primary_key=True),  # SHA-256 of the code
    Column("account", ForeignKey(accounts.c.id, ondelete="CASCADE"), nullable=False),
    Column("expires_at", Double, nullable=False),
    sqlite_with_rowid=False,
)
Index(None, key_codes.c.account)

games: Final = Table(
    "games",
    metadata,
    Column("id", String(GAME_ID_LENGTH), primary_key=True),
    Column("game_id", Integer, nullable=False),  # the id on the wire, 16 bits
    Column("room", String(8), nullable=False),
    Column("public", Boolean, nullable=False),
    Column("status", String(16), nullable=False),  # a rachel_server.core.entries.GameStatus
    Column("quarantine_reason", Text),  # why a quarantined game cannot be played on
    Column("seed", Unsigned64, nullable=False),
    Column("nonce", LargeBinary, nullable=False),
    Column("commitment", String(64), nullable=False),  # as announced before the game
    Column("turn_time_s", Double),
    Column("bot_level", String(16), nullable=False),
    Column("started_at", Double, nullable=False),  # Unix time in seconds
    Column("finished_at", Double),  # Unix time in seconds
    Column("watch", Boolean),  # whether people without a seat may watch; null: they may
    # Without a row id, SQLite keeps a row in its primary key: one tree to update instead of two.
    sqlite_with_rowid=False,
)
# For queries by status, and for the results of public tables in the order of their list.
Index(None, games.c.status, games.c.public, games.c.finished_at, games.c.id)

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
    Column("account", ForeignKey(accounts.c.id, ondelete="SET NULL")),  # null: bot or guest
    Column("cards_left", SmallInteger),  # null until the game is finished, as the two below
    Column("attack_dealt", Integer),
    Column("attack_taken", Integer),
    sqlite_with_rowid=False,
)
# Most seats have no account, and are therefore left out of the index.
Index(
    None,
    seats.c.account,
    sqlite_where=seats.c.account.is_not(None),
    postgresql_where=seats.c.account.is_not(None),
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

ratings: Final = Table(
    "ratings",  # how each rated game changed an account's rating
    metadata,
    Column("account", ForeignKey(accounts.c.id, ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),  # 1 for the account's first rated game
    Column("game", ForeignKey(games.c.id, ondelete="CASCADE"), nullable=False),
    Column("rating_before", Integer, nullable=False),
    Column("rating_after", Integer, nullable=False),
    UniqueConstraint("game", "account"),  # no game is rated twice
    sqlite_with_rowid=False,
)

LATEST: Final = 253_402_300_799.0
"""The last second of the year 9999: a later time is none."""


def types_of(columns: Iterable[Column[Any]]) -> tuple[ColumnType, ...]:
    """Return what columns are for."""
    return tuple(ColumnType(it.name, it.type.python_type, bool(it.nullable)) for it in columns)


def hold_numbers(*columns: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that these columns hold numbers or nothing, and no impossible time.

    SQLite stores anything in any column, and what is no number counts as larger than all of them.
    """
    return and_(*(func.coalesce(column, 0).between(-LATEST, LATEST) for column in columns))
