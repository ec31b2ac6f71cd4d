"""Annotated papers, joined with their abstracts: what the `make_*` scripts learn from.

`tests/annotations/<set>.jsonl` holds one paper a line: its title, what a reader found in it (links, code, datasets,
metrics, tasks) and `digest`, which names the abstract that was read. Abstracts are not ours to ship: they come from
files of papers (JSONL with `title` and `abstract`, `.zst` read as it is). A line with an `abstract` needs none.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import zstandard

from searchidx.extraction.names import dataset_key

Paper = dict[str, Any]


def digest(abstract: str) -> str:
    """Eight hexadecimal digits that tell one abstract from the others of the same title."""
    return hashlib.sha256(abstract.encode("utf-8")).hexdigest()[:8]


def read_lines(path: Path) -> Iterator[Paper]:
    """The objects of a JSONL file, compressed with zstandard or not."""
    with path.open("rb") as raw:
        stream = zstandard.ZstdDecompressor().stream_reader(raw) if path.suffix == ".zst" else raw
        with io.TextIOWrapper(stream, encoding="utf-8") as lines:
            for line in lines:
                if line.strip():
                    yield json.loads(line)


def read_annotated(annotations: list[Path], papers: list[Path]) -> list[Paper]:
    """Annotated papers with `abstract` and `set` (the file's name without its ending), in the order of the files.

    Raises ValueError when an abstract is in none of `papers`: weights learned from some of the papers are others.
    """
    found = [{**paper, "set": path.stem.removeprefix("gold_")} for path in annotations for paper in read_lines(path)]
    wanted = {(dataset_key(paper["title"]), paper["digest"]) for paper in found if "abstract" not in paper}
    titles = {title for title, _ in wanted}
    abstracts: dict[tuple[str, str], str] = {}
    for path in papers if wanted else []:
        for paper in read_lines(path):
            title, abstract = dataset_key(paper.get("title") or ""), paper.get("abstract") or ""
            if title in titles:
                abstracts.setdefault((title, digest(abstract)), abstract)
    for paper in found:
        if "abstract" not in paper:
            place = (dataset_key(paper["title"]), paper["digest"])
            if place not in abstracts:
                raise ValueError(f"no abstract {place[1]} of: {paper['title']}")
            paper["abstract"] = abstracts[place]
    return found
