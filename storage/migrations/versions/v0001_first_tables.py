"""The tables of the first version."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.types import Bytes, FreeText, Json, UtcDateTime, ascii_code

revision = "0001"
down_revision = None

TABLES = (
    "users",
    "logins",
    "refresh_tokens",
    "socket_tickets",
    "scripts",
    "characters",
    "sessions",
    "performances",
    "feedback",
    "recordings",
    "tts_cache",
)


def _create(name: str, *parts: sa.schema.SchemaItem) -> None:
    options = {"engine": "InnoDB", "charset": "utf8mb4", "collate": "utf8mb4_bin"}
    by_dialect: dict[str, Any] = {
        f"{d}_{key}": value for d in ("mysql", "mariadb") for key, value in options.items()
    }
    op.create_table(name, *parts, **by_dialect)


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def _refers(
    table: str, column: str, target: str, on_delete: str = "CASCADE"
) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}"
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=on_delete)


def _code(name: str, length: int, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, ascii_code(length), nullable=nullable)


def _words(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, FreeText, nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=nullable, autoincrement=False)


def _long(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _json(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Json, nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, UtcDateTime(), nullable=nullable)


def upgrade() -> None:
    _create_accounts()
    _create_scripts()
    _create_results()
    _create_tts_cache()


def _create_accounts() -> None:
    _create(
        "users",
        _code("id", 32),
        sa.Column("email", sa.String(254), nullable=False),
        _words("display_name"),
        _code("password_hash", 255),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id"),
        _unique("users", "email"),
    )
    _create(
        "logins",
        _code("id", 32),
        _code("user_id", 32),
        _moment("created_at"),
        _moment("expires_at"),
        _moment("ended_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        _refers("logins", "user_id", "users"),
    )
    _index("logins", "user_id")
    _index("logins", "expires_at")
    _create(
        "refresh_tokens",
        _code("token_hash", 64),
        _code("login_id", 32),
        _moment("created_at"),
        _moment("used_at", nullable=True),
        sa.PrimaryKeyConstraint("token_hash"),
        _refers("refresh_tokens", "login_id", "logins"),
    )
    _index("refresh_tokens", "login_id")
    _create(
        "socket_tickets",
        _code("ticket_hash", 64),
        _code("login_id", 32),
        _moment("expires_at"),
        _moment("access_expires_at"),
        sa.PrimaryKeyConstraint("ticket_hash"),
        _refers("socket_tickets", "login_id", "logins"),
    )
    _index("socket_tickets", "login_id")
    _index("socket_tickets", "expires_at")


def _create_scripts() -> None:
    _create(
        "scripts",
        _code("id", 32),
        _code("user_id", 32),
        _words("title"),
        _words("author"),
        _code("format", 32),
        _words("document"),
        _number("revision"),
        _moment("created_at"),
        _moment("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        _refers("scripts", "user_id", "users"),
    )
    _index("scripts", "user_id", "created_at", "id")
    _create(
        "characters",
        _code("script_id", 32),
        _number("position"),
        _words("name"),
        _number("line_count"),
        sa.PrimaryKeyConstraint("script_id", "position"),
        _refers("characters", "script_id", "scripts"),
    )


def _create_results() -> None:
    _create(
        "sessions",
        _code("id", 32),
        _code("user_id", 32),
        _code("practice", 32),
        _code("script_id", 32, nullable=True),
        _code("scene_id", 32, nullable=True),
        _words("role", nullable=True),
        _code("state", 32),
        _json("options"),
        _moment("started_at"),
        _moment("ended_at", nullable=True),
        _long("duration_ms", nullable=True),
        _json("summary", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        _refers("sessions", "user_id", "users"),
        _refers("sessions", "script_id", "scripts", on_delete="SET NULL"),
    )
    _index("sessions", "user_id", "started_at", "id")
    _index("sessions", "script_id")
    _create(
        "performances",
        _code("id", 32),
        _code("session_id", 32),
        _code("line_id", 32),
        _number("take"),
        _words("character"),
        _words("line_text"),
        _code("outcome", 32),
        _number("prompts"),
        _long("started_ms"),
        _long("ended_ms"),
        _long("pickup_ms", nullable=True),
        _long("duration_ms"),
        _json("timing", nullable=True),
        _json("scores"),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id"),
        _unique("performances", "session_id", "line_id", "take"),
        _refers("performances", "session_id", "sessions"),
    )
    _create(
        "feedback",
        _code("session_id", 32),
        _number("position"),
        _code("performance_id", 32, nullable=True),
        _code("line_id", 32, nullable=True),
        _code("code", 32),
        _code("severity", 32),
        _words("text"),
        _json("evidence"),
        _long("at_ms"),
        sa.PrimaryKeyConstraint("session_id", "position"),
        _refers("feedback", "session_id", "sessions"),
        _refers("feedback", "performance_id", "performances"),
    )
    _index("feedback", "performance_id")
    _create(
        "recordings",
        _code("id", 32),
        _code("session_id", 32),
        _code("performance_id", 32, nullable=True),
        _code("object_key", 255),
        _number("sample_rate_hz"),
        _long("samples"),
        _code("sha256", 64),
        _code("retention", 32),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id"),
        _unique("recordings", "object_key"),
        _refers("recordings", "session_id", "sessions"),
        _refers("recordings", "performance_id", "performances"),
    )
    _index("recordings", "session_id")
    _index("recordings", "performance_id")


def _create_tts_cache() -> None:
    _create(
        "tts_cache",
        _code("key", 64),
        _code("user_id", 32, nullable=True),
        _code("engine", 32),
        _words("voice"),
        _number("sample_rate_hz"),
        sa.Column("pcm", Bytes, nullable=False),
        _json("words"),
        _long("duration_ms"),
        _long("size_bytes"),
        _moment("last_used_at"),
        sa.PrimaryKeyConstraint("key"),
        _refers("tts_cache", "user_id", "users"),
    )
    _index("tts_cache", "user_id")
    _index("tts_cache", "last_used_at")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
