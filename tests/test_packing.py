"""Postings and positions in few bytes: what goes in comes out again."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx.ranking import packing
from searchidx.ranking.impacts import SHIFT, n_ranges
from searchidx.ranking.packing import ABSTRACTS, ODD, TITLES
from searchidx.store import postings
from searchidx.store.files import ArrayWriter, PackedArrays
from searchidx.store.postings import PostingsReader, pack

counts = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 40) | st.just(70_000)), max_size=30)


@given(counts)
def test_counts_come_out_of_their_codes_or_are_odd(pairs):
    tfs = [np.array([pair[field] for pair in pairs], np.uint32) for field in (0, 1)]
    codes = packing.codes_of(tfs)
    title, abstract = packing.counts_of(codes)
    for pair, code, back in zip(
        pairs, codes.tolist(), zip(title.tolist(), abstract.tolist(), strict=True), strict=True
    ):
        if pair[0] < TITLES and pair[1] < ABSTRACTS:
            assert back == pair
            assert code < ODD
        else:
            assert code == ODD


@given(st.sets(st.integers(0, 9000)), st.randoms(use_true_random=False))
def test_rows_come_out_of_words(rows, rng):
    rows = np.array(sorted(rows), np.int32)
    codes = np.array([rng.randint(0, ODD) for _ in rows], np.uint8)
    words = packing.words_of(rows, codes)
    starts = np.searchsorted(rows, np.arange(n_ranges(9001) + 1) << SHIFT)
    assert words.dtype == np.uint16
    assert packing.rows_of(words, starts).tolist() == rows.tolist()
    assert packing.codes_in(words).tolist() == codes.tolist()


def packed_arrays(directory, terms, frequent):
    """Arrays of terms, each a list of (row, positions in the title, positions in the abstract)."""
    writer = ArrayWriter(directory)
    flat = [posting for term in terms for posting in term]
    writer.array("plain.rows", np.array([row for row, *_ in flat], np.int32))
    for name, field in (("title", 1), ("abstract", 2)):
        writer.array(f"postings.tf.{name}", np.array([len(posting[field]) for posting in flat], np.uint32))
    positions = [[p for _, *texts in term for text in texts for p in text] for term in terms]
    writer.array("positions.values", np.array([p for some in positions for p in some], np.uint32))
    for name, sizes in (("postings", map(len, terms)), ("positions", map(len, positions))):
        writer.array(f"{name}.offsets", np.cumsum([0, *sizes]))
    writer.array("impacts", np.ones(len(flat), np.uint8))
    edges = np.arange(n_ranges(9001) + 1) << SHIFT
    starts = [np.searchsorted([row for row, *_ in terms[term]], edges) for term in frequent]
    writer.array("ranges.terms", np.array(frequent, np.int32))
    writer.array("ranges.starts", np.concatenate([np.empty(0, np.int32), *starts]).astype(np.int32))
    pack(writer, np.array(frequent, np.int64))
    return PackedArrays(directory, writer.pack())


def text(rng):
    n = rng.choice((0, 0, 1, 1, 2, 16))
    return sorted(rng.sample(range(rng.choice((20, 600))), n))


@settings(max_examples=30)
@given(st.randoms(use_true_random=False), st.sampled_from((1, 5, 1000)))
def test_every_span_of_terms_is_read_as_it_was_written(tmp_path_factory, rng, at_once):
    terms = []
    for _ in range(rng.randint(1, 6)):
        rows = sorted(rng.sample(range(9001), rng.choice((1, 3, 70))))
        terms.append([(row, text(rng), text(rng) or [rng.choice((3, 255, 256))]) for row in rows])
    frequent = sorted(rng.sample(range(len(terms)), rng.randint(0, len(terms))))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings, "_AT_ONCE", at_once)
        directory = tmp_path_factory.mktemp("packed") / "arrays"
        directory.mkdir()
        arrays = packed_arrays(directory, terms, frequent)
    reader = PostingsReader(arrays, 9001)
    for first in range(len(terms)):
        for last in range(first + 1, len(terms) + 1):
            flat = [posting for term in terms[first:last] for posting in term]
            assert reader.rows(first, last).tolist() == [row for row, *_ in flat]
            counts = reader.counts(first, last)
            for field, tf in enumerate(counts, 1):
                assert tf.tolist() == [len(posting[field]) for posting in flat]
            expected = [p for _, *texts in flat for text in texts for p in text]
            assert reader.positions(first, last, np.sum(counts, axis=0, dtype=np.int64)).tolist() == expected
    for term, its_postings in enumerate(terms):
        counts = np.array([len(title) + len(abstract) for _, title, abstract in its_postings])
        some = np.flatnonzero([rng.random() < 0.5 for _ in its_postings])
        expected = [p for i in some.tolist() for text_ in its_postings[i][1:] for p in text_]
        assert reader.positions_of(term, counts).of(some, counts[some]).tolist() == expected
    _check_skips(arrays)


def _check_skips(arrays):
    """A skip is where the positions of its posting begin, or of the first after it that is not odd."""
    offsets = arrays.array("postings.offsets")
    counts = np.sum(PostingsReader(arrays, 9001).counts(0, len(offsets) - 1), axis=0, dtype=np.int64)
    counts[arrays.array("postings.odd")] = 0
    before = np.cumsum(counts) - counts
    assert arrays.array("positions.skips").tolist() == before[:: packing.SKIP].tolist()
    assert all(a <= b for a, b in pairwise(arrays.array("positions.starts").tolist()))
