"""Bulk inversion against a dictionary filled token by token; runs and their merging change not one byte."""

import builtins
import os
import random
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx.analysis import analyse
from searchidx.store import inverter, runs
from searchidx.store.files import ArrayWriter, PackedArrays
from searchidx.store.inverter import Inverter
from searchidx.store.lexicon import packed

FIELDS = ["title", "abstract"]
WORDS = ["graph", "GPT-4", "self-supervised", "U-Net++", "nets", "1,281,167", "é", "中文", "LLMs", "a", "w" * 99, "C#"]
WORDS += [r"$\ell_2$", "Barely-Supervised", "“quoted”", "가\u11a8", "½", "cat-s", "mAP@0.5", "—", "dataset.We", "1,2"]


def papers_of(rng, n):
    """Papers of few and of no words, in one field or both."""
    return [[" ".join(rng.choices(WORDS, k=rng.choice([0, 0, 1, 3, 9]))) for _ in FIELDS] for _ in range(n)]


def inverted(directory, papers, **options):
    """(packed file, specs, lengths in all) as written."""
    out, spill = directory / "out", directory / "spill"
    out.mkdir(parents=True)
    spill.mkdir()
    inverter = Inverter(len(FIELDS), spill, **options)
    for texts in papers:
        inverter.add(packed(texts))
    writer = ArrayWriter(out)
    totals = inverter.write(writer, FIELDS)
    return out, writer.pack(), totals


def naive(papers):
    """term -> row -> field -> positions."""
    postings = defaultdict(lambda: defaultdict(lambda: [[] for _ in FIELDS]))
    for row, texts in enumerate(papers):
        for field, text in enumerate(texts):
            for token in analyse(text):
                postings[token.term.encode()][row][field].append(token.position)
    return postings


def check(directory, papers, **options):
    out, specs, totals = inverted(directory, papers, **options)
    reader = PackedArrays(out, specs)
    terms = reader.strings("terms")
    expected = naive(papers)
    assert [terms[i] for i in range(len(terms))] == sorted(expected)
    offsets, rows = reader.array("postings.offsets").tolist(), reader.array("plain.rows").tolist()
    tfs = [reader.array(f"postings.tf.{name}").tolist() for name in FIELDS]
    place = reader.array("positions.offsets").tolist()
    positions = reader.array("positions.values").tolist()
    assert offsets[0] == 0
    assert offsets[-1] == len(rows)
    for number, term in enumerate(sorted(expected)):
        start, end = offsets[number], offsets[number + 1]
        assert rows[start:end] == sorted(expected[term])
        at = place[number]
        for posting, row in zip(range(start, end), rows[start:end], strict=True):
            for field in range(len(FIELDS)):
                wanted = sorted(expected[term][row][field])
                assert tfs[field][posting] == len(wanted)
                assert sorted(positions[at : at + len(wanted)]) == wanted
                at += len(wanted)
        assert at == place[number + 1]
    for field, name in enumerate(FIELDS):
        lengths = [len({token.position for token in analyse(texts[field])}) for texts in papers]
        assert reader.array(f"lengths.{name}").tolist() == lengths
        assert totals[field] == sum(lengths)
    return out.read_bytes(), specs


@pytest.mark.parametrize("seed", range(4))
def test_postings_are_those_of_a_dictionary_filled_token_by_token(tmp_path, seed):
    check(tmp_path, papers_of(random.Random(seed), 80))


def test_more_entries_than_32_bits_count_are_counted_in_64(tmp_path, monkeypatch):
    papers = papers_of(random.Random(3), 60)
    one = check(tmp_path / "narrow", papers, batch=1)
    monkeypatch.setattr(runs, "_NARROW", 0)
    assert check(tmp_path / "wide", papers, batch=1) == one


def test_texts_are_inverted_alike_while_what_tokenises_is_being_loaded(tmp_path):
    papers = papers_of(random.Random(4), 60)
    one = check(tmp_path / "one", papers)
    inverter.get_ready()
    assert check(tmp_path / "other", papers, batch=1) == one


@settings(max_examples=60)
@given(st.lists(st.tuples(st.text(max_size=20), st.text("aA1 -.@é中\n", max_size=40)), min_size=1, max_size=6))
def test_postings_of_any_text_are_those_of_a_dictionary(tmp_path_factory, papers):
    if any("\ud800" <= c <= "\udfff" for texts in papers for text in texts for c in text):
        return
    check(tmp_path_factory.mktemp("any"), papers)


@pytest.fixture
def no_numba(monkeypatch):
    """As if numba were not installed."""
    real = builtins.__import__

    def refuse(name, *rest):
        if name in {"searchidx.store.bulk", "searchidx.ranking.kernels", "numba"}:
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.delitem(sys.modules, "searchidx.store.bulk", raising=False)
    monkeypatch.setattr(builtins, "__import__", refuse)


# a corpus of less than a batch is inverted without numba: what it gives is the measure for all others
@pytest.mark.parametrize("run_words", [1, 2, 7, 50, 400])
@pytest.mark.parametrize("seed", [5, 6])
def test_runs_of_any_size_give_the_bytes_of_one_run(tmp_path, seed, run_words):
    papers = papers_of(random.Random(seed), 60)
    one = check(tmp_path / "one", papers)
    assert check(tmp_path / "many", papers, run_words=run_words) == one


