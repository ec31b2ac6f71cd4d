"""A merged segment has the bytes of one written of the same papers; what it is merged from is left as it was."""

from __future__ import annotations

import functools
import itertools
import random
import shutil
from contextlib import ExitStack, closing
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import numpy as np
import orjson
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from store_rows import Row, batch_of_rows

from searchidx.errors import IndexDamaged
from searchidx.ranking.packing import ODD
from searchidx.store import merging, merging_plan, postings, segment
from searchidx.store.batches import MetricRow
from searchidx.store.files import DTYPES, StringTable
from searchidx.store.keys import fold
from searchidx.store.layout import BLOCK, METRIC_KINDS
from searchidx.store.merging import merge_segments
from searchidx.store.segment import Segment, SegmentWriter

SPELLINGS = ["CIFAR-10", "cifar10", "CIFAR 10", "Ägypt", "agypt", "KITTI", "kitti", "zeta", "?!", "!?"]
WORDS = ["graph", "GPT-4", "self-supervised", "nets", "1,281,167", "é", "中文", "LLMs", "representation", "w" * 70]
# occurrences, then positions and lengths that need 16 bits
LONG = ["pad " * 300, "pad " * 299 + "late"]


class Piece(NamedTuple):
    """One segment to be: its rows in the order of their ids, and whether each is live."""

    rows: list[Row]
    live: list[bool]


def stored(id_, more=""):
    return orjson.dumps({"paper": {"id": id_, "more": more, "value": 1e16}})


def row_of(id_, text="", *, keywords=None, metrics=(), keys=(), more=""):
    return Row(id_, ("", text), keywords or {}, metrics, 0, 0, 0, keys, stored(id_, more))


metric_rows = st.builds(
    MetricRow,
    st.sampled_from(["accuracy", "Accuracy", "f1", "mAP"]),
    st.sampled_from([80.5, -1.0, -0.0, float("nan")]),
    st.sampled_from(["", "%", "dB", "ms"]),
    st.sampled_from(METRIC_KINDS),
    st.sampled_from(["", *SPELLINGS]),
)
texts = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join), st.sampled_from(LONG), st.text(max_size=9)
)
ids = st.one_of(st.integers(0, 99).map(lambda n: f"p{n:02}"), st.text("a\0é", max_size=12))


@st.composite
def rows(draw):
    id_ = draw(ids)
    names = ("dataset", "metric", "author", "venue")
    return Row(
        id=id_,
        texts=(draw(texts), draw(texts)),
        keywords={name: draw(st.lists(st.sampled_from(SPELLINGS), max_size=3)) for name in names},
        metrics=draw(st.lists(metric_rows, max_size=2)),
        year=draw(st.sampled_from([0, 1999, 2024])),
        date=draw(st.sampled_from([0, 20240506])),
        upvotes=draw(st.integers(-1, 9)),
        keys=draw(st.lists(st.sampled_from(["a", "b", "c", f"id:{id_}"]), max_size=4)),
        stored=stored(id_, draw(st.text(max_size=5))),
    )


@st.composite
def corpora(draw, *, deletions=True):
    """Segments of few papers. An id may stand in several of them, and is live in one of these at most."""
    n_parts = draw(st.integers(1, 3))
    found = {}
    live_ids = set()
    for row in draw(st.lists(rows(), max_size=25)):
        assume("\ud800" not in row.id)
        part = draw(st.integers(0, n_parts - 1))
        is_live = not deletions or draw(st.integers(0, 3)) > 0
        if (row.id in live_ids and is_live) or (part, row.id) in found:
            continue
        live_ids |= {row.id} if is_live else set()
        found[part, row.id] = row, is_live
    pieces = []
    for part in range(n_parts):
        mine = sorted((item for (p, _), item in found.items() if p == part), key=lambda item: item[0].id.encode())
        pieces.append(Piece([row for row, _ in mine], [live for _, live in mine]))
    return pieces


def written(path, rows):
    """The segment that `SegmentWriter` makes of the rows."""
    spill = path.with_name(f"{path.name}.spill")
    spill.mkdir(parents=True)
    with closing(SegmentWriter(path, spill)) as writer:
        writer.add(batch_of_rows(list(rows)))
        entry = writer.finish()
    shutil.rmtree(spill)
    return Segment(path, orjson.loads(orjson.dumps(entry)))


def opened(directory, pieces):
    """(segment, live rows) of every piece."""
    return [
        (written(directory / f"part{number}", piece.rows), None if all(piece.live) else np.array(piece.live, bool))
        for number, piece in enumerate(pieces)
    ]


