"""A recording of somebody's lines, through the very same core as live audio.

The actor speaks the lines of a role one after the other, without the partners; so there is no cue
to pick up, and everything else is measured as it is on the socket. It takes seconds of a whole
core: for `rehearsal_server.worker`, not for the event loop.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import msgspec
import numpy as np
import numpy.typing as npt
import soundfile

from dsp.bank import StreamBank
from dsp.clock import ANALYSIS_RATE_HZ
from dsp.line_voice import describe_line
from rehearsal_server.live.analysis import MicrophoneIntake, to_hops
from rehearsal_server.offline import OfflineSession
from rehearsal_server.protocol.client_messages import Stop
from rehearsal_server.protocol.fields import AudioFormat, Options
from rehearsal_server.scripts.model import Line, Scene
from rehearsal_server.session.result import SessionResult
from rehearsal_server.session.session import Session, SessionPlan
from rehearsal_server.session.take import description_of

MAX_SECONDS = 600
_FORMATS = frozenset({"WAV", "WAVEX", "RF64", "FLAC", "OGG", "MP3", "AIFF"})
_SAMPLE_RATES_HZ = range(8_000, 96_001)
_CHUNK_MS = 20
# A recording is often cut right after the last word, and a line ends with a silence.
_SILENCE_AFTER_S = 5
# A prompt can't be heard in a recording that is made already.
_OPTIONS = Options(prompt_after_ms=60_000, headphones=True)

Samples = npt.NDArray[np.float32]


class UnusableRecording(Exception):
    """The file is no recording that can be analysed; the message says why."""


class TakePlan(msgspec.Struct, frozen=True, kw_only=True):
    """Whose lines are in the recording, in order."""

    scene_id: str
    role: str
    lines: tuple[Line, ...]


def analyse_recording(data: bytes, plan: TakePlan) -> SessionResult:
    """Run a recording through a session of its own.

    Parameters
    ----------
    data : a file that libsndfile reads: WAV, FLAC, Ogg, MP3 or AIFF, mono or stereo, 8 to 96 kHz,
        at most `MAX_SECONDS` long

    Raises
    ------
    UnusableRecording
    """
    samples, audio = _read(data)
    scene = Scene(id=plan.scene_id, heading="", elements=plan.lines)
    session = Session(SessionPlan(scene=scene, role=plan.role, options=_OPTIONS))
    try:
        heard = _run(session, _chunks(samples, audio), audio)
    except ValueError as error:
        raise UnusableRecording(f"The recording can't be used: {error}.") from None
    for performance in session.result().performances:
        if performance.timing is not None:
            start, end = (
                ms * ANALYSIS_RATE_HZ // 1000
                for ms in (performance.started_ms, performance.ended_ms)
            )
            voice = describe_line(heard[start:end])
            session.line_described(description_of(performance), voice, None)
    return session.result()


def _run(session: Session, chunks: Iterator[bytes], audio: AudioFormat) -> Samples:
    """Play the chunks to the session; what it heard, at the analysis rate."""
    offline = OfflineSession(session, audio, voice_length_ms=lambda _request: 0)
    intake, bank = MicrophoneIntake(audio), StreamBank(1)
    slot = np.array([bank.acquire()])
    heard: list[Samples] = []
    for _ in offline.begin():
        pass
    for chunk in chunks:
        for samples in intake.push(chunk):
            heard.append(samples)
            (hop,) = to_hops(bank.step(slot, samples[None]))
            for _ in offline.hear(hop):
                pass
    if not session.is_over:
        for _ in offline.receive(Stop()):
            pass
    return np.concatenate(heard) if heard else np.zeros(0, np.float32)


def _read(data: bytes) -> tuple[Samples, AudioFormat]:
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            audio = _format_of(file)
            # The header may promise anything; what is decoded is counted.
            most = MAX_SECONDS * audio.sample_rate
            samples = file.read(most + 1, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, TypeError) as error:
        raise UnusableRecording("This is no WAV, FLAC, Ogg, MP3 or AIFF file.") from error
    if len(samples) > most:
        raise UnusableRecording(f"A recording lasts {MAX_SECONDS // 60} minutes at most.")
    if not len(samples):
        raise UnusableRecording("The recording is empty.")
    return samples, audio


def _format_of(file: soundfile.SoundFile) -> AudioFormat:
    if file.format not in _FORMATS:
        raise UnusableRecording("This is no WAV, FLAC, Ogg, MP3 or AIFF file.")
    if file.samplerate not in _SAMPLE_RATES_HZ:
        raise UnusableRecording(f"{file.samplerate} Hz is not between 8 and 96 kHz.")
    if file.channels not in (1, 2):
        raise UnusableRecording(f"It has {file.channels} channels; mono and stereo are taken.")
    return AudioFormat(sample_rate=file.samplerate, encoding="f32le", channels=file.channels)


def _chunks(samples: Samples, audio: AudioFormat) -> Iterator[bytes]:
    step = audio.sample_rate * _CHUNK_MS // 1000
    after = np.zeros((_SILENCE_AFTER_S * audio.sample_rate, audio.channels), np.float32)
    samples = np.concatenate((samples, after))
    for start in range(0, len(samples), step):
        yield samples[start : start + step].astype("<f4").tobytes()
