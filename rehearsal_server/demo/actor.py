"""An actor in front of the demo's microphone. No clock but the sample count.

The actor waits for a cue, takes a breath, and speaks; in between the room is never quite silent,
because a real microphone never is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rehearsal_server.protocol.client_messages import Playback

Samples = npt.NDArray[np.float32]

# A quiet room; speech is 30 to 40 dB above.
ROOM_NOISE_DBFS = -62.0
_ROOM_LOOP_S = 3
# Somebody who hears no prompt goes on by heart.
_WITHOUT_PROMPT_MS = 6000


@dataclass(frozen=True)
class Delivery:
    """How the actor says one line."""

    samples: Samples  # mono, full scale 1, at the microphone's rate
    pickup_ms: int  # silence after the cue
    # Says nothing until the prompter has helped.
    needs_prompt: bool = False


@dataclass(frozen=True)
class _Spoken:
    """Speech on the clock."""

    start: int
    samples: Samples

    @property
    def end(self) -> int:
        return self.start + len(self.samples)


class Actor:
    """Speaks lines when they are cued; an endless `AudioSource` of mono s16le.

    Parameters
    ----------
    deliveries : mapping
        How to say each line, by its id.
    sample_rate : int
        Of the microphone, Hz.
    seed : int
        Of the room's noise.
    """

    def __init__(self, deliveries: Mapping[str, Delivery], sample_rate: int, seed: int = 0) -> None:
        self._deliveries = deliveries
        self._sample_rate = sample_rate
        self._room = _room_noise(sample_rate, seed)
        self._position = 0
        # When the partner was last heard to end.
        self._heard_until = 0
        # What is being said, and after it what is about to be.
        self._speech: list[_Spoken] = []
        # The line that waits for its prompt to be heard.
        self._dry: Delivery | None = None

    def cue(self, line_id: str) -> None:
        """It is the actor's turn."""
        delivery = self._deliveries[line_id]
        if delivery.needs_prompt:
            self._dry = delivery
        else:
            self._say(delivery, self._heard_until)

    def prompt(self) -> None:
        """The prompter begins to help; the actor listens to it first."""
        if self._dry is not None and not self._speech:
            self._say(self._dry, self._position + self._samples(_WITHOUT_PROMPT_MS))

    def hear(self, mark: Playback) -> None:
        """Something was heard from the loudspeaker."""
        if mark.state == "started":
            return
        self._heard_until = self._samples(mark.at_ms)
        if self._dry is not None and self._speech:
            self._say(self._dry, self._heard_until)
            self._dry = None

    def read(self, frames: int) -> bytes:
        """Return the next samples of the microphone."""
        at = np.arange(self._position, self._position + frames)
        heard = self._room[at % len(self._room)]
        for spoken in self._speech:
            inside = (at >= spoken.start) & (at < spoken.end)
            heard[inside] += spoken.samples[at[inside] - spoken.start]
        self._position += frames
        self._speech = [spoken for spoken in self._speech if spoken.end > self._position]
        return np.round(np.clip(heard, -1, 1) * 32767).astype("<i2").tobytes()

    def _say(self, delivery: Delivery, after: int) -> None:
        """Plan a line, in place of one that has not begun, behind one that has."""
        begun = [spoken for spoken in self._speech if spoken.start < self._position]
        start = max(after + self._samples(delivery.pickup_ms), self._position)
        start = max([start, *(spoken.end for spoken in begun)])
        self._speech = [*begun, _Spoken(start, delivery.samples)]

    def _samples(self, ms: int) -> int:
        return ms * self._sample_rate // 1000


def _room_noise(sample_rate: int, seed: int) -> Samples:
    noise = np.random.default_rng(seed).standard_normal(_ROOM_LOOP_S * sample_rate)
    return (noise * 10 ** (ROOM_NOISE_DBFS / 20)).astype(np.float32)
