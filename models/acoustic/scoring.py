"""How well frames of speech fit senones: log-likelihoods, as matrix products over all frames."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from models.acoustic.acoustic_model import AcousticModel, Senones
from models.acoustic.row_products import BLOCK_ROWS, in_blocks

Float32s = npt.NDArray[np.float32]

# Frames that are worked on at a time, so that they stay in the processor's cache.
_CHUNK_BLOCKS = 8
# A stream's likelihood is never less than this share of that of its best density: one frame that
# fits nothing must not outweigh a whole word. The product of three such stays a normal float32.
_LEAST_LIKELIHOOD = np.float32(1e-12)
_DEEPEST_LOG = np.float32(-40.0)


class _CodebookPart(NamedTuple):
    """The senones of one codebook: which densities they mix, and which columns they fill."""

    densities: slice
    columns: slice
    # float32, shape (n_streams, n_densities, n_members)
    weights: Float32s


class SenoneScorer:
    """Scores a fixed set of senones.

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
        count = len(features)
        by_stream = features.reshape(count, self.model.streams, -1)
        ones = np.ones((count, 1), np.float32)
        inputs = [
            in_blocks(np.concatenate([part, part**2, ones], axis=1))
            for part in by_stream.transpose(1, 0, 2)
        ]
        scores = np.empty((len(inputs[0]), BLOCK_ROWS, len(self.senones)), np.float32)
        for start in range(0, len(scores), _CHUNK_BLOCKS):
            chunk = slice(start, start + _CHUNK_BLOCKS)
            scores[chunk] = self._score_chunk([blocks[chunk] for blocks in inputs])
        rows = scores.reshape(-1, len(self.senones))[:count]
        return np.log(rows, out=rows)

    def _score_chunk(self, inputs: list[Float32s]) -> Float32s:
        """Likelihoods of some blocks of frames, shape (n_blocks, BLOCK_ROWS, n_senones)."""
        likelihoods = np.ones((*inputs[0].shape[:2], len(self.senones)), np.float32)
        mixed = np.empty_like(likelihoods)
        for stream, blocks in enumerate(inputs):
            densities = np.matmul(blocks, self.model.precision_terms[stream])
            densities -= densities.max(axis=-1, keepdims=True)
            np.maximum(densities, _DEEPEST_LOG, out=densities)
            np.exp(densities, out=densities)
            for part in self._parts:
                np.matmul(
                    densities[..., part.densities],
                    part.weights[stream],
                    out=mixed[..., part.columns],
                )
            np.maximum(mixed, _LEAST_LIKELIHOOD, out=mixed)
            likelihoods *= mixed
        ordered: npt.NDArray[np.float32] = likelihoods[..., self._columns]
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
