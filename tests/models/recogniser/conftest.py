from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

from models.recogniser import pocketsphinx_engine, sherpa_engine
from models.recogniser.port import SAMPLE_RATE_HZ, Pcm, Recogniser
from tests.models.recogniser.tiny_transducer import write_tiny_transducer
from tests.models.voices import voice


@pytest.fixture(scope="module", params=["pocketsphinx", "sherpa-onnx"])
def recogniser(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Recogniser:
    """Each engine whose model can be had without a download; absent ones are skipped by name."""
    if request.param == "pocketsphinx":
        return pocketsphinx_engine.ENGINE.load(None)
    if find_spec("sherpa_onnx") is None:
        pytest.skip("sherpa-onnx is not installed (pip install sherpa-onnx)")
    model = write_tiny_transducer(tmp_path_factory.mktemp("transducer"))
    return sherpa_engine.ENGINE.load(model)


@pytest.fixture(scope="module")
def utterance() -> Pcm:
    """Two seconds of something like a voice between half seconds of silence."""
    quiet = np.zeros(SAMPLE_RATE_HZ // 2, np.int16)
    sound = np.asarray(voice(2.0, seed=2) * 32_767, np.int16)
    return np.concatenate([quiet, sound, quiet])
