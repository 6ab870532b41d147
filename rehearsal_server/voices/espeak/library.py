"""libespeak-ng through ctypes; imported by the worker process only.

Declarations after espeak-ng 1.52, ``src/include/espeak-ng/speak_lib.h``.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path

import espeakng_loader

from rehearsal_server.voices.espeak.wire import Description, Language, Mark, Speak

_OUTPUT_SYNCHRONOUS = 2
_OPTION_PHONEME_EVENTS = 0x0001
_BUFFER_MS = 100

_RATE, _VOLUME, _PITCH = 1, 2, 3  # espeak_PARAMETER
_CHARS_UTF8, _SSML, _ENDPAUSE = 0x0001, 0x0010, 0x1000
_PHONEMES_IPA = 0x02
_EVENT_LIST_TERMINATED, _EVENT_WORD, _EVENT_PHONEME = 0, 1, 7
# Mnemonics of espeak-ng's pause phonemes all begin so ("_:", "_", "_!").
_PAUSE = b"_"


class _EventId(ctypes.Union):
    _fields_ = (
        ("number", ctypes.c_int),
        ("name", ctypes.c_char_p),
        ("string", ctypes.c_char * 8),
    )


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    )


class _Voice(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_void_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("xx1", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


_SynthCallback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)

# Takes a buffer and its marks; answers whether to go on.
OnAudio = Callable[[bytes, tuple[Mark, ...]], bool]


class EspeakError(Exception):
    """The library refused."""


class EspeakLibrary:
    """The one instance that a process can have."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = Path(espeakng_loader.get_data_path())
        self._declare()
        self.sample_rate: int = self._library.espeak_Initialize(
            _OUTPUT_SYNCHRONOUS, _BUFFER_MS, bytes(data), _OPTION_PHONEME_EVENTS
        )
        if self.sample_rate <= 0:
            raise EspeakError("libespeak-ng does not start with the wheel's own data")
        self._variants = tuple(sorted(path.name for path in (data / "voices" / "!v").iterdir()))
        self._languages, self._voice_files = self._list_voices()
        # Kept: the library calls it for as long as the process lives.
        self._callback = _SynthCallback(self._on_buffer)
        self._library.espeak_SetSynthCallback(self._callback)
        self._on_audio: OnAudio = lambda pcm, marks: True
        self._raised: BaseException | None = None

    def describe(self) -> Description:
        """List what can be asked for."""
        return Description(
            self._library.espeak_Info(None).split()[0].decode(),
            self._languages,
            self._variants,
        )

    def speak(self, request: Speak, on_audio: OnAudio) -> None:
        """Synthesise; returns when all is said or `on_audio` wants no more.

        Raises
        ------
        EspeakError
            There is no such language or variant.
        """
        self._select_voice(request.language, request.variant)
        for parameter, value in (
            (_RATE, request.rate_wpm),
            (_VOLUME, request.volume),
            (_PITCH, request.pitch),
        ):
            self._library.espeak_SetParameter(parameter, value, 0)
        flags = _CHARS_UTF8
        flags |= _SSML if request.is_ssml else 0
        flags |= _ENDPAUSE if request.ends_in_pause else 0
        self._synthesize(request.text, flags, on_audio)

    def phonemize(self, language: str, clause: str) -> str:
        """Turn a clause into IPA, its words separated by spaces; raises `EspeakError`."""
        self._select_voice(language, "")
        # A cancelled synthesis leaves the next character of its text behind, which would be the
        # first of this clause. Beginning a synthesis drops it.
        self._synthesize("", _CHARS_UTF8, lambda pcm, marks: True)
        text = ctypes.create_string_buffer(clause.encode())
        position = ctypes.c_void_p(ctypes.addressof(text))
        pieces = []
        while position.value:
            ipa: bytes = self._library.espeak_TextToPhonemes(
                ctypes.byref(position), _CHARS_UTF8, _PHONEMES_IPA
            )
            pieces.append(ipa.decode())
        return " ".join(piece for piece in pieces if piece)

    def _synthesize(self, text: str, flags: int, on_audio: OnAudio) -> None:
        encoded = text.encode()
        self._on_audio, self._raised = on_audio, None
        self._library.espeak_Synth(encoded, len(encoded) + 1, 0, 0, 0, flags, None, None)
        if self._raised is not None:
            raise self._raised

    def _declare(self) -> None:
        library = self._library
        library.espeak_Info.argtypes = [ctypes.c_void_p]
        library.espeak_Info.restype = ctypes.c_char_p
        library.espeak_ListVoices.argtypes = [ctypes.c_void_p]
        library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
        library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        library.espeak_Synth.argtypes = [
            ctypes.c_char_p,
            ctypes.c_size_t,
            ctypes.c_uint,
            ctypes.c_int,
            ctypes.c_uint,
            ctypes.c_uint,
            ctypes.c_void_p,
            ctypes.c_void_p,
        ]

    def _list_voices(self) -> tuple[tuple[Language, ...], dict[str, bytes]]:
        """The languages, and for each of their names the voice file that speaks it best."""
        languages: dict[str, Language] = {}
        best: dict[str, tuple[int, bytes]] = {}
        voices = self._library.espeak_ListVoices(None)
        index = 0
        while voices[index]:
            voice = voices[index].contents
            names = _language_names(voice.languages)
            id = names[0][1]
            languages.setdefault(id, Language(id, voice.name.decode().strip()))
            for priority, name in names:
                best[name] = min(best.get(name, (256, b"")), (priority, voice.identifier))
            index += 1
        return tuple(languages.values()), {name: file for name, (_, file) in best.items()}

    def _select_voice(self, language: str, variant: str) -> None:
        # The library would take any path for a voice, and a wrong variant for none.
        if language not in self._voice_files:
            raise EspeakError(f"espeak-ng has no voice for the language {language!r}")
        if variant and variant not in self._variants:
            raise EspeakError(f"espeak-ng has no voice variant {variant!r}")
        name = self._voice_files[language] + (f"+{variant}".encode() if variant else b"")
        if self._library.espeak_SetVoiceByName(name) != 0:
            raise EspeakError(f"espeak-ng cannot load its voice for {language!r}")

    def _on_buffer(
        self,
        samples: ctypes._Pointer[ctypes.c_short],
        count: int,
        events: ctypes._Pointer[_Event],
    ) -> int:
        """Called by the library with each buffer; a non-zero result ends the synthesis."""
        # An exception must not cross the C frames; `speak` raises it behind them.
        try:
            pcm = ctypes.string_at(samples, 2 * count) if samples and count > 0 else b""
            return 0 if self._on_audio(pcm, _marks(events)) else 1
        except BaseException as error:
            self._raised = error
            return 1


def _language_names(address: int) -> list[tuple[int, str]]:
    """Read what a voice speaks: a priority byte (low is good) and a zero-terminated name, each."""
    names = []
    while priority := ctypes.string_at(address, 1)[0]:
        name = ctypes.string_at(address + 1)
        names.append((priority, name.decode().lower()))
        address += len(name) + 2
    return names


def _marks(events: ctypes._Pointer[_Event]) -> tuple[Mark, ...]:
    marks = []
    index = 0
    while (event := events[index]).type != _EVENT_LIST_TERMINATED:
        if event.type == _EVENT_WORD:
            marks.append(Mark("word", event.text_position - 1, event.audio_position))
        elif event.type == _EVENT_PHONEME and event.id.string.startswith(_PAUSE):
            marks.append(Mark("pause", event.text_position - 1, event.audio_position))
        index += 1
    return tuple(marks)
