"""IPA, as espeak-ng writes it for English, in the phones of the acoustic model."""

from __future__ import annotations

import re

from models.acoustic.dictionary import Pronunciation

# Sounds that English lacks stand beside the nearest that a speaker of English makes.
# fmt: off
_PHONES = {
    "aː": "AA", "ɑ": "AA", "ɑː": "AA", "ɒ": "AA", "ɑ̃": "AA N", "ɑːɹ": "AA R", "a": "AE",
    "æ": "AE", "ɛ̃": "AE N", "ɐ": "AH", "ə": "AH", "ʌ": "AH", "l̩": "AH L", "əl": "AH L",
    "m̩": "AH M", "n̩": "AH N", "oː": "AO", "ɔ": "AO", "ɔː": "AO", "ɔ̃": "AO N", "oːɹ": "AO R",
    "ɔɹ": "AO R", "ɔːɹ": "AO R", "aʊ": "AW", "aɪ": "AY", "aɪʊ": "AY", "aɪə": "AY AH",
    "aɪɚ": "AY ER", "b": "B", "tʃ": "CH", "d": "D", "dz": "D Z", "ð": "DH", "e": "EH", "ɛ": "EH",
    "eə": "EH R", "ɛɹ": "EH R", "ø": "ER", "œ": "ER", "əɹ": "ER", "ɚ": "ER", "ɜ": "ER", "ɜː": "ER",
    "eɪ": "EY", "f": "F", "g": "G", "ɡ": "G", "ɡʲ": "G", "ɣ": "G", "h": "HH", "ç": "HH", "ɨ": "IH",
    "ɪ": "IH", "ᵻ": "IH", "ɪə": "IH R", "ɪɹ": "IH R", "i": "IY", "iː": "IY", "iə": "IY AH",
    "dʒ": "JH", "k": "K", "x": "K", "l": "L", "ɫ": "L", "ɬ": "L", "ʎ": "L Y", "m": "M", "n": "N",
    "nʲ": "N Y", "ɲ": "N Y", "ŋ": "NG", "o": "OW", "oʊ": "OW", "əʊ": "OW", "ɔɪ": "OY", "p": "P",
    "r": "R", "ɹ": "R", "s": "S", "ʃ": "SH", "t": "T", "ɾ": "T", "ʔ": "T", "ts": "T S", "θ": "TH",
    "ʊ": "UH", "ʊə": "UH R", "ʊɹ": "UH R", "u": "UW", "uː": "UW", "v": "V", "β": "V", "w": "W",
    "ʍ": "W", "j": "Y", "y": "Y UW", "z": "Z", "ʒ": "ZH",
}
# fmt: on
_LONGEST = max(map(len, _PHONES))
# Stress, ties and joiners; and "(fr)", where espeak-ng changes the language.
_MARKS = re.compile(r"[ˈˌ\u200d‿\u0361]|\([^)]*\)")


def phones_of_ipa(ipa: str) -> Pronunciation:
    """Translate a pronunciation, the longest known symbols first; unknown ones are left out."""
    text = _MARKS.sub("", ipa)
    phones: list[str] = []
    at = 0
    while at < len(text):
        for length in range(min(_LONGEST, len(text) - at), 0, -1):
            known = _PHONES.get(text[at : at + length])
            if known is not None:
                phones += known.split()
                break
        at += length
    return tuple(phones)
