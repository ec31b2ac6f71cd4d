"""A million papers: memory of a build, time of an update, many segments against one. Long: `make torture`.

The papers are invented: words drawn by Zipf's law from a vocabulary that is made up, about as many to an abstract as
real ones have. SEARCHIDX_TORTURE_PAPERS asks for fewer; the bounds are for a million.
"""

from __future__ import annotations

import functools
import json
import os
import random
import subprocess
import sys
import time
from itertools import accumulate
from pathlib import Path
from statistics import median

import pytest
from conftest import ROOT

import searchidx

N_PAPERS = int(os.environ.get("SEARCHIDX_TORTURE_PAPERS") or 1_000_000)
N_SEGMENTS = 50
SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu bra cle dri flo gru".split()
pytestmark = pytest.mark.torture


@functools.cache  # made when a test runs: every run of the suite imports this module
def vocabulary(n: int = 120_000) -> tuple[list[str], list[float]]:
    """Words, the most frequent first, and the sums of their weights."""
    rng = random.Random(1)
    words = dict.fromkeys("".join(rng.choices(SYLLABLES, k=rng.randint(2, 5))) for _ in range(n))
    return list(words), list(accumulate(1 / (rank + 3) for rank in range(len(words))))


def write_papers(paths: list[Path], first: int, n: int) -> None:
    """Papers number `first` on, dealt over the files in turn."""
    rng = random.Random(first)
    known, weights = vocabulary()
    files = [path.open("w", encoding="utf-8") for path in paths]
    for number in range(first, first + n):
        words = rng.choices(known, cum_weights=weights, k=rng.randint(90, 190))
        record = {
            "id": f"p{number:08}",
            "title": f"{' '.join(words[:8])} {number}",
            "abstract": " ".join(words[8:]) + ".",
            "year": 2000 + number % 26,
            "venue": f"venue {number % 40}",
            "authors": [f"{words[0]} {words[1]}", f"{words[2]} {words[3]}"],
            "code_urls": [f"https://github.com/lab/{words[0]}{number}"] if number % 16 == 0 else [],
        }
        files[number % len(files)].write(json.dumps(record) + "\n")
    for file in files:
        file.close()


def queries(n: int) -> list[str]:
    rng = random.Random(3)
    known, weights = vocabulary()
    return [" ".join(rng.choices(known, cum_weights=weights, k=rng.randint(2, 4))) for _ in range(n)]


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The papers in fifty files, so that the ids of every file lie between those of the others."""
    directory = tmp_path_factory.mktemp("pieces")
    paths = [directory / f"{number:02}.jsonl" for number in range(N_SEGMENTS)]
    write_papers(paths, 0, N_PAPERS)
    return paths


@pytest.fixture(scope="module")
def whole(pieces: list[Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """(an index of all papers, the peak memory of the process that built it, in bytes)."""
    index = tmp_path_factory.mktemp("whole") / "index"
    code = (
        "import resource, sys, searchidx\n"
        "searchidx.build(sys.argv[2:], sys.argv[1], extract=False)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)"
    )
    command = [sys.executable, "-c", code, str(index), *map(str, pieces)]
    run = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
    )
    return index, int(run.stdout)


def p50_ms(index: searchidx.Index, asked: list[str]) -> float:
    for query in asked:
        index.search(query)
    times = []
    for query in asked:
        started = time.perf_counter()
        _ = [hit.id for hit in index.search(query).hits]
        times.append(1000 * (time.perf_counter() - started))
    return median(times)


def test_memory_of_a_build(whole: tuple[Path, int]):
    assert whole[1] <= 1.5 * 2**30


def test_an_update_of_a_thousand_papers(whole: tuple[Path, int], tmp_path: Path):
    write_papers([tmp_path / "more.jsonl"], N_PAPERS, 1_000)
    report = searchidx.update([tmp_path / "more.jsonl"], whole[0])
    assert (report.added, report.papers) == (1_000, N_PAPERS + 1_000)
    assert report.seconds <= 5
    searchidx.rollback(whole[0])


def test_fifty_segments_answer_within_twice_the_time(
    pieces: list[Path], whole: tuple[Path, int], tmp_path: Path, record_property
):
    searchidx.build([pieces[0]], tmp_path / "index", extract=False)
    for piece in pieces[1:]:
        searchidx.update([piece], tmp_path / "index", extract=False, merge=False)
    many, one = (searchidx.open(path, executor="numba") for path in (tmp_path / "index", whole[0]))
    assert many.stats()["segments"] == N_SEGMENTS
    asked = queries(300)
    for query in asked[:100]:
        ours, theirs = many.search(query, facets=["code", "venue"]), one.search(query, facets=["code", "venue"])
        assert [(hit.id, hit.score) for hit in ours.hits] == [(hit.id, hit.score) for hit in theirs.hits]
        assert (ours.total, ours.facets) == (theirs.total, theirs.facets)
    rounds = [(p50_ms(many, asked), p50_ms(one, asked)) for _ in range(3)]
    ratio = median(m / o for m, o in rounds)
    record_property("ratio", ratio)
    assert ratio <= 2, rounds
