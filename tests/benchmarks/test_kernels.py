"""The kernels' benchmark, run once and small, so that it cannot rot."""

from __future__ import annotations

import json

import pytest

from benchmarks import kernels
from benchmarks.peers import COUNTERPARTS, peer_cases
from benchmarks.stopwatch import Case, Timing, time_interleaved


def test_every_kernel_is_measured_in_every_batch() -> None:
    absent = {"a peer": "not installed"}
    report = kernels.run(kernels.speech(None), [], absent, batches=(1, 3), rounds=1, round_s=0.0)
    costs, capacities, _ = report.tables.values()
    names = {row["kernel"] for row in costs}
    assert {"level", "loudness", "spectrum", "pitch", "voice activity", kernels.BANK} <= names
    for row in costs:
        assert row["batch 1"] is not None
        assert (row["batch 3"] is None) == (row["kernel"] == "resampling from 48 kHz")
    assert [row["batch"] for row in capacities] == [1, 3]
    assert report.absent == absent
    assert json.loads(report.as_json())["benchmark"] == "kernels"
    assert "The whole bank" in report.as_text()


def test_every_peer_has_a_counterpart_or_is_named_absent() -> None:
    cases, absent = peer_cases(kernels.speech(None))
    assert {case.name for case in cases} | set(absent) == set(COUNTERPARTS)
    ours = {case.name for case in kernels.kernel_cases(kernels.speech(None), 1)}
    ours.add(kernels.resampling_case(kernels.speech(None)).name)
    assert set(COUNTERPARTS.values()) <= ours


def test_light_peers_answer() -> None:
    """The others take seconds to import and to compile; `main` runs them all."""
    light = {"webrtcvad", "soxr stream from 48 kHz", "pyworld dio, 200 ms buffer"}
    cases, _ = peer_cases(kernels.speech(None))
    for case in cases:
        if case.name in light:
            case.call(0)


def timing(name: str, streams: int, median_us: float) -> Timing:
    return Timing(name, streams, median_us, median_us, median_us)


def test_a_core_carries_as_many_streams_as_fit_into_a_hop() -> None:
    (row,) = kernels.capacity([timing(kernels.BANK, 1, 100.0)])
    assert row["streams_per_core"] == 200
    assert row["ms_per_stream_second"] == pytest.approx(5.0)


def test_remarks_say_what_is_over_budget_and_who_is_cheaper() -> None:
    ours = [
        timing(kernels.BANK, 1, 100.0),
        timing(kernels.BANK, 16, 30.0),
        timing("pitch", 1, 50.0),
        timing("pitch", 256, 5.0),
    ]
    peers = [
        timing("aubio yinfft", 1, 4.0),
        timing("swift-f0 stream", 1, 40.0),
        timing("praat pitch (ac), 200 ms buffer", 1, 400.0),
    ]
    assert kernels.remarks(ours, peers) == [
        "batch 1: 100.0 us, within 500 us",
        "batch 16: 30.0 us, OVER 25 us",
        "aubio yinfft is cheaper than our pitch in any batch",
        "swift-f0 stream is cheaper than our pitch for one stream alone",
    ]
    ratios = [row["peer_costs_times"] for row in kernels.beside_peers(ours, peers)]
    assert ratios == [0.8, 8.0, 80.0]


def test_cases_are_called_in_turn() -> None:
    called: list[str] = []
    cases = [
        Case("a", 1, lambda hop: called.append("a")),
        Case("b", 1, lambda hop: called.append("b")),
    ]
    timings = time_interleaved(cases, rounds=2, round_s=0.0)
    assert called[-4:] == ["a", "b", "a", "b"]
    assert [taken.name for taken in timings] == ["a", "b"]


def test_data_that_is_not_there_is_said(tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(SystemExit, match="no austen"):
        kernels.speech(tmp_path_factory.mktemp("empty"))
