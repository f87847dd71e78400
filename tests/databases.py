"""The databases tests run on: SQLite in a folder, and PostgreSQL, looked at past Rachel's own code.

Whatever touches storage takes the fixture ``database``, and so runs on both.
"""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from postgres_server import PostgresServer

from rachel_server.store import sqlite_file
from rachel_server.store.database_url import sqlite_url
from rachel_server.store.sqlite_file import DATABASE_FILE, PRAGMAS

Rows = list[tuple[Any, ...]]

TABLES: Final = "games, seats, actions"


class Database(ABC):
    """One database of a test's own.

    Attributes:
        kind: ``sqlite`` or ``postgresql``.
        data_dir: the data folder of a server on it.
        url: where it is, for the store.
        hasty_url: the same, for a store that hardly waits for locks.
        server_url: DATABASE_URL of a server on it, None for the one in its data folder.
    """

    kind: str
    data_dir: Path
    url: str
    hasty_url: str
    server_url: str | None

    @abstractmethod
    def rows(self, query: str) -> Rows:
        """Ask the database itself."""

    @abstractmethod
    def change(self, statement: str) -> None:
        """Change it behind Rachel's back."""

    @abstractmethod
    def locked(self) -> AbstractContextManager[None]:
        """Keep every writer out, as another process could."""

    @abstractmethod
    def full(self) -> AbstractContextManager[None]:
        """Let it grow no further; the journal must not have it open yet."""

    @abstractmethod
    def gone(self) -> AbstractContextManager[None]:
        """Let nobody find it."""

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which `rachel` finds it, apart from its data folder."""
        return {} if self.server_url is None else {"DATABASE_URL": self.server_url}

    @property
    def options(self) -> list[str]:
        """The options with which a command that looks after it finds it."""
        return ["--data", str(self.data_dir)] if self.server_url is None else []


class SqliteDatabase(Database):
    """The file in a data folder."""

    kind = "sqlite"

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.url = str(sqlite_url(data_dir))
        self.hasty_url = f"{self.url}?timeout=0.05"
        self.server_url = None

    def rows(self, query: str) -> Rows:
        with closing(sqlite3.connect(self.data_dir / DATABASE_FILE)) as reader:
            return reader.execute(query).fetchall()

    def change(self, statement: str) -> None:
        with closing(sqlite3.connect(self.data_dir / DATABASE_FILE)) as writer:
            writer.execute(statement)
            writer.commit()

    @contextmanager
    def locked(self) -> Iterator[None]:
        path = self.data_dir / DATABASE_FILE
        with closing(sqlite3.connect(path, isolation_level=None)) as intruder:
            intruder.execute("BEGIN IMMEDIATE")
            yield
            intruder.execute("ROLLBACK")

    @contextmanager
    def full(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            limited = (*PRAGMAS, "PRAGMA max_page_count = 1")
            patch.setattr(sqlite_file, "PRAGMAS", limited)
            yield

    @contextmanager
    def gone(self) -> Iterator[None]:
        away = self.data_dir.with_name(f"{self.data_dir.name}-away")
        self.data_dir.rename(away)
        try:
            yield
        finally:
            away.rename(self.data_dir)


class PostgresDatabase(Database):
    """A database of a PostgreSQL server."""

    kind = "postgresql"

    def __init__(self, server: PostgresServer, name: str, data_dir: Path) -> None:
        self.server = server
        self.name = name
        self.data_dir = data_dir
        self.url = self.hasty_url = self.server_url = server.url(name)

    def rows(self, query: str) -> Rows:
        return self.server.execute(self.name, query)

    def change(self, statement: str) -> None:
        self.server.execute(self.name, statement)

    @contextmanager
    def locked(self) -> Iterator[None]:
        with psycopg.connect(self.server.conninfo(self.name)) as intruder:
            intruder.execute(f"LOCK TABLE {TABLES} IN EXCLUSIVE MODE")
            yield
            intruder.rollback()

    @contextmanager
    def full(self) -> Iterator[None]:
        self.change(
            "CREATE FUNCTION fill_disk() RETURNS trigger AS"
            " $$BEGIN RAISE 'disk full' USING ERRCODE = 'disk_full'; END$$ LANGUAGE plpgsql"
        )
        self.change("CREATE TRIGGER full_disk BEFORE INSERT ON games EXECUTE FUNCTION fill_disk()")
        try:
            yield
        finally:
            self.change("DROP FUNCTION fill_disk CASCADE")

    @contextmanager
    def gone(self) -> Iterator[None]:
        self._admit(False)
        self.server.execute(
            "postgres",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.name}'",
        )
        try:
            yield
        finally:
            self._admit(True)

    def _admit(self, admit: bool) -> None:
        self.server.execute("postgres", f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS {admit}")
