"""The voice of a take: its pitch contour, loudness and quality."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Json

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("performances") as performances:
        performances.add_column(sa.Column("voice", Json, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("performances") as performances:
        performances.drop_column("voice")
