"""One second of microphone is 16000 samples; voices come at 8 kHz, so theirs count double."""

from __future__ import annotations

from rehearsal_server.client.speakerphone import Speakerphone
from rehearsal_server.protocol.audio import AudioFlags, AudioHeader, AudioKind
from rehearsal_server.protocol.client_messages import Playback
from rehearsal_server.protocol.fields import SpokenWord
from rehearsal_server.protocol.server_messages import Voice

SECOND = 16000


class Partner:
    """Says what a server would about its utterances."""

    def __init__(self, speakerphone: Speakerphone) -> None:
        self._speakerphone = speakerphone
        self._sent: dict[int, int] = {}

    def begin_again(self, utterance: int, at: int) -> None:
        """Announce an utterance anew, as after a resume."""
        self._sent[utterance] = 0
        self.tell(utterance, "started", at)

    def tell(self, utterance: int, state: str, at: int, words: tuple[SpokenWord, ...] = ()) -> None:
        voice = Voice(
            utterance=utterance,
            line_id=f"L{utterance}",
            state=state,  # type: ignore[arg-type]
            sample_rate=8000,
            words=words,
        )
        self._speakerphone.receive(voice, at)

    def play(
        self, utterance: int, samples: int, at: int, flags: AudioFlags = AudioFlags.NONE
    ) -> None:
        position = self._sent.get(utterance, 0)
        self._sent[utterance] = position + samples
        header = AudioHeader(AudioKind.PARTNER, flags, utterance, 0, position)
        self._speakerphone.receive_frame(header, memoryview(bytes(2 * samples)), at)

    def say(self, utterance: int, samples: int, at: int) -> None:
        self.tell(utterance, "started", at)
        self.play(utterance, samples, at, AudioFlags.END)
        self.tell(utterance, "complete", at)


def rig(*, keep_audio: bool = False) -> tuple[Speakerphone, Partner]:
    speakerphone = Speakerphone(SECOND, keep_audio=keep_audio)
    return speakerphone, Partner(speakerphone)


def mark(utterance: int, state: str, at_ms: int) -> Playback:
    return Playback(utterance=utterance, state=state, at_ms=at_ms)  # type: ignore[arg-type]


def test_an_utterance_is_heard_from_its_first_frame_for_its_length() -> None:
    speakerphone, partner = rig()
    partner.say(1, samples=8000, at=SECOND)
    assert speakerphone.marks_until(SECOND + 320) == [mark(1, "started", 1000)]
    assert speakerphone.marks_until(2 * SECOND - 1) == []
    assert speakerphone.marks_until(2 * SECOND) == [mark(1, "ended", 2000)]
    assert speakerphone.marks_until(9 * SECOND) == []


def test_nothing_is_heard_before_the_first_frame() -> None:
    speakerphone, partner = rig()
    partner.tell(1, "started", 0)
    assert speakerphone.marks_until(SECOND) == []
    partner.play(1, 800, at=SECOND)
    assert speakerphone.marks_until(SECOND) == [mark(1, "started", 1000)]


def test_marks_are_exact_however_rarely_they_are_asked_for() -> None:
    often, rarely = rig(), rig()
    for _, partner in (often, rarely):
        partner.say(1, samples=4001, at=777)
    marks = [m for at in range(0, 3 * SECOND, 160) for m in often[0].marks_until(at)]
    assert marks == rarely[0].marks_until(3 * SECOND)
    assert marks == [mark(1, "started", 49), mark(1, "ended", 549)]


def test_utterances_are_heard_one_after_another() -> None:
    speakerphone, partner = rig()
    partner.say(1, samples=8000, at=0)
    partner.say(2, samples=4000, at=100)
    assert speakerphone.marks_until(5 * SECOND) == [
        mark(1, "started", 0),
        mark(1, "ended", 1000),
        mark(2, "started", 1000),
        mark(2, "ended", 1500),
    ]


def test_a_cancelled_utterance_stops_at_once() -> None:
    speakerphone, partner = rig()
    partner.say(1, samples=8000, at=0)
    assert speakerphone.marks_until(4000) == [mark(1, "started", 0)]
    partner.tell(1, "cancelled", at=4800)
    assert speakerphone.marks_until(SECOND * 2) == [mark(1, "stopped", 300)]


