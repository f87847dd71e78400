"""Games, their seats and their actions.

Revision 0001, the first.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final = None


def upgrade() -> None:
    """Build the three tables."""
    op.create_table(
        "games",
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("game_id", sa.Integer, nullable=False),
        sa.Column("room", sa.String(8), nullable=False),
        sa.Column("public", sa.Boolean, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("quarantine_reason", sa.Text),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("nonce", sa.LargeBinary, nullable=False),
        sa.Column("commitment", sa.String(64), nullable=False),
        sa.Column("turn_time_s", sa.Double),
        sa.Column("bot_level", sa.String(16), nullable=False),
        sa.Column("started_at", sa.Double, nullable=False),
        sa.Column("finished_at", sa.Double),
        sa.PrimaryKeyConstraint("id", name="pk_games"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_games_status", "games", ["status"])
    op.create_table(
        "seats",
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
    op.create_table(
        "actions",
        sa.Column("game", sa.String(12), nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("seat", sa.SmallInteger, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("state_hash", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("game", "turn", name="pk_actions"),
        sa.ForeignKeyConstraint(["game"], ["games.id"], name="fk_actions_game", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop the three tables and every game in them."""
    op.drop_table("actions")
    op.drop_table("seats")
    op.drop_index("ix_games_status", "games")
    op.drop_table("games")
