"""Keys of people who play over SSH, and codes that tie a key to an account.

Revision 0006.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0006"
down_revision: Final = "0005"


def upgrade() -> None:
    """Build two tables."""
    op.create_table(
        "ssh_keys",
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("account", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("added_at", sa.Double, nullable=False),
        sa.Column("last_used_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_ssh_keys"),
        sa.ForeignKeyConstraint(
            ["account"], ["accounts.id"], name="fk_ssh_keys_account", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ssh_keys_account", "ssh_keys", ["account"])
    op.create_table(
        "key_codes",
        sa.Column("code_hash", sa.LargeBinary, nullable=False),
        sa.Column("account", sa.Integer, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name="pk_key_codes"),
        sa.ForeignKeyConstraint(
            ["account"], ["accounts.id"], name="fk_key_codes_account", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_key_codes_account", "key_codes", ["account"])


def downgrade() -> None:
    """Drop them. Accounts that only a key opens stay, and nobody can open them."""
    op.drop_table("key_codes")
    op.drop_table("ssh_keys")
