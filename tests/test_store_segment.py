"""One segment: everything that goes in comes out again; what is damaged says so."""

import math
import random
from contextlib import closing

import numpy as np
import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from store_rows import Row, batch_of_rows

from searchidx.analysis import analyse
from searchidx.errors import IndexDamaged
from searchidx.store import layout
from searchidx.store.batches import Batch, MetricRow
from searchidx.store.keys import fold, fold_all, key_hash
from searchidx.store.layout import BLOCK, METRIC_KINDS
from searchidx.store.segment import Segment, SegmentWriter

COLUMNS = ("code", "dataset", "metric", "source", "venue", "author", "repo")


def rows_of(seed, n):
    rng = random.Random(seed)
    for number in range(n):
        id_ = f"p{number:05}-é"
        metrics = [
            MetricRow(
                rng.choice(["accuracy", "f1"]),
                rng.choice([80.5, -1.0, float("nan")]),
                rng.choice(["", "%", "dB"]),
                rng.choice(METRIC_KINDS),
                rng.choice(["", "KITTI", "ImageNet"]),
            )
            for _ in range(rng.choice([0, 0, 1, 3]))
        ]
        yield Row(
            id=id_,
            texts=(f"Title {number} graph", " ".join(rng.choices(["graph", "GPT-4", "depth"], k=rng.randint(0, 9)))),
            keywords={
                "code": (rng.choice(["linked", "none"]),),
                "dataset": rng.sample(["KITTI", "ImageNet", "MS COCO"], rng.randint(0, 3)),
                "metric": [m.metric for m in metrics],
                "author": rng.sample(["Ada Müller", "Bo Li", "李 明"], rng.randint(0, 3)),
            },
            metrics=metrics,
            year=rng.choice([0, 1999, 2024]),
            date=rng.choice([0, 20240500, 20240506]),
            upvotes=rng.choice([0, 7, -1]),
            keys=[f"id:{id_}", f"group:{number % 7}", f"group:{number % 7}"],
            stored=orjson.dumps({"paper": {"id": id_, "n": number}}),
        )


def batches(rows, size=2 * BLOCK):
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def segment_of(directory, rows, **options):
    (directory / "spill").mkdir(parents=True)
    with closing(SegmentWriter(directory / "seg", directory / "spill", **options)) as writer:
        for some in batches(list(rows)):
            writer.add(batch_of_rows(some))
        entry = {"name": "seg", **writer.finish()}
    # what is read is what the manifest's JSON says, nothing that only memory holds
    (directory / "spill" / "entry.json").write_bytes(orjson.dumps(entry))
    return Segment(directory / "seg", entry_of(directory))


def entry_of(directory):
    return orjson.loads((directory / "spill" / "entry.json").read_bytes())


def column_of(segment, name, row):
    column = segment.column(name)
    return [column.names.text(v) for v in column.values[column.offsets[row] : column.offsets[row + 1]].tolist()]


@pytest.mark.parametrize("n", [1, BLOCK - 1, BLOCK, BLOCK + 1, 100])
def test_everything_written_is_read_back(tmp_path, n):
    rows = list(rows_of(n, n))
    segment = segment_of(tmp_path, rows)
    assert segment.n_rows == n
    assert segment.ids.all() == [row.id for row in rows]
    for name in ("year", "date", "upvotes"):
        assert segment.arrays.array(name).tolist() == [getattr(row, name) for row in rows]
    for number, row in enumerate(rows):
        assert segment.stored(number) == orjson.loads(row.stored)
        for name in COLUMNS:
            written = list(dict.fromkeys(row.keywords.get(name, ())))
            assert column_of(segment, name, number) == written
        assert segment.rows_of_hash(key_hash(f"id:{row.id}")) == [number]
        assert segment.rows_of_hash(key_hash(f"group:{number % 7}")) == list(range(number % 7, n, 7))
    assert segment.rows_of_hash(key_hash("id:nobody")) == []


def test_the_table_of_metrics_is_read_back(tmp_path):
    rows = list(rows_of(3, 60))
    segment = segment_of(tmp_path, rows)
    arrays = segment.arrays
    units = arrays.strings("metrics.units").all()
    metric, dataset = segment.column("metric").names, segment.column("dataset").names
    read = [
        (row, metric.text(m), value, units[u], METRIC_KINDS[k], dataset.text(d) if d >= 0 else "")
        for row, m, value, u, k, d in zip(
            *(arrays.array(f"metrics.{x}").tolist() for x in ("row", "metric", "value", "unit", "kind", "dataset")),
            strict=True,
        )
    ]
    written = [(number, *m) for number, row in enumerate(rows) for m in row.metrics]
    assert [[str(x) for x in item] for item in read] == [[str(x) for x in item] for item in written]
    assert any(math.isnan(item[2]) for item in read)


