from __future__ import annotations

from pathlib import Path

from rehearsal_server.readiness import ask_all, disk_probe


async def well() -> str:
    return ""


async def ill() -> str:
    return "It is ill."


async def broken() -> str:
    raise RuntimeError("hunter2")


async def test_each_dependency_is_asked_for_itself() -> None:
    assert await ask_all({"a": well}) == {}
    wrong = await ask_all({"a": well, "b": ill, "c": broken})
    assert wrong == {"b": "It is ill.", "c": "It cannot be asked."}


async def test_a_full_disk_is_told(tmp_path: Path) -> None:
    assert await disk_probe(tmp_path, 1)() == ""
    assert "full" in await disk_probe(tmp_path, 2**62)()
