"""The file formats of CMU Sphinx: Gaussians, mixture weights, transitions, model definition.

After sphinxbase ``bio.c`` and pocketsphinx ``s3_mgau``, ``ptm_mgau.c``, ``bin_mdef.c`` (5.1).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

_BYTE_ORDER_MARK = 0x11223344
_HEADER_END = b"endhdr\n"
# Quantised weights are -log of the weight to this base, shifted down by this many bits.
_WEIGHT_LOG_BASE = 1.0001
_WEIGHT_SHIFT_BITS = 10

Float32s = npt.NDArray[np.float32]
T = TypeVar("T")


class SphinxFileError(ValueError):
    """A file is not of the expected format; the message names it."""


@dataclass(frozen=True, slots=True)
class Definition:
    """Phones, triphones and the senones that they are made of.

    Attributes
    ----------
    phones : tuple of str
        Context-independent phones, fillers included.
    senone_count : int
    senone_sequences : uint16, shape (n_sequences, states per phone)
        Senones of a phone's states.
    sequence, transition : int32, shape (n_triphones,)
        For each phone in context, its row of `senone_sequences` and its transition matrix. The
        first ``len(phones)`` are the context-independent phones.
    context : uint8, shape (n_triphones, 4)
        Position in the word, phone, left and right neighbour; meaningless for the first ones.
    """

    phones: tuple[str, ...]
    senone_count: int
    senone_sequences: npt.NDArray[np.uint16]
    sequence: npt.NDArray[np.int32]
    transition: npt.NDArray[np.int32]
    context: npt.NDArray[np.uint8]


def _reads_struct(read: Callable[[Path], T]) -> Callable[[Path], T]:
    """Tell a file that is too short as any other file that is not what it should be."""

    @wraps(read)
    def reading(path: Path) -> T:
        try:
            return read(path)
        except (struct.error, ValueError, IndexError) as error:
            raise SphinxFileError(f"{path} is cut short or spoilt: {error}") from error

    return reading


@_reads_struct
def read_gaussians(path: Path) -> Float32s:
    """Means or variances, shape (n_codebooks, n_streams, n_densities, n_dimensions)."""
    content, at = _after_header(path)
    codebooks, streams, densities = struct.unpack_from("<3i", content, at)
    lengths = struct.unpack_from(f"<{streams}i", content, at + 12)
    if len(set(lengths)) != 1:
        raise SphinxFileError(f"{path}: streams of different lengths are not supported")
    at += 12 + 4 * streams
    (count,) = struct.unpack_from("<i", content, at)
    values = np.frombuffer(content, "<f4", count, at + 4)
    shaped: Float32s = values.reshape(codebooks, streams, densities, -1).astype(np.float32)
    return shaped


@_reads_struct
def read_transitions(path: Path) -> Float32s:
    """Transition probabilities, shape (n_matrices, n_states, n_states + 1); rows add up to one."""
    content, at = _after_header(path)
    matrices, states, targets, count = struct.unpack_from("<4i", content, at)
    counts = np.frombuffer(content, "<f4", count, at + 16).reshape(matrices, states, targets)
    probabilities: Float32s = (counts / counts.sum(axis=-1, keepdims=True)).astype(np.float32)
    return probabilities


@_reads_struct
def read_mixture_weights(path: Path) -> Float32s:
    """Weights, shape (n_streams, n_densities, n_senones), from a quantised ``sendump``."""
    content = path.read_bytes()
    at, streams = 0, 0
    while True:  # a length and a string, until a length of zero
        (length,) = struct.unpack_from("<i", content, at)
        at += 4
        if length == 0:
            break
        text = content[at : at + length].rstrip(b"\0")
        if text.startswith(b"feature_count"):
            streams = int(text.split()[1])
        if text.startswith(b"cluster_count") and int(text.split()[1]) != 0:
            raise SphinxFileError(f"{path}: clustered weights are not supported")
        at += length
    densities, senones = struct.unpack_from("<2i", content, at)
    streams = streams or (len(content) - at - 8) // (densities * senones)
    levels = np.frombuffer(content, np.uint8, streams * densities * senones, at + 8)
    step = (1 << _WEIGHT_SHIFT_BITS) * np.log(_WEIGHT_LOG_BASE)
    weights = np.exp(-np.arange(256) * step).astype(np.float32)
    by_stream: Float32s = weights[levels].reshape(streams, densities, senones)
    return by_stream


@_reads_struct
def read_definition(path: Path) -> Definition:
    """Read a binary model definition (``bin_mdef``)."""
    content = path.read_bytes()
    if content[:4] != b"BMDF":
        raise SphinxFileError(f"{path} is no little-endian binary model definition")
    _, _, format_bytes = struct.unpack_from("<3i", content, 0)
    at = 12 + format_bytes
    sizes = struct.unpack_from("<10i", content, at)
    phone_count, all_phones, states, _, senones, _, sequences, _, tree_nodes, _ = sizes
    names_at = at + 40
    names, names_end = _read_names(content, names_at, phone_count)
    # The names are padded to whole words; the tree that follows lists the same triphones.
    at = names_at + (names_end - names_at + 3) // 4 * 4 + 8 * tree_nodes
    layout = np.dtype([("sequence", "<i4"), ("transition", "<i4"), ("context", "u1", 4)])
    triphones = np.frombuffer(content, layout, all_phones, at)
    at += layout.itemsize * all_phones
    (count,) = struct.unpack_from("<i", content, at)
    return Definition(
        phones=names,
        senone_count=senones,
        senone_sequences=np.frombuffer(content, "<u2", count, at + 4).reshape(sequences, states),
        sequence=triphones["sequence"].copy(),
        transition=triphones["transition"].copy(),
        context=triphones["context"].copy(),
    )


def _read_names(content: bytes, at: int, count: int) -> tuple[tuple[str, ...], int]:
    names = []
    for _ in range(count):
        end = content.index(b"\0", at)
        names.append(content[at:end].decode())
        at = end + 1
    return tuple(names), at


def _after_header(path: Path) -> tuple[bytes, int]:
    """Content of a file and where its numbers begin."""
    content = path.read_bytes()
    at = content.find(_HEADER_END)
    if not content.startswith(b"s3\n") or at < 0:
        raise SphinxFileError(f"{path} is no Sphinx-3 file")
    at += len(_HEADER_END)
    (mark,) = struct.unpack_from("<I", content, at)
    if mark != _BYTE_ORDER_MARK:
        raise SphinxFileError(f"{path} has another byte order than little-endian")
    return content, at + 4
