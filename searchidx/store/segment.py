"""One segment: an immutable set of files that hold some papers, in the order of their ids.

Row numbers (0 .. n-1, in paper-id order) are internal: users see ids. A segment holds

    terms.*  lengths.*                            the terms of the text fields, and how long each text is
    postings.*  positions.*                       where terms stand (see `postings`)
    ids.*                                         paper ids, sorted
    column.NAME.{values,offsets}, .names.*        keyword fields: ordinals per row, and the names, sorted by key
    year, date, upvotes                           int16, int32 (YYYYMMDD, 0 where unknown), int32 per row
    lengths.boosted, impacts, ranges.*            for the default weights, what pruning reads (`ranking.impacts`)
    metrics.*                                     the table of reported numbers
    keys.{hashes,rows}                            64-bit hashes of identity keys, sorted, and their rows
    stored.{bytes,offsets}                        the records: zstd blocks of `BLOCK` papers, JSON inside

They are one file (`files.ArrayWriter.pack`); `layout` has types and lengths. The manifest entry of a segment is
{"name", "rows", "lengths", "avgdl", "arrays"}: rows, summed lengths per text field, the mean boosted length its
impacts were made with, and the description of every array.
"""

from __future__ import annotations

import math
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import orjson
import zstandard

from searchidx.errors import IndexDamaged
from searchidx.fields import K1, KEYWORD_FIELDS, NO_ABSTRACT, TEXT_FIELDS, B
from searchidx.ranking import bm25f, impacts
from searchidx.store import layout
from searchidx.store.batches import Batch
from searchidx.store.compression import record_unpacker
from searchidx.store.files import Array, ArrayWriter, PackedArrays, StringTable, inside
from searchidx.store.inverter import Inverter
from searchidx.store.layout import BLOCK, METRIC_KINDS
from searchidx.store.postings import TF_NAMES, Positions, Postings, PostingsReader, array_damaged, pack
from searchidx.store.strings import Strings, concatenated, in_order, joined, offsets_of

#: No block of records is larger than this when unpacked; a larger one is damaged, or meant to fill the memory.
_MAX_BLOCK_BYTES = 1 << 28
#: What stands before every record of a block but the first: `Record.dump` puts the paper first.
_NEXT_RECORD = b',{"paper":'
_MAX_LENGTH = 2.0**40
#: Postings of how many, in all, stay unpacked.
_UNPACKED = 4_000_000
#: Far below the mean length of any papers, and far above what one divided by is no number any more.
_LEAST_MEAN = 1e-3
_TEXT_NAMES = [field.name for field in TEXT_FIELDS]
BOOSTS = [field.boost for field in TEXT_FIELDS]
#: Arrays of batches that stand one after the other in a segment: as they are, and with numbers changed.
_AS_THEY_COME = ("year", "date", "upvotes", "metrics.value", "metrics.kind", "keys.hashes", "stored.sizes")
_JOINED = {
    "year": np.int16,
    "date": np.int32,
    "upvotes": np.int32,
    "metrics.row": np.int32,
    "metrics.metric": np.int32,
    "metrics.value": np.float64,
    "metrics.unit": np.int32,
    "metrics.kind": np.uint8,
    "metrics.dataset": np.int32,
    "keys.hashes": np.uint64,
    "keys.rows": np.int32,
    "stored.sizes": np.int32,
}


