"""Following an index: the newest generation is handed out, snapshots stay what they are."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import TINY, write_jsonl

import searchidx
from searchidx.errors import IndexDamaged, IndexMissing


@pytest.fixture
def index(make_index: Callable[..., Path]) -> Path:
    return make_index(TINY)


def add(index: Path, number: int) -> None:
    record = {"id": f"owl{number}", "title": f"Owls of the night {number}", "abstract": "They see depth."}
    searchidx.update([write_jsonl(index.parent / "more.jsonl", [record])], index)


def test_moves_to_the_next_generation(index: Path):
    live = searchidx.LiveIndex(index, executor="numpy", every=0)
    before = live.current()
    add(index, 1)
    assert len(live.current()) == 6
    assert len(before) == 5
    assert before.search("depth").total == 3


def test_prepares_the_next_generation_before_it_is_handed_out(index: Path):
    prepared: list[tuple[int, int]] = []
    live = searchidx.LiveIndex(
        index, executor="numpy", every=3600, prepare=lambda opened: prepared.append((len(opened), len(live.current())))
    )
    add(index, 1)
    live.follow()
    assert prepared == [(6, 5)]
    assert len(live.current()) == 6


def test_a_generation_found_damaged_while_it_is_prepared_is_not_handed_out(index: Path):
    def damaged(opened: object) -> None:
        raise IndexDamaged("seg", "is not what was written")

    live = searchidx.LiveIndex(index, executor="numpy", every=0, prepare=damaged)
    add(index, 1)
    assert len(live.current()) == 5
    assert isinstance(live.problem, IndexDamaged)


def test_the_same_index_while_nothing_happens(index: Path):
    live = searchidx.LiveIndex(index, executor="numpy", every=0)
    assert live.current() is live.current()


def test_looks_only_so_often(index: Path):
    live = searchidx.LiveIndex(index, executor="numpy", every=3600)
    add(index, 1)
    assert len(live.current()) == 5


def test_a_generation_that_cannot_be_opened_does_not_stop_the_one_before(index: Path):
    live = searchidx.LiveIndex(index, executor="numpy", every=0)
    pointer = (index / "CURRENT").read_bytes()
    (index / "CURRENT").write_bytes(b"nonsense")
    assert live.current().search("depth").total == 3
    assert isinstance(live.problem, IndexDamaged)
    (index / "CURRENT").write_bytes(pointer)
    live.current()
    assert live.problem is None


def test_no_index(tmp_path: Path):
    with pytest.raises(IndexMissing):
        searchidx.LiveIndex(tmp_path / "none")


def test_threads_search_while_generations_are_published(index: Path):
    live = searchidx.LiveIndex(index, executor="numpy", every=0)
    wrong: list[object] = []
    done = threading.Event()

    def search() -> None:
        while not done.is_set():
            current = live.current()
            page = current.search("depth")
            if page.total != len(current) - 2 or len({hit.title for hit in page.hits}) != len(page.hits):
                wrong.append(page)

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(5):
        add(index, number)
    done.set()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(live.current()) == 10
