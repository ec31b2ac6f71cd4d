"""Compiles the kernels that take long into their cache, in a process of its own (`conftest`).

Meanwhile tests that need none run; those that need some wait for it. Without it every worker compiles what it meets
first, and the others compile the same at the same time.

python -m tests.warm HOME    writes its files to the directory HOME
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import searchidx
from searchidx.store.files import ArrayWriter
from searchidx.store.inverter import Inverter
from searchidx.store.lexicon import packed

WORDS = ["graph", "neural", "networks", "depth", "river", "self-taught"]


def main(home: Path) -> None:
    """Search and build so that they are called once, the slowest first."""
    rng = random.Random(1)
    texts = [" ".join(rng.choices(WORDS, k=12)) for _ in range(200)]
    papers = [{"id": f"p{n}", "title": f"Title {n}", "abstract": text} for n, text in enumerate(texts)]
    (home / "papers.jsonl").write_text("\n".join(map(json.dumps, papers)))
    searchidx.build([home / "papers.jsonl"], home / "index", extract=False)
    index = searchidx.open(home / "index", executor="numba")
    for text in ("graph networks", '"graph networks" river', "graph AND depth", "+graph depth -river"):
        assert index.search(text, facets=True, explain=True).total
    assert index.search("graph depth").total
    assert len(list(index.search_many(["graph", "river"]))) == 2
    assert index.similar("p1").total
    (home / "spill").mkdir()
    (home / "segment").mkdir()
    inverter = Inverter(2, home / "spill", run_words=500, batch=100)
    for text in [*texts, "not ‘plain’"]:
        inverter.add(packed(["title", text]))
    inverter.write(ArrayWriter(home / "segment"), ["title", "abstract"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