class SegmentWriter:
    """Writes one segment to the file `path`; rows must come in the order of their ids (as UTF-8 bytes), each id once.

    spill: a directory for files needed while writing (removed by the caller). avgdl: the mean boosted length that
    papers of the index will have, where this segment joins others; None for the segment's own.
    """

    def __init__(self, path: Path, spill: Path, *, avgdl: float | None = None) -> None:
        path.mkdir(parents=True)
        self._avgdl = avgdl
        self._writer = ArrayWriter(path)
        self._inverter = Inverter(len(TEXT_FIELDS), spill)
        self._columns = {field.name: _ColumnBuilder() for field in KEYWORD_FIELDS}
        self._units: dict[bytes, int] = {}
        self._ids: list[bytes] = []
        #: What is joined as it comes, by the name of its array.
        self._pieces: dict[str, list[Array]] = {name: [] for name in _JOINED}
        self._stored = (path / "stored.bytes").open("xb")

    def add(self, batch: Batch) -> None:
        """Add the next rows; every batch but the last must fill its blocks of records (`BLOCK`).

        Raises ValueError when ids are not rising, or there are rows behind a block not full.
        """
        first = len(self._ids)
        self._add_ids(batch.strings("ids"))
        if first % BLOCK:
            raise ValueError(f"{first} rows do not fill their blocks, and more come")
        self._inverter.add(batch.texts)
        before = {name: column.add(batch, f"column.{name}") for name, column in self._columns.items()}
        for name in ("metric", "dataset"):
            numbers = batch[f"metrics.{name}"]
            self._pieces[f"metrics.{name}"].append(np.where(numbers < 0, numbers, numbers + np.int32(before[name])))
        units = [self._units.setdefault(unit, len(self._units)) for unit in batch.strings("metrics.units")]
        self._pieces["metrics.unit"].append(np.array(units, np.int32)[batch["metrics.unit"]])
        for name in ("metrics.row", "keys.rows"):
            self._pieces[name].append(batch[name] + np.int32(first))
        for name in _AS_THEY_COME:
            self._pieces[name].append(batch[name].copy())  # or the whole batch would stay in memory
        self._stored.write(batch["stored.bytes"].data)

    def _add_ids(self, ids: list[bytes]) -> None:
        for before, id_ in pairwise([*self._ids[-1:], *ids]):
            if id_ <= before:
                raise ValueError(f"rows must come in the order of their ids, {id_.decode()!r} comes too late")
        self._ids += ids

    def close(self) -> None:
        """Let go of the file being written; for a build that ends before `finish`."""
        self._stored.close()

    def finish(self) -> dict[str, Any]:
        """Write everything that is left; returns the manifest entry (without the name)."""
        self._stored.close()
        with ThreadPoolExecutor(1) as thread:
            rest = thread.submit(self._write_rest)
            lengths = self._inverter.write(self._writer, _TEXT_NAMES)
            rest.result()
        return finish_segment(self._writer, len(self._ids), lengths, self._avgdl)

    def _write_rest(self) -> None:
        """Write all but what the inverter does."""
        writer = self._writer
        writer.strings("ids", self._ids)
        arrays = {name: concatenated(self._pieces.pop(name), dtype) for name, dtype in _JOINED.items()}
        ordinals = {name: column.write(writer, f"column.{name}") for name, column in self._columns.items()}
        for name in ("metric", "dataset"):
            # -1 (no dataset) indexes the entry appended last
            arrays[f"metrics.{name}"] = np.append(ordinals[name], np.int32(-1))[arrays[f"metrics.{name}"]]
        writer.strings("metrics.units", list(self._units))
        order = np.argsort(arrays["keys.hashes"], kind="stable")
        for name in ("keys.hashes", "keys.rows"):
            arrays[name] = arrays[name][order]
        offsets = offsets_of(arrays.pop("stored.sizes"))
        writer.specs["stored.bytes"] = {"dtype": "u1", "length": int(offsets[-1])}
        writer.array("stored.offsets", offsets)
        for name, values in arrays.items():
            writer.array(name, values)


def finish_segment(
    writer: ArrayWriter, n_rows: int, total_lengths: Sequence[int], avgdl: float | None = None
) -> dict[str, Any]:
    """Write what follows from plain postings and lengths just written, pack them, and put all arrays into one file.

    total_lengths: summed lengths per text field. avgdl: see `SegmentWriter`. Returns the manifest entry; the writer's
    directory is a file afterwards.
    """
    lengths = [writer.written(f"lengths.{name}") for name in _TEXT_NAMES]
    if avgdl is None:
        avgdl = mean_length(total_lengths, n_rows, n_without_abstract(lengths[1]))
    boosted = bm25f.weighted(bm25f.counted(lengths, NO_ABSTRACT), BOOSTS)
    offsets = writer.written("postings.offsets")
    with ThreadPoolExecutor(1) as thread:
        making = thread.submit(
            impacts.make,
            offsets,
            writer.written("plain.rows"),
            [writer.written(name) for name in TF_NAMES],
            bm25f.norms(boosted, avgdl, k1=K1, b=B),
            BOOSTS,
        )
        pack(writer, impacts.frequent_terms(offsets, n_rows))
        made = making.result()
    writer.array("lengths.boosted", boosted)
    writer.array("impacts", made.impacts)
    writer.array("ranges.terms", made.terms)
    writer.array("ranges.maxima", made.maxima)
    writer.array("ranges.starts", made.starts)
    return {
        "rows": n_rows,
        "lengths": dict(zip(_TEXT_NAMES, map(int, total_lengths), strict=True)),
        "avgdl": avgdl,
        "arrays": writer.pack(),
    }


