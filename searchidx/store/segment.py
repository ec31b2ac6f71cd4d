"""One segment: an immutable set of files that hold some papers, in the order of their ids.

Row numbers (0 .. n-1, in paper-id order) are internal: users see ids. A segment holds

    terms.*  postings.*  positions.*  lengths.*   the inverted text fields (see `inverter`)
    ids.*                                         paper ids, sorted
    column.NAME.{values,offsets}, .names.*        keyword fields: ordinals per row, and the names, sorted by key
    year, date, upvotes                           int16, int32 (YYYYMMDD, 0 where unknown), int32 per row
    lengths.boosted, impacts, ranges.*            for the default weights, what pruning reads (`ranking.impacts`)
    positions.skips                               how many positions stand before every `SKIP`-th posting
    metrics.*                                     the table of reported numbers
    keys.{hashes,rows}                            64-bit hashes of identity keys, sorted, and their rows
    stored.{bytes,offsets}                        the records: zstd blocks of `BLOCK` papers, JSON inside

They are one file (`files.ArrayWriter.pack`); `layout` has types and lengths. The manifest entry of a segment is
{"name", "rows", "lengths", "avgdl", "arrays"}: rows, summed lengths per text field, the mean boosted length its
impacts were made with, and the description of every array.
"""

from __future__ import annotations

import hashlib
import math
import re
import threading
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import orjson
import zstandard

from searchidx.analysis import clean
from searchidx.errors import IndexDamaged
from searchidx.fields import K1, KEYWORD_FIELDS, NO_ABSTRACT, TEXT_FIELDS, B
from searchidx.ranking import bm25f, impacts
from searchidx.ranking.phrases import SKIP
from searchidx.store import layout
from searchidx.store.files import Array, ArrayWriter, PackedArrays, StringTable, encode
from searchidx.store.inverter import Inverter
from searchidx.store.layout import BLOCK, METRIC_KINDS

_ZSTD_LEVEL = 9
#: No block of records is larger than this when unpacked; a larger one is damaged, or meant to fill the memory.
_MAX_BLOCK_BYTES = 1 << 28
#: What stands before every record of a block but the first: `Record.dump` puts the paper first.
_NEXT_RECORD = b',{"paper":'
_MAX_LENGTH = 2.0**40
_SKIPS_AT_ONCE = 1 << 16
_TEXT_NAMES = [field.name for field in TEXT_FIELDS]
BOOSTS = [field.boost for field in TEXT_FIELDS]


class MetricRow(NamedTuple):
    """One reported number as the index holds it. value: NaN when it is no number."""

    metric: str
    value: float
    unit: str
    kind: str
    dataset: str


@dataclass(frozen=True, slots=True)
class Row:
    """What one paper puts into a segment.

    texts: one per text field. keywords: field name -> values. keys: identity keys. stored: the record as JSON.
    year, date: 0 where unknown; date as YYYYMMDD, unknown parts 0.
    """

    id: str
    texts: Sequence[str]
    keywords: dict[str, Sequence[str]]
    metrics: Sequence[MetricRow]
    year: int
    date: int
    upvotes: int
    keys: Sequence[str]
    stored: bytes


def key_hash(key: str) -> int:
    """64 bits of the key's SHA-256; a hit is checked against the record, so a collision costs time, not truth."""
    return int.from_bytes(hashlib.sha256(key.encode("utf-8", "replace")).digest()[:8], "little")


_UNTELLING = re.compile(r"[^\w+#@.]|_")


