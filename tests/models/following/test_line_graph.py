from __future__ import annotations

import numpy as np
import pytest

from models.following.line_graph import MOST_VARIANTS, build_line_graph
from tests.models.acoustic.samples import acoustic_model, dictionary


def test_every_phone_has_three_states() -> None:
    graph = build_line_graph(acoustic_model(), [(("K", "AE", "T"),), (("S", "AE", "T"),)])
    assert graph.states == 18
    assert graph.words == 2
    assert graph.entry_state.tolist() == [0, 9]
    assert graph.exit_state[:, 0].tolist() == [8, 17]


def test_a_word_is_as_good_as_said_in_its_last_phone() -> None:
    graph = build_line_graph(acoustic_model(), [(("K", "AE", "T"),)])
    assert np.flatnonzero(graph.is_late).tolist() == [7, 8]


def test_pronunciations_stand_side_by_side() -> None:
    variants = dictionary().pronunciations("was")
    graph = build_line_graph(acoustic_model(), [variants])
    assert len(graph.entry_state) == min(len(variants), MOST_VARIANTS)
    assert set(graph.word.tolist()) == {0}


@pytest.mark.parametrize("words", [[], [()]])
def test_a_line_needs_words_and_these_pronunciations(words: list[tuple[()]]) -> None:
    with pytest.raises(ValueError, match="pronunciation"):
        build_line_graph(acoustic_model(), words)
