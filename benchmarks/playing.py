"""How true the measured play time is, on takes, speech, noise and silence in known order.

    python -m benchmarks.playing --data ../shared/data [--json]

The takes are the guitar recordings; the detector was trained on synthetic music only, and with
other speakers and noises than those heard here.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.labelled_speech import HELD_OUT_SPEAKERS, LABEL_SAMPLES, energy_db, load_clips
from benchmarks.music_scenes import Material, Take, noises_of
from benchmarks.noises import Drawn, Samples, coloured
from benchmarks.report import Report, Row, current_environment
from dsp.clock import ANALYSIS_RATE_HZ, HOP_S, HOP_SAMPLES
from dsp.descriptors import SpectralDescriptors
from dsp.playing.detector import PlayingDetector
from dsp.spectrum import ShortTimeSpectrum
from rehearsal_server.audio_files import read_mono

PARTS = ("play", "speech", "noise", "rest")
PARTS_PER_TIMELINE = 12
# Where a take is cut: a player would say that the note is over.
ENDS_BELOW_PEAK_DB = (30, 40)
ROOM_TONES_DBFS = (-70, -60, -50)
LONGEST_SPEECH_S = 10


@dataclass(frozen=True, slots=True)
class Timeline:
    """A stream, and which of `PARTS` each of its hops is."""

    samples: npt.NDArray[np.float32]
    part: npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Judged:
    """Seconds of one timeline: truly played, measured as played, and measured in each part."""

    played_s: float
    measured_s: float
    length_s: dict[str, float]
    measured_in_s: dict[str, float]

    @property
    def error(self) -> float:
        """Of the measured play time, relative to the true one."""
        return (self.measured_s - self.played_s) / self.played_s


def read_takes(data: Path, ends_below_peak_db: float) -> list[Take]:
    """The guitar's takes of two seconds and more, from the first sound to the last."""
    takes = []
    for path in sorted((data / "guitar").glob("*.flac")):
        take = Take.of(path.stem, read_mono(path, ANALYSIS_RATE_HZ))
        if take is None:
            continue
        sounding = np.flatnonzero(take.below_peak_db > -ends_below_peak_db)
        first, end = int(sounding[0]), int(sounding[-1]) + 1
        if end - first >= 200:
            samples = take.samples[first * LABEL_SAMPLES : end * LABEL_SAMPLES]
            takes.append(Take(path.stem, samples, take.below_peak_db[first:end]))
    return takes