@lru_cache(maxsize=100_000)
def fold(value: str) -> str:
    """The key under which spellings of a keyword are the same: letters, digits, `+ # @ .`, case and accents folded."""
    folded = clean(value).casefold()
    return _UNTELLING.sub("", folded) or folded


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
        self._units = _Numbering()
        self._metrics: list[tuple[int, int, float, int, int, int]] = []
        self._ids: list[bytes] = []
        self._years = array("h")
        self._dates = array("i")
        self._upvotes = array("i")
        self._hashes = array("Q")
        self._hash_rows = array("i")
        self._stored = _StoredWriter(path / "stored.bytes")

    def add(self, row: Row) -> None:
        """Add the next row. Raises ValueError when ids are not rising."""
        encoded = row.id.encode()
        if self._ids and encoded <= self._ids[-1]:
            raise ValueError(f"rows must come in the order of their ids, {row.id!r} comes too late")
        number = len(self._ids)
        self._ids.append(encoded)
        self._inverter.add(row.texts)
        for name, column in self._columns.items():
            column.add(row.keywords.get(name, ()))
        for metric in row.metrics:
            self._metrics.append(
                (
                    number,
                    self._columns["metric"].number(metric.metric),
                    metric.value,
                    self._units[metric.unit],
                    METRIC_KINDS.index(metric.kind),
                    self._columns["dataset"].number(metric.dataset) if metric.dataset else -1,
                )
            )
        self._years.append(row.year)
        self._dates.append(row.date)
        self._upvotes.append(row.upvotes)
        for key in dict.fromkeys(row.keys):
            self._hashes.append(key_hash(key))
            self._hash_rows.append(number)
        self._stored.add(row.stored)

    def close(self) -> None:
        """Let go of the file being written; for a build that ends before `finish`."""
        self._stored.close()

    def finish(self) -> dict[str, Any]:
        """Write everything that is left; returns the manifest entry (without the name)."""
        writer = self._writer
        lengths = self._inverter.write(writer, _TEXT_NAMES)
        writer.strings("ids", self._ids)
        renumber = {name: column.write(writer, f"column.{name}") for name, column in self._columns.items()}
        writer.array("year", np.array(self._years, np.int16))
        writer.array("date", np.array(self._dates, np.int32))
        writer.array("upvotes", np.array(self._upvotes, np.int32))
        self._write_metrics(renumber)
        hashes, rows = np.array(self._hashes, np.uint64), np.array(self._hash_rows, np.int32)
        order = np.argsort(hashes, kind="stable")
        writer.array("keys.hashes", hashes[order])
        writer.array("keys.rows", rows[order])
        length, offsets = self._stored.finish()
        writer.specs["stored.bytes"] = {"dtype": "u1", "length": length}
        writer.array("stored.offsets", offsets)
        return finish_segment(writer, len(self._ids), lengths, self._avgdl)

    def _write_metrics(self, renumber: dict[str, Array]) -> None:
        columns = list(zip(*self._metrics, strict=True)) or [()] * 6
        rows, metric, value, unit, kind, dataset = columns
        # -1 (no dataset) indexes the entry appended last
        datasets = np.append(renumber["dataset"], np.int32(-1))
        self._writer.array("metrics.row", np.array(rows, np.int32))
        self._writer.array("metrics.metric", renumber["metric"][np.array(metric, np.int64)])
        self._writer.array("metrics.value", np.array(value, np.float64))
        self._writer.array("metrics.unit", np.array(unit, np.int32))
        self._writer.array("metrics.kind", np.array(kind, np.uint8))
        self._writer.array("metrics.dataset", datasets[np.array(dataset, np.int64)])
        self._writer.strings("metrics.units", encode(self._units))


def finish_segment(
    writer: ArrayWriter, n_rows: int, total_lengths: Sequence[int], avgdl: float | None = None
) -> dict[str, Any]:
    """Write what follows from postings and lengths just written (`ranking.impacts`), and pack all arrays into one file.

    total_lengths: summed lengths per text field. avgdl: see `SegmentWriter`. Returns the manifest entry; the writer's
    directory is a file afterwards.
    """
    lengths = [writer.written(f"lengths.{name}") for name in _TEXT_NAMES]
    if avgdl is None:
        avgdl = mean_length(total_lengths, n_rows, n_without_abstract(lengths[1]))
    boosted = bm25f.weighted(bm25f.counted(lengths, NO_ABSTRACT), BOOSTS)
    made = impacts.make(
        writer.written("postings.offsets"),
        writer.written("postings.rows"),
        [writer.written(f"postings.tf.{name}") for name in _TEXT_NAMES],
        bm25f.norms(boosted, avgdl, k1=K1, b=B),
        BOOSTS,
    )
    writer.array("lengths.boosted", boosted)
    writer.array("positions.skips", _skips([writer.written(f"postings.tf.{name}") for name in _TEXT_NAMES]))
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


