"""What a benchmark does in a process of its own: `python -m tests.bench.child build|first ENGINE ...`.

Imports nothing but the engine asked for, so that its start and its memory are its own.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from tests.bench.engines import ENGINES


def build(name: str, source: str, directory: str, report: str) -> None:
    """Build an index and write how long it took, in seconds, to the file `report`."""
    engine = ENGINES[name]()
    engine.version()
    started = time.perf_counter()
    engine.build(Path(source), Path(directory))
    Path(report).write_text(json.dumps({"build_s": time.perf_counter() - started}))


def first(name: str, directory: str, *words: str) -> None:
    """Open an index and answer one query."""
    engine = ENGINES[name]()
    engine.open(Path(directory))
    print(len(engine.search("union", words, 10)))


if __name__ == "__main__":
    if sys.argv[1] == "build":
        build(*sys.argv[2:])
    else:
        first(*sys.argv[2:])
