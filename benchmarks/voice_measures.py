"""How true loudness, projection, voice quality and rhythm are.

    python -m benchmarks.voice_measures --data ../shared/data [--json] [--every 10]

Pitch and voice activity have benchmarks of their own.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.loudness_accuracy import ebu_table, pyloudnorm_table
from benchmarks.projection_accuracy import projection_table
from benchmarks.report import Report, Row, current_environment
from benchmarks.rhythm_accuracy import detection_table, find, recordings, syllable_count_table
from benchmarks.voice_quality_accuracy import voice_quality_table

PACKAGES = ("numpy", "scipy", "pyloudnorm", "praat-parselmouth")


def run(data: Path, *, every: int = 1, clips_per_speaker: int | None = None) -> Report:
    """Measure everything.

    Parameters
    ----------
    data : Path
        The folder of shared data.
    every : int > 0
        Take every so many recordings, for rhythm.
    clips_per_speaker : int or None
        Of each emotion, for projection; None takes all.
    """
    absent: dict[str, str] = {}
    spoken = list(recordings(data))[::every]
    found = [find(one.samples) for one in spoken]
    tables: dict[str, Sequence[Row]] = {
        "Loudness: the EBU's test signals (Tech 3341)": ebu_table(),
        "Loudness: differences from pyloudnorm": _with_peer(
            "pyloudnorm", lambda: pyloudnorm_table(data), absent
        ),
        "Projection: acted speech, unchanged and changed": projection_table(
            data, clips_per_speaker
        ),
        "Voice quality: ours over Praat's on held vowels": _with_peer(
            "praat-parselmouth", lambda: voice_quality_table(data), absent
        ),
        "Rhythm: syllables counted": syllable_count_table(spoken, found),
        "Rhythm: found where labelled": detection_table(spoken, found),
    }
    return Report(
        benchmark="voice_measures",
        environment=current_environment(PACKAGES),
        parameters={"every": every, "clips_per_speaker": clips_per_speaker},
        tables=tables,
        absent=absent,
        remarks=[],
    )


def _with_peer(peer: str, measure: Callable[[], list[Row]], absent: dict[str, str]) -> list[Row]:
    try:
        return measure()
    except ImportError:
        absent[peer] = "not installed"
        return []


def main(argv: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.voice_measures")
    parser.add_argument("--data", type=Path, required=True, help="folder of the shared recordings")
    parser.add_argument("--every", type=int, default=1, help="take every so many recordings")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    arguments = parser.parse_args(argv)
    report = run(arguments.data, every=arguments.every)
    print(report.as_json() if arguments.json else report.as_text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