def _skips(tfs: Sequence[Array]) -> Array:
    """How many positions stand before every `SKIP`-th posting, int64."""
    firsts = np.arange(0, len(tfs[0]), SKIP)
    counts = np.zeros(len(firsts), np.int64)
    for start in range(0, len(firsts), _SKIPS_AT_ONCE):
        here = firsts[start : start + _SKIPS_AT_ONCE]
        end = int(here[-1]) + SKIP
        for tf in tfs:
            counts[start : start + len(here)] += np.add.reduceat(tf[here[0] : end], here - here[0], dtype=np.int64)
    return np.cumsum(counts) - counts


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


class _Numbering(dict[str, int]):
    """Strings numbered as they are first met."""

    def __missing__(self, value: str) -> int:
        number = self[value] = len(self)
        return number


class _ColumnBuilder:
    """One keyword field: the ordinals of every row's values; spellings with one key share the first seen."""

    def __init__(self) -> None:
        self._by_key: dict[str, int] = {}
        self._names: list[str] = []
        self._values = array("i")
        self._counts = array("i")

    def number(self, value: str) -> int:
        key = fold(value)
        number = self._by_key.get(key)
        if number is None:
            number = self._by_key[key] = len(self._names)
            self._names.append(value)
        return number

    def add(self, values: Iterable[str]) -> None:
        numbers = dict.fromkeys(map(self.number, values))
        self._values.extend(numbers)
        self._counts.append(len(numbers))

    def write(self, writer: ArrayWriter, name: str) -> Array:
        """Write the column; returns the final ordinal of every provisional one, int32."""
        keys = list(self._by_key)
        order = sorted(range(len(keys)), key=lambda i: keys[i].encode("utf-8", "replace"))
        renumber = np.empty(len(keys), np.int32)
        renumber[order] = np.arange(len(keys), dtype=np.int32)
        offsets = np.zeros(len(self._counts) + 1, np.int64)
        np.cumsum(self._counts, out=offsets[1:])
        writer.array(f"{name}.values", renumber[np.array(self._values, np.int64)])
        writer.array(f"{name}.offsets", offsets)
        writer.strings(f"{name}.names", encode(self._names[i] for i in order))
        writer.strings(f"{name}.keys", encode(keys[i] for i in order))
        return renumber


def record_compressor() -> zstandard.ZstdCompressor:
    """What packs blocks of records. Its checksums let a reader notice damage before it decodes."""
    return zstandard.ZstdCompressor(level=_ZSTD_LEVEL, write_checksum=True)


