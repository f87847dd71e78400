"""What Alembic runs around the migrations, for `rachel_server.store.migrate` alone.

A new migration: ``alembic revision --rev-id NNNN -m "what it does"``, then fill in its two
functions, change rachel_server/store/schema.py and sqlite.sql to match, and let
tests/store/test_migrations.py compare the three. File names begin with the revision, four
digits, counting up.
"""

from alembic import context
from alembic.util import CommandError

from rachel_server.store.schema import metadata

connection = context.config.attributes.get("connection")
if connection is None:
    raise CommandError("run migrations through rachel_server.store.migrate")

context.configure(
    connection=connection,
    target_metadata=metadata,
    # SQLite alters little in place: batch operations build the table anew.
    render_as_batch=True,
    # One transaction around it all, on SQLite too.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
