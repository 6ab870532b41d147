"""The command line: `rehearsal-server serve | demo | replay | settings | bench`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rehearsal_server import __version__
from rehearsal_server.config import SettingsError, describe_settings, load_settings
from rehearsal_server.demo.command import add_demo_options, run_demo
from rehearsal_server.logs import configure_logging

Commands = Any  # argparse's type for sub-commands is private


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    options = make_parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def make_parser() -> argparse.ArgumentParser:
    """Declare every command and its options."""
    parser = argparse.ArgumentParser(prog="rehearsal-server", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="serve rehearsals until SIGTERM")
    serve.set_defaults(run=_serve)
    demo = commands.add_parser("demo", help="rehearse a scene on a server of its own")
    add_demo_options(demo)
    demo.set_defaults(run=run_demo)
    settings = commands.add_parser("settings", help="list every setting")
    settings.set_defaults(run=_list_settings)
    replay = commands.add_parser("replay", help="run a recorded session again, without a network")
    replay.add_argument("recording", type=Path, metavar="FILE", help="folder of the recording")
    replay.set_defaults(run=_replay)
    bench = commands.add_parser("bench", help="measure this machine; lists what can be measured")
    bench.add_argument("benchmark", nargs=argparse.REMAINDER, metavar="NAME ...")
    bench.set_defaults(run=_bench)
    return parser


def _serve(_options: argparse.Namespace) -> int:
    # Imported late: `settings` and `--help` need none of the analysis.
    from rehearsal_server.memory import share_arenas
    from rehearsal_server.serving import make_server

    share_arenas()
    settings = load_settings(os.environ, Path(".env"))
    configure_logging(settings.log_level, settings.log_format)
    server = make_server(settings)
    server.run()
    return 0 if server.started else 1


def _list_settings(_options: argparse.Namespace) -> int:
    for setting in describe_settings():
        print(f"{setting.variable}={setting.default}\n    {setting.doc} ({setting.allowed})")
    return 0


def _bench(options: argparse.Namespace) -> int:
    try:
        from benchmarks.__main__ import main as run_benchmark
    except ModuleNotFoundError as error:
        if error.name != "benchmarks":
            raise
        print("the benchmarks are in the checkout: run this from its folder", file=sys.stderr)
        return 2
    return run_benchmark(options.benchmark)


def _replay(options: argparse.Namespace) -> int:
    from rehearsal_server.protocol.codec import JSON
    from rehearsal_server.replay import RecordingError, differences, read_recording, replay

    try:
        recording = read_recording(options.recording)
        events = replay(recording)
    except RecordingError as error:
        print(error, file=sys.stderr)
        return 2
    for event in events:
        print(JSON.encode(event).decode())
    changes = differences(recording, events)
    for change in changes:
        print(change, file=sys.stderr)
    return 1 if changes else 0
