"""A recording of somebody's lines, through the very same core as live audio.

The actor speaks the lines of a role one after the other, without the partners; so there is no cue
to pick up, and everything else is measured as it is on the socket. It takes seconds of a whole
core: for `rehearsal_server.worker`, not for the event loop.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import soundfile

from dsp.bank import StreamBank
from dsp.clock import ANALYSIS_RATE_HZ, HOP_MS
from dsp.line_voice import describe_line
from models.card import ModelAbsent
from models.emotion.descriptors import DESCRIPTORS
from models.emotion.directions import DirectionLexicon
from models.emotion.estimate import EmotionModel
from models.emotion.line import line_windows
from models.emotion.opening import open_emotion_model
from rehearsal_server.following.offline import OfflineListener, prepare_listener
from rehearsal_server.live.analysis import MicrophoneIntake, to_hops
from rehearsal_server.live.emotion import describe_for_emotion
from rehearsal_server.live.speakers import speaker_of
from rehearsal_server.offline import OfflineSession
from rehearsal_server.protocol.client_messages import Stop
from rehearsal_server.protocol.fields import AudioFormat, Options
from rehearsal_server.scripts.model import Line, Scene
from rehearsal_server.session.directions import directions_of
from rehearsal_server.session.requests import DescribeLine
from rehearsal_server.session.result import SessionResult
from rehearsal_server.session.session import Session, SessionPlan
from rehearsal_server.session.speaker import LineHeard, Speaker
from rehearsal_server.session.take import description_of
from storage.speakers import Speaker as KeptSpeaker

log = logging.getLogger(__name__)

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
    # What is known of their voice, and what judges it: card of a model, None for none, and a
    # lexicon on top of the built-in one.
    known: KeptSpeaker | None = None
    emotion_card: Path | None = None
    directions: Path | None = None


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
    model = _model(plan.emotion_card) if plan.emotion_card else None
    listener = _listener(scene, plan.role)
    session = Session(
        SessionPlan(
            scene=scene,
            role=plan.role,
            options=_OPTIONS,
            directions=directions_of(scene, plan.role, {}, _lexicon(plan.directions)),
            speaker=speaker_of(plan.known, model.card if model else None),
            followed_lines=listener.followed_lines if listener else (),
        )
    )
    try:
        heard = _run(session, _chunks(samples, audio), audio, listener)
    except ValueError as error:
        raise UnusableRecording(f"The recording can't be used: {error}.") from None
    for performance in session.result().performances:
        if performance.timing is not None:
            request = description_of(performance)
            voice = describe_line(heard.samples(request))
            session.line_described(request, voice, _judge(model, heard, request, session.speaker))
    return session.result()


class _Heard:
    """A whole recording as the analysis had it, hop by hop."""

    def __init__(self) -> None:
        self.hops: list[Samples] = []
        self.descriptors: list[Samples] = []

    def samples(self, request: DescribeLine) -> Samples:
        """The audio of a line, at the analysis rate."""
        start, end = (ms * ANALYSIS_RATE_HZ // 1000 for ms in (request.start_ms, request.end_ms))
        return np.concatenate(self.hops)[start:end]

    def window(self, request: DescribeLine) -> tuple[Samples, Samples]:
        """What a model reads of a line, and its audio; whole hops."""
        first, last = request.start_ms // HOP_MS, -(-request.end_ms // HOP_MS)
        rows = np.array(self.descriptors[first:last], np.float32).reshape(-1, DESCRIPTORS)
        return rows, np.concatenate(self.hops[first:last])


def _judge(
    model: EmotionModel | None, heard: _Heard, request: DescribeLine, speaker: Speaker
) -> LineHeard | None:
    if model is None:
        return None
    rows, samples = heard.window(request)
    baseline = speaker.offset
    windows = line_windows(model.card, rows, baseline=baseline, samples=samples)
    pieces = model.predict(windows)
    return LineHeard.of_pieces(model.card, pieces, is_stranger=baseline is None)


@lru_cache(maxsize=1)
def _model(card: Path) -> EmotionModel | None:
    """Open the model once in the life of a worker; without it the rest is measured."""
    try:
        return open_emotion_model(card)
    except ModelAbsent as absence:
        log.error("recordings are not judged: %s", absence)
        return None


@lru_cache(maxsize=1)
def _lexicon(extra: Path | None) -> DirectionLexicon:
    return DirectionLexicon(extra)


def _listener(scene: Scene, role: str) -> OfflineListener | None:
    """What follows the words, as on the socket: without the acoustic model, pace is all."""
    try:
        return prepare_listener(scene, role, _OPTIONS.language)
    except ModelAbsent as absence:
        log.warning("the words of recordings are not followed: %s", absence)
        return None


def _run(
    session: Session,
    chunks: Iterator[bytes],
    audio: AudioFormat,
    listener: OfflineListener | None,
) -> _Heard:
    """Play the chunks to the session; what it heard."""
    offline = OfflineSession(session, audio, voice_length_ms=lambda _request: 0, listener=listener)
    intake, bank = MicrophoneIntake(audio), StreamBank(1)
    slot = np.array([bank.acquire()])
    heard = _Heard()
    for _ in offline.begin():
        pass
    for chunk in chunks:
        for samples in intake.push(chunk):
            features = bank.step(slot, samples[None])
            heard.hops.append(samples)
            heard.descriptors.append(describe_for_emotion(features)[0])
            (hop,) = to_hops(features)
            for _ in offline.hear(hop, samples):
                pass
    if not session.is_over:
        for _ in offline.receive(Stop()):
            pass
    return heard


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