def n_without_abstract(lengths: Array) -> int:
    """How many of some papers have no abstract. lengths: of their abstracts."""
    return len(lengths) - int(np.count_nonzero(lengths))


def mean_length(total_lengths: Sequence[int], n_rows: int, n_without: int, boosts: Sequence[float] = BOOSTS) -> float:
    """The mean of papers' boosted lengths: the formula's avgdl. 0 when there is no paper.

    n_without: papers without an abstract; see `bm25f.counted`.
    """
    title, abstract = total_lengths
    total = boosts[0] * title + boosts[1] * (abstract + NO_ABSTRACT * n_without)
    return total / n_rows if n_rows else 0.0


class _ColumnBuilder:
    """One keyword field: the ordinals of every row's values; spellings with one key share the first seen.

    Every batch brings its own table of values. They are numbered through all batches, and in the end those with one key
    are found by sorting the keys.
    """

    def __init__(self) -> None:
        self._keys: list[Strings] = []
        self._names: list[Strings] = []
        self._values: list[Array] = []
        self._counts: list[Array] = []
        self._n_names = 0

    def add(self, batch: Batch, name: str) -> int:
        """Add a batch's column; returns what is added to its numbers here."""
        before = self._n_names
        self._keys.append(batch.table(f"{name}.keys"))
        self._names.append(batch.table(f"{name}.names"))
        self._values.append(batch[f"{name}.values"] + np.int32(before))
        self._counts.append(batch[f"{name}.counts"].copy())
        self._n_names += len(self._keys[-1])
        return before

    def write(self, writer: ArrayWriter, name: str) -> Array:
        """Write the column; returns the final ordinal of every number, int32."""
        keys, names = joined(self._keys), joined(self._names)
        order, opens = in_order(keys)
        ordinals = np.empty(len(keys), np.int32)
        ordinals[order] = np.cumsum(opens) - 1
        writer.array(f"{name}.values", ordinals[concatenated(self._values, np.int32)])
        writer.array(f"{name}.offsets", offsets_of(concatenated(self._counts, np.int32)))
        names.take(order[opens]).write(writer, f"{name}.names")
        keys.take(order[opens]).write(writer, f"{name}.keys")
        return ordinals


# --- reading ------------------------------------------------------------------------------------------------


class Column(NamedTuple):
    """One keyword field: row r has names[v] for v in values[offsets[r] : offsets[r + 1]].

    names: as shown; keys: as matched (`fold`), in the same order, sorted.
    """

    values: Array
    offsets: Array
    names: StringTable
    keys: StringTable


class MetricTable(NamedTuple):
    """The reported numbers of a segment, one entry each: its row, ordinals of its metric and dataset (-1 for none) in
    those columns, value (NaN when it is no number), ordinal of its unit, and kind (a place in METRIC_KINDS).
    """

    row: Array
    metric: Array
    dataset: Array
    value: Array
    unit: Array
    kind: Array


