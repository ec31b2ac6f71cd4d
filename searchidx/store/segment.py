"""One segment: an immutable set of files that hold some papers, in the order of their ids.

Row numbers (0 .. n-1, in paper-id order) are internal: users see ids. A segment holds

    terms.*  postings.*  positions.*  lengths.*   the inverted text fields (see `inverter`)
    ids.*                                         paper ids, sorted
    column.NAME.{values,offsets}, .names.*        keyword fields: ordinals per row, and the names, sorted by key
    year, date, upvotes                           int16, int32 (YYYYMMDD, 0 where unknown), int32 per row
    norms, impacts, ranges.*                      for the default weights, what pruning reads (`ranking.impacts`)
    metrics.*                                     the table of reported numbers
    keys.{hashes,rows}                            64-bit hashes of identity keys, sorted, and their rows
    stored.{bytes,offsets}                        the records: zstd blocks of `BLOCK` papers, JSON inside

The manifest entry of a segment is {"name", "rows", "lengths", "arrays"}: rows, summed lengths per text field, and
the description of every array.
"""

from __future__ import annotations

import hashlib
import os
import re
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
from searchidx.fields import K1, KEYWORD_FIELDS, TEXT_FIELDS, B
from searchidx.ranking import bm25f, impacts
from searchidx.store.files import Array, ArrayReader, ArrayWriter, StringTable, encode
from searchidx.store.inverter import Inverter

#: Papers per compressed block of records: a hit costs one block, about 30 KB of JSON.
BLOCK = 16
_ZSTD_LEVEL = 9
METRIC_KINDS = ("absolute", "delta", "ratio")
_TEXT_NAMES = [field.name for field in TEXT_FIELDS]


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
    """Writes one segment; rows must come in the order of their ids (as UTF-8 bytes), each id once."""

    def __init__(self, directory: Path, spill: Path) -> None:
        directory.mkdir(parents=True)
        self._writer = ArrayWriter(directory)
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
        self._stored = _StoredWriter(directory / "stored.bytes")

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
        self._write_impacts(lengths)
        length, offsets = self._stored.finish()
        writer.specs["stored.bytes"] = {"dtype": "u1", "length": length}
        writer.array("stored.offsets", offsets)
        return {
            "rows": len(self._ids),
            "lengths": dict(zip(_TEXT_NAMES, lengths, strict=True)),
            "arrays": writer.specs,
        }

    def _write_impacts(self, total_lengths: list[int]) -> None:
        """The arrays of `ranking.impacts`, from the postings just written."""
        written = ArrayReader(self._writer.directory, self._writer.specs)
        boosts = [field.boost for field in TEXT_FIELDS]
        total = sum(boost * length for boost, length in zip(boosts, total_lengths, strict=True))
        lengths = [written.array(f"lengths.{name}") for name in _TEXT_NAMES]
        norms = bm25f.norms(lengths, boosts, total / len(self._ids) if self._ids else 0.0, k1=K1, b=B)
        made = impacts.make(
            written.array("postings.offsets"),
            written.array("postings.rows"),
            [written.array(f"postings.tf.{name}") for name in _TEXT_NAMES],
            norms,
            boosts,
        )
        self._writer.array("norms", norms)
        self._writer.array("impacts", made.impacts)
        self._writer.array("ranges.terms", made.terms)
        self._writer.array("ranges.maxima", made.maxima)
        self._writer.array("ranges.starts", made.starts)

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