def draw_timeline(rng: Drawn, material: Material) -> Timeline:
    """Parts in random order, with a short rest after each, over a room's tone."""
    heard: list[Samples] = [np.zeros(0)]
    parts: list[npt.NDArray[np.intp]] = []

    def add(part: str, samples: Samples) -> None:
        whole = samples[: len(samples) // HOP_SAMPLES * HOP_SAMPLES]
        heard.append(whole)
        parts.append(np.full(len(whole) // HOP_SAMPLES, PARTS.index(part)))

    add("rest", _silence(rng, 1, 4))
    # Each of them at least once, and playing most often.
    order = rng.permutation(
        [*PARTS, *rng.choice(PARTS, PARTS_PER_TIMELINE - 4, p=(0.4, 0.2, 0.2, 0.2))]
    )
    for part in order:
        add(str(part), _sound(rng, str(part), material))
        add("rest", _silence(rng, 0.3, 2))
    samples = np.concatenate(heard)
    samples = samples + _at_db(coloured(rng, len(samples), 1), float(rng.choice(ROOM_TONES_DBFS)))
    level = 10 ** (rng.uniform(-40, -18) / 20)
    return Timeline(np.clip(samples * level, -1, 1).astype(np.float32), np.concatenate(parts))


def _sound(rng: Drawn, part: str, material: Material) -> Samples:
    if part == "play":
        instruments = list(material.takes)
        takes = material.takes[instruments[int(rng.integers(len(instruments)))]]
        take = takes[int(rng.integers(len(takes)))]
        # The loud moments at 0 dB: the level of the whole would depend on how long it rings.
        loud_db = float(np.percentile(energy_db(take.samples), 95))
        return np.asarray(take.samples * 10 ** (-loud_db / 20), np.float64)
    if part == "speech":
        clip = material.speech[int(rng.integers(len(material.speech)))]
        return _at_db(clip.samples[: LONGEST_SPEECH_S * ANALYSIS_RATE_HZ], rng.uniform(-10, 3))
    if part == "noise":
        names = list(material.noises)
        noise = material.noises[names[int(rng.integers(len(names)))]]
        return _at_db(noise(rng, int(rng.uniform(2, 8) * ANALYSIS_RATE_HZ)), rng.uniform(-20, -3))
    return _silence(rng, 2, 8)


def listen(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Whether each hop lies in a stretch that the detector dated as playing."""
    spectrum, descriptors, detector = (
        ShortTimeSpectrum(1),
        SpectralDescriptors(1),
        PlayingDetector(1),
    )
    slots = np.zeros(1, np.intp)
    hops = samples.reshape(-1, 1, HOP_SAMPLES)
    playing = np.zeros(len(hops), np.bool_)
    began: int | None = None
    for index, hop in enumerate(hops):
        power = spectrum.step(slots, hop).power
        position = np.array([(index + 1) * HOP_SAMPLES])
        found = detector.step(slots, position, power, descriptors.step(slots, power))
        if found.began_at[0] >= 0:
            began = int(found.began_at[0]) // HOP_SAMPLES
        if found.ended_at[0] >= 0:
            playing[began : int(found.ended_at[0]) // HOP_SAMPLES] = True
            began = None
    if began is not None:
        playing[began:] = True
    return playing


def judge(timeline: Timeline) -> Judged:
    """Measure one timeline."""
    playing = listen(timeline.samples)
    by_part = {part: timeline.part == index for index, part in enumerate(PARTS)}
    return Judged(
        played_s=float(by_part["play"].sum() * HOP_S),
        measured_s=float(playing.sum() * HOP_S),
        length_s={part: float(here.sum() * HOP_S) for part, here in by_part.items()},
        measured_in_s={part: float(playing[here].sum() * HOP_S) for part, here in by_part.items()},
    )


def summarise(judged: Sequence[Judged]) -> Row:
    """One row of the table."""
    errors = np.abs([one.error for one in judged])
    length: Counter[str] = Counter()
    measured: Counter[str] = Counter()
    for one in judged:
        length.update(one.length_s)
        measured.update(one.measured_in_s)
    return {
        "timelines": len(judged),
        "played_s": round(length["play"], 1),
        "error_median_%": round(100 * float(np.median(errors)), 2),
        "error_p90_%": round(100 * float(np.percentile(errors, 90)), 2),
        "error_worst_%": round(100 * float(errors.max()), 2),
        **{f"{part}_as_playing_%": round(100 * measured[part] / length[part], 2) for part in PARTS},
    }


def run(data: Path, n_timelines: int, seed: int) -> Report:
    """Take all measures."""
    clips = [
        clip
        for clip in load_clips(data)
        if clip.speaker in HELD_OUT_SPEAKERS and len(clip.samples) > 2 * ANALYSIS_RATE_HZ
    ]
    noises = noises_of(data, clips, held_out=True)
    rows: list[Row] = []
    for below_db in ENDS_BELOW_PEAK_DB:
        takes: dict[str, list[Take]] = {}
        for take in read_takes(data, below_db):
            takes.setdefault(take.instrument, []).append(take)
        rng = np.random.default_rng(seed)
        material = Material(takes, clips, noises)
        judged = [judge(draw_timeline(rng, material)) for _ in range(n_timelines)]
        rows.append({"takes_end_below_peak_db": below_db, **summarise(judged)})
    return Report(
        benchmark="playing",
        environment=current_environment(["numpy", "scipy"]),
        parameters={"data": data.name, "timelines": n_timelines, "seed": seed},
        tables={"Play time": rows},
        absent={},
        remarks=[
            "A ringing string fades into the room; where a take ends is a matter of definition, so "
            "it is told for two."
        ],
    )


def _silence(rng: Drawn, shortest_s: float, longest_s: float) -> Samples:
    return np.zeros(int(rng.uniform(shortest_s, longest_s) * ANALYSIS_RATE_HZ))


def _at_db(samples: npt.NDArray[np.floating], rms_db: float) -> Samples:
    return np.asarray(samples / samples.std(dtype=np.float64) * 10 ** (rms_db / 20), np.float64)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of shared data")
    parser.add_argument("--timelines", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    report = run(chosen.data, chosen.timelines, chosen.seed)
    print(report.as_json() if chosen.json else report.as_text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
