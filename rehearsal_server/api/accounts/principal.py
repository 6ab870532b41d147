"""Who is calling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Principal:
    """A user, in one of their logins, until their proof of it expires."""

    user_id: str
    login_id: str
    expires_at: datetime
