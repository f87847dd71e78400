"""Whether a game may be watched.

Revision 0005. Null, as in older games, means that it may.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0005"
down_revision: Final = "0004"


def upgrade() -> None:
    """Give every game one more column."""
    op.add_column("games", sa.Column("watch", sa.Boolean))


def downgrade() -> None:
    """Drop it: every game may be watched then."""
    op.drop_column("games", "watch")
