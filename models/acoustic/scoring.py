"""How well frames of speech fit senones: log-likelihoods, as matrix products over all frames."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models.acoustic.acoustic_model import AcousticModel, Senones
from models.acoustic.row_products import BLOCK_ROWS, in_blocks

Float32s = npt.NDArray[np.float32]

# Frames to work on at a time, so that they stay in the processor's cache.
CHUNK_FRAMES = 32
# A stream's likelihood is never less than this share of that of its best density: one frame that
# fits nothing must not outweigh a whole word. The product of three such stays a normal float32.
_LEAST_LIKELIHOOD = np.float32(1e-12)
_DEEPEST_LOG = np.float32(-40.0)


def relative_densities(model: AcousticModel, features: Float32s) -> Float32s:
    """Evaluate every Gaussian of the model for every frame.

    Parameters
    ----------
    model : AcousticModel
    features : float32, shape (n_frames, n_streams * n_dimensions)
        From `front_end`, the mean subtracted; best `CHUNK_FRAMES` at most.

    Returns
    -------
    float32, shape (n_streams, n_frames rounded up to whole blocks, n_codebooks * n_densities)
        Density over the frame's best one in that stream. Bit-equal whatever frames are together.
    """
    count = len(features)
    ones = np.ones((count, 1), np.float32)
    by_stream = features.reshape(count, model.streams, -1).transpose(1, 0, 2)
    densities = np.stack(
        [
            np.matmul(in_blocks(np.concatenate([part, part**2, ones], axis=1)), terms)
            for part, terms in zip(by_stream, model.precision_terms, strict=True)
        ]
    )
    densities -= densities.max(axis=-1, keepdims=True)
    np.maximum(densities, _DEEPEST_LOG, out=densities)
    np.exp(densities, out=densities)
    return densities.reshape(model.streams, -1, densities.shape[-1])


class PhoneScorer:
    """Scores the senones of all phones whatever their neighbours, for any number of frames."""

    def __init__(self, model: AcousticModel) -> None:
        self._model = model
        senones = np.stack([model.senones(phone) for phone in model.definition.phones])
        # Of each phone's own codebook: (n_streams, 1, n_phones, states per phone, n_densities).
        self._weights = np.ascontiguousarray(model.weights[:, senones])[:, None]

    def mix(self, densities: Float32s) -> Float32s:
        """Log-likelihoods, shape (n_frames, n_phones, states per phone); see `mix_few`."""
        by_phone = densities.reshape(*densities.shape[:2], self._model.codebooks, 1, -1)
        return _log_product(np.vecdot(by_phone, self._weights))


def mix_few(model: AcousticModel, densities: Float32s, senones: Senones) -> Float32s:
    """Score a few senones, such as those of one line, for a few frames; keeps no weights.

    Parameters
    ----------
    model : AcousticModel
    densities : float32, shape (n_streams, n_frames, n_codebooks * n_densities)
        From `relative_densities`.
    senones : int32, shape (n_senones,)

    Returns
    -------
    float32, shape (n_frames, n_senones)
        As from `SenoneScorer.score`, to the last digits. Bit-equal whatever frames are together.
    """
    by_codebook = densities.reshape(*densities.shape[:2], model.codebooks, -1)
    own = by_codebook[:, :, model.senone_codebook[senones]]
    return _log_product(np.vecdot(own, model.weights[:, senones][:, None]))


def _log_product(mixed: Float32s) -> Float32s:
    np.maximum(mixed, _LEAST_LIKELIHOOD, out=mixed)
    scores: Float32s = np.log(mixed[0] * mixed[1] * mixed[2])
    return scores


class _CodebookPart(NamedTuple):
    """The senones of one codebook: which densities they mix, and which columns they fill."""

    densities: slice
    columns: slice
    # float32, shape (n_streams, n_densities, n_members)
    weights: Float32s


class SenoneScorer:
    """Scores a fixed set of senones for any number of frames.

    Parameters
    ----------
    model : AcousticModel
    senones : int32, shape (n_senones,)
        Which, each once. All together take about three times as long as a few hundred.
    """

    def __init__(self, model: AcousticModel, senones: Senones) -> None:
        self.model = model
        self.senones = senones
        order, self._parts = _parts_by_codebook(model, senones)
        # Column of the product that each senone of `senones` has.
        self._columns = np.argsort(order)

    def score(self, features: Float32s) -> Float32s:
        """Score frames.

        Parameters
        ----------
        features : float32, shape (n_frames, n_streams * n_dimensions)
            From `front_end`, the mean subtracted.

        Returns
        -------
        float32, shape (n_frames, n_senones)
            Log-likelihoods but for a constant of each frame: differences between senones are
            exact, and nothing else is to be read from them. Bit-equal whatever frames are scored
            together.
        """
        scores = np.empty((len(features), len(self.senones)), np.float32)
        for start in range(0, len(features), CHUNK_FRAMES):
            chunk = slice(start, start + CHUNK_FRAMES)
            scores[chunk] = self.mix(relative_densities(self.model, features[chunk]))[
                : len(scores[chunk])
            ]
        return scores

    def mix(self, densities: Float32s) -> Float32s:
        """As `score`, for `relative_densities` that others use too."""
        blocks = densities.reshape(len(densities), -1, BLOCK_ROWS, densities.shape[-1])
        likelihoods = np.ones((*blocks.shape[1:3], len(self.senones)), np.float32)
        mixed = np.empty_like(likelihoods)
        for stream, relative in enumerate(blocks):
            for part in self._parts:
                weights = part.weights[stream]
                np.matmul(relative[..., part.densities], weights, out=mixed[..., part.columns])
            np.maximum(mixed, _LEAST_LIKELIHOOD, out=mixed)
            likelihoods *= mixed
        ordered: Float32s = np.log(likelihoods.reshape(-1, len(self.senones))[:, self._columns])
        return ordered


def _parts_by_codebook(
    model: AcousticModel, senones: Senones
) -> tuple[npt.NDArray[np.intp], list[_CodebookPart]]:
    """Order senones so that those of one codebook stand together, for one product each."""
    codebooks = model.senone_codebook[senones]
    order = np.argsort(codebooks, kind="stable")
    parts: list[_CodebookPart] = []
    column = 0
    for codebook in np.unique(codebooks):
        members = senones[codebooks == codebook]
        parts.append(
            _CodebookPart(
                slice(codebook * model.densities, (codebook + 1) * model.densities),
                slice(column, column + len(members)),
                np.ascontiguousarray(model.weights[:, members].transpose(0, 2, 1)),
            )
        )
        column += len(members)
    return order, parts
