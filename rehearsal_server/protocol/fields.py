"""Field types that several messages share, with their bounds and meaning."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

AtMs = Annotated[
    int,
    Meta(ge=0, description="Milliseconds on the microphone's sample clock since the stream began."),
]
# Identifiers are made by the server; the bound only keeps hostile input short.
Identifier = Annotated[str, Meta(min_length=1, max_length=64)]
LineId = Annotated[Identifier, Meta(description="A line of the script.")]
Utterance = Annotated[
    int,
    Meta(ge=1, le=0xFFFF, description="Number of a partner utterance, the stream of its audio."),
]
EventNumber = Annotated[
    int,
    Meta(ge=0, description="Contiguous from 1 in a session; 0 until the session core numbers it."),
]
ProcMs = Annotated[
    float,
    Meta(
        ge=0,
        description="Milliseconds in the server, from receipt of the deciding audio to sending.",
    ),
]

Encoding = Literal["s16le", "f32le", "mulaw"]
Strictness = Literal["word_perfect", "close", "gist"]
Advance = Literal["auto", "silence", "manual"]


class AudioFormat(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the microphone chunks hold; fixed for the session."""

    sample_rate: Annotated[
        int, Meta(ge=8000, le=96000, description="Samples per second and channel.")
    ]
    encoding: Annotated[Encoding, Meta(description="Sample format; little-endian.")] = "s16le"
    channels: Annotated[
        Literal[1, 2], Meta(description="2 is interleaved stereo, mixed down by the server.")
    ] = 1

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of every channel."""
        return {"s16le": 2, "f32le": 4, "mulaw": 1}[self.encoding] * self.channels


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the partner behaves in this session."""

    prompt_after_ms: Annotated[
        int, Meta(ge=500, le=60_000, description="Silence, where a line is due, before a prompt.")
    ] = 3000
    strictness: Annotated[
        Strictness, Meta(description="How closely the words must follow the script.")
    ] = "close"
    advance: Annotated[
        Advance,
        Meta(
            description="What ends the actor's line: `auto` weighs silence against the text left, "
            "`silence` takes any long silence, `manual` waits for `skip`."
        ),
    ] = "auto"
    prompt_voice: Annotated[
        Literal["prompter", "partner"],
        Meta(description="Who speaks prompts: a voice of its own, or the partner's."),
    ] = "prompter"
    partner_voice: Annotated[
        Identifier | None, Meta(description="Base voice of the partners, if not the default.")
    ] = None
    headphones: Annotated[
        bool,
        Meta(description="The microphone cannot hear the partner, so any speech is the actor's."),
    ] = False
    record: Annotated[bool, Meta(description="Consent to keep the microphone audio.")] = False
    transcript: Annotated[
        bool,
        Meta(description="Send `transcript` messages of whatever the microphone hears."),
    ] = False
    intentions: Annotated[
        dict[LineId, Annotated[str, Meta(min_length=1, max_length=80)]],
        Meta(
            description="How you mean a line, by its id, in the words of a stage direction "
            '(`"with great relief"`); goes before what the script says.',
        ),
    ] = {}
    calibrate: Annotated[
        bool,
        Meta(
            description="All of this session is spoken neutrally: the baseline is learnt anew "
            "from it, and nothing is compared with directions."
        ),
    ] = False
    language: Annotated[
        str, Meta(pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", description="BCP 47 language tag.")
    ] = "en"


class SpokenWord(Struct, frozen=True, kw_only=True):
    """When one word of a partner utterance is heard, from the utterance's first sample."""

    text: Annotated[str, Meta(description="The word as written in the line.")]
    start_ms: Annotated[int, Meta(ge=0, description="Its first sample.")]
    end_ms: Annotated[int, Meta(ge=0, description="Its last sample.")]


class HeardWord(Struct, frozen=True, kw_only=True):
    """One word of free speech, as a recogniser took it."""

    text: Annotated[str, Meta(description="The word, in lower case.")]
    start_ms: AtMs
    end_ms: AtMs
    confidence: Annotated[
        float | None,
        Meta(description="The recogniser's own estimate, 0 to 1; null where it gives none."),
    ] = None


class LineWord(Struct, frozen=True, kw_only=True):
    """What became of one written word."""

    text: Annotated[str, Meta(description="The word as written.")]
    outcome: Annotated[
        Literal["said", "omitted", "substituted", "prompted"], Meta(description="What was heard.")
    ]
    start_ms: Annotated[int | None, Meta(description="When it was said, if it was.")] = None
    end_ms: Annotated[int | None, Meta(description="When it ended, if it was said.")] = None
    heard: Annotated[
        str | None, Meta(description="What was said in its place, where that is known.")
    ] = None


class ExtraWords(Struct, frozen=True, kw_only=True):
    """Something that was said and is not in the line."""

    kind: Annotated[
        Literal["insertion", "repetition", "self_correction", "filled_pause"],
        Meta(
            description="`repetition`: the same words again. `self_correction`: begun again, and "
            "changed. `filled_pause`: um, uh."
        ),
    ]
    text: Annotated[str, Meta(description="As it was heard; empty where that is not known.")]
    before_word: Annotated[
        int, Meta(ge=0, description="The written word said next; their number at the end.")
    ]
    start_ms: AtMs
    end_ms: AtMs


class PronouncedPhone(Struct, frozen=True, kw_only=True):
    """A hint at what was unlike a native speaker's; too unsure to be shown as a verdict."""

    phone: Annotated[str, Meta(description="ARPAbet, as it was said: linking may have changed it.")]
    accuracy: Annotated[float, Meta(ge=0, le=100, description="How native it sounds.")]
    start_ms: AtMs
    end_ms: AtMs


class PronouncedWord(Struct, frozen=True, kw_only=True):
    """How one written word was pronounced."""

    text: Annotated[str, Meta(description="The word, in lower case.")]
    accuracy: Annotated[
        float | None,
        Meta(description="How native it sounds, 0 to 100; null if it was not said, or not judged."),
    ]
    judged: Annotated[bool, Meta(description="Whether its pronunciation is known.")]
    start_ms: Annotated[int | None, Meta(description="When it was said, if it was.")]
    end_ms: Annotated[int | None, Meta(description="When it ended, if it was said.")]
    phones: Annotated[tuple[PronouncedPhone, ...], Meta(description="Hints.")] = ()


class Interval(Struct, frozen=True, kw_only=True):
    """A stretch of the take."""

    start_ms: AtMs
    end_ms: AtMs


class Evidence(Struct, frozen=True, kw_only=True):
    """What a judgement rests on."""

    measure: Annotated[str, Meta(description="What was measured, e.g. `pickup_ms`.")]
    value: Annotated[float, Meta(description="The measured value, in the unit of the measure.")]
    reference: Annotated[
        float | None, Meta(description="What it was compared with, in the same unit.")
    ] = None
    at: Annotated[tuple[Interval, ...], Meta(description="Where in the take it was measured.")] = ()
    confidence: Annotated[float, Meta(ge=0, le=1, description="0 is a guess, 1 is certain.")] = 1.0
    engine: Annotated[str, Meta(description="What made the measurement.")]
