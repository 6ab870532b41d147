from __future__ import annotations

import numpy as np
import pytest

from rehearsal_server.demo.actor import ROOM_NOISE_DBFS, Actor, Delivery, Samples
from rehearsal_server.protocol.client_messages import Playback

RATE = 1000  # a sample a millisecond


def speech(ms: int, level: float = 0.5) -> Samples:
    return np.full(ms, level, np.float32)


def heard(at_ms: int, state: str = "ended") -> Playback:
    return Playback(utterance=1, state=state, at_ms=at_ms)  # type: ignore[arg-type]


def listen(actor: Actor, ms: int) -> Samples:
    """Read the microphone in pieces of 20 ms."""
    read = b"".join(actor.read(20) for _ in range(ms // 20))
    return np.frombuffer(read, "<i2").astype(np.float32) / np.float32(32767)


def spoken(audio: Samples) -> tuple[int, int]:
    """First and last millisecond of speech."""
    loud = np.flatnonzero(audio > 0.1)
    return int(loud[0]), int(loud[-1]) + 1


def test_the_pickup_counts_from_the_heard_end() -> None:
    actor = Actor({"L2": Delivery(speech(200), pickup_ms=300)}, RATE)
    listen(actor, 100)
    actor.hear(heard(87))
    actor.cue("L2")
    assert spoken(listen(actor, 800)) == (287, 487)


def test_the_room_is_never_silent() -> None:
    room = listen(Actor({}, 16000), 16000)
    level_dbfs = 20 * np.log10(np.sqrt(np.mean(room**2)))
    assert level_dbfs == pytest.approx(ROOM_NOISE_DBFS, abs=0.5)
    assert np.count_nonzero(np.diff(room)) > 1000


def test_the_room_stays_as_it_is_when_somebody_speaks_in_it() -> None:
    actor = Actor({"L1": Delivery(speech(100), pickup_ms=0)}, RATE)
    actor.cue("L1")
    first_round = listen(actor, 3000)
    assert np.max(np.abs(listen(actor, 3000)[:100])) < np.min(first_round[:100])


def test_a_cue_that_comes_late_is_taken_at_once() -> None:
    actor = Actor({"L2": Delivery(speech(100), pickup_ms=200)}, RATE)
    actor.hear(heard(10))
    listen(actor, 500)
    actor.cue("L2")
    assert spoken(listen(actor, 300)) == (0, 100)


def test_a_dry_actor_speaks_after_the_prompt() -> None:
    actor = Actor({"L2": Delivery(speech(100), pickup_ms=300, needs_prompt=True)}, RATE)
    actor.hear(heard(0))
    actor.cue("L2")
    assert np.max(listen(actor, 3000)) < 0.1
    actor.prompt()
    actor.hear(heard(3050, "started"))
    assert np.max(listen(actor, 1000)) < 0.1
    actor.hear(heard(3990))
    assert spoken(listen(actor, 1000)) == (290, 390)


def test_an_actor_who_hears_no_prompt_goes_on_by_heart() -> None:
    actor = Actor({"L2": Delivery(speech(100), pickup_ms=300, needs_prompt=True)}, RATE)
    actor.cue("L2")
    listen(actor, 3000)
    actor.prompt()
    assert spoken(listen(actor, 8000)) == (6300, 6400)


def test_a_line_never_cuts_off_the_one_before() -> None:
    deliveries = {
        "L1": Delivery(speech(500, 0.5), pickup_ms=0),
        "L2": Delivery(speech(100, 0.9), pickup_ms=0),
    }
    actor = Actor(deliveries, RATE)
    actor.cue("L1")
    listen(actor, 300)
    actor.cue("L2")
    audio = listen(actor, 400)
    assert audio[:200] == pytest.approx(0.5, abs=0.02)
    assert audio[200:300] == pytest.approx(0.9, abs=0.02)


def test_a_line_that_is_cued_again_is_said_once() -> None:
    actor = Actor({"L1": Delivery(speech(100), pickup_ms=200)}, RATE)
    actor.cue("L1")
    listen(actor, 100)
    actor.cue("L1")
    assert spoken(listen(actor, 900)) == (100, 200)
