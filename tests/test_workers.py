"""What child processes make of papers is what this process makes of them, and they end cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from searchidx import preparing, workers
from searchidx.cache import ExtractionCache, extractor_version
from searchidx.entries import Place
from searchidx.errors import SearchIdxError
from searchidx.identity import identity_keys
from searchidx.paper import Paper
from searchidx.preparing import Facts, Preparer, batch_from, entries_of, papers_question, piece_question
from searchidx.record import dump_paper
from searchidx.sources import Piece
from searchidx.store.keys import key_digests
from searchidx.workers import Workers

SIZE = 7


def text(number: int) -> tuple[str, str]:
    """Title and abstract of a paper."""
    return f"Net {number}", f"We reach {number % 90}.5% accuracy on MNIST. Code: https://github.com/o/n{number}."


def questions(n: int) -> list[bytes]:
    """What is asked about n papers, in small chunks."""
    papers = [dump_paper(Paper(f"p{i:04}", *text(i))) for i in range(n)]
    return [papers_question(papers[start : start + SIZE]) for start in range(0, n, SIZE)]


@contextmanager
def children(facts: Facts = Facts(), n: int = 2) -> Iterator[Workers]:  # noqa: B008 - no more than a constant
    """Workers that run."""
    with Workers(n, facts) as some:
        some.expect(workers.WORTH_IT)
        yield some


def here(asked: list[bytes], facts: Facts = Facts()) -> list[bytes]:  # noqa: B008
    with Preparer(facts) as preparer:
        return [preparer.prepare(question) for question in asked]


def test_children_answer_what_this_process_answers_in_the_same_order():
    asked = questions(100)
    with children() as some:
        assert list(some.each("prepare", asked)) == here(asked)
        assert len(child_ids()) == 2


def test_papers_are_read_from_a_spool_where_they_stand_and_taken_as_given_where_they_do_not(tmp_path):
    papers = [dump_paper(Paper(f"p{i:04}", *text(i))) for i in range(9)]
    (tmp_path / "spool").write_bytes(b"".join(papers[:6]))
    hashes = [key_digests(identity_keys(Paper(f"p{i:04}", *text(i)), shortest=0)) for i in range(6)]
    # what is known of a paper's keys need not be found out again
    places = [Place(sum(map(len, papers[:i])), len(papers[i]), hashes[i] * (i % 2)) for i in range(6)]
    asked = papers_question([*places[:4], papers[6], *places[4:], papers[7]], tmp_path / "spool")
    with children() as some:
        assert list(some.each("prepare", [asked])) == here(
            [papers_question([*papers[:4], papers[6], *papers[4:6], papers[7]])]
        )


def test_children_read_pieces_as_this_process_does():
    lines = [b'{"title": "Paper %d", "abstract": "Words."}\n' % i for i in range(50)]
    pieces = [Piece("list.jsonl", "jsonl", first + 1, b"".join(lines[first : first + 9])) for first in range(0, 50, 9)]
    pieces.insert(
        2, Piece("bad.jsonl", "jsonl", 7, b'{"title": "no abstract"}\n\n[]\n{"title": "A", "abstract": "B"}\n')
    )
    asked = [piece_question(piece) for piece in pieces]
    with children() as some, Preparer(Facts()) as preparer:
        answers = list(some.each("read", asked))
        assert answers == [preparer.read(question) for question in asked]
    entries = [entries_of(answer) for answer in answers]
    assert [error.place for error in entries[2].errors] == ["bad.jsonl:7", "bad.jsonl:9"]
    assert sum(len(some.strings("ids")) for some in entries) == 51


def test_a_piece_that_cannot_be_read_to_its_end_says_why():
    with Preparer(Facts()) as preparer:
        good = b'{"title": "A", "abstract": "B"}\n'
        entries = entries_of(preparer.read(piece_question(Piece("x", "jsonl", 5, good + b"\xff\n" + good))))
    assert (len(entries.strings("ids")), entries.failure[:30]) == (1, "x:6: not UTF-8 (byte 0xff at c")


@pytest.mark.parametrize(("n", "n_papers"), [(4, workers.WORTH_IT - 1), (1, 10**6)])
def test_few_papers_start_no_child_nor_does_one_worker(monkeypatch, n, n_papers):
    monkeypatch.setattr(subprocess, "Popen", None)
    with Workers(n, Facts()) as some:
        some.expect(n_papers)
        assert sum(batch_from(answer).n_rows for answer in some.each("prepare", questions(10))) == 10


def test_stopping_early_leaves_no_child_behind():
    with children() as some, closing(some.each("prepare", questions(200))) as found:
        next(found)
        ids = child_ids()
        assert len(ids) == 2
    wait_until(lambda: not ids & child_ids())


def kill_children_after(n: int, asked: list[bytes], facts: Facts = Facts()) -> None:  # noqa: B008
    """Take n answers, kill the children, and ask for the rest."""
    with children(facts) as some:
        found = some.each("prepare", asked)
        assert len([next(found) for _ in range(n)]) == n
        for child in child_ids():
            os.kill(child, signal.SIGKILL)
        list(found)


def test_a_child_that_dies_is_one_clear_error():
    with pytest.raises(SearchIdxError, match="--workers 1"):
        kill_children_after(1, questions(500))
    wait_until(lambda: not child_ids())


@pytest.fixture
def counted(monkeypatch) -> list[tuple[str, str]]:
    """The texts that this process extracts facts from."""
    texts: list[tuple[str, str]] = []
    extract_all = preparing.extract_all

    def counting(given: list[tuple[str, str]]):
        texts.extend(given)
        return extract_all(given)

    monkeypatch.setattr(preparing, "extract_all", counting)
    return texts


@pytest.mark.parametrize("n", [1, 2])
def test_what_is_not_cached_is_extracted_in_its_place_and_then_cached(counted, tmp_path, n):
    asked = questions(100)
    expected = here(asked)
    cached = Facts(cache=str(tmp_path))
    here(asked[2:5] + asked[8:12:2], cached)
    with children(cached, n) as some:
        assert list(some.each("prepare", asked)) == expected
    counted.clear()
    assert here(asked, cached) == expected
    assert counted == []


def test_without_extraction_nothing_is_extracted_nor_cached(counted, tmp_path):
    here(questions(20), Facts(extract=False, cache=str(tmp_path)))
    assert (counted, list(tmp_path.iterdir())) == ([], [])


def test_what_was_extracted_before_a_failure_is_cached(tmp_path):
    with pytest.raises(SearchIdxError):
        kill_children_after(10, questions(500), Facts(cache=str(tmp_path)))
    with ExtractionCache(tmp_path, extractor_version()) as cache:
        assert None not in cache.get([text(i) for i in range(70)])


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