def as_shown(row, part):
    """The row with keywords spelt as its segment shows them."""
    names = {
        field: dict(zip(part.column(field).keys.all(), part.column(field).names.all(), strict=True))
        for field in row.keywords | {"metric": (), "dataset": ()}
    }
    return row._replace(
        keywords={field: [names[field][fold(value)] for value in values] for field, values in row.keywords.items()},
        metrics=[
            metric._replace(
                metric=names["metric"][fold(metric.metric)],
                dataset=metric.dataset and names["dataset"][fold(metric.dataset)],
            )
            for metric in row.metrics
        ],
    )


def live_rows(pieces):
    """The rows a merged segment is to hold, in the order of their ids."""
    rows = [row for piece in pieces for row, live in zip(piece.rows, piece.live, strict=True) if live]
    return sorted(rows, key=lambda row: row.id.encode())


def entry_of(merged, parts):
    return orjson.loads(orjson.dumps(merge_segments(parts, merged)))


def check(directory, pieces, rows=None):
    """The merged segment, which must have the bytes of one written of `rows`, the live ones by default."""
    parts = opened(directory, pieces)
    before = [part.path.read_bytes() for part, _ in parts]
    entry = entry_of(directory / "merged", parts)
    expected = written(directory / "expected", live_rows(pieces) if rows is None else rows(parts))
    merged = Segment(directory / "merged", entry)
    different = [
        name
        for name in entry["arrays"]
        if merged.arrays.array(name).tobytes() != expected.arrays.array(name).tobytes()
        or merged.arrays.array(name).dtype != expected.arrays.array(name).dtype
    ]
    assert different == []
    assert merged.path.read_bytes() == expected.path.read_bytes()
    assert (merged.n_rows, merged.total_lengths, merged.avgdl) == (
        expected.n_rows,
        expected.total_lengths,
        expected.avgdl,
    )
    assert [part.path.read_bytes() for part, _ in parts] == before
    return merged


def small_steps(draw):
    """Ranges, chunks, batches and runs so small that few papers are many of them."""
    names = ((merging_plan, "_RANGE"), (postings, "_AT_ONCE"), (merging, "_BATCH"), (merging, "_BATCHES"))
    # all drawn before anything is changed: a draw may end the example, and nobody would change it back
    *sizes, run_words = draw(
        st.lists(st.sampled_from([1, 2, 7, 1000]), min_size=len(names) + 1, max_size=len(names) + 1)
    )
    stack = ExitStack()
    for (module, name), size in zip(names, sizes, strict=True):
        stack.enter_context(mock.patch.object(module, name, size))
    inverter = functools.partial(segment.Inverter, run_words=run_words)
    stack.enter_context(mock.patch.object(segment, "Inverter", inverter))
    return stack


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    """A function that returns an empty directory, each time another; gone afterwards, as examples are many."""
    base = tmp_path_factory.mktemp("merging")
    numbers = itertools.count()
    yield lambda: base / str(next(numbers))
    shutil.rmtree(base)


many = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


# --- the property -------------------------------------------------------------------------------------------


@pytest.mark.kernels
@many
@given(corpora(deletions=False), st.data())
def test_merged_segments_have_the_bytes_of_one_written_of_all_papers(scratch, pieces, data):
    with small_steps(data.draw):
        check(scratch(), pieces)


@pytest.mark.kernels
@many
@given(corpora(), st.data())
def test_merged_segments_have_the_bytes_of_one_written_of_the_live_papers(scratch, pieces, data):
    def rows(parts):
        shown = [
            Piece([as_shown(row, part) for row in piece.rows], piece.live)
            for piece, (part, _) in zip(pieces, parts, strict=True)
        ]
        return live_rows(shown)

    with small_steps(data.draw):
        check(scratch(), pieces, rows)


@settings(many, max_examples=10)
@given(corpora(deletions=False))
def test_it_is_all_one_in_which_order_segments_are_merged(scratch, pieces):
    directory = scratch()
    parts = opened(directory, pieces)
    directly = entry_of(directory / "directly", parts)
    backwards = entry_of(directory / "backwards", parts[::-1])
    while len(parts) > 1:
        path = directory / f"of{len(parts)}"
        parts = [*parts[:-2], (Segment(path, entry_of(path, parts[-2:])), None)]
    alone = entry_of(directory / "alone", parts)
    assert directly == backwards == alone
    assert len({(directory / name).read_bytes() for name in ("directly", "backwards", "alone")}) == 1


def many_rows(seed, n):
    rng = random.Random(seed)
    for number in range(n):
        text = " ".join(rng.choices([*WORDS, *(f"w{i}x" for i in range(200))], k=rng.randint(0, 30)))
        yield row_of(f"p{number:04}", text, keywords={"author": rng.sample(SPELLINGS, 2)}, keys=[f"k{number % 40}"])


