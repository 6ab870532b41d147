"""Who speaks with which voice: the same script and settings always give the same cast."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from rehearsal_server.voices.engine import (
    EngineStatus,
    Gender,
    Timbre,
    Voice,
    VoiceSpec,
    VoiceUnavailableError,
)

# A title says more than a guess from a first name would.
_FEMALE = re.compile(
    r"\b(lady|mrs|miss|ms|madam|madame|mme|mlle|queen|princess|duchess|countess|baroness|dame|"
    r"mother|mum|mom|sister|aunt|grandmother|grandma|daughter|wife|widow|nurse|woman|girl|"
    r"maid|hostess|witch)\b",
    re.IGNORECASE,
)
_MALE = re.compile(
    r"\b(lord|mr|sir|king|prince|duke|earl|count|baron|father|dad|brother|uncle|grandfather|"
    r"grandpa|son|husband|friar|man|boy|footman|butler|captain|general|sergeant)\b",
    re.IGNORECASE,
)

# espeak-ng's "en" is British; the other engines' English is American, and so are the dictionaries
# that a recogniser uses.
_PREFERRED_ACCENT = {"en": "en-us", "fr": "fr-fr", "zh": "cmn"}


class Cast(msgspec.Struct, frozen=True, kw_only=True):
    """The voices of one rehearsal."""

    voices: Mapping[str, VoiceSpec]
    prompter: VoiceSpec

    def voice_of(self, character: str | None) -> VoiceSpec:
        """The voice of a partner; anybody else's words are the prompter's to say."""
        return self.voices.get(character, self.prompter) if character else self.prompter


def cast_voices(
    characters: Sequence[str], partner_roles: Sequence[str], palette: Sequence[Timbre]
) -> Cast:
    """Give each partner a voice of its own, and the prompter one that is no partner's.

    Parameters
    ----------
    characters : sequence of str
        All of the script's, by first appearance.
    partner_roles : sequence of str
        Those that the server speaks.
    palette : sequence of Timbre
        Of the configured voice; see `VoiceEngine.palette`. Where it is too short it starts over.

    Returns
    -------
    Cast
        Partners choose in the order of the script. A role whose name says "Lady" or "Mr" takes
        the first free voice of that gender; when all of a gender are taken, any free one.
    """
    if not palette:
        raise ValueError("a palette needs at least one timbre")
    free: list[Timbre] = []
    voices = {}
    for character in characters:
        if character in partner_roles:
            free = free or list(palette)
            voices[character] = _take(free, gender_of(character))
    free = free or list(palette)
    return Cast(voices=voices, prompter=free[0].spec)


def gender_of(character: str) -> Gender | None:
    """What a character's title or kinship says of its gender, if anything."""
    is_female, is_male = _FEMALE.search(character), _MALE.search(character)
    if bool(is_female) == bool(is_male):
        return None
    return "female" if is_female else "male"


def choose_voice(
    engines: Sequence[EngineStatus], *, partner_voice: str | None, language: str
) -> tuple[str, str]:
    """Find the engine and its base voice for a session.

    Parameters
    ----------
    engines : sequence of EngineStatus
        Preferred first.
    partner_voice : str, optional
        The user's choice: an engine (``flite``), a voice (``en-gb-scotland+f2``), or both
        (``espeak-ng:en-us+m3``).
    language : str
        BCP 47; of the script.

    Returns
    -------
    tuple of str
        Engine name and voice id.

    Raises
    ------
    VoiceUnavailableError
        No engine has that voice, or none speaks the language.
    """
    engine, voice = _parse(partner_voice or "", engines)
    absences = []
    for status in engines:
        if engine and status.name != engine:
            continue
        if status.absence:
            absences.append(f"{status.name}: {status.absence}")
        elif voice_id := _voice_in(status.voices, voice, language):
            return status.name, voice_id
    raise VoiceUnavailableError(_nothing_found(partner_voice, language, absences))


def _take(free: list[Timbre], gender: Gender | None) -> VoiceSpec:
    fitting = [t for t in free if None in (gender, t.gender) or gender == t.gender]
    chosen = (fitting or free)[0]
    free.remove(chosen)
    return chosen.spec


def _parse(choice: str, engines: Sequence[EngineStatus]) -> tuple[str, str]:
    engine, colon, voice = choice.partition(":")
    if colon:
        return engine, voice
    return (choice, "") if choice in {status.name for status in engines} else ("", choice)


def _voice_in(voices: Sequence[Voice], wanted: str, language: str) -> str | None:
    """The wanted voice if it is there; none wanted, the first that speaks the language."""
    if wanted:
        base = wanted.partition("+")[0]
        return wanted if base in {voice.id for voice in voices} else None
    language = language.lower()
    accent = _PREFERRED_ACCENT.get(language, language)
    by_fit = sorted(voices, key=lambda voice: voice.language != accent)
    primary = accent.partition("-")[0]
    return next((v.id for v in by_fit if v.language.partition("-")[0] == primary), None)


def _nothing_found(partner_voice: str | None, language: str, absences: Sequence[str]) -> str:
    wanted = f"is called {partner_voice!r}" if partner_voice else f"speaks {language!r}"
    advice = f"no voice here {wanted}; choose another partner_voice"
    return f"{advice} ({'; '.join(absences)})" if absences else advice
