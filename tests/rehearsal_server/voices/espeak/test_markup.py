from __future__ import annotations

from rehearsal_server.voices.espeak.markup import Markup
from rehearsal_server.voices.spoken import spoken_text


def test_plain_text_stays_plain() -> None:
    spoken = spoken_text("I will go.")
    markup = Markup.of(spoken, (0, len(spoken.text)))
    assert markup.text == spoken.text
    assert not markup.is_ssml


def test_emphasised_words_are_marked_and_every_character_found_again() -> None:
    spoken = spoken_text("I will NOT go, NEVER.")
    markup = Markup.of(spoken, (0, len(spoken.text)))
    assert markup.text == (
        'I will <emphasis level="strong">not</emphasis> go, '
        '<emphasis level="strong">never</emphasis>.'
    )
    assert markup.is_ssml
    for word in ("I", "will", "not", "go", "never"):
        assert markup.in_text(markup.text.index(word)) == spoken.text.index(word)


def test_only_the_passage_is_marked_up() -> None:
    spoken = spoken_text("NO, no. I said NO.")
    markup = Markup.of(spoken, (8, len(spoken.text)))
    assert markup.text == 'I said <emphasis level="strong">no</emphasis>.'
    assert markup.in_text(0) == 8
    assert markup.in_text(markup.text.index("no<")) == 15
