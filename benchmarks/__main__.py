"""Run a benchmark by its name, or list them: `python -m benchmarks [NAME ...]`."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path


def commands() -> dict[str, str]:
    """Every module here that is a command, with the first line of its docstring."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        is_command = any(isinstance(n, ast.FunctionDef) and n.name == "main" for n in tree.body)
        if is_command and not path.stem.startswith("__"):
            found[path.stem] = (ast.get_docstring(tree) or "").partition("\n")[0]
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one benchmark with the rest of the arguments; without any, list them."""
    name, *rest = (sys.argv[1:] if arguments is None else arguments) or ("",)
    known = commands()
    if name in known:
        return int(importlib.import_module(f"benchmarks.{name}").main(rest))
    for command, about in known.items():
        print(f"{command:24}{about}")
    if name in ("", "-h", "--help"):
        return 0
    print(f"there is no benchmark {name!r}; the list above has them all", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
