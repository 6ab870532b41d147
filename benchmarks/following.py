"""How well lines are followed, how soon their ends are known, and what that costs.

Run as ``python -m benchmarks.following --data DIR [--json]``. Recordings of known lines are said as
they are, in babble, and with mistakes that cutting puts into them (`miscues`); the follower and the
session's own rules for positions and line ends hear them hop by hop. The costs of the model were
tuned on the speakers of `TUNING_SPEAKERS` and on `ljspeech`; figures are told apart accordingly.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.follow_cost import measure_cost
from benchmarks.follow_take import Followed, follow_takes
from benchmarks.miscues import make_takes
from benchmarks.one_core import stay_on_one_core
from benchmarks.report import Report, Row, current_environment
from benchmarks.spoken_lines import CORPORA, SpokenLine, load_lines, read_austen_times

NATIVE = ("austen", "sonnets", "ljspeech")
TUNING_SPEAKERS = frozenset(
    {
        "ljspeech",
        "speechocean762-0036",
        "speechocean762-1027",
        "speechocean762-1336",
        "speechocean762-2089",
        "speechocean762-2242",
        "speechocean762-2621",
        "speechocean762-9606",
        "speechocean762-9630",
    }
)
_SEED = 2


@dataclass(frozen=True, slots=True)
class _Group:
    """Speakers whose figures are told together."""

    name: str
    takes: Sequence[Followed]


def measure(
    data: Path,
    *,
    every: int = 1,
    sessions: Sequence[int] = (1, 10, 50, 100),
    corpora: Collection[str] = CORPORA,
) -> Report:
    """Run the benchmark on every `every`-th line of some corpora.

    Raises
    ------
    FileNotFoundError
        A recording that a manifest names is not there.
    ModelAbsent
        pocketsphinx is not installed.
    """
    ear, lines = load_lines(data, corpora)
    takes = list(make_takes(lines[::every], lines, _SEED))
    groups = _groups(follow_takes(ear, takes))
    tables: dict[str, Sequence[Row]] = {
        "Positions": [row for group in groups for row in _positions(group)],
        "Line ends": [row for group in groups for row in _ends(group)],
        "Mistakes": [row for group in groups for row in _mistakes(group)],
        "Cost": measure_cost(ear, lines, sessions),
        "Alignment against CMU's": _alignment(data, lines),
    }
    return Report(
        benchmark="following",
        environment=current_environment(("numpy", "scipy", "pocketsphinx")),
        parameters={"data": data.name, "lines": len(lines[::every]), "takes": len(takes)},
        tables=tables,
        absent={},
        remarks=(
            "tuned: speakers whose recordings the costs were chosen on; unseen: all others",
            "words are timed by forced alignment with the same acoustic model",
        ),
    )


def _groups(followed: Sequence[Followed]) -> list[_Group]:
    found: dict[str, list[Followed]] = {}
    for take in followed:
        line = take.take.line
        accent = "native" if line.corpus in NATIVE else "learners"
        part = "tuned" if line.speaker in TUNING_SPEAKERS else "unseen"
        found.setdefault(f"{accent}, {part}", []).append(take)
    return [_Group(name, takes) for name, takes in sorted(found.items())]


def _kinds(group: _Group) -> list[tuple[str, list[Followed]]]:
    kinds: dict[str, list[Followed]] = {}
    for take in group.takes:
        kinds.setdefault(take.take.kind, []).append(take)
    return list(kinds.items())


def _positions(group: _Group) -> Iterable[Row]:
    for kind, takes in _kinds(group):
        if kind == "wrong line":
            continue
        errors_ms = [error for take in takes for error in take.end_errors_ms]
        latencies_ms = [latency for take in takes for latency in take.progress_latencies_ms]
        yield {
            "speakers": group.name,
            "take": kind,
            "words": sum(len(take.take.said) for take in takes),
            "tracked_percent": _percent(
                sum(take.tracked for take in takes), sum(len(take.take.said) for take in takes)
            ),
            "word_end_error_median_ms": _percentile(np.abs(errors_ms), 50),
            "word_end_error_p95_ms": _percentile(np.abs(errors_ms), 95),
            "progress_latency_median_ms": _percentile(latencies_ms, 50),
            "progress_latency_p95_ms": _percentile(latencies_ms, 95),
        }


def _ends(group: _Group) -> Iterable[Row]:
    for kind, takes in _kinds(group):
        complete = [take for take in takes if take.take.is_complete]
        latencies_ms = [take.end_latency_ms for take in complete if take.end_latency_ms is not None]
        early = sum(latency < 0 for latency in latencies_ms)
        yield {
            "speakers": group.name,
            "take": kind,
            "complete_lines": len(complete),
            "ended_percent": _percent(len(latencies_ms), len(complete)),
            "early_percent": _percent(early, len(complete)),
            "latency_median_ms": _percentile(latencies_ms, 50),
            "latency_p95_ms": _percentile(latencies_ms, 95),
            "other_lines": len(takes) - len(complete),
            "wrongly_ended_percent": _percent(
                sum(take.ended_by_words for take in takes if not take.take.is_complete),
                len(takes) - len(complete),
            ),
        }


def _mistakes(group: _Group) -> Iterable[Row]:
    for kind, takes in _kinds(group):
        if kind == "wrong line":
            continue
        left_out = [take for take in takes if take.take.is_complete]
        inserted = [take for take in takes if take.take.other_ms is not None]
        others = [take for take in takes if take.take.other_ms is None]
        yield {
            "speakers": group.name,
            "take": kind,
            "lines": len(takes),
            "skip_recall_percent": _percent(
                sum(take.skips_found for take in left_out),
                sum(take.skips_made for take in left_out),
            ),
            "insertion_recall_percent": _percent(
                sum(take.insertion_found for take in inserted), len(inserted)
            ),
            "false_insertions_per_line": (
                sum(take.false_insertions for take in others) / len(others) if others else None
            ),
            "repeat_recall_percent": _percent(sum(take.repeat_found for take in takes), len(takes))
            if kind == "repeat"
            else None,
        }


def _alignment(data: Path, lines: Sequence[SpokenLine]) -> list[Row]:
    errors_ms: list[int] = []
    for line in lines:
        if line.corpus == "austen":
            theirs = np.array(read_austen_times(data / "austen" / f"{line.name}.json"))
            shift_ms = theirs[0, 0] - line.word_ms[0, 0]
            if len(theirs) == len(line.word_ms):
                errors_ms += np.abs(line.word_ms + shift_ms - theirs).ravel().tolist()
    return [
        {
            "words": len(errors_ms) // 2,
            "difference_median_ms": _percentile(errors_ms, 50),
            "difference_p95_ms": _percentile(errors_ms, 95),
        }
    ]


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


def _percentile(values: Iterable[float], share: float) -> float | None:
    found = np.asarray(list(values), np.float64)
    return float(np.percentile(found, share)) if len(found) else None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit status."""
    parser = argparse.ArgumentParser(prog="benchmarks.following", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of shared data")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every N-th line only")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    options = parser.parse_args(arguments)
    if not options.data.is_dir():
        print(f"following: {options.data} is no folder", file=sys.stderr)
        return 2
    stay_on_one_core("benchmarks.following")
    report = measure(options.data, every=options.every)
    print(report.as_json() if options.json else report.as_text())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
