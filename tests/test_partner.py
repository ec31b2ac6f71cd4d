"""Searches that two threads share find what one finds."""

from __future__ import annotations

import ctypes
import json
import os
import random
import threading
import time
from pathlib import Path

import pytest

import searchidx
from searchidx import compiled, partner
from searchidx.ranking import desk

pytestmark = pytest.mark.skipif(
    partner.desk_of_partner() is partner.ALONE, reason="one core, or no way for a thread to wait"
)
WORDS = ["graph", "neural", "depth", "river", "small", "token", "metric", "planar", "kernel", "sparse"]
QUERIES = [" ".join(WORDS), " ".join(WORDS[3:9]), "+graph +depth +river small token", '"depth river"']
N_PAPERS = 24_000


@pytest.fixture(scope="module", params=["one segment", "two, whose ids alternate"])
def path(request, tmp_path_factory) -> Path:
    """Papers that hold most of the words; a third of them have an equal that comes again and again."""
    home = tmp_path_factory.mktemp("partner")
    rng = random.Random(5)
    several = request.param != "one segment"
    with (home / "0.jsonl").open("w") as first, (home / "1.jsonl").open("w") as second:
        for n in range(N_PAPERS):
            file = second if several and n % 2 else first
            abstract = " ".join(WORDS[:7] * 2) if n % 3 == 0 else " ".join(rng.choices(WORDS, k=14))
            urls = ["https://github.com/a/b"] if n % 2 else []
            json.dump({"id": f"p{n:05}", "title": f"T {n}", "abstract": abstract, "code_urls": urls}, file)
            file.write("\n")
    searchidx.build([home / "0.jsonl"], home / "index", extract=False)
    if several:
        searchidx.update([home / "1.jsonl"], home / "index")
        searchidx.delete(["p00003", "p00004"], home / "index")
    return home / "index"


@pytest.fixture
def shared(path, monkeypatch) -> searchidx.Index:
    """The index, whose searches all ask for the second thread."""
    monkeypatch.setattr(compiled, "LEAST_POSTINGS", 0)
    index = searchidx.open(path, executor="numba")
    cells = index._scorer._desk
    before = cells[[desk.LEAST_POSTINGS, desk.LEAST_IF_AWAKE]]
    cells[[desk.LEAST_POSTINGS, desk.LEAST_IF_AWAKE]] = 0
    yield index
    cells[[desk.LEAST_POSTINGS, desk.LEAST_IF_AWAKE]] = before


@pytest.fixture(scope="module")
def alone(path) -> searchidx.Index:
    return searchidx.open(path, executor="numba")


def answer(index, text, limit, **narrow):
    return [(hit.id, hit.score) for hit in index.search(text, limit=limit, **narrow).hits]


def until_both_worked(index, times=4, seconds=60.0):
    """Numbers 0, 1, 2, ... until the second thread has had a part in so many more searches."""
    cells = index._scorer._desk
    wanted, end, turn = cells[desk.N_DONE] + times, time.monotonic() + seconds, 0
    while cells[desk.N_DONE] < wanted:
        assert time.monotonic() < end, "the second thread does not come"
        yield turn
        turn += 1


@pytest.mark.parametrize("text", QUERIES)
@pytest.mark.parametrize(("limit", "narrow"), [(10, {}), (300, {"has_code": True})], ids=str)
def test_two_threads_find_what_one_finds(shared, alone, text, limit, narrow):
    expected = answer(alone, text, limit, **narrow)
    assert expected
    for _ in until_both_worked(shared):
        assert answer(shared, text, limit, **narrow) == expected


def test_more_equals_than_there_is_room_for(shared, alone):
    """A third of all papers score as the best one does, and all of them are found by either thread."""
    text = " ".join(WORDS[:7])
    expected = answer(alone, text, 5)
    assert len({score for _, score in expected}) == 1
    for _ in until_both_worked(shared):
        assert answer(shared, text, 5) == expected


def test_one_partner_for_many_searches_at_once(shared, alone):
    expected = {text: answer(alone, text, 20) for text in QUERIES}
    wrong: list[str] = []

    def ask(seed: int) -> None:
        texts = random.Random(seed).choices(QUERIES, k=60)
        wrong.extend(text for text in texts if answer(shared, text, 20) != expected[text])

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert shared._scorer._desk[desk.IS_TAKEN] == 0


def test_whoever_is_called_may_not_come(shared, alone):
    cells = shared._scorer._desk.copy()
    cells[[desk.BELL, desk.IS_AWAKE]] = -1, 0  # nobody hears it
    done_before = cells[desk.N_DONE]
    shared._scorer._desk = cells
    assert answer(shared, QUERIES[0], 10) == answer(alone, QUERIES[0], 10)
    assert cells[[desk.IS_TAKEN, desk.STATE, desk.N_DONE]].tolist() == [0, desk.RESTING, done_before]


def test_an_answer_that_was_not_written_down_is_none(shared):
    """Compiled code that C calls cannot raise; where memory runs out it ends in the middle."""
    ends_at_once = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_int64)(lambda address, part: None)
    cells = shared._scorer._desk.copy()
    cells[[desk.IS_THERE, desk.TAKE_PART]] = 0, ctypes.cast(ends_at_once, ctypes.c_void_p).value
    shared._scorer._desk = cells
    with pytest.raises(MemoryError):
        answer(shared, QUERIES[0], 10)


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_the_child_of_a_fork_searches(shared, alone):
    expected = answer(alone, QUERIES[0], 10)
    child = os.fork()
    if child == 0:
        is_same = answer(shared, QUERIES[0], 10) == expected and not shared._scorer._desk[desk.IS_THERE]
        os._exit(0 if is_same else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert answer(shared, QUERIES[0], 10) == expected


def test_few_papers_are_searched_alone(tmp_path):
    (tmp_path / "papers.jsonl").write_text(json.dumps({"id": "a", "title": "Graphs", "abstract": "A graph."}))
    searchidx.build([tmp_path / "papers.jsonl"], tmp_path / "index")
    index = searchidx.open(tmp_path / "index", executor="numba")
    assert index._scorer._desk is partner.ALONE
    assert not index._scorer._desk[desk.IS_THERE]
