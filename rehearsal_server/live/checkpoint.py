"""The analysis of one stream, written down so that it can go on after a restart."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np

from dsp.bank import StreamBank
from dsp.stream_state import StreamState
from rehearsal_server.live.analysis import MicrophoneIntake
from rehearsal_server.protocol.fields import AudioFormat


class _Row(msgspec.Struct, array_like=True, frozen=True):
    dtype: str
    shape: tuple[int, ...]
    data: bytes


class Checkpoint(msgspec.Struct, array_like=True, frozen=True):
    """Where a stream was, and all that the analysis remembered of it."""

    # What the microphone has to send next.
    next_seq: int
    next_position: int
    # End of the last hop that was analysed.
    heard_ms: int
    intake: dict[str, _Row]
    bank: dict[str, _Row]

    @property
    def end(self) -> ChunkEnd:
        """What the microphone has to send next."""
        return ChunkEnd(self.next_seq, self.next_position)

    @property
    def intake_state(self) -> StreamState:
        """For `MicrophoneIntake.restore`."""
        return _to_state(self.intake)

    @property
    def bank_state(self) -> StreamState:
        """For `StreamBank.restore`."""
        return _to_state(self.bank)


@dataclass(frozen=True)
class ChunkEnd:
    """What the microphone sends after a chunk: number of the chunk, first sample."""

    next_seq: int
    next_position: int


BEFORE_THE_FIRST = ChunkEnd(0, 0)


def fits(checkpoint: Checkpoint, audio: AudioFormat) -> bool:
    """Whether this version of the analysis can go on from a checkpoint."""
    bank = StreamBank(1)
    try:
        MicrophoneIntake(audio).restore(checkpoint.intake_state)
        bank.restore(bank.acquire(), checkpoint.bank_state)
    except (KeyError, ValueError):
        return False
    return True


def make_checkpoint(
    end: ChunkEnd, heard_ms: int, intake: StreamState, bank: StreamState
) -> Checkpoint:
    """Write the states down."""
    return Checkpoint(end.next_seq, end.next_position, heard_ms, _to_rows(intake), _to_rows(bank))


def _to_rows(state: StreamState) -> dict[str, _Row]:
    return {name: _Row(a.dtype.str, a.shape, a.tobytes()) for name, a in state.items()}


def _to_state(rows: dict[str, _Row]) -> StreamState:
    return {
        name: np.frombuffer(row.data, row.dtype).reshape(row.shape) for name, row in rows.items()
    }
