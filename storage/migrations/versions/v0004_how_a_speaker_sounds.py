"""How a speaker sounds, kept with the account; how each take came across."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Json, UtcDateTime, ascii_code

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("performances") as performances:
        performances.add_column(sa.Column("emotion", Json, nullable=True))
    op.create_table(
        "speaker_baselines",
        sa.Column("user_id", ascii_code(32), nullable=False),
        sa.Column("learnt", Json, nullable=True),
        sa.Column("usual", Json, nullable=True),
        sa.Column("calibrated_at", UtcDateTime(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("user_id"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_speaker_baselines_user_id", ondelete="CASCADE"
        ),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mariadb_engine="InnoDB",
        mariadb_charset="utf8mb4",
        mariadb_collate="utf8mb4_bin",
    )


def downgrade() -> None:
    op.drop_table("speaker_baselines")
    with op.batch_alter_table("performances") as performances:
        performances.drop_column("emotion")
