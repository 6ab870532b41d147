"""How true pitch is, ours and others', and what it costs.

    python -m benchmarks.pitch --data ../shared/data [--json]

(a) made signals whose F0 is a formula, (b) held-out speakers resynthesised from a known contour,
clean and in noise, (c) notes of a guitar. Beside them, as nobody knows the truth of a recording as
it is, how far ours agrees with Praat on the originals. Accuracy is told with the look-ahead: an
estimator that needs the whole line cannot be used live.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.labelled_speech import HELD_OUT_SPEAKERS, Clip, load_clips
from benchmarks.noises import babble, coloured
from benchmarks.one_core import stay_on_one_core
from benchmarks.pitch_material import (
    TRANSPOSITIONS_ST,
    Sung,
    guitar_notes,
    in_noise,
    known_instruments,
    known_signals,
    resynthesise,
)
from benchmarks.pitch_trackers import (
    OURS,
    OURS_LIVE,
    OURS_REFINED,
    PEERS,
    Contour,
    Estimator,
    batch_cost_us,
)
from benchmarks.report import Report, Row, current_environment
from benchmarks.stopwatch import Case, time_interleaved
from dsp.clock import ANALYSIS_RATE_HZ, HOP_S
from dsp.pitch.measures import is_voiced, raw_pitch_accuracy, score

PACKAGES = (
    "numpy", "scipy", "pyworld-prebuilt", "praat-parselmouth", "aubio-ledfx", "librosa", "swift-f0",
)  # fmt: skip
LONGEST_CLIP_S = 6.0
CLIPS_PER_SPEAKER = 8
# What the issue asks of live pitch, in per cent.
TARGETS = {"gpe": 1.5, "vde": 8.0}
RPA_TARGET, BABBLE_GPE_TARGET, NOTES_TARGET = 84.0, 8.0, 97.0
CLEAN, BABBLE_10, GUITAR = "speech, clean", "speech, babble 10 dB", "guitar notes"


def speech(clips: Sequence[Clip], *, per_speaker: int, seed: int = 0) -> list[tuple[Sung, Sung]]:
    """Recordings of held-out speakers, each resynthesised and as it is (of unknown pitch)."""
    rng = np.random.default_rng(seed)
    pairs = []
    for speaker in sorted(HELD_OUT_SPEAKERS & {clip.speaker for clip in clips}):
        said = [clip for clip in clips if clip.speaker == speaker]
        for index in rng.permutation(len(said))[:per_speaker]:
            clip = said[index]
            samples = clip.samples[: round(LONGEST_CLIP_S * ANALYSIS_RATE_HZ)]
            transposition_st = float(rng.choice(TRANSPOSITIONS_ST))
            resynthesised, f0_hz = resynthesise(samples, transposition_st=transposition_st)
            made = Sung(clip.name, speaker, resynthesised, f0_hz)
            pairs.append((made, replace(made, samples=samples)))
    return pairs


def conditions(made: Sequence[Sung], originals: Sequence[Sung]) -> dict[str, list[Sung]]:
    """Clean, and in white noise and babble at 20 and 10 dB."""
    noises = {
        "white": lambda rng, n: coloured(rng, n, 0.0),
        "babble": babble([sung.samples for sung in originals]),
    }
    heard = {CLEAN: list(made)}
    for name, noise in noises.items():
        for snr_db in (20, 10):
            heard[f"speech, {name} {snr_db} dB"] = [
                in_noise(sung, noise, snr_db=snr_db, seed=index) for index, sung in enumerate(made)
            ]
    return heard


def accuracy(
    estimator: Estimator, heard: Mapping[str, Sequence[Sung]]
) -> dict[str, dict[str, float]]:
    """Scores of one estimator, of all frames of a kind of material together."""
    scores = {}
    for kind, sounds in heard.items():
        truth = np.concatenate([sung.f0_hz for sung in sounds])
        estimate = np.concatenate([estimator.contour(sung) for sung in sounds])
        scores[kind] = score(truth, estimate).as_percentages()
    return scores


def notes_heard(estimator: Estimator, notes: Sequence[Sung]) -> Row:
    """Share of sounding frames, and of voiced ones, within 50 cents; and of whole notes."""
    contours = [estimator.contour(note) for note in notes]
    truth, heard = np.concatenate([note.f0_hz for note in notes]), np.concatenate(contours)
    sounding = is_voiced(truth) & is_voiced(heard)
    medians = [
        _median_where(contour, is_voiced(note.f0_hz) & is_voiced(contour))
        for note, contour in zip(notes, contours, strict=True)
    ]
    nominal = np.array([np.nanmedian(note.f0_hz) for note in notes])
    return {
        "estimator": estimator.name,
        "look_ahead_ms": estimator.look_ahead_ms,
        "sounding_frames_within_50_cents": 100 * raw_pitch_accuracy(truth, heard),
        "voiced_frames_within_50_cents": 100 * raw_pitch_accuracy(truth[sounding], heard[sounding]),
        "notes_within_50_cents": 100 * raw_pitch_accuracy(nominal, np.array(medians)),
    }


def _median_where(contour: Contour, chosen: np.typing.NDArray[np.bool_]) -> float:
    return float(np.median(contour[chosen])) if chosen.any() else float("nan")


def agreement(pairs: Sequence[tuple[Estimator, Estimator]], sounds: Sequence[Sung]) -> list[Row]:
    """How far two estimators agree on recordings whose truth nobody knows."""
    rows: list[Row] = []
    for one, other in pairs:
        first = np.concatenate([one.contour(sung) for sung in sounds])
        second = np.concatenate([other.contour(sung) for sung in sounds])
        scores = score(second, first).as_percentages()
        rows.append({"estimator": one.name, "taken_as_truth": other.name, **scores})
    return rows


def costs(estimators: Iterable[Estimator], sung: Sung, *, rounds: int) -> list[Row]:
    """Processor time per stream and 20 ms of sound, all in turn."""
    n_hops = len(sung.samples) / ANALYSIS_RATE_HZ / HOP_S

    def hear(estimator: Estimator) -> Callable[[int], object]:
        return lambda _round: estimator.hear(sung)

    cases = [Case(estimator.name, 1, hear(estimator)) for estimator in estimators]
    rows: list[Row] = [
        {"estimator": timing.name, "batch": 1, "us_per_20_ms": timing.median_us / n_hops}
        for timing in time_interleaved(cases, rounds=rounds, round_s=0.0)
    ]
    return rows + [
        {"estimator": OURS_LIVE, "batch": batch, "us_per_20_ms": batch_cost_us(sung, batch)}
        for batch in (16, 256)
    ]


def present(sung: Sung) -> tuple[list[Estimator], dict[str, str]]:
    """Estimators that can be asked here, and of the others the reason why not."""
    found, absent = list(OURS.values()), {}
    for peer in PEERS.values():
        try:
            peer.hear(sung)
        except ImportError as missing:
            absent[peer.name] = f"{missing.name or missing} is not installed"
        else:
            found.append(peer)
    return found, absent


def run(data: Path | None, *, per_speaker: int, rounds: int, skipped: Sequence[str] = ()) -> Report:
    """Measure everything once through.

    Parameters
    ----------
    data : Path, optional
        Without it only made signals are heard.
    per_speaker : int
        Recordings of each held-out speaker.
    rounds : int
        How often the costs are taken.
    skipped : sequence of str
        Estimators to leave out, by name.
    """
    signals, tones = list(known_signals()), list(known_instruments())
    estimators, absent = present(signals[0])
    estimators = [estimator for estimator in estimators if estimator.name not in skipped]
    absent |= dict.fromkeys(skipped, "left out by --skip")
    heard: dict[str, list[Sung]] = {"signals, clean": signals}
    for snr_db in (20, 10, 0):
        heard[f"signals, white {snr_db} dB"] = [
            in_noise(sung, lambda rng, n: coloured(rng, n, 0.0), snr_db=snr_db, seed=index)
            for index, sung in enumerate(signals)
        ]
    heard["instrument tones, clean"] = tones
    tables: dict[str, Sequence[Row]] = {}
    notes: list[Row] = []
    if data is None:
        absent["recordings"] = "no --data"
    else:
        pairs = speech(load_clips(data), per_speaker=per_speaker)
        originals = [original for _, original in pairs]
        heard |= conditions([made for made, _ in pairs], originals)
        guitar = list(guitar_notes(data))
        notes = [notes_heard(estimator, guitar) for estimator in estimators]
    found = {estimator.name: accuracy(estimator, heard) for estimator in estimators}
    for kind in heard:
        tables[kind] = [
            {"estimator": e.name, "look_ahead_ms": e.look_ahead_ms, **found[e.name][kind]}
            for e in estimators
        ]
    if notes:
        tables[GUITAR] = notes
        by_name = {estimator.name: estimator for estimator in estimators}
        with_each = [
            (by_name[ours], by_name[peer])
            for peer in ("praat (ac)", "swift-f0")
            for ours in (OURS_LIVE, OURS_REFINED)
            if peer in by_name
        ]
        tables["agreement on the recordings as they are"] = agreement(with_each, originals)
    tables["cost"] = costs(estimators, signals[0], rounds=rounds)
    return Report(
        benchmark="pitch",
        environment=current_environment(PACKAGES),
        parameters={"per_speaker": per_speaker, "longest_clip_s": LONGEST_CLIP_S},
        tables=tables,
        absent=absent,
        remarks=[*verdicts(tables), *where_peers_are_better(tables)],
    )


def verdicts(tables: Mapping[str, Sequence[Row]]) -> list[str]:
    """What the live tracker reached of what was asked."""
    asked = [
        (CLEAN, "gpe", TARGETS["gpe"], False),
        (CLEAN, "rpa", RPA_TARGET, True),
        (CLEAN, "vde", TARGETS["vde"], False),
        (BABBLE_10, "gpe", BABBLE_GPE_TARGET, False),
        (GUITAR, "voiced_frames_within_50_cents", NOTES_TARGET, True),
    ]
    said = []
    for kind, measure, target, at_least in asked:
        figure = _figures(tables, kind, measure).get(OURS_LIVE)
        if figure is not None:
            reached = figure >= target if at_least else figure <= target
            bound = "at least" if at_least else "at most"
            word = "reached" if reached else "MISSED"
            said.append(f"{kind}: {measure} {figure:.2f}, {word} ({bound} {target:g})")
    return said


def where_peers_are_better(tables: Mapping[str, Sequence[Row]]) -> list[str]:
    """Every measure of every material by which a peer beats the live tracker."""
    said = []
    for kind in tables:
        for measure, most_is_best in (("gpe", False), ("rpa", True), ("vde", False)):
            figures = _figures(tables, kind, measure)
            ours = figures.get(OURS_LIVE)
            for name, figure in figures.items():
                better = ours is not None and (figure > ours if most_is_best else figure < ours)
                if name in PEERS and better and not kind.startswith("agreement"):
                    said.append(f"{kind}: {name} has the better {measure}, {figure:g} to {ours:g}")
    return said


def _figures(tables: Mapping[str, Sequence[Row]], kind: str, measure: str) -> dict[str, float]:
    rows = tables.get(kind, ())
    return {
        str(row["estimator"]): float(figure)
        for row in rows
        if isinstance(figure := row.get(measure), int | float)
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pitch", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--data", type=Path, help="folder of the shared recordings")
    parser.add_argument("--per-speaker", type=int, default=CLIPS_PER_SPEAKER)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--skip", nargs="*", default=[], help="estimators to leave out")
    given = parser.parse_args(argv)
    report = run(given.data, per_speaker=given.per_speaker, rounds=given.rounds, skipped=given.skip)
    print(report.as_json() if given.json else report.as_text())
    return 0


if __name__ == "__main__":
    stay_on_one_core("benchmarks.pitch")
    sys.exit(main())
