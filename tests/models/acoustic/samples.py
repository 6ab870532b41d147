"""The installed model, opened once for all tests."""

from __future__ import annotations

from functools import cache

from models.acoustic.acoustic_model import AcousticModel, open_acoustic_model
from models.acoustic.dictionary import Dictionary


@cache
def acoustic_model() -> AcousticModel:
    return open_acoustic_model()


@cache
def dictionary() -> Dictionary:
    return Dictionary()