@pytest.mark.parametrize("cut", [lambda n: n % 3, lambda n: n // 160, lambda n: n // 100 % 2])
def test_some_hundred_papers_interleaved_or_side_by_side(tmp_path, cut):
    rows = list(many_rows(7, 450))
    pieces = [
        Piece(mine := [row for n, row in enumerate(rows) if cut(n) == part], [True] * len(mine)) for part in range(3)
    ]
    check(tmp_path, pieces)


# --- cases that the property meets seldom ----------------------------------------------------------------------


@pytest.mark.parametrize("pieces", [[], [Piece([], [])], [Piece([row_of("a", "x")], [False]), Piece([], [])]])
def test_nothing_to_merge_is_an_empty_segment(tmp_path, pieces):
    assert check(tmp_path, pieces).n_rows == 0


def test_what_only_deleted_papers_hold_is_gone(tmp_path):
    metric = MetricRow("f1", 1.0, "dB", "delta", "KITTI")
    gone = row_of("b", "only here", keywords={"venue": ["ICLR"]}, metrics=[metric], keys=["b"])
    merged = check(tmp_path, [Piece([row_of("a", "here"), gone], [True, False]), Piece([row_of("c", "there")], [True])])
    assert merged.terms.all() == ["here", "there"]
    assert merged.units == merged.column("venue").names.all() == merged.column("dataset").keys.all() == []


# a position above 65,535 takes four bytes
@pytest.mark.parametrize(("words", "dtype"), [(300, "<u2"), (70_000, "<u4")])
@pytest.mark.parametrize("kept", [True, False])
def test_numbers_are_as_wide_as_live_papers_need(tmp_path, words, dtype, kept):
    pieces = [
        Piece([row_of("a", "pad x"), row_of("d", "pad " * words + "late")], [True, kept]),
        Piece([row_of("b", "pad"), row_of("c", "late pad pad")], [True, True]),
    ]
    merged = check(tmp_path, pieces)
    assert merged.arrays.array("lengths.abstract").dtype == DTYPES[dtype if kept else "u1"]
    late = merged.find_term(b"late")
    counts = merged.occurrences_of(late)
    positions = merged.positions_of(late).of(np.arange(len(counts)), counts)
    assert sorted(positions.tolist()) == ([0, words] if kept else [0])


def test_a_keyword_is_spelt_as_in_the_first_paper_even_when_another_segment_has_it(tmp_path):
    first = Piece([row_of("a"), row_of("d", keywords={"dataset": ["CIFAR-10"]})], [True, True])
    second = Piece([row_of("b", metrics=[MetricRow("f1", 1.0, "", "delta", "cifar10")])], [True])
    third = Piece([row_of("c", keywords={"dataset": ["CIFAR 10"]})], [True])
    assert check(tmp_path, [first, second, third]).column("dataset").names.all() == ["cifar10"]


def test_a_spelling_outlives_the_paper_it_came_from(tmp_path):
    named = [row_of(id_, keywords={"venue": [name]}) for id_, name in (("a", "I-C-L-R"), ("c", "ICLR"), ("d", "iclr"))]
    pieces = [Piece(named[:2], [False, True]), Piece(named[2:], [True])]
    rows = [named[1]._replace(keywords={"venue": ["I-C-L-R"]}), named[2]]
    check(tmp_path / "one", pieces, lambda parts: rows)
    # gone for good once no live paper of that segment has the keyword
    check(tmp_path / "other", [Piece(named[:1], [False]), Piece(named[1:], [True, True])])


# --- records -----------------------------------------------------------------------------------------------------


@pytest.fixture
def unpacked(monkeypatch):
    """The blocks of records that were unpacked, as (file, block)."""
    blocks = []
    unpack = Segment.stored_block

    def noting(self, block):
        blocks.append((self.path.name, block))
        return unpack(self, block)

    monkeypatch.setattr(Segment, "stored_block", noting)
    return blocks


def block_rows(letter, n):
    return [row_of(f"{letter}{number:03}", more="x" * number) for number in range(n)]


@pytest.mark.parametrize("rest", [0, 1, 5])
def test_blocks_that_stay_as_they_are_are_not_unpacked(tmp_path, unpacked, rest):
    pieces = [
        Piece(block_rows("a", 3 * BLOCK), [True] * 3 * BLOCK),
        Piece(block_rows("b", BLOCK + rest), [True] * (BLOCK + rest)),
    ]
    check(tmp_path, pieces)
    assert unpacked == []


def test_blocks_are_made_anew_from_the_first_deleted_paper_on(tmp_path, unpacked):
    live = [True] * 4 * BLOCK
    live[BLOCK + 3] = False
    check(tmp_path, [Piece(block_rows("a", 4 * BLOCK), live)])
    assert unpacked == [("part0", 1), ("part0", 2), ("part0", 3)]


def test_a_paper_in_the_place_of_a_deleted_one_makes_its_block_anew(tmp_path, unpacked):
    live = [True] * 3 * BLOCK
    live[BLOCK + 3] = False
    again = row_of(f"a{BLOCK + 3:03}", more="another")
    check(tmp_path, [Piece(block_rows("a", 3 * BLOCK), live), Piece([again], [True])])
    assert sorted(unpacked) == [("part0", 1), ("part1", 0)]


def test_a_last_block_that_is_not_the_last_any_more_is_made_anew(tmp_path, unpacked):
    check(tmp_path, [Piece(block_rows("a", BLOCK + 2), [True] * (BLOCK + 2)), Piece(block_rows("b", 3), [True] * 3)])
    assert sorted(unpacked) == [("part0", 1), ("part1", 0)]


# --- what is refused ---------------------------------------------------------------------------------------------


def test_an_id_that_is_live_twice_is_refused_before_anything_is_written(tmp_path):
    parts = opened(
        tmp_path, [Piece([row_of("a"), row_of("é")], [True] * 2), Piece([row_of("b"), row_of("é")], [True] * 2)]
    )
    with pytest.raises(ValueError, match="two live rows have the id 'é'"):
        merge_segments(parts, tmp_path / "merged")
    assert not (tmp_path / "merged").exists()


@pytest.mark.parametrize("mask", [np.ones(3, bool), np.ones((2, 1), bool), np.ones(2, np.int64)])
def test_a_mask_that_is_none_of_the_rows_is_refused(tmp_path, mask):
    [(part, _)] = opened(tmp_path, [Piece([row_of("a"), row_of("b")], [True] * 2)])
    with pytest.raises(ValueError, match="a mask of shape"):
        merge_segments([(part, mask)], tmp_path / "merged")


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("terms.offsets", 1, 1000),
        ("terms.bytes", 0, ord("z")),
        ("ids.bytes", 0, ord("z")),
        ("ids.offsets", 1, -5),
        ("postings.offsets", 1, 1000),
        ("postings.rows", 0, -1),
        ("postings.rows", 0, 1000),
        ("postings.codes", 0, 9),
        ("postings.codes", 0, ODD),
        ("positions.starts", 1, 1000),
        ("column.venue.values", 0, 99),
        ("column.venue.offsets", 1, 99),
        ("column.venue.keys.offsets", 1, 99),
        ("column.venue.names.offsets", 1, -1),
        ("metrics.row", 0, 2),
        ("metrics.row", 0, 3),
        ("metrics.dataset", 0, 7),
        ("keys.rows", 0, 1000),
        ("stored.offsets", 1, -1),
        ("stored.bytes", 9, 0),
    ],
)
@pytest.mark.parametrize("mask", [None, np.array([True, True, False])])
def test_numbers_that_make_no_sense_are_damage(tmp_path, name, place, value, mask):
    metrics = [MetricRow("f1", 1.0, "", "delta", "KITTI")]
    rows = [row_of(id_, "bar foo", keywords={"venue": ["A", "B"]}, metrics=metrics, keys=[id_]) for id_ in "acd"]
    parts = opened(tmp_path, [Piece(rows, [True] * 3), Piece([row_of("b", "foo")], [True])])
    entry = entry_of(tmp_path / "whole", parts[:1])
    spec = entry["arrays"][name]
    damage(tmp_path / "whole", DTYPES[spec["dtype"]], spec["offset"], place, value)
    with pytest.raises(IndexDamaged, match="whole"):
        merge_segments([(Segment(tmp_path / "whole", entry), mask), parts[1]], tmp_path / "merged")


