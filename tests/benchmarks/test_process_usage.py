from __future__ import annotations

import os
import subprocess
import sys

import pytest

from benchmarks.process_usage import usage_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def test_a_process_uses_time_and_memory() -> None:
    before = usage_of(os.getpid())
    sum(range(20_000_000))
    after = usage_of(os.getpid())
    assert after.cpu_s > before.cpu_s
    assert after.rss_bytes > 2**20


def test_children_count() -> None:
    alone = usage_of(os.getpid()).rss_bytes
    waiting = "import sys; block = b'x' * 2**26; print('ready', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", waiting], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert usage_of(os.getpid()).rss_bytes > alone + 2**26
        child.communicate()


def test_a_process_that_is_gone_uses_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    assert usage_of(child.pid).rss_bytes == 0
