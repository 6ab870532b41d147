from __future__ import annotations

import platform
import subprocess
import sys


def test_arenas_are_shared_where_there_are_any() -> None:
    # In a process of its own: the setting stays for as long as the process does.
    program = "from rehearsal_server.memory import share_arenas; print(share_arenas())"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    if platform.libc_ver()[0] == "glibc":
        assert run.stdout == "True\n"
