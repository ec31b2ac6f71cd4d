"""Extraction in child processes gives what extraction here gives, and ends cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import closing

import pytest

from searchidx import workers
from searchidx.errors import SearchIdxError
from searchidx.paper import Paper


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