def test_columns_are_sorted_by_key_and_spellings_with_one_key_share_the_first(tmp_path):
    def row(id_, *datasets):
        return Row(id_, ("t", ""), {"dataset": datasets}, (), 0, 0, 0, (), b"{}")

    segment = segment_of(tmp_path, [row("a", "CIFAR-10", "zeta"), row("b", "cifar10", "Ägypt", "CIFAR 10")])
    column = segment.column("dataset")
    assert column.keys.all() == ["agypt", "cifar10", "zeta"]
    assert column.names.all() == ["Ägypt", "CIFAR-10", "zeta"]
    assert sorted(column_of(segment, "dataset", 1)) == ["CIFAR-10", "Ägypt"]


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("CIFAR-10", "cifar 10", True),
        ("Müller", "muller", True),
        ("MS_COCO", "mscoco", True),
        ("C++", "C", False),
        ("C#", "C", False),
        ("mAP@0.5", "mAP@0,5", False),
        ("github.com/o/n", "github.com/on", True),
        ("?!", "!?", False),
    ],
)
def test_spellings_that_fold_to_one_key(first, second, same):
    assert (fold(first) == fold(second)) is same
    assert fold(first)


@given(st.lists(st.text() | st.text("aB1 +#@._-?\n\t$\\é", max_size=6), max_size=8))
@example(["Ada B. Lovelace", "", "$x_1$", "two\nlines", "?!", "Zoë", "\ud800"])
def test_many_values_fold_as_each_does(values):
    assert fold_all(values) == [fold(value).encode("utf-8", "replace") for value in values]


def test_rows_behind_a_block_that_is_not_full_are_refused(tmp_path):
    (tmp_path / "spill").mkdir()
    first, second = batches(list(rows_of(2, BLOCK)), BLOCK - 1)
    with closing(SegmentWriter(tmp_path / "seg", tmp_path / "spill")) as writer:
        writer.add(batch_of_rows(first))
        with pytest.raises(ValueError, match="fill their blocks"):
            writer.add(batch_of_rows(second))


@pytest.mark.parametrize("n", [1, 60])
def test_a_batch_that_travelled_is_the_same(n):
    batch = batch_of_rows(list(rows_of(4, n)))
    loaded = Batch.load(batch.dump())
    assert loaded.n_rows == n
    assert {name: (a.dtype, a.tobytes()) for name, a in loaded.items()} == {
        name: (a.dtype, a.tobytes()) for name, a in batch.items()
    }


@pytest.mark.parametrize("size", [BLOCK, 3 * BLOCK, 1000])
def test_however_rows_are_cut_into_batches_the_bytes_are_the_same(tmp_path, size):
    rows = list(rows_of(3, 100))
    expected = segment_of(tmp_path / "expected", rows)
    (tmp_path / "spill").mkdir()
    with closing(SegmentWriter(tmp_path / "seg", tmp_path / "spill")) as writer:
        for some in batches(rows, size):
            writer.add(batch_of_rows(some))
        writer.finish()
    assert (tmp_path / "seg").read_bytes() == expected.path.read_bytes()


@pytest.mark.parametrize(("first", "second"), [("b", "a"), ("a", "a"), ("é", "z")])
def test_rows_out_of_the_order_of_their_ids_are_refused(tmp_path, first, second):
    rows = [Row(id_, ("t", ""), {}, (), 0, 0, 0, (), b"{}") for id_ in (first, second)]
    with pytest.raises(ValueError, match="order of their ids"):
        segment_of(tmp_path, rows)


def test_a_hash_of_a_key_has_64_bits_and_takes_any_text():
    assert 0 <= key_hash("a") < 2**64
    assert key_hash("a") != key_hash("b")
    assert key_hash("\ud800") == key_hash("?")


@pytest.mark.parametrize("wanted", [[], ["id:p00003-é"], ["group:1", "id:p00003-é", "id:nobody"], ["id:nobody"]])
def test_rows_of_several_keys_at_once(tmp_path, wanted):
    segment = segment_of(tmp_path, rows_of(6, 40))
    expected = {row for key in wanted for row in segment.rows_of_hash(key_hash(key))}
    hashes = np.unique(np.array([key_hash(key) for key in wanted], np.uint64))
    assert segment.rows_of_hashes(hashes).tolist() == sorted(expected)