@pytest.mark.parametrize("run_words", [3, 40, 10_000])
def test_runs_without_numba_give_the_same_bytes(tmp_path, no_numba, run_words):
    papers = papers_of(random.Random(8), 60)
    one = check(tmp_path / "one", papers)
    assert check(tmp_path / "many", papers, run_words=run_words, batch=30) == one


@pytest.mark.parametrize("batch", [1, 100, 3_000, 20_000])
@pytest.mark.parametrize("run_words", [100, 1_000, 1_000_000])
def test_batches_of_any_size_give_the_bytes_of_a_plain_inversion(tmp_path, batch, run_words):
    papers = papers_of(random.Random(9), 300)
    out, *plain = inverted(tmp_path / "plain", papers)
    other, *compiled = inverted(tmp_path / "compiled", papers, batch=batch, run_words=run_words)
    assert other.read_bytes() == out.read_bytes()
    assert compiled == plain


@pytest.mark.parametrize("n_fields", [1, 2, 3])
def test_papers_of_several_fields_are_inverted_alike(tmp_path, n_fields):
    texts = [" ".join(text) for text in papers_of(random.Random(n_fields), 120)]
    papers = [texts[at : at + n_fields] for at in range(0, len(texts) - n_fields + 1, n_fields)]
    written = {}
    for name, batch in (("plain", 10**9), ("compiled", 50)):
        directory = tmp_path / name
        (directory / "out").mkdir(parents=True)
        inverter = Inverter(n_fields, directory, batch=batch)
        for paper in papers:
            inverter.add(packed(paper))
        writer = ArrayWriter(directory / "out")
        totals = inverter.write(writer, [f"field{number}" for number in range(n_fields)])
        written[name] = (totals, writer.pack(), (directory / "out").read_bytes())
    assert written["compiled"] == written["plain"]


# positions and counts above 16 bits are written by another kernel
def test_a_text_of_more_words_than_16_bits_count(tmp_path):
    papers = [["title", "same other " * 70_000], ["same", ""]]
    out, *plain = inverted(tmp_path / "plain", papers)
    other, *compiled = inverted(tmp_path / "compiled", papers, batch=1)
    assert other.read_bytes() == out.read_bytes()
    assert compiled == plain


@settings(max_examples=40)
@given(st.lists(st.tuples(st.text(max_size=20), st.text("aA1 -.@é中$\\{\n", max_size=40)), min_size=1, max_size=8))
def test_postings_of_any_text_are_the_same_when_compiled(tmp_path_factory, papers):
    directory = tmp_path_factory.mktemp("any")
    out, *plain = inverted(directory / "plain", papers)
    other, *compiled = inverted(directory / "compiled", papers, batch=25)
    assert other.read_bytes() == out.read_bytes()
    assert compiled == plain


# numba keeps what it compiled beside the module or under the home directory; some users have neither
@pytest.mark.torture
def test_papers_are_inverted_where_nothing_compiled_can_be_kept(tmp_path):
    program = f"""
import numba, sys
from pathlib import Path
real = numba.njit
def njit(*args, **options):
    if options.get("cache"):
        raise RuntimeError("cannot cache function: no locator available")
    return real(*args, **options)
numba.njit = njit
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from searchidx.store.files import ArrayWriter
from searchidx.store.inverter import Inverter
from searchidx.store.lexicon import packed
out = Path("out")
out.mkdir()
inverter = Inverter(2, Path("."), batch=1)
inverter.add(packed(["Deep nets", "We learn deep-learning"]))
writer = ArrayWriter(out)
print(inverter.write(writer, ["title", "abstract"]), bytes(writer.written("terms.bytes")))
"""
    environment = {name: value for name, value in os.environ.items() if name not in {"HOME", "NUMBA_CACHE_DIR"}}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == "[2, 4] b'deepdeep-learningdeeplearnlearnnetwe'\n", done.stderr


def test_an_error_of_the_thread_reaches_the_caller(tmp_path):
    inverter = Inverter(1, tmp_path, batch=1)
    inverter.add(packed(["first"]))
    inverter.add(packed(["second"])._replace(data=np.array(["no bytes"])))
    with pytest.raises((TypeError, numba.TypingError)):
        inverter.write(ArrayWriter(tmp_path), ["title"])


@pytest.mark.parametrize("papers", [[["", ""]], [["", ""], ["", ""]], [["graph", ""]], [["", "graph graph"]]])
@pytest.mark.parametrize("run_words", [1, 1000])
def test_papers_of_hardly_any_words(tmp_path, papers, run_words):
    check(tmp_path, papers, run_words=run_words)


def test_no_papers_at_all(tmp_path):
    out, specs, totals = inverted(tmp_path, [])
    assert totals == [0, 0]
    assert len(PackedArrays(out, specs).strings("terms")) == 0


# a term number above 16 bits takes the second pass of the sort
def test_more_terms_than_16_bits_hold(tmp_path):
    papers = [[" ".join(f"w{n}x" for n in range(start, start + 7_000)), "x"] for start in range(0, 70_000, 7_000)]
    out, specs, _ = inverted(tmp_path, [*papers, *papers[::-1]])
    reader = PackedArrays(out, specs)
    terms, offsets, rows = reader.strings("terms"), reader.array("postings.offsets"), reader.array("plain.rows")
    assert len(terms) > 0x10000
    for number in (0, 12_345, 69_999):
        at = terms.find(f"w{number}x".encode())
        assert rows[offsets[at] : offsets[at + 1]].tolist() == [number // 7_000, 19 - number // 7_000]
    assert (np.diff(offsets) > 0).all()
