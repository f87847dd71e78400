"""What tests of all kinds share: databases, and the accounts on them."""

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import uvloop
from accounts_harness import Site, open_site
from databases import Database, PostgresDatabase, SqliteDatabase
from postgres_server import PostgresServer, postgres_programs, postgres_server

from rachel_server.store.database_url import sqlite_url
from rachel_server.store.migrate import upgrade
from rachel_server.store.sqlite_file import DATABASE_FILE

BOTH = ["sqlite", "postgresql"]
ON_POSTGRES = {"postgres", "database", "empty_database"}


def pytest_collection_finish(session: pytest.Session) -> None:
    """Say at once, and once, what is missing on this machine."""
    if any(ON_POSTGRES & set(getattr(item, "fixturenames", ())) for item in session.items):
        try:
            postgres_programs()
        except FileNotFoundError as missing:
            pytest.exit(str(missing), returncode=1)


def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run what hosting is about on the event loop of hosts, and all else on that of players."""
    hosts = item.path.parent.name in ("http", "server")
    return {"uvloop": uvloop.new_event_loop} if hosts else {"asyncio": asyncio.new_event_loop}


@pytest.fixture(scope="session", autouse=True)
def program_on_path() -> Iterator[None]:
    """Have `rachel` on PATH, so that the commands which it names are the same everywhere."""
    folders = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", folders)
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Run one PostgreSQL for all tests; it is quick, and not to be killed."""
    with postgres_server() as server:
        yield server


@pytest.fixture(params=BOTH)
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Make a database without tables, once of each kind."""
    if request.param == "sqlite":
        yield SqliteDatabase(tmp_path)
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database() as name:
        yield PostgresDatabase(server, name, tmp_path)


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Make a database with Rachel's tables, once of each kind."""
    if request.param == "sqlite":
        shutil.copy2(request.getfixturevalue("migrated_file"), tmp_path / DATABASE_FILE)
        yield SqliteDatabase(tmp_path)
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database(request.getfixturevalue("migrated_postgres")) as name:
        yield PostgresDatabase(server, name, tmp_path)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate a SQLite database to make copies of."""
    folder = tmp_path_factory.mktemp("migrated")
    upgrade(sqlite_url(folder))
    return folder / DATABASE_FILE


@pytest.fixture(scope="session")
def migrated_postgres(postgres: PostgresServer) -> Iterator[str]:
    """Migrate a database of PostgreSQL to make copies of; return its name."""
    with postgres.database() as name:
        upgrade(postgres.url(name))
        yield name


@pytest.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    """Open the accounts of a server, once on each kind of database."""
    async with open_site(database) as site:
        yield site
