"""Column types that mean the same on SQLite, PostgreSQL and MySQL/MariaDB."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import JSON, DateTime, Dialect, LargeBinary, String, Text, TypeDecorator
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

MYSQL = ("mysql", "mariadb")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with microseconds, always aware and always UTC on the Python side.

    SQLite and MySQL have no time zones, so there the UTC wall time is stored; a naive value is
    refused rather than guessed at.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        """Pick the column type; MySQL's plain DATETIME would drop the microseconds."""
        if dialect.name in MYSQL:
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the database the moment in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a stored time needs a time zone: {value!r}; use datetime.now(UTC)")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give Python the moment with its time zone."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def ascii_code(length: int) -> String:
    """Column for ids, hashes and codes: compared byte by byte everywhere, MySQL included."""
    exact = mysql.VARCHAR(length, charset="ascii", collation="ascii_bin")
    return String(length).with_variant(exact, *MYSQL)


# MySQL's TEXT ends at 64 KiB and its BLOB too; a play and a spoken line are longer.
FreeText = Text().with_variant(mysql.LONGTEXT(), *MYSQL)
Bytes = LargeBinary().with_variant(mysql.LONGBLOB(), *MYSQL)
# Python's None is SQL's NULL, not the JSON word "null".
Json = JSON(none_as_null=True)