class Segment:
    """An open segment. Safe to share between threads: nothing is changed but what is remembered.

    All arrays are mapped at once: a later build may remove the files, and an open index is a snapshot. Numbers that
    point into other arrays are checked when first used; IndexDamaged names the file of one that points nowhere.
    """

    def __init__(self, path: Path, entry: dict[str, Any]) -> None:
        self.path = path
        try:
            self.n_rows: int = entry["rows"]
            self.total_lengths: tuple[int, ...] = tuple(entry["lengths"][name] for name in _TEXT_NAMES)
            self.avgdl = float(entry["avgdl"])
            arrays = entry["arrays"]
        except (KeyError, TypeError, ValueError, OverflowError) as exc:
            raise IndexDamaged(path, "the manifest does not describe it") from exc
        if any(type(number) is not int or not 0 <= number < 1 << 62 for number in (self.n_rows, *self.total_lengths)):
            raise IndexDamaged(path, "the manifest counts no rows and words")
        if self.n_rows >= 1 << 31 or not isinstance(arrays, dict):
            raise IndexDamaged(path, f"the manifest says {self.n_rows} rows")
        if self.avgdl and not _LEAST_MEAN <= self.avgdl < math.inf:
            raise IndexDamaged(path, f"the manifest says {self.avgdl} words a paper")
        layout.check(path, self.n_rows, arrays)
        self.arrays = PackedArrays(path, arrays)
        self._columns: dict[str, Column] = {}
        #: What was asked for before, by the term's number.
        self._postings: dict[int, Postings] = {}
        self._positions: dict[int, Positions] = {}
        self._n_unpacked = 0

    def damaged(self, name: str) -> IndexDamaged:
        """The error that says an array's numbers make no sense."""
        return array_damaged(self.path, name)

    @cached_property
    def terms(self) -> StringTable:
        """All terms of the text fields, sorted as UTF-8."""
        return self.arrays.strings("terms")

    def find_term(self, term: bytes) -> int:
        """The number of a term, or -1."""
        return self.terms.find(term)

    @cached_property
    def reader(self) -> PostingsReader:
        """The postings of this segment. Raises IndexDamaged."""
        return PostingsReader(self.arrays, self.n_rows)

    def postings_of(self, number: int) -> Postings:
        """The postings of the term with this number. Raises IndexDamaged."""
        found = self._postings.get(number)
        if found is None:
            found = Postings(self.reader.rows(number, number + 1), self.reader.counts(number, number + 1))
            if not found.df or not (found.rows[1:] > found.rows[:-1]).all():
                raise self.damaged("postings.rows")
            if self._n_unpacked + found.df > _UNPACKED:
                self._postings, self._positions, self._n_unpacked = {}, {}, 0
            self._postings[number] = found
            self._n_unpacked += found.df
        return found

    def posting_range(self, number: int) -> tuple[int, int]:
        """(first, last + 1) of a term's postings. Raises IndexDamaged."""
        return self.reader.numbers(number, number + 1)

    def positions_of(self, number: int) -> Positions:
        """Where the term with this number stands. Raises IndexDamaged."""
        found = self._positions.get(number)
        if found is None:
            found = self.reader.positions_of(number, self.occurrences_of(number))
            self._positions[number] = found
        return found

    def occurrences_of(self, number: int) -> Array:
        """How often each paper of a term's postings holds it, int64. Raises IndexDamaged."""
        title, abstract = self.postings_of(number).tfs
        return title + abstract.astype(np.int64)

    def lengths(self, field: str) -> Array:
        """The length of every paper's text field, in positions."""
        return self.arrays.array(f"lengths.{field}")

    @cached_property
    def boosted_lengths(self) -> Array:
        """The weighted length of every paper, for the default weights. Raises IndexDamaged."""
        boosted = self.arrays.array("lengths.boosted")
        # so that no norm is below 0, infinite, or no number
        if len(boosted) and not 0 <= boosted.min() <= boosted.max() < _MAX_LENGTH:
            raise self.damaged("lengths.boosted")
        return boosted

    @cached_property
    def ids(self) -> StringTable:
        """Paper ids by row."""
        return self.arrays.strings("ids")

    def column(self, field: str) -> Column:
        """A keyword field. Raises IndexDamaged."""
        column = self._columns.get(field)
        if column is None:
            name = f"column.{field}"
            column = Column(
                self.arrays.array(f"{name}.values"),
                self.arrays.array(f"{name}.offsets"),
                self.arrays.strings(f"{name}.names"),
                self.arrays.strings(f"{name}.keys"),
            )
            self._check_column(name, column)
            self._columns[field] = column
        return column

    def _check_column(self, name: str, column: Column) -> None:
        offsets = column.offsets
        if offsets[0] != 0 or offsets[-1] != len(column.values) or (offsets[1:] < offsets[:-1]).any():
            raise self.damaged(f"{name}.offsets")
        if not inside(column.values, len(column.names)):
            raise self.damaged(f"{name}.values")

    @cached_property
    def years(self) -> Array:
        """The year of every paper, 0 where unknown. Raises IndexDamaged."""
        years = self.arrays.array("year")
        if not inside(years, 10_000):
            raise self.damaged("year")
        return years

    @cached_property
    def dates(self) -> Array:
        """A number per paper that grows with its date: YYYYMMDD, missing parts 0. int64. Raises IndexDamaged."""
        date = self.arrays.array("date").astype(np.int64)
        if not inside(date, 10_000 * 10_000) or (date // 100 % 100 > 12).any() or (date % 100 > 31).any():
            raise self.damaged("date")
        return np.where(date > 0, date, self.years.astype(np.int64) * 10_000)

    @cached_property
    def metrics(self) -> MetricTable:
        """The table of reported numbers. Raises IndexDamaged."""
        table = MetricTable(*(self.arrays.array(f"metrics.{name}") for name in MetricTable._fields))
        bounds = {
            "row": (table.row, self.n_rows),
            "metric": (table.metric, len(self.column("metric").names)),
            "dataset": (table.dataset + 1, len(self.column("dataset").names) + 1),
            "unit": (table.unit, len(self.units)),
            "kind": (table.kind, len(METRIC_KINDS)),
        }
        for name, (values, bound) in bounds.items():
            if not inside(values, bound):
                raise self.damaged(f"metrics.{name}")
        return table

    @cached_property
    def units(self) -> list[str]:
        """The units of reported numbers, by ordinal."""
        return self.arrays.strings("metrics.units").all()

    def rows_of_hash(self, value: int) -> list[int]:
        """Rows that may hold the identity key with this `key_hash`, rising; the caller checks the record."""
        first = bisect_left(self._hashes, value)
        if first == len(self._hashes) or self._hashes[first] != value:
            return []
        last = bisect_right(self._hashes, value, first)
        rows = sorted(self.arrays.array("keys.rows")[first:last].tolist())
        if rows[0] < 0 or rows[-1] >= self.n_rows:
            raise self.damaged("keys.rows")
        return rows

    def rows_of_hashes(self, values: Array) -> Array:
        """Rows that may hold one of these key hashes (sorted, each once), rising, each once."""
        hashes = self.arrays.array("keys.hashes")
        places = np.minimum(np.searchsorted(values, hashes), max(len(values) - 1, 0))
        rows = self.arrays.array("keys.rows")[values[places] == hashes] if len(values) else np.empty(0, np.int32)
        if not inside(rows, self.n_rows):
            raise self.damaged("keys.rows")
        return np.unique(rows)

    @cached_property
    def _hashes(self) -> memoryview:
        return self.arrays.array("keys.hashes").data  # a view is searched several times faster than an array

    def stored(self, row: int) -> dict[str, Any]:
        """The record of a row, decoded. Raises IndexDamaged when it cannot be read."""
        block = row // BLOCK
        data = self._unpacked(block)
        record = self._cut(data, row)
        if record is None:
            record = self._decoded(data, block)[row % BLOCK]
        if not isinstance(record, dict):
            raise self.damaged("stored.bytes")
        return record

    def stored_block(self, block: int) -> list[Any]:
        """The records of rows block * BLOCK and following, decoded. Raises IndexDamaged when they cannot be read."""
        return self._decoded(self._unpacked(block), block)

    def _unpacked(self, block: int) -> bytes:
        offsets = self.arrays.array("stored.offsets").data
        packed = self.arrays.array("stored.bytes").data[max(offsets[block], 0) : max(offsets[block + 1], 0)]
        try:
            if not 0 <= zstandard.frame_content_size(packed) <= _MAX_BLOCK_BYTES:
                raise self.damaged("stored.bytes")
            return _of_thread.unpacker.decompress(packed)
        except zstandard.ZstdError as exc:
            raise self.damaged("stored.bytes") from exc

    def _decoded(self, data: bytes, block: int) -> list[Any]:
        try:
            records = orjson.loads(data)
        except orjson.JSONDecodeError as exc:
            raise self.damaged("stored.bytes") from exc
        if not isinstance(records, list) or len(records) != min(BLOCK, self.n_rows - block * BLOCK):
            raise self.damaged("stored.bytes")
        return records

    def _cut(self, data: bytes, row: int) -> Any:
        """The record of a row from the text of its block, the others undecoded; None when it is not surely that.

        A record may hold what looks like the beginning of another; that one has not the row's id, or is no JSON.
        """
        at = 0
        for _ in range(row % BLOCK):
            at = data.find(_NEXT_RECORD, at + 1)
            if at < 0:
                return None
        end = data.find(_NEXT_RECORD, at + 1)
        try:
            record = orjson.loads(memoryview(data)[at + 1 : end if end >= 0 else -1])
            return record if record["paper"]["id"] == self.ids.text(row) and "extraction" in record else None
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return None


class _OfThread(threading.local):
    """One unpacker per thread: making one takes as long as unpacking a small block, and threads cannot share it."""

    def __init__(self) -> None:
        self.unpacker = record_unpacker()


_of_thread = _OfThread()