def test_frames_on_the_wire_after_a_cancel_are_not_heard() -> None:
    speakerphone, partner = rig()
    partner.tell(1, "started", 0)
    partner.play(1, 800, at=0)
    partner.tell(1, "cancelled", at=320)
    partner.play(1, 800, at=330)
    assert speakerphone.marks_until(SECOND) == [mark(1, "started", 0), mark(1, "stopped", 20)]
    assert speakerphone.marks_until(2 * SECOND) == []


def test_an_utterance_that_was_over_before_the_cancel_was_heard_to_its_end() -> None:
    speakerphone, partner = rig()
    partner.say(1, samples=1600, at=0)
    partner.tell(1, "cancelled", at=SECOND)
    assert speakerphone.marks_until(SECOND) == [mark(1, "started", 0), mark(1, "ended", 200)]


def test_an_utterance_cancelled_before_it_is_heard_leaves_no_mark() -> None:
    speakerphone, partner = rig()
    partner.say(1, samples=8000, at=0)
    partner.say(2, samples=8000, at=0)
    partner.tell(2, "cancelled", at=100)
    assert speakerphone.marks_until(5 * SECOND) == [mark(1, "started", 0), mark(1, "ended", 1000)]


def test_a_failed_or_empty_utterance_holds_up_no_other() -> None:
    speakerphone, partner = rig()
    partner.tell(1, "failed", 0)
    partner.tell(2, "started", 0)
    partner.tell(2, "complete", 0)
    partner.say(3, samples=800, at=320)
    assert speakerphone.marks_until(SECOND) == [mark(3, "started", 20), mark(3, "ended", 120)]


def test_audio_that_comes_too_late_is_heard_as_a_gap() -> None:
    speakerphone, partner = rig()
    partner.tell(1, "started", 0)
    partner.play(1, 800, at=0)  # heard until 1600
    partner.play(1, 800, at=4800, flags=AudioFlags.END)  # 200 ms late
    assert speakerphone.marks_until(SECOND) == [mark(1, "started", 0), mark(1, "ended", 400)]
    assert speakerphone.heard[0].gaps == 3200


def test_words_and_audio_are_kept_where_asked_for() -> None:
    speakerphone, partner = rig(keep_audio=True)
    words = (SpokenWord(text="Here.", start_ms=0, end_ms=90),)
    partner.tell(1, "started", 0)
    partner.play(1, 400, at=0)
    partner.play(1, 400, at=0)
    partner.tell(1, "complete", 0, words)
    speakerphone.marks_until(SECOND)
    (heard,) = speakerphone.heard
    assert (heard.line_id, heard.words, len(heard.pcm)) == ("L1", words, 1600)
    assert (heard.started_at, heard.ended_at) == (0, 1600)


def test_audio_is_not_kept_otherwise() -> None:
    speakerphone, partner = rig()
    partner.say(1, samples=800, at=0)
    speakerphone.marks_until(SECOND)
    assert speakerphone.heard[0].pcm == b""


def test_an_utterance_that_is_sent_again_is_heard_once() -> None:
    speakerphone, partner = rig()
    partner.tell(1, "started", 0)
    partner.play(1, 800, at=0)
    partner.begin_again(1, 400)
    partner.play(1, 800, at=400)
    partner.play(1, 800, at=400, flags=AudioFlags.END)
    assert speakerphone.marks_until(SECOND) == [mark(1, "started", 0), mark(1, "ended", 200)]
    partner.begin_again(1, SECOND)
    partner.play(1, 1600, at=SECOND, flags=AudioFlags.END)
    assert speakerphone.marks_until(2 * SECOND) == []
    assert [u.samples for u in speakerphone.heard] == [1600]


def test_what_ended_while_the_client_was_away_is_cut_short() -> None:
    speakerphone, partner = rig()
    for utterance in (1, 2):
        partner.say(utterance, 8000, at=0)
    speakerphone.keep_only((2,), 1600)
    assert speakerphone.marks_until(1600)[1] == mark(1, "stopped", 100)
    assert speakerphone.marks_until(2 * SECOND)[-1] == mark(2, "ended", 1100)
