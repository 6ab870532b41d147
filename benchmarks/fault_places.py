"""A disk that can fill up and a database that can go away, made for one run."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_POSTGRESQL = Path("/usr/lib/postgresql")


class Absent(Exception):
    """What a fault needs is not on this machine."""


@dataclass(frozen=True)
class SmallDisk:
    """A file system of a few megabytes."""

    path: Path

    @contextmanager
    def filled(self) -> Iterator[None]:
        """Keep it full for as long as the block lasts."""
        ballast = self.path / "ballast"
        # Unbuffered: what does not fit must not wait for the close.
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))
        try:
            yield
        finally:
            ballast.unlink()


@contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[SmallDisk]:
    """Mount a tmpfs; raises `Absent` where that is not allowed."""
    path.mkdir(parents=True)
    size = f"size={megabytes}m,mode=700"
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(path)], capture_output=True, check=False
    )
    if made.returncode:
        raise Absent(f"full_disk (a tmpfs can't be mounted: {made.stderr.decode().strip()})")
    try:
        yield SmallDisk(path)
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


@dataclass(frozen=True)
class Postgresql:
    """A cluster of our own."""

    programs: Path
    directory: Path
    port: int

    @property
    def url(self) -> str:
        """For SQLAlchemy."""
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/postgres"

    async def start(self) -> None:
        """Start it."""
        options = f"-p {self.port} -k {self.directory} -h 127.0.0.1"
        await self._run("pg_ctl", "-w", "-o", options, "-l", str(self.directory / "log"), "start")

    async def stop(self) -> None:
        """Stop it as a crash would."""
        await self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    async def make(self) -> None:
        """Make its files."""
        await self._run("initdb", "-U", "postgres", "--auth=trust", "-E", "UTF8")

    async def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), "-D", str(self.directory / "data"), *arguments]
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            command = ["runuser", "-u", "postgres", "--", *command]
        process = await asyncio.create_subprocess_exec(
            *command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/"
        )
        if await process.wait():
            raise Absent(f"PostgreSQL ({program} failed)")


def _find_programs() -> Path:
    versions = sorted(_POSTGRESQL.glob("*/bin/initdb")) if _POSTGRESQL.exists() else []
    if not versions:
        raise Absent("PostgreSQL (its programs are not installed)")
    return versions[-1].parent


@asynccontextmanager
async def temporary_postgresql() -> AsyncIterator[Postgresql]:
    """Run a cluster for as long as the block lasts; raises `Absent` where there is none."""
    programs = _find_programs()
    directory = Path(tempfile.mkdtemp(prefix="faults-postgresql-"))
    if os.geteuid() == 0:
        shutil.chown(directory, "postgres", "postgres")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    cluster = Postgresql(programs, directory, port)
    try:
        await cluster.make()
        await cluster.start()
        yield cluster
    finally:
        with suppress(Absent):
            await cluster.stop()
        shutil.rmtree(directory, ignore_errors=True)
