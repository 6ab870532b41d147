"""Every table, in one place; migrations bring a database to exactly this.

Rows that belong to somebody are deleted with their owner by the database itself (ON DELETE
CASCADE), so that erasing a user cannot forget a table.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from storage.ids import ID_LENGTH
from storage.types import Bytes, FreeText, Json, UtcDateTime, ascii_code

SHA256_HEX_LENGTH = 64
EMAIL_LENGTH = 254  # RFC 5321: a path of 256 octets with its angle brackets
CODE_LENGTH = 32
KEY_LENGTH = 255

# A constraint can only be dropped by a later migration if it has a name.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)
# MySQL's usual collation takes "Ann" and "ann" for the same word.
MYSQL_OPTIONS: dict[str, Any] = {
    f"{dialect}_{option}": value
    for dialect in ("mysql", "mariadb")
    for option, value in {
        "engine": "InnoDB",
        "charset": "utf8mb4",
        "collate": "utf8mb4_bin",
    }.items()
}


def _table(name: str, *parts: Column[Any] | Index | UniqueConstraint) -> Table:
    return Table(name, metadata, *parts, **MYSQL_OPTIONS)


def _id() -> Column[str]:
    return Column("id", ascii_code(ID_LENGTH), primary_key=True)


def _owned_by(target: str, *, primary_key: bool = False) -> Column[str]:
    """Refer to the owner of the row, who takes it along when they go."""
    key = ForeignKey(f"{target}s.id", ondelete="CASCADE")
    return Column(
        f"{target}_id", ascii_code(ID_LENGTH), key, nullable=False, primary_key=primary_key
    )


def _moment(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, UtcDateTime(), nullable=nullable)


users = _table(
    "users",
    _id(),
    Column("email", String(EMAIL_LENGTH), nullable=False),
    Column("display_name", FreeText, nullable=False),
    Column("password_hash", ascii_code(KEY_LENGTH), nullable=False),
    _moment("created_at"),
    UniqueConstraint("email"),
)

# One sign-in on one device: the family of refresh tokens that descend from it.
logins = _table(
    "logins",
    _id(),
    _owned_by("user"),
    _moment("created_at"),
    _moment("expires_at"),
    _moment("ended_at", nullable=True),
    Index(None, "user_id"),
    Index(None, "expires_at"),
)

refresh_tokens = _table(
    "refresh_tokens",
    Column("token_hash", ascii_code(SHA256_HEX_LENGTH), primary_key=True),
    _owned_by("login"),
    _moment("created_at"),
    _moment("used_at", nullable=True),
    Index(None, "login_id"),
)

socket_tickets = _table(
    "socket_tickets",
    Column("ticket_hash", ascii_code(SHA256_HEX_LENGTH), primary_key=True),
    _owned_by("login"),
    _moment("expires_at"),
    # The socket outlives the ticket, but not the access token that asked for it.
    _moment("access_expires_at"),
    Index(None, "login_id"),
    Index(None, "expires_at"),
)

# Lets somebody choose a new password who can read the mail of their address.
password_resets = _table(
    "password_resets",
    Column("token_hash", ascii_code(SHA256_HEX_LENGTH), primary_key=True),
    _owned_by("user"),
    _moment("expires_at"),
    Index(None, "user_id"),
    Index(None, "expires_at"),
)

scripts = _table(
    "scripts",
    _id(),
    _owned_by("user"),
    Column("title", FreeText, nullable=False),
    Column("author", FreeText, nullable=False),
    Column("format", ascii_code(CODE_LENGTH), nullable=False),
    Column("document", FreeText, nullable=False),  # the whole script as JSON
    Column("revision", Integer, nullable=False),
    _moment("created_at"),
    _moment("updated_at"),
    # A request to create that is sent again finds what it created the first time.
    Column("creation_key", ascii_code(SHA256_HEX_LENGTH), nullable=True),
    Column("creation_digest", ascii_code(SHA256_HEX_LENGTH), nullable=True),
    Index(None, "user_id", "created_at", "id"),
    UniqueConstraint("user_id", "creation_key"),
)

characters = _table(
    "characters",
    _owned_by("script", primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("name", FreeText, nullable=False),
    Column("line_count", Integer, nullable=False),
)

sessions = _table(
    "sessions",
    _id(),
    _owned_by("user"),
    Column("practice", ascii_code(CODE_LENGTH), nullable=False),
    # What was rehearsed outlives the script it was rehearsed from.
    Column(
        "script_id",
        ascii_code(ID_LENGTH),
        ForeignKey("scripts.id", ondelete="SET NULL"),
        nullable=True,
    ),
    Column("scene_id", ascii_code(CODE_LENGTH), nullable=True),
    Column("role", FreeText, nullable=True),
    Column("state", ascii_code(CODE_LENGTH), nullable=False),
    Column("options", Json, nullable=False),
    _moment("started_at"),
    _moment("ended_at", nullable=True),
    Column("duration_ms", BigInteger, nullable=True),
    Column("summary", Json, nullable=True),
    Index(None, "user_id", "started_at", "id"),
    Index(None, "script_id"),
)

performances = _table(
    "performances",
    _id(),
    _owned_by("session"),
    Column("line_id", ascii_code(CODE_LENGTH), nullable=False),
    Column("take", Integer, nullable=False),
    Column("character", FreeText, nullable=False),
    Column("line_text", FreeText, nullable=False),
    Column("outcome", ascii_code(CODE_LENGTH), nullable=False),
    Column("prompts", Integer, nullable=False),
    Column("started_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger, nullable=False),
    Column("pickup_ms", BigInteger, nullable=True),
    Column("duration_ms", BigInteger, nullable=False),
    Column("timing", Json, nullable=True),
    Column("voice", Json, nullable=True),
    Column("emotion", Json, nullable=True),
    Column("scores", Json, nullable=False),
    _moment("created_at"),
    UniqueConstraint("session_id", "line_id", "take"),
)

feedback = _table(
    "feedback",
    _owned_by("session", primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    # Empty for feedback on the scene as a whole.
    Column(
        "performance_id",
        ascii_code(ID_LENGTH),
        ForeignKey("performances.id", ondelete="CASCADE"),
        nullable=True,
    ),
    Column("line_id", ascii_code(CODE_LENGTH), nullable=True),
    Column("code", ascii_code(CODE_LENGTH), nullable=False),
    Column("severity", ascii_code(CODE_LENGTH), nullable=False),
    Column("text", FreeText, nullable=False),
    Column("evidence", Json, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index(None, "performance_id"),
)

recordings = _table(
    "recordings",
    _id(),
    _owned_by("session"),
    Column(
        "performance_id",
        ascii_code(ID_LENGTH),
        ForeignKey("performances.id", ondelete="CASCADE"),
        nullable=True,
    ),
    Column("object_key", ascii_code(KEY_LENGTH), nullable=False),
    Column("sample_rate_hz", Integer, nullable=False),
    Column("samples", BigInteger, nullable=False),
    Column("sha256", ascii_code(SHA256_HEX_LENGTH), nullable=False),
    Column("retention", ascii_code(CODE_LENGTH), nullable=False),
    _moment("created_at"),
    Index(None, "session_id"),
    Index(None, "performance_id"),
    UniqueConstraint("object_key"),
)

# How somebody sounds when they express nothing in particular; a judgement is relative to it.
speaker_baselines = _table(
    "speaker_baselines",
    _owned_by("user", primary_key=True),
    Column("learnt", Json, nullable=True),  # means something to the model that it names only
    Column("usual", Json, nullable=True),  # mean measures of their lines
    _moment("calibrated_at", nullable=True),
    _moment("updated_at"),
)

# Whose line was spoken: a cached voice holds the words of somebody's script, so it goes with them.
tts_cache = _table(
    "tts_cache",
    Column("key", ascii_code(SHA256_HEX_LENGTH), primary_key=True),
    Column(
        "user_id",
        ascii_code(ID_LENGTH),
        ForeignKey("users.id", ondelete="CASCADE"),
        nullable=True,
    ),
    Column("engine", ascii_code(CODE_LENGTH), nullable=False),
    Column("voice", FreeText, nullable=False),
    Column("sample_rate_hz", Integer, nullable=False),
    Column("pcm", Bytes, nullable=False),
    Column("words", Json, nullable=False),
    Column("duration_ms", BigInteger, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    _moment("last_used_at"),
    Index(None, "user_id"),
    Index(None, "last_used_at"),
)
