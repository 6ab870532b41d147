"""Compare two results of one benchmark, figure by figure.

    python -m benchmarks.compare before.json after.json

Rows are matched by their words (kind of event, kernel, corpus) and by what was chosen (batch,
sessions); what changed is shown as a ratio. Figures of two machines are not comparable: the
command says so and goes on.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import Cell, Row, format_table

# Columns that name a row, though they are numbers.
KEY_COLUMNS = frozenset({"batch", "sessions", "snr_db", "workers", "takes_end_below_peak_db"})
# Smaller changes are noise on a shared machine, and are left out unless asked for.
LEAST_CHANGE = 0.05


class NotComparableError(ValueError):
    """The files are not two results of one benchmark; the message says why."""


@dataclass(frozen=True, slots=True)
class Result:
    """What comparing needs of a report that was printed as JSON."""

    benchmark: str
    cpu: str
    commit: str
    parameters: Mapping[str, Cell]
    tables: Mapping[str, Sequence[Row]]


def read_result(path: Path) -> Result:
    """Read a report.

    Raises
    ------
    NotComparableError
        The file can't be read, or is not a report.
    """
    try:
        report = json.loads(path.read_text())
        return Result(
            benchmark=report["benchmark"],
            cpu=report["environment"]["cpu"],
            commit=report["environment"]["commit"],
            parameters=report["parameters"],
            tables=report["tables"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotComparableError(
            f"{path} is not what a benchmark prints with --json: {error!r}"
        ) from None


def compare(before: Result, after: Result, *, least_change: float = LEAST_CHANGE) -> list[Row]:
    """Every figure that changed.

    Raises
    ------
    NotComparableError
        The results are of two benchmarks.
    """
    if before.benchmark != after.benchmark:
        raise NotComparableError(
            f"one file is of benchmarks.{before.benchmark}, the other of "
            f"benchmarks.{after.benchmark}"
        )
    earlier = dict(_figures(before.tables))
    rows: list[Row] = []
    for (where, figure), value in _figures(after.tables):
        was = earlier.pop((where, figure), None)
        if was is None or _differs(was, value, least_change):
            rows.append(_row(where, figure, was, value))
    rows += [_row(where, figure, was, None) for (where, figure), was in earlier.items()]
    return rows


def differences(before: Result, after: Result) -> Iterator[str]:
    """What else differs, so that the reader knows what a change may be due to."""
    if before.cpu != after.cpu:
        yield f"two machines: {before.cpu}, and {after.cpu}"
    for name in sorted(before.parameters.keys() | after.parameters.keys()):
        was, now = before.parameters.get(name), after.parameters.get(name)
        if was != now:
            yield f"{name}: {was}, then {now}"


def _figures(tables: Mapping[str, Sequence[Row]]) -> Iterator[tuple[tuple[str, str], float]]:
    for title, rows in tables.items():
        for row in rows:
            where = " ".join([title, *(str(row[column]) for column in row if _is_key(row, column))])
            for column, value in row.items():
                if not _is_key(row, column) and isinstance(value, int | float):
                    yield (where, column), float(value)


def _is_key(row: Row, column: str) -> bool:
    return isinstance(row[column], str) or column in KEY_COLUMNS


def _differs(was: float, value: float, least_change: float) -> bool:
    return abs(value - was) > least_change * max(abs(was), abs(value))


def _row(where: str, figure: str, was: float | None, value: float | None) -> Row:
    ratio = round(value / was, 3) if was and value is not None else None
    return {"where": where, "figure": figure, "before": was, "after": value, "ratio": ratio}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--all", action="store_true", help="figures that hardly changed as well")
    chosen = parser.parse_args(arguments)
    try:
        before, after = read_result(chosen.before), read_result(chosen.after)
        rows = compare(before, after, least_change=0 if chosen.all else LEAST_CHANGE)
    except NotComparableError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"benchmarks.{before.benchmark}, {before.commit} against {after.commit}")
    for difference in differences(before, after):
        print(difference)
    print("\n".join(format_table(rows)) if rows else "no figure changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
