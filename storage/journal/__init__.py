"""What was acknowledged and is not yet in the database: one append-only log per session."""

from storage.journal.directory import DirectoryInUse, JournalDirectory
from storage.journal.frames import Record
from storage.journal.reader import Damaged
from storage.journal.session_log import JournalFailed, SessionLog

__all__ = [
    "Damaged",
    "DirectoryInUse",
    "JournalDirectory",
    "JournalFailed",
    "Record",
    "SessionLog",
]
