"""Measure on one core with one thread, as each worker process of the server runs."""

from __future__ import annotations

import os
import sys

_THREAD_SETTINGS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)


def stay_on_one_core(module: str) -> None:
    """Pin this process; starts it again where libraries have already counted the cores.

    Parameters
    ----------
    module : str
        The benchmark that is running, for ``python -m``.
    """
    if any(os.environ.get(setting) != "1" for setting in _THREAD_SETTINGS):
        os.environ.update(dict.fromkeys(_THREAD_SETTINGS, "1"))
        os.execv(sys.executable, [sys.executable, "-m", module, *sys.argv[1:]])
    # Not on every system, and not in every container.
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
