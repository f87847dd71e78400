"""A database of either kind, made ready for a server."""

from sqlalchemy import URL

from rachel_server.store.database_url import database_url, shown_url, sqlite_file
from rachel_server.store.migrate import current, require_known
from rachel_server.store.revisions import head
from rachel_server.store.sqlite_ready import prepare


class OlderSchema(Exception):  # noqa: N818 - says what is the matter
    """The database must be migrated before a server can run on it."""


def make_ready(url: str | URL) -> None:
    """Make a database ready for a server: check and migrate a SQLite file, check PostgreSQL.

    PostgreSQL is migrated by ``rachel migrate`` alone, because an older server may be using it.

    Raises:
        DatabaseDamaged: a SQLite file is damaged; the text says how to put a backup in its place.
        OlderSchema: PostgreSQL must be migrated; the text says how.
        UnknownSchema: a newer Rachel made the database.
        SQLAlchemyError: it cannot be reached, read or written.
        OSError: the file cannot be created.
    """
    file = sqlite_file(database_url(url))
    if file is not None:
        prepare(file)
        return
    revision = current(url)
    require_known(revision, shown_url(url))
    if revision != head():
        at = "has no tables yet" if revision is None else f"is at {revision}"
        raise OlderSchema(f"the database {at}, this Rachel needs {head()}: run rachel migrate")
