"""The words a prompter whispers: a few, then more, then the rest of the line."""

from __future__ import annotations

from rehearsal_server.protocol.fields import Strictness
from rehearsal_server.scripts.words import words

# Who wants the line word for word is given as little of it as can be.
FIRST_PROMPT_WORDS: dict[Strictness, int] = {"word_perfect": 2, "close": 3, "gist": 3}


class PromptLadder:
    """Prompts for one line, each longer than the one before at the same place."""

    def __init__(self, text: str, strictness: Strictness = "close") -> None:
        self._first_length = FIRST_PROMPT_WORDS[strictness]
        self._text = text
        self._words = words(text)
        self._from_word = -1
        self._length = 0
        # Words given to the actor, which therefore do not count as known.
        self.prompted: set[int] = set()

    @property
    def used(self) -> bool:
        """Whether the actor was prompted in this line."""
        return bool(self.prompted)

    @property
    def exhausted(self) -> bool:
        """Whether the prompter has reached the end of the line."""
        return len(self._words) - 1 in self.prompted

    def next(self, words_said: int) -> str:
        """Words to prompt an actor who stopped after `words_said` words; never empty."""
        first = min(words_said, len(self._words) - 1)
        if first <= self._from_word + 1 and self._length:
            first = self._from_word
            self._length *= 2
        else:
            self._from_word, self._length = first, self._first_length
        last = min(first + self._length, len(self._words)) - 1
        self.prompted.update(range(first, last + 1))
        return self._text[self._words[first].start : self._words[last].end]
