"""Bulk inversion against a dictionary filled token by token; runs and their merging change not one byte."""

import random
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx.analysis import analyse
from searchidx.store.files import ArrayWriter, PackedArrays
from searchidx.store.inverter import Inverter

FIELDS = ["title", "abstract"]
WORDS = ["graph", "GPT-4", "self-supervised", "U-Net++", "nets", "1,281,167", "é", "中文", "LLMs", "a", "w" * 99, "C#"]


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
        inverter.add(texts)
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
    offsets, rows = reader.array("postings.offsets").tolist(), reader.array("postings.rows").tolist()
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


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.text(max_size=20), st.text("aA1 -.@é中\n", max_size=40)), min_size=1, max_size=6))
def test_postings_of_any_text_are_those_of_a_dictionary(tmp_path_factory, papers):
    if any("\ud800" <= c <= "\udfff" for texts in papers for text in texts for c in text):
        return
    check(tmp_path_factory.mktemp("any"), papers)


@pytest.mark.parametrize("run_words", [1, 2, 7, 50, 400])
@pytest.mark.parametrize("seed", [5, 6])
def test_runs_of_any_size_give_the_bytes_of_one_run(tmp_path, seed, run_words):
    papers = papers_of(random.Random(seed), 60)
    one, specs = check(tmp_path / "one", papers)
    many, other = check(tmp_path / "many", papers, run_words=run_words)
    assert other == specs
    assert many == one


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
    terms, offsets, rows = reader.strings("terms"), reader.array("postings.offsets"), reader.array("postings.rows")
    assert len(terms) > 0x10000
    for number in (0, 12_345, 69_999):
        at = terms.find(f"w{number}x".encode())
        assert rows[offsets[at] : offsets[at + 1]].tolist() == [number // 7_000, 19 - number // 7_000]
    assert (np.diff(offsets) > 0).all()
