"""Password resets, and creating requests that may be sent again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import UtcDateTime, ascii_code

revision = "0002"
down_revision = "0001"

UNIQUE = "uq_scripts_user_id_creation_key"


def upgrade() -> None:
    with op.batch_alter_table("scripts") as scripts:
        scripts.add_column(sa.Column("creation_key", ascii_code(64), nullable=True))
        scripts.add_column(sa.Column("creation_digest", ascii_code(64), nullable=True))
        scripts.create_unique_constraint(UNIQUE, ["user_id", "creation_key"])
    op.create_table(
        "password_resets",
        sa.Column("token_hash", ascii_code(64), nullable=False),
        sa.Column("user_id", ascii_code(32), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_password_resets_user_id", ondelete="CASCADE"
        ),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mariadb_engine="InnoDB",
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_bin",
    )
    op.create_index("ix_password_resets_user_id", "password_resets", ["user_id"])
    op.create_index("ix_password_resets_expires_at", "password_resets", ["expires_at"])


def downgrade() -> None:
    op.drop_table("password_resets")
    with op.batch_alter_table("scripts") as scripts:
        scripts.drop_constraint(UNIQUE, type_="unique")
        scripts.drop_column("creation_digest")
        scripts.drop_column("creation_key")
