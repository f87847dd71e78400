"""An index for the list of results: finished games of public tables, the latest first.

Revision 0004. The index on the status alone makes room for it: the new one begins with the status.
"""

from typing import Final

from alembic import op

revision: Final = "0004"
down_revision: Final = "0003"


def upgrade() -> None:
    """Build the wider index."""
    op.drop_index("ix_games_status", "games")
    op.create_index("ix_games_status", "games", ["status", "public", "finished_at", "id"])


def downgrade() -> None:
    """Build the index on the status alone again."""
    op.drop_index("ix_games_status", "games")
    op.create_index("ix_games_status", "games", ["status"])
