"""Extraction in child processes gives what extraction here gives, and ends cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import closing

import pytest

from searchidx import workers
from searchidx.cache import ExtractionCache
from searchidx.errors import SearchIdxError
from searchidx.paper import Extraction, Paper


def papers(n: int) -> list[Paper]:
    return [
        Paper(f"p{i:04}", f"Net {i}", f"We reach {i % 90}.5% accuracy on MNIST. Code: https://github.com/o/n{i}.")
        for i in range(n)
    ]


@pytest.fixture
def always(monkeypatch):
    """Use children for any number of papers, few papers a message."""
    monkeypatch.setattr(workers, "WORTH_IT", 0)
    monkeypatch.setattr(workers, "CHUNK", 7)


def test_children_find_what_this_process_finds_in_the_same_order(always):
    some = papers(100)
    assert list(workers.extract_all(some, 100, 2)) == list(workers.extract_all(some, 100, 1))


def test_few_papers_start_no_child(monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", None)
    assert len(list(workers.extract_all(papers(10), 10, 4))) == 10


def test_stopping_early_leaves_no_child_behind(always):
    with closing(workers.extract_all(papers(200), 200, 2)) as found:
        next(found)
        children = child_ids()
        assert len(children) == 2
    wait_until(lambda: not children & child_ids())


def test_a_child_that_dies_is_one_clear_error(always):
    with closing(workers.extract_all(papers(500), 500, 2)) as found:
        next(found)
        for child in child_ids():
            os.kill(child, signal.SIGKILL)
        with pytest.raises(SearchIdxError, match="--workers 1"):
            list(found)
    wait_until(lambda: not child_ids())


def test_lone_surrogates_stop_nobody(always):
    some = [*papers(20), Paper("odd", "Net \ud800", "We reach 9.5% accuracy on MNIST."), *papers(20)]
    assert list(workers.extract_all(some, 41, 2)) == list(workers.extract_all(some, 41, 1))


def filled(directory, some: list[Paper]) -> list[tuple[Paper, Extraction]]:
    """The papers with their extractions, which are in the cache of the directory."""
    with ExtractionCache(directory, "v") as cache:
        return list(workers.extract_all(some, len(some), 1, cache))


def test_what_is_cached_is_not_extracted_and_starts_no_child(always, monkeypatch, tmp_path):
    expected = filled(tmp_path, papers(100))
    monkeypatch.setattr(subprocess, "Popen", None)
    monkeypatch.setattr(workers, "extract", None)
    with ExtractionCache(tmp_path, "v") as cache:
        assert list(workers.extract_all(papers(100), 100, 2, cache)) == expected


@pytest.mark.parametrize("processes", [1, 2])
def test_what_is_not_cached_is_extracted_in_its_place_and_then_cached(always, monkeypatch, tmp_path, processes):
    some = papers(100)
    expected = list(workers.extract_all(some, 100, 1))
    filled(tmp_path, some[3:20] + some[40:80:2])
    with ExtractionCache(tmp_path, "v") as cache:
        assert list(workers.extract_all(some, 100, processes, cache)) == expected
    monkeypatch.setattr(subprocess, "Popen", None)
    monkeypatch.setattr(workers, "extract", None)
    with ExtractionCache(tmp_path, "v") as cache:
        assert list(workers.extract_all(some, 100, 2, cache)) == expected


@pytest.mark.parametrize(
    ("cached", "children"), [(slice(0, 0), 2), (slice(0, 60), 2), (slice(0, 400, 2), 2), (slice(0, 380), 0)]
)
def test_children_start_when_what_is_new_is_worth_it(monkeypatch, tmp_path, cached, children):
    monkeypatch.setattr(workers, "WORTH_IT", 100)
    monkeypatch.setattr(workers, "CHUNK", 10)
    some = papers(400)
    filled(tmp_path, some[cached])
    with ExtractionCache(tmp_path, "v") as cache, closing(workers.extract_all(some, 400, 2, cache)) as found:
        assert len([next(found) for _ in range(399)]) == 399
        assert len(child_ids()) == children


def test_what_was_extracted_before_a_failure_is_cached(always, monkeypatch, tmp_path):
    with ExtractionCache(tmp_path, "v") as cache, closing(workers.extract_all(papers(500), 500, 2, cache)) as found:
        assert len([next(found) for _ in range(100)]) == 100
        for child in child_ids():
            os.kill(child, signal.SIGKILL)
        with pytest.raises(SearchIdxError):
            list(found)
    monkeypatch.setattr(workers, "extract", None)
    with ExtractionCache(tmp_path, "v") as cache:
        assert len(list(workers.extract_all(papers(100), 100, 1, cache))) == 100


def child_ids() -> set[int]:
    """Processes this one started that run the worker's loop."""
    text = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True, check=False
    ).stdout
    return {int(line.split()[0]) for line in text.splitlines() if "searchidx.workers" in line}


def wait_until(condition) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
