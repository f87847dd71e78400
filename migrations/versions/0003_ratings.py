"""Ratings, and the results of each seat beyond its place.

Revision 0003, after the accounts.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0003"
down_revision: Final = "0002"

_RESULTS: Final = ("cards_left", "attack_dealt", "attack_taken")


def upgrade() -> None:
    """Build the table, and give every seat three columns that old games leave empty."""
    op.create_table(
        "ratings",
        sa.Column("account", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("game", sa.String(12), nullable=False),
        sa.Column("rating_before", sa.Integer, nullable=False),
        sa.Column("rating_after", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("account", "number", name="pk_ratings"),
        sa.UniqueConstraint("game", "account", name="uq_ratings_game"),
        sa.ForeignKeyConstraint(
            ["account"], ["accounts.id"], name="fk_ratings_account", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["game"], ["games.id"], name="fk_ratings_game", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.add_column("seats", sa.Column("cards_left", sa.SmallInteger))
    op.add_column("seats", sa.Column("attack_dealt", sa.Integer))
    op.add_column("seats", sa.Column("attack_taken", sa.Integer))


def downgrade() -> None:
    """Drop the ratings' history and the three columns; accounts keep their rating."""
    for column in reversed(_RESULTS):
        op.drop_column("seats", column)
    op.drop_table("ratings")
