from __future__ import annotations

import subprocess
import sys

PARENT = """
import multiprocessing, os, signal, time
from rehearsal_server.processes import end_with_parent

def child(started):
    end_with_parent()
    started.send(os.getpid())
    while True:
        time.sleep(60)

if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    context.Process(target=child, args=(there,)).start()
    here.recv()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_child_ends_with_a_killed_parent() -> None:
    # The child holds the pipe's other end, so reading to the end waits for the child.
    process = subprocess.run(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, timeout=60, check=False
    )
    assert process.returncode == -9
