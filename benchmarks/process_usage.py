"""What a process and its children cost, from `/proc` (Linux)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Usage:
    """Processor time so far and memory now, of a process with all its descendants."""

    cpu_s: float
    rss_bytes: int


def usage_of(pid: int) -> Usage:
    """Measure a process tree; processes that have ended meanwhile count no more."""
    cpu_s, rss_bytes = 0.0, 0
    for member in _tree(pid):
        try:
            # The command's name may hold spaces and brackets; the fields begin after the last one.
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        cpu_s += (int(fields[11]) + int(fields[12])) / _TICKS_PER_S
        rss_bytes += int(fields[21]) * _PAGE_BYTES
    return Usage(cpu_s, rss_bytes)


def _tree(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += _tree(int(child))
    return found
