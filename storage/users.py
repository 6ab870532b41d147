"""Who has an account."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from storage.database import Database
from storage.ids import new_id
from storage.rows import to_record
from storage.tables import users


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A person with an account."""

    id: str
    email: str  # as normalised by whoever asks: compared letter by letter here
    display_name: str
    created_at: datetime


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """What a password is checked against."""

    id: str
    password_hash: str


class UserRepository:
    """Accounts in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(
        self, *, email: str, display_name: str, password_hash: str, now: datetime
    ) -> User | None:
        """Make an account; None if the address has one already."""
        user = User(id=new_id(), email=email, display_name=display_name, created_at=now)
        row = {**msgspec.structs.asdict(user), "password_hash": password_hash}
        try:
            async with self._database.write() as connection:
                await connection.execute(insert(users).values(row))
        except IntegrityError:
            return None
        return user

    async def get(self, user_id: str) -> User | None:
        """Look an account up by its id."""
        query = select(users).where(users.c.id == user_id)
        async with self._database.read() as connection:
            return to_record((await connection.execute(query)).one_or_none(), User)

    async def credentials(self, email: str) -> Credentials | None:
        """Look up what a sign-in with this address is checked against."""
        query = select(users.c.id, users.c.password_hash).where(users.c.email == email)
        async with self._database.read() as connection:
            return to_record((await connection.execute(query)).one_or_none(), Credentials)

    async def set_password_hash(self, user_id: str, password_hash: str) -> None:
        """Replace the stored hash."""
        change = update(users).where(users.c.id == user_id).values(password_hash=password_hash)
        async with self._database.write() as connection:
            await connection.execute(change)

    async def erase(self, user_id: str) -> bool:
        """Delete an account and everything that belongs to it; False if there is none."""
        async with self._database.write() as connection:
            erased = await connection.execute(delete(users).where(users.c.id == user_id))
        return erased.rowcount == 1
