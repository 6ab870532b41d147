"""The engines there are, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from models.recogniser import pocketsphinx_engine, sherpa_engine, vosk_engine
from models.recogniser.port import Engine

ENGINES: Mapping[str, Engine] = MappingProxyType(
    {
        engine.name: engine
        for engine in (pocketsphinx_engine.ENGINE, sherpa_engine.ENGINE, vosk_engine.ENGINE)
    }
)
