"""Accounts, registrations, sessions and password resets, and the accounts of seats.

Revision 0002, after the games.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0002"
down_revision: Final = "0001"

_SEATS: Final = sa.Table(
    "seats",
    sa.MetaData(),
    sa.Column("game", sa.String(12), nullable=False),
    sa.Column("seat", sa.SmallInteger, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("bot_level", sa.String(16)),
    sa.Column("token_hash", sa.LargeBinary),
    sa.Column("platform", sa.Integer, nullable=False),
    sa.Column("look", sa.LargeBinary, nullable=False),
    sa.Column("place", sa.SmallInteger),
    sa.PrimaryKeyConstraint("game", "seat", name="pk_seats"),
    sa.ForeignKeyConstraint(["game"], ["games.id"], name="fk_seats_game", ondelete="CASCADE"),
    sqlite_with_rowid=False,
)
"""As 0001 made it: SQLite cannot add a foreign key, so that a new table is built from this."""


def upgrade() -> None:
    """Build four tables, and give seats a column for the account."""
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("username", sa.String(20), nullable=False),
        sa.Column("username_key", sa.String(20), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", sa.String(254), nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("rating", sa.Integer, nullable=False),
        sa.Column("rated_games", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("username_key", name="uq_accounts_username_key"),
        sa.UniqueConstraint("email_key", name="uq_accounts_email_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_accounts_rating", "accounts", ["rating", "rated_games"])
    op.create_table(
        "registrations",
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("username", sa.String(20), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", sa.String(254), nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_registrations"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_registrations_email_key", "registrations", ["email_key"])
    op.create_table(
        "password_resets",
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("account", sa.Integer),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_password_resets"),
        sa.ForeignKeyConstraint(
            ["account"], ["accounts.id"], name="fk_password_resets_account", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_password_resets_account", "password_resets", ["account"])
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("account", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("last_used_at", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.Column("user_agent", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
        sa.ForeignKeyConstraint(
            ["account"], ["accounts.id"], name="fk_sessions_account", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_sessions_account", "sessions", ["account"])
    with op.batch_alter_table("seats", copy_from=_SEATS) as seats:
        seats.add_column(sa.Column("account", sa.Integer))
        seats.create_foreign_key(
            "fk_seats_account", "accounts", ["account"], ["id"], ondelete="SET NULL"
        )
    with_accounts = sa.text("account IS NOT NULL")
    op.create_index(
        "ix_seats_account",
        "seats",
        ["account"],
        sqlite_where=with_accounts,
        postgresql_where=with_accounts,
    )


def downgrade() -> None:
    """Drop every account; their seats become guests' seats."""
    op.drop_index("ix_seats_account", "seats")
    seats_now = _SEATS.to_metadata(sa.MetaData())
    seats_now.append_column(sa.Column("account", sa.Integer))
    seats_now.append_constraint(
        sa.ForeignKeyConstraint(
            ["account"], ["accounts.id"], name="fk_seats_account", ondelete="SET NULL"
        )
    )
    with op.batch_alter_table("seats", copy_from=seats_now) as seats:
        seats.drop_constraint("fk_seats_account", type_="foreignkey")
        seats.drop_column("account")
    op.drop_index("ix_sessions_account", "sessions")
    op.drop_table("sessions")
    op.drop_index("ix_password_resets_account", "password_resets")
    op.drop_table("password_resets")
    op.drop_index("ix_registrations_email_key", "registrations")
    op.drop_table("registrations")
    op.drop_index("ix_accounts_rating", "accounts")
    op.drop_table("accounts")
