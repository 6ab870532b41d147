"""What every benchmark prints: figures, and on what machine and software they were taken."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

# A figure, a word, or None for what could not be measured.
Cell = float | int | str | None
Row = Mapping[str, Cell]

_ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Environment:
    """Where figures were taken; without it none can be compared with another's."""

    taken_at: str
    commit: str
    cpu: str
    cores: int
    system: str
    python: str
    versions: dict[str, str]


@dataclass(frozen=True, slots=True)
class Report:
    """The result of one run.

    Attributes
    ----------
    benchmark : str
        Its module, as in ``python -m benchmarks.<benchmark>``.
    environment : Environment
    parameters : mapping
        Everything that was chosen: data, batch sizes, rounds, seeds.
    tables : mapping of str to rows
        By title; units stand in the names of the columns.
    absent : mapping of str to str
        Peers and data that were not there, and why.
    remarks : sequence of str
        What the figures say, also where a peer is better.
    """

    benchmark: str
    environment: Environment
    parameters: Mapping[str, Cell]
    tables: Mapping[str, Sequence[Row]]
    absent: Mapping[str, str]
    remarks: Sequence[str]

    def as_json(self) -> str:
        """Give the whole report to programs."""
        return json.dumps(asdict(self), indent=2, allow_nan=False)

    def as_text(self) -> str:
        """Give the whole report to people."""
        environment = self.environment
        versions = ", ".join(f"{name} {number}" for name, number in environment.versions.items())
        lines = [
            f"benchmarks.{self.benchmark} at {environment.commit}, {environment.taken_at}",
            f"{environment.cpu}, {environment.cores} cores, {environment.system}",
            f"Python {environment.python}, {versions}",
            ", ".join(f"{name}: {value}" for name, value in self.parameters.items()),
        ]
        for title, rows in self.tables.items():
            lines += ["", title, *format_table(rows)]
        lines += [""] if self.absent or self.remarks else []
        lines += [f"absent: {name} ({reason})" for name, reason in self.absent.items()]
        return "\n".join([*lines, *self.remarks])


def current_environment(packages: Sequence[str]) -> Environment:
    """Describe this machine, this commit and the installed ones of `packages`."""
    return Environment(
        taken_at=datetime.now(UTC).isoformat(timespec="seconds"),
        commit=_commit(),
        cpu=_cpu(),
        cores=os.cpu_count() or 1,
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        versions={name: found for name in packages if (found := _version(name))},
    )


def format_table(rows: Sequence[Row]) -> list[str]:
    """Align rows under their column names, figures to the right.

    Columns are those of the first row; later rows may leave some out.
    """
    if not rows:
        return ["(nothing measured)"]
    columns = list(rows[0])
    cells = [columns, *([_format(row.get(column)) for column in columns] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    to_left = [isinstance(rows[0][column], str) for column in columns]
    return ["  ".join(map(_align, line, widths, to_left)).rstrip() for line in cells]


def _align(cell: str, width: int, to_left: bool) -> str:
    return cell.ljust(width) if to_left else cell.rjust(width)


def _format(cell: Cell) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 1_000 else f"{cell:.3g}"
    return str(cell)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _commit() -> str:
    """Short hash, marked where files differ from it; "unknown" outside a checkout."""
    command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    try:
        found = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return found.stdout.strip()


def _cpu() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"