class _StoredWriter:
    """Records in compressed blocks, written as they come."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb")
        self._compressor = record_compressor()
        self._block: list[bytes] = []
        self._offsets = [0]

    def add(self, record: bytes) -> None:
        self._block.append(record)
        if len(self._block) == BLOCK:
            self._flush()

    def _flush(self) -> None:
        data = self._compressor.compress(b"[" + b",".join(self._block) + b"]")
        self._file.write(data)
        self._offsets.append(self._offsets[-1] + len(data))
        self._block = []

    def close(self) -> None:
        self._file.close()

    def finish(self) -> tuple[int, Array]:
        """(bytes written, offsets of the blocks)."""
        if self._block:
            self._flush()
        self._file.close()
        return self._offsets[-1], np.array(self._offsets, np.int64)


# --- reading ------------------------------------------------------------------------------------------------


class Postings(NamedTuple):
    """Where one term stands. rows: rising; tfs: occurrences per text field, each of the shape of rows."""

    rows: Array
    tfs: tuple[Array, ...]

    @property
    def df(self) -> int:
        """Papers that hold the term in any text field."""
        return len(self.rows)


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
    """An open segment. Safe to share between threads: nothing is changed.

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
        if self.n_rows >= 1 << 31 or not 0 <= self.avgdl < math.inf or not isinstance(arrays, dict):
            raise IndexDamaged(path, f"the manifest says {self.n_rows} rows")
        layout.check(path, self.n_rows, arrays)
        self.arrays = PackedArrays(path, arrays)
        self._columns: dict[str, Column] = {}
        self._checked: set[int] = set()

    def damaged(self, name: str) -> IndexDamaged:
        """The error that says an array's numbers make no sense."""
        return IndexDamaged(self.path, f"{name} holds what makes no sense")

    @cached_property
    def terms(self) -> StringTable:
        """All terms of the text fields, sorted as UTF-8."""
        return self.arrays.strings("terms")

    def find_term(self, term: bytes) -> int:
        """The number of a term, or -1."""
        return self.terms.find(term)

    def postings_of(self, number: int) -> Postings:
        """The postings of the term with this number. Raises IndexDamaged."""
        start, end = self.posting_range(number)
        rows = self.arrays.array("postings.rows")[start:end]
        if number not in self._checked:
            if not len(rows) or rows[0] < 0 or rows[-1] >= self.n_rows or not (rows[1:] > rows[:-1]).all():
                raise self.damaged("postings.rows")
            self._checked.add(number)
        return Postings(rows, tuple(self.arrays.array(f"postings.tf.{name}")[start:end] for name in _TEXT_NAMES))

    def posting_range(self, number: int) -> tuple[int, int]:
        """(first, last + 1) of a term's postings. Raises IndexDamaged."""
        offsets = self.arrays.array("postings.offsets")
        start, end = int(offsets[number]), int(offsets[number + 1])
        if not 0 <= start <= end <= len(self.arrays.array("postings.rows")):
            raise self.damaged("postings.offsets")
        return start, end

    def positions_of(self, number: int) -> tuple[Array, Array]:
        """(positions, ends) of a term: posting i has positions[ends[i - 1] : ends[i]], field after field."""
        ends = np.cumsum(np.sum(self.postings_of(number).tfs, axis=0, dtype=np.int64))
        offsets = self.arrays.array("positions.offsets")
        first, last = int(offsets[number]), int(offsets[number + 1])
        if not 0 <= first <= last <= len(self.arrays.array("positions.values")) or last - first != ends[-1]:
            raise self.damaged("positions.offsets")
        return self.arrays.array("positions.values")[first:last], ends

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
        if not _inside(column.values, len(column.names)):
            raise self.damaged(f"{name}.values")

    @cached_property
    def years(self) -> Array:
        """The year of every paper, 0 where unknown. Raises IndexDamaged."""
        years = self.arrays.array("year")
        if not _inside(years, 10_000):
            raise self.damaged("year")
        return years

    @cached_property
    def dates(self) -> Array:
        """A number per paper that grows with its date: YYYYMMDD, missing parts 0. int64. Raises IndexDamaged."""
        date = self.arrays.array("date").astype(np.int64)
        if not _inside(date, 10_000 * 10_000) or (date // 100 % 100 > 12).any() or (date % 100 > 31).any():
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
            if not _inside(values, bound):
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
        if not _inside(rows, self.n_rows):
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
        self.unpacker = zstandard.ZstdDecompressor()


_of_thread = _OfThread()


def _inside(values: Array, bound: int) -> bool:
    """Whether all values are from 0 to bound - 1."""
    return not len(values) or bool(values.min() >= 0 and values.max() < bound)
