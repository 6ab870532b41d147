"""The parameters of the acoustic model, ready for scoring, and which senones a phone has."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.acoustic.sphinx_files import (
    Definition,
    SphinxFileError,
    read_definition,
    read_gaussians,
    read_mixture_weights,
    read_transitions,
)
from models.card import ModelAbsent

Float32s = npt.NDArray[np.float32]
Senones = npt.NDArray[np.int32]

STATES_PER_PHONE = 3
SILENCE = "SIL"
NOISES = ("+NSN+", "+SPN+")
# As pocketsphinx's `varfloor`: no density is narrower.
_VARIANCE_FLOOR = 1e-4
_MODEL = "en-us"


class WordPosition(IntEnum):
    """Where in its word a phone stands, numbered as in the model definition."""

    INTERNAL = 0
    BEGIN = 1
    END = 2
    SINGLE = 3


@dataclass(frozen=True)
class AcousticModel:
    """Gaussians shared by all senones of a phone ("phonetically tied mixtures").

    Attributes
    ----------
    definition : Definition
    precision_terms : float32, shape (n_streams, 2 * n_dimensions + 1, n_codebooks * n_densities)
        A frame ``x`` has log-density ``[x, x ** 2, 1] @ terms`` under every Gaussian.
    weights : float32, shape (n_streams, n_senones, n_densities)
        Mixture weights.
    senone_codebook : intp, shape (n_senones,)
        Whose densities a senone mixes: those of its phone, by number.
    transitions : float32, shape (n_matrices, n_states, n_states + 1)
        Probabilities.
    """

    definition: Definition
    precision_terms: Float32s
    weights: Float32s
    senone_codebook: npt.NDArray[np.intp]
    transitions: Float32s

    name = "CMU Sphinx en-us 5.2 (BSD-2)"

    @property
    def streams(self) -> int:
        """Parts of a feature vector that are modelled apart: cepstra, deltas, second deltas."""
        return int(self.precision_terms.shape[0])

    @property
    def codebooks(self) -> int:
        """Sets of densities, one a phone."""
        return len(self.definition.phones)

    @property
    def densities(self) -> int:
        """Gaussians of a codebook and stream."""
        return int(self.weights.shape[2])

    @cached_property
    def phone_numbers(self) -> dict[str, int]:
        """Number of each context-independent phone."""
        return {phone: number for number, phone in enumerate(self.definition.phones)}

    @cached_property
    def speech_phones(self) -> tuple[str, ...]:
        """The phones that people speak, fillers left out."""
        fillers = {SILENCE, *NOISES}
        return tuple(phone for phone in self.definition.phones if phone not in fillers)

    def senones(self, phone: str) -> Senones:
        """Senones of a phone's states whatever its neighbours, shape (STATES_PER_PHONE,)."""
        return self._of_entry(self.phone_numbers[phone])

    def senones_in_context(
        self, phone: str, left: str, right: str, position: WordPosition
    ) -> Senones:
        """Senones of a phone between its neighbours, shape (STATES_PER_PHONE,).

        A context that the model has not seen is replaced by the same one elsewhere in a word, or
        else left out, as pocketsphinx does.
        """
        numbers = self.phone_numbers
        context = (numbers[phone], numbers[left], numbers[right])
        for candidate in (position, *WordPosition):
            entry = self._entries.get(_key(candidate, *context))
            if entry is not None:
                return self._of_entry(entry)
        return self.senones(phone)

    def transition_logs(self, phone: str) -> tuple[Float32s, Float32s]:
        """Log-probabilities to stay in each state of a phone and to go on, (STATES_PER_PHONE,)."""
        matrix = self.transitions[self.definition.transition[self.phone_numbers[phone]]]
        states = np.arange(STATES_PER_PHONE)
        return np.log(matrix[states, states]), np.log(matrix[states, states + 1])

    @cached_property
    def _entries(self) -> dict[int, int]:
        """Place in the definition of each phone in context."""
        first = len(self.definition.phones)
        contexts = self.definition.context[first:].tolist()
        return {_key(*context): entry for entry, context in enumerate(contexts, first)}

    def _of_entry(self, entry: int) -> Senones:
        sequence = self.definition.senone_sequences[self.definition.sequence[entry]]
        senones: Senones = sequence.astype(np.int32)
        return senones


def _key(position: int, phone: int, left: int, right: int) -> int:
    return ((position * 256 + phone) * 256 + left) * 256 + right


def model_folder() -> Path:
    """The folder of pocketsphinx's English model and dictionary.

    Raises
    ------
    ModelAbsent
        pocketsphinx is not installed, or comes without its model.
    """
    spec = importlib.util.find_spec("pocketsphinx")
    if spec is None or spec.origin is None:
        raise ModelAbsent("the package pocketsphinx is not installed: pip install pocketsphinx")
    # Its C extension is not needed, so the package is only located.
    folder = Path(spec.origin).parent / "model" / _MODEL
    if not (folder / _MODEL / "means").exists():
        raise ModelAbsent(f"this pocketsphinx has no English model ({folder} is missing)")
    return folder


def open_acoustic_model(folder: Path | None = None) -> AcousticModel:
    """Read the model; takes a few tenths of a second and about 40 MB, once a process.

    Parameters
    ----------
    folder : Path, optional
        Holds ``means``, ``variances``, ``sendump``, ``mdef`` and ``transition_matrices``; that of
        the installed pocketsphinx if left out.

    Raises
    ------
    ModelAbsent
        There is no model, or its files cannot be read.
    """
    folder = folder or model_folder() / _MODEL
    try:
        definition = read_definition(folder / "mdef")
        means = read_gaussians(folder / "means")
        variances = read_gaussians(folder / "variances")
        weights = read_mixture_weights(folder / "sendump")
        transitions = read_transitions(folder / "transition_matrices")
    except (OSError, SphinxFileError) as error:
        raise ModelAbsent(f"the acoustic model cannot be read: {error}") from error
    return AcousticModel(
        definition=definition,
        precision_terms=_precision_terms(means, variances),
        weights=np.ascontiguousarray(weights.transpose(0, 2, 1)),
        senone_codebook=_senone_codebooks(definition),
        transitions=transitions,
    )


def _precision_terms(means: Float32s, variances: Float32s) -> Float32s:
    """Log-Gaussians as a matrix: ``log N(x) = x m / v - x^2 / 2v - (m^2 / v + log 2 pi v) / 2``."""
    mean = means.astype(np.float64)
    variance = np.maximum(variances.astype(np.float64), _VARIANCE_FLOOR)
    constant = -0.5 * np.sum(np.log(2 * np.pi * variance) + mean**2 / variance, axis=-1)
    terms = np.concatenate([mean / variance, -0.5 / variance, constant[..., None]], axis=-1)
    codebooks, streams, densities, size = terms.shape
    by_stream = terms.transpose(1, 3, 0, 2).reshape(streams, size, codebooks * densities)
    return np.ascontiguousarray(by_stream, dtype=np.float32)


def _senone_codebooks(definition: Definition) -> npt.NDArray[np.intp]:
    phones = definition.context[:, 1].astype(np.intp)
    phones[: len(definition.phones)] = np.arange(len(definition.phones))
    codebooks = np.zeros(definition.senone_count, np.intp)
    codebooks[definition.senone_sequences[definition.sequence]] = phones[:, None]
    return codebooks


def distinct_senones(sequences: Sequence[Senones]) -> Senones:
    """The senones of several phones, each once, in order."""
    return np.unique(np.concatenate(sequences)).astype(np.int32)