class _StoredWriter:
    """Records in compressed blocks, written as they come."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb")
        self._compressor = zstandard.ZstdCompressor(level=_ZSTD_LEVEL)
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
        with self._file as file:
            file.flush()
            os.fsync(file.fileno())
        return self._offsets[-1], np.array(self._offsets, np.int64)


# --- reading ------------------------------------------------------------------------------------------------


class Postings(NamedTuple):
    """Where one term stands. rows: int32, rising; tfs: occurrences per text field, each of the shape of rows."""

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


class Segment:
    """An open segment. Safe to share between threads: nothing is changed.

    All arrays are mapped at once: a later build may remove the files, and an open index is a snapshot.
    """

    def __init__(self, directory: Path, entry: dict[str, Any]) -> None:
        self.directory = directory
        try:
            self.n_rows = int(entry["rows"])
            self.total_lengths = tuple(int(entry["lengths"][name]) for name in _TEXT_NAMES)
            self.arrays = ArrayReader(directory, dict(entry["arrays"]))
        except (KeyError, TypeError, ValueError) as exc:
            raise IndexDamaged(f"{directory}: the manifest does not describe it; rebuild the index") from exc
        self.arrays.map_all()

    @cached_property
    def terms(self) -> StringTable:
        """All terms of the text fields, sorted as UTF-8."""
        return self.arrays.strings("terms")

    def postings(self, term: str) -> Postings | None:
        """The postings of a term in the text fields, or None."""
        number = self.terms.find(term.encode("utf-8", "replace"))
        return None if number < 0 else self.postings_of(number)

    def postings_of(self, number: int) -> Postings:
        """The postings of the term with this number."""
        start, end = self.posting_range(number)
        return Postings(
            self.arrays.array("postings.rows")[start:end],
            tuple(self.arrays.array(f"postings.tf.{name}")[start:end] for name in _TEXT_NAMES),
        )

    def posting_range(self, number: int) -> tuple[int, int]:
        """(first, last + 1) of a term's postings."""
        offsets = self.arrays.array("postings.offsets")
        return int(offsets[number]), int(offsets[number + 1])

    def positions_of(self, number: int) -> tuple[Array, Array]:
        """(positions, ends) of a term: posting i has positions[ends[i - 1] : ends[i]], field after field."""
        start, end = self.posting_range(number)
        tfs = [self.arrays.array(f"postings.tf.{name}")[start:end] for name in _TEXT_NAMES]
        ends = np.cumsum(np.sum(tfs, axis=0, dtype=np.int64))
        first = int(self.arrays.array("positions.offsets")[number])
        total = int(ends[-1]) if len(ends) else 0
        return self.arrays.array("positions.values")[first : first + total], ends

    def lengths(self, field: str) -> Array:
        """The length of every paper's text field, in positions."""
        return self.arrays.array(f"lengths.{field}")

    @cached_property
    def ids(self) -> StringTable:
        """Paper ids by row."""
        return self.arrays.strings("ids")

    def column(self, field: str) -> Column:
        """A keyword field."""
        name = f"column.{field}"
        return Column(
            self.arrays.array(f"{name}.values"),
            self.arrays.array(f"{name}.offsets"),
            self.arrays.strings(f"{name}.names"),
            self.arrays.strings(f"{name}.keys"),
        )

    def rows_of_key(self, key: str) -> list[int]:
        """Rows that may hold this identity key, rising; the caller checks the record."""
        value = key_hash(key)
        first = bisect_left(self._hashes, value)
        if first == len(self._hashes) or self._hashes[first] != value:
            return []
        last = bisect_right(self._hashes, value, first)
        return sorted(self.arrays.array("keys.rows")[first:last].tolist())

    @cached_property
    def _hashes(self) -> memoryview:
        return self.arrays.array("keys.hashes").data  # a view is searched several times faster than an array

    def stored(self, row: int) -> dict[str, Any]:
        """The record of a row, decoded. Raises IndexDamaged when it cannot be read."""
        offsets = self.arrays.array("stored.offsets")
        block = row // BLOCK
        packed = self.arrays.array("stored.bytes")[int(offsets[block]) : int(offsets[block + 1])]
        try:
            data = zstandard.ZstdDecompressor().decompress(packed.data, max_output_size=1 << 30)
            record = orjson.loads(data)[row % BLOCK]
        except (zstandard.ZstdError, orjson.JSONDecodeError, IndexError, ValueError) as exc:
            path = self.directory / "stored.bytes"
            raise IndexDamaged(f"{path}: the records cannot be read; rebuild the index") from exc
        if not isinstance(record, dict):
            raise IndexDamaged(f"{self.directory / 'stored.bytes'}: row {row} is no record; rebuild the index")
        return record
