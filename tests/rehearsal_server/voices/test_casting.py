from __future__ import annotations

import pytest

from rehearsal_server.voices.casting import cast_voices, choose_voice, gender_of
from rehearsal_server.voices.engine import (
    EngineStatus,
    Gender,
    Timbre,
    Voice,
    VoiceSpec,
    VoiceUnavailableError,
)

EARNEST = ["Algernon", "Lane", "Jack", "Lady Bracknell", "Gwendolen", "Miss Prism", "Cecily"]


def timbre(name: str, gender: Gender | None) -> Timbre:
    return Timbre(spec=VoiceSpec(engine="e", voice=name), gender=gender)


PALETTE = [
    timbre("m1", "male"),
    timbre("f1", "female"),
    timbre("m2", "male"),
    timbre("f2", "female"),
    timbre("x", None),
]


def engine(name: str, *languages: str, absence: str | None = None) -> EngineStatus:
    voices = tuple(Voice(id=each, name=each, language=each) for each in languages)
    return EngineStatus(name=name, voices=voices, absence=absence)


ENGINES = [
    engine("piper", absence="no Piper voice is configured"),
    engine("flite", "en-us"),
    engine("espeak-ng", "de", "en-gb", "en-us", "fr-be", "fr-fr"),
]


def test_partners_get_different_voices_in_the_order_of_the_script() -> None:
    cast = cast_voices(EARNEST, ["Jack", "Lane", "Gwendolen"], PALETTE)
    voices = {role: spec.voice for role, spec in cast.voices.items()}
    assert voices == {"Lane": "m1", "Jack": "f1", "Gwendolen": "m2"}


def test_the_order_of_the_roles_does_not_matter() -> None:
    roles = ["Jack", "Lady Bracknell", "Cecily"]
    assert cast_voices(EARNEST, roles, PALETTE) == cast_voices(EARNEST, roles[::-1], PALETTE)


def test_a_title_chooses_the_gender() -> None:
    cast = cast_voices(EARNEST, ["Lady Bracknell", "Miss Prism"], PALETTE)
    assert [spec.voice for spec in cast.voices.values()] == ["f1", "f2"]


def test_a_voice_of_unknown_gender_fits_any_title() -> None:
    chosen = [timbre("mine", None), *PALETTE]
    cast = cast_voices(EARNEST, ["Lady Bracknell"], chosen)
    assert cast.voice_of("Lady Bracknell").voice == "mine"


def test_when_a_gender_runs_out_any_free_voice_will_do() -> None:
    ladies = ["Lady A", "Lady B", "Lady C", "Lady D"]
    cast = cast_voices(ladies, ladies, PALETTE)
    assert [spec.voice for spec in cast.voices.values()] == ["f1", "f2", "x", "m1"]


def test_a_crowd_larger_than_the_palette_starts_over() -> None:
    crowd = [f"Citizen {number}" for number in range(7)]
    cast = cast_voices(crowd, crowd, PALETTE)
    assert [spec.voice for spec in cast.voices.values()] == "m1 f1 m2 f2 x m1 f1".split()


def test_the_prompter_is_none_of_the_partners() -> None:
    cast = cast_voices(EARNEST, ["Lane", "Jack"], PALETTE)
    assert cast.voice_of(None) == cast.prompter
    assert cast.voice_of("Algernon") == cast.prompter
    assert cast.prompter not in cast.voices.values()


def test_a_palette_is_needed() -> None:
    with pytest.raises(ValueError, match="at least one"):
        cast_voices(EARNEST, ["Lane"], [])


@pytest.mark.parametrize(
    ("character", "gender"),
    [
        ("LADY BRACKNELL", "female"),
        ("Mrs. Alving", "female"),
        ("Nurse", "female"),
        ("King Lear", "male"),
        ("Friar Laurence", "male"),
        ("Mr and Mrs Smith", None),
        ("Gwendolen", None),
        ("Misses", None),
    ],
)
def test_gender_is_told_by_titles_only(character: str, gender: Gender | None) -> None:
    assert gender_of(character) == gender


@pytest.mark.parametrize(
    ("partner_voice", "language", "chosen"),
    [
        (None, "en", ("flite", "en-us")),
        (None, "EN-GB", ("flite", "en-us")),
        (None, "de", ("espeak-ng", "de")),
        (None, "de-AT", ("espeak-ng", "de")),
        (None, "fr", ("espeak-ng", "fr-fr")),
        ("espeak-ng", "en", ("espeak-ng", "en-us")),
        ("espeak-ng:en-gb+f2", "en", ("espeak-ng", "en-gb+f2")),
        ("en-gb+f2", "en", ("espeak-ng", "en-gb+f2")),
        ("en-us", "de", ("flite", "en-us")),
    ],
)
def test_the_voice_is_the_first_that_fits(
    partner_voice: str | None, language: str, chosen: tuple[str, str]
) -> None:
    assert choose_voice(ENGINES, partner_voice=partner_voice, language=language) == chosen


@pytest.mark.parametrize(
    ("partner_voice", "language", "reason"),
    [
        ("nobody", "en", "is called 'nobody'; choose another partner_voice"),
        ("piper", "en", "piper: no Piper voice is configured"),
        ("flite", "de", "flite"),
        (None, "tlh", "speaks 'tlh'"),
    ],
)
def test_a_voice_that_is_not_there_says_why(
    partner_voice: str | None, language: str, reason: str
) -> None:
    with pytest.raises(VoiceUnavailableError, match=reason):
        choose_voice(ENGINES, partner_voice=partner_voice, language=language)
