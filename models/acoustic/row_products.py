"""Matrix products whose rows do not depend on their company.

BLAS sums in another order for another number of rows, so a frame's score would change in its last
digits with the number of sessions that are scored with it. In blocks of a fixed number of rows it
does not, and the same audio gives the same score, live and replayed.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

BLOCK_ROWS = 8

Float32s = npt.NDArray[np.float32]


def in_blocks(rows: Float32s) -> Float32s:
    """Cut rows into blocks, the last padded with zeros.

    Parameters
    ----------
    rows : float32, shape (n, size)

    Returns
    -------
    float32, shape (n_blocks, BLOCK_ROWS, size)
    """
    count, size = rows.shape
    blocks = -(-count // BLOCK_ROWS)
    padded = np.zeros((blocks * BLOCK_ROWS, size), np.float32)
    padded[:count] = rows
    return padded.reshape(blocks, BLOCK_ROWS, size)


def multiply_rows(rows: Float32s, matrix: Float32s) -> Float32s:
    """``rows @ matrix``, each row as if it were alone.

    Parameters
    ----------
    rows : float32, shape (n, size)
    matrix : float32, shape (size, n_columns)
    """
    product = np.matmul(in_blocks(rows), matrix)
    alone: Float32s = product.reshape(-1, matrix.shape[1])[: len(rows)]
    return alone