@pytest.mark.parametrize("n", [0, 1, 40])
def test_the_same_rows_give_the_same_bytes(tmp_path, n):
    for name in ("a", "b"):
        segment_of(tmp_path / name, rows_of(8, n))
    first, second = ((tmp_path / x / "seg").read_bytes() for x in "ab")
    assert first == second


def test_a_segment_is_one_file(tmp_path):
    segment_of(tmp_path, rows_of(8, 40))
    assert (tmp_path / "seg").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["seg", "spill"]


def test_lengths_are_those_of_the_texts_and_add_up(tmp_path):
    rows = list(rows_of(5, 30))
    segment = segment_of(tmp_path, rows)
    for number, field in enumerate(("title", "abstract")):
        expected = [len({token.position for token in analyse(row.texts[number])}) for row in rows]
        assert segment.lengths(field).tolist() == expected
        assert segment.total_lengths[number] == sum(expected)
    boosted = 3.0 * segment.lengths("title") + [length or 50 for length in segment.lengths("abstract").tolist()]
    assert segment.arrays.array("lengths.boosted").tolist() == boosted.tolist()
    assert segment.avgdl == pytest.approx(boosted.mean())


def test_a_mean_length_that_is_given_changes_impacts_alone(tmp_path):
    own, other = segment_of(tmp_path / "a", rows_of(5, 30)), segment_of(tmp_path / "b", rows_of(5, 30), avgdl=1.5)
    assert (other.avgdl, other.total_lengths) == (1.5, own.total_lengths)
    differing = [
        name for name in layout.SHAPES if not np.array_equal(own.arrays.array(name), other.arrays.array(name), True)
    ]
    assert differing == ["impacts"]


# The bound that pruning relies on: never below the true share, and above it by less than one step.
@pytest.mark.parametrize("avgdl", [None, 0.7, 40.0])
def test_impacts_are_shares_of_the_score_rounded_up(tmp_path, avgdl):
    segment = segment_of(tmp_path, rows_of(9, 200), avgdl=avgdl)
    made = segment.arrays.array("impacts")
    lengths = segment.arrays.array("lengths.boosted").astype(float)
    for number in range(len(segment.terms)):
        start, end = segment.posting_range(number)
        postings = segment.postings_of(number)
        tf = 3.0 * postings.tfs[0] + postings.tfs[1]
        norm = 1.2 * (0.25 + 0.75 * lengths[postings.rows] / segment.avgdl)
        share = 255 * tf / (tf + norm)
        assert (made[start:end] >= share).all()
        assert (made[start:end] < share * (1 + 1e-5) + 1).all()


# Records of a block are told apart by what each begins with; one may hold the same in its own fields.
def test_a_record_that_holds_what_looks_like_records_is_itself(tmp_path):
    rows = list(rows_of(5, 40))
    for number in (0, 3, 4, 15, 16, 39):
        inside = [{"paper": {"id": rows[n].id}, "extraction": {}} for n in (number, (number + 1) % 40)]
        record = {"paper": {"id": rows[number].id, "extra": {"x": [*inside, ',{"paper":']}}, "extraction": {}}
        rows[number] = rows[number]._replace(stored=orjson.dumps(record))
    segment = segment_of(tmp_path, rows)
    for number, row in enumerate(rows):
        assert segment.stored(number) == orjson.loads(row.stored)


def test_damaged_records_say_so(tmp_path):
    segment = segment_of(tmp_path, rows_of(1, 20))
    assert segment.stored(3)["paper"]["n"] == 3
    spec = entry_of(tmp_path)["arrays"]["stored.bytes"]
    for content in (bytes(spec["length"]), b"\xff" * spec["length"]):
        with (tmp_path / "seg").open("r+b") as file:
            file.seek(spec["offset"])
            file.write(content)
        again = Segment(tmp_path / "seg", entry_of(tmp_path))
        with pytest.raises(IndexDamaged, match=r"seg: stored\.bytes holds what makes no sense"):
            again.stored(3)


@pytest.mark.parametrize(
    "entry", [{}, {"rows": "x"}, {"rows": 1, "lengths": {}}, {"rows": 1, "lengths": [], "arrays": {}}]
)
def test_an_entry_that_does_not_describe_a_segment_is_damage(tmp_path, entry):
    with pytest.raises(IndexDamaged, match="manifest does not describe"):
        Segment(tmp_path, entry)