def damage(path: Path, dtype, offset, place, value):
    with path.open("r+b") as file:
        file.seek(offset + place * dtype.itemsize)
        file.write(np.array([value], dtype).tobytes())


def test_the_mean_length_that_impacts_are_made_with_can_be_given(tmp_path):
    parts = opened(tmp_path, [Piece([row_of("a", "graph nets")], [True])])
    assert merge_segments(parts, tmp_path / "merged", avgdl=12.5)["avgdl"] == 12.5


# --- the union of strings ------------------------------------------------------------------------------------


def table_of(strings):
    data = np.frombuffer(b"".join(strings), np.uint8)
    return merging_plan.Strings(data, merging_plan.offsets_of(np.array([len(string) for string in strings], np.int64)))


@settings(max_examples=150)
@given(
    st.lists(st.sets(st.one_of(st.binary(max_size=24), st.text("ab\0", max_size=24).map(str.encode))), max_size=4),
    st.sampled_from([1, 2, 3, 1000]),
)
def test_the_union_of_sorted_strings_is_that_of_sets(tables, step):
    with mock.patch.object(merging_plan, "_RANGE", step):
        union, numbers = merging_plan.union([table_of(sorted(table)) for table in tables])
    expected = sorted(set().union(*tables))
    assert StringTable(union.data, union.offsets).all_bytes() == expected
    assert [[expected[number] for number in mine.tolist()] for mine in numbers] == [sorted(table) for table in tables]
