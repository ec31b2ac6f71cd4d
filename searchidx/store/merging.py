"""Several segments into one, array by array: no text is analysed and nothing is extracted again.

The merged segment is, byte for byte, what `SegmentWriter` writes when it is given the live rows. Only where the row
that gave a keyword its spelling was deleted, the spelling stays: a segment keeps no other.

What is held per row, per term or per keyword is put together in memory. Postings and positions are merged some terms
at a time and appended to their files; records are taken over in their compressed blocks where those stay as they are.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import orjson

from searchidx.fields import KEYWORD_FIELDS, TEXT_FIELDS
from searchidx.store.compression import record_compressor
from searchidx.store.files import Array, ArrayStream, ArrayWriter, inside, narrowest
from searchidx.store.layout import BLOCK
from searchidx.store.merging_plan import (
    BoolArray,
    Part,
    Plan,
    check_offsets,
    check_rising,
    plan_of,
    strings_of,
    union,
)
from searchidx.store.postings import TF_NAMES, chunks
from searchidx.store.segment import Segment, finish_segment
from searchidx.store.strings import Strings, concatenated, joined, offsets_of, spans

#: Blocks of records that one thread makes at a time, and how many times that is under way at once.
_BATCH, _BATCHES = 32, 32
#: A text of so many positions may need more than 16 bits for one of its numbers.
_LONG_TEXT = 1 << 14


def merge_segments(
    parts: Sequence[tuple[Segment, BoolArray | None]], path: Path, *, avgdl: float | None = None
) -> dict[str, Any]:
    """Write one segment that holds the live rows of all parts, in the order of paper ids; returns its manifest entry.

    parts: segments and their live rows (None: all). path, avgdl and the entry are those of `SegmentWriter`.
    Raises ValueError when an id is live in two parts, IndexDamaged.
    """
    plan = plan_of(parts)
    path.mkdir(parents=True)
    writer = ArrayWriter(path)
    _write_postings(writer, plan)
    totals = _write_lengths(writer, plan)
    plan.ids.write(writer, "ids")
    metrics = _metrics_of(plan)
    ordinals = {field.name: _write_column(writer, plan, field.name, metrics) for field in KEYWORD_FIELDS}
    for name, dtype in (("year", np.int16), ("date", np.int32), ("upvotes", np.int32)):
        writer.array(name, plan.per_row([part.array(name) for part in plan.parts], dtype))
    _write_metrics(writer, plan, metrics, ordinals)
    _write_keys(writer, plan)
    _write_stored(writer, plan)
    return finish_segment(writer, plan.n_rows, totals, avgdl)


# --- terms, postings, positions -----------------------------------------------------------------------------


class _Postings(NamedTuple):
    """Live postings of some terms, P of them.

    terms: int32 (P,), numbered from 0. rows: int32 (P,), merged ones. tfs: per text field (P,).
    counts, starts: int64 (P,); posting i has counts[i] of `positions`, from starts[i] on.
    """

    terms: Array
    rows: Array
    tfs: tuple[Array, ...]
    counts: Array
    starts: Array
    positions: Array

    def take(self, places: Array) -> _Postings:
        """The postings at these places, in their order; or those under a mask."""
        tfs = tuple(tf[places] for tf in self.tfs)
        return _Postings(
            self.terms[places], self.rows[places], tfs, self.counts[places], self.starts[places], self.positions
        )

    def own_positions(self) -> Array:
        """The positions, posting after posting."""
        return self.positions[spans(self.starts, self.counts)]


def _write_postings(writer: ArrayWriter, plan: Plan) -> None:
    """Terms and plain postings (`store.postings`). Terms that are in dead rows only are left out."""
    terms, numbers = _terms(plan)
    df, occurrences, most = (np.zeros(len(terms), np.int64) for _ in range(3))
    for part, number in zip(plan.parts, numbers, strict=True):
        most[number] += np.diff(part.array("postings.offsets"))
    # no term occurs much more often, or stands farther back, than a text is long
    longest = [int(part.segment.lengths(field.name).max(initial=0)) for part in plan.parts for field in TEXT_FIELDS]
    dtype = np.uint16 if max(longest, default=0) < _LONG_TEXT else np.uint32
    with ExitStack() as files:
        rows = files.enter_context(ArrayStream(writer, "plain.rows", np.int32))
        tfs = [files.enter_context(ArrayStream(writer, name, dtype)) for name in TF_NAMES]
        positions = files.enter_context(ArrayStream(writer, "positions.values", dtype))
        for first, last in chunks(offsets_of(most)):
            merged = _merged(plan, numbers, first, last)
            _check_fit(plan, merged, dtype)
            df[first:last] = np.bincount(merged.terms, minlength=last - first)
            occurrences[first:last] = np.diff(offsets_of(merged.counts)[offsets_of(df[first:last])])
            rows.append(merged.rows)
            for stream, tf in zip(tfs, merged.tfs, strict=True):
                stream.append(tf)
            positions.append(merged.own_positions())
            plan.forget()
    kept = df > 0
    terms.take(kept).write(writer, "terms")
    writer.array("postings.offsets", offsets_of(df[kept]))
    writer.array("positions.offsets", offsets_of(occurrences[kept]))


def _check_fit(plan: Plan, merged: _Postings, dtype: type[np.unsignedinteger[Any]]) -> None:
    """Raise IndexDamaged when a number of merged postings does not fit their type."""
    highest = max(int(values.max(initial=0)) for values in (*merged.tfs, merged.positions))
    if highest > np.iinfo(dtype).max:
        raise plan.parts[0].segment.damaged("lengths")


def _terms(plan: Plan) -> tuple[Strings, list[Array]]:
    """(the distinct terms of all parts, of dead rows too; per part the numbers of its own therein)."""
    for part in plan.parts:
        check_offsets(part.segment, "postings.offsets", len(part.array("impacts")))
        check_offsets(part.segment, "positions.starts", len(part.array("positions.bytes")))
    terms, numbers = union([strings_of(part.segment, "terms") for part in plan.parts])
    for part, number in zip(plan.parts, numbers, strict=True):
        check_rising(part.segment, "terms.bytes", number)
    return terms, numbers


def _merged(plan: Plan, numbers: Sequence[Array], first: int, last: int) -> _Postings:
    """The postings of the merged terms first .. last - 1, by term and row. numbers: the merged terms of each part's."""
    pieces = []
    n_positions = 0
    for part, number in zip(plan.parts, numbers, strict=True):
        start, end = np.searchsorted(number, (first, last)).tolist()
        if start < end:
            piece = _piece(part, start, end)
            terms = number[start:end][piece.terms] - np.int32(first)
            pieces.append(piece._replace(terms=terms, starts=piece.starts + n_positions))
            n_positions += len(piece.positions)
    if len(pieces) == 1:
        return pieces[0]
    merged = _Postings(
        np.concatenate([piece.terms for piece in pieces]),
        np.concatenate([piece.rows for piece in pieces]),
        tuple(np.concatenate(tf) for tf in zip(*(piece.tfs for piece in pieces), strict=True)),
        np.concatenate([piece.counts for piece in pieces]),
        np.concatenate([piece.starts for piece in pieces]),
        np.concatenate([piece.positions for piece in pieces]),
    )
    # each part's keys rise already: this sort finds such runs and merges them, no slower than counting would
    return merged.take(np.argsort(merged.terms.astype(np.int64) << 32 | merged.rows, kind="stable"))


def _piece(part: Part, first: int, last: int) -> _Postings:
    """The live postings of a part's terms first .. last - 1, by term and row. Raises IndexDamaged."""
    reader = part.segment.reader
    rows, tfs = reader.rows(first, last), reader.counts(first, last)
    counts = np.asarray(np.sum(tfs, axis=0, dtype=np.int64))
    starts = offsets_of(counts)
    positions = reader.positions(first, last, counts)
    edges = part.array("postings.offsets")[first : last + 1]
    terms = np.repeat(np.arange(last - first, dtype=np.int32), np.diff(edges))
    piece = _Postings(terms, part.new[rows], tfs, counts, starts[:-1], positions)
    return piece if part.is_whole else piece.take(piece.rows >= 0)


def _write_lengths(writer: ArrayWriter, plan: Plan) -> list[int]:
    """The lengths of every text field; returns their sums."""
    totals = []
    for field in TEXT_FIELDS:
        lengths = plan.per_row([part.segment.lengths(field.name) for part in plan.parts], np.int64)
        writer.array(f"lengths.{field.name}", lengths.astype(narrowest(int(lengths.max(initial=0)))))
        totals.append(int(lengths.sum()))
    return totals


# --- columns, reported numbers ------------------------------------------------------------------------------


class _Metrics(NamedTuple):
    """The reported numbers of the merged rows: their entries, numbered through the parts' tables, and their rows."""

    entries: Array
    rows: Array


def _metrics_of(plan: Plan) -> _Metrics:
    offsets = []
    for part in plan.parts:
        rows = part.segment.metrics.row
        if (rows[1:] < rows[:-1]).any():
            raise part.segment.damaged("metrics.row")
        offsets.append(np.searchsorted(rows, np.arange(part.segment.n_rows + 1)))
    entries, counts = plan.entries(offsets)
    return _Metrics(entries, np.repeat(np.arange(plan.n_rows, dtype=np.int32), counts))


def _named(plan: Plan, name: str, metrics: _Metrics, ordinals: Sequence[Array]) -> Array:
    """The metric or dataset of every reported number, -1 for none. ordinals: what each part's own ones become."""
    own = [getattr(part.segment.metrics, name) for part in plan.parts]
    # -1 indexes the entry appended last
    named = [np.append(new, np.int32(-1))[old] for old, new in zip(own, ordinals, strict=True)]
    return concatenated(named, np.int32)[metrics.entries]


def _write_column(writer: ArrayWriter, plan: Plan, field: str, metrics: _Metrics) -> list[Array]:
    """One keyword field; returns the merged ordinals of each part's own ones. Keys of dead rows only are left out."""
    name = f"column.{field}"
    columns = [part.segment.column(field) for part in plan.parts]
    keys, numbers = union([strings_of(part.segment, f"{name}.keys") for part in plan.parts])
    entries, counts = plan.entries([column.offsets for column in columns])
    own = [number[column.values] for number, column in zip(numbers, columns, strict=True)]
    values = concatenated(own, np.int32)[entries]
    first = _first_rows(plan, np.repeat(np.arange(plan.n_rows), counts), values, len(keys))
    if field in ("metric", "dataset"):
        named = _named(plan, field, metrics, numbers)
        first = np.minimum(first, _first_rows(plan, metrics.rows[named >= 0], named[named >= 0], len(keys)))
    used = first < plan.n_rows
    ordinal = np.cumsum(used, dtype=np.int32) - np.int32(1)
    writer.array(f"{name}.values", ordinal[values])
    writer.array(f"{name}.offsets", offsets_of(counts))
    _names(plan, name, first, numbers).take(used).write(writer, f"{name}.names")
    keys.take(used).write(writer, f"{name}.keys")
    return [ordinal[number] for number in numbers]


def _first_rows(plan: Plan, rows: Array, values: Array, n_values: int) -> Array:
    """The first row of every value, plan.n_rows for one without. rows: of each of `values`, rising."""
    first = np.full(n_values, plan.n_rows)
    # of several that are assigned to one place the last stays
    first[values[::-1]] = rows[::-1]
    return first


def _names(plan: Plan, name: str, first: Array, numbers: Sequence[Array]) -> Strings:
    """The names of all keys, spelt as in the part of a key's first row; any name for a key without rows."""
    owner = np.append(plan.part_of, np.int32(-1))[first]
    source = np.zeros(len(first), np.int64)
    tables = [strings_of(part.segment, f"{name}.names") for part in plan.parts]
    base = 0
    for place, (table, number) in enumerate(zip(tables, numbers, strict=True)):
        mine = np.flatnonzero(owner[number] == place)
        source[number[mine]] = base + mine
        base += len(table)
    return joined(tables).take(source)


def _write_metrics(writer: ArrayWriter, plan: Plan, metrics: _Metrics, ordinals: dict[str, list[Array]]) -> None:
    """The table of reported numbers."""
    tables = [part.segment.metrics for part in plan.parts]
    writer.array("metrics.row", metrics.rows)
    for name in ("metric", "dataset"):
        writer.array(f"metrics.{name}", _named(plan, name, metrics, ordinals[name]))
    writer.array("metrics.value", concatenated((table.value for table in tables), np.float64)[metrics.entries])
    writer.array("metrics.kind", concatenated(table.kind for table in tables)[metrics.entries])
    _write_units(writer, plan, metrics)


def _write_units(writer: ArrayWriter, plan: Plan, metrics: _Metrics) -> None:
    """The units of reported numbers, numbered as they are first met."""
    known: dict[str, int] = {}
    own = []
    for part in plan.parts:
        numbers = [known.setdefault(unit, len(known)) for unit in part.segment.units]
        own.append(np.array(numbers, np.int64)[part.segment.metrics.unit])
    met, first, unit = np.unique(concatenated(own, np.int64)[metrics.entries], return_index=True, return_inverse=True)
    order = np.argsort(first)
    writer.array("metrics.unit", np.argsort(order).astype(np.int32)[unit])
    names = list(known)
    writer.strings("metrics.units", [names[number].encode() for number in met[order].tolist()])


# --- identity keys ------------------------------------------------------------------------------------------


def _write_keys(writer: ArrayWriter, plan: Plan) -> None:
    """The hashes of identity keys and their rows, by hash and row."""
    hashes, rows = [], []
    for part in plan.parts:
        if not inside(part.array("keys.rows"), part.segment.n_rows):
            raise part.segment.damaged("keys.rows")
        new = part.new[part.array("keys.rows")]
        hashes.append(part.array("keys.hashes")[new >= 0])
        rows.append(new[new >= 0])
    hash_, row = concatenated(hashes, np.uint64), concatenated(rows, np.int32)
    order = np.lexsort((row, hash_))
    writer.array("keys.hashes", hash_[order])
    writer.array("keys.rows", row[order])


# --- records ------------------------------------------------------------------------------------------------


def _write_stored(writer: ArrayWriter, plan: Plan) -> None:
    """The records. Threads compress them, which takes longer than all the rest; memory holds some batches."""
    untouched = _untouched(plan)
    starts = range(0, len(untouched), _BATCH)
    sizes: list[int] = []
    with (
        ArrayStream(writer, "stored.bytes", np.uint8) as stream,
        ThreadPoolExecutor(min(os.cpu_count() or 1, 4)) as pool,
    ):
        for done in range(0, len(starts), _BATCHES):
            for blocks in pool.map(lambda start: _blocks(plan, untouched, start), starts[done : done + _BATCHES]):
                sizes += map(len, blocks)
                stream.append(np.frombuffer(b"".join(blocks), np.uint8))
            plan.forget()
    writer.array("stored.offsets", offsets_of(np.array(sizes, np.int64)))


def _untouched(plan: Plan) -> Array:
    """Per merged block the block of its part that holds the very same rows, or -1."""
    starts = np.arange(0, plan.n_rows, BLOCK)
    ends = np.minimum(starts + BLOCK, plan.n_rows)
    part, row = plan.part_of, plan.row_of
    breaks = offsets_of((part[1:] != part[:-1]) | (row[1:] != row[:-1] + 1))
    first = row[starts]
    left = np.array([part.segment.n_rows for part in plan.parts], np.int64)[part[starts]] - first
    is_one_run = breaks[ends - 1] == breaks[starts]
    is_whole = (first % BLOCK == 0) & (np.minimum(left, BLOCK) == ends - starts)
    return np.where(is_one_run & is_whole, first // BLOCK, -1)


def _blocks(plan: Plan, untouched: Array, start: int) -> list[bytes]:
    """One batch of compressed blocks, from block `start` on. Raises IndexDamaged."""
    compressor = record_compressor()
    reader = _Reader(plan.parts)
    blocks = []
    for block, old in enumerate(untouched[start : start + _BATCH].tolist(), start):
        rows = slice(block * BLOCK, (block + 1) * BLOCK)
        if old >= 0:
            blocks.append(reader.packed(int(plan.part_of[rows.start]), old))
            continue
        places = zip(plan.part_of[rows].tolist(), plan.row_of[rows].tolist(), strict=True)
        blocks.append(compressor.compress(b"[" + b",".join(reader.record(*place) for place in places) + b"]"))
    return blocks


class _Reader:
    """Reads the records of parts; of every part the last block is kept, as rows are asked for in their order."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        self._kept: dict[int, tuple[int, list[Any]]] = {}

    def record(self, part: int, row: int) -> bytes:
        """One record as JSON: what orjson wrote it writes again, byte for byte. Raises IndexDamaged."""
        block, place = divmod(row, BLOCK)
        if part not in self._kept or self._kept[part][0] != block:
            self._kept[part] = block, self._parts[part].segment.stored_block(block)
        return orjson.dumps(self._kept[part][1][place])

    def packed(self, part: int, block: int) -> bytes:
        """One compressed block. Raises IndexDamaged."""
        data, offsets = self._parts[part].array("stored.bytes"), self._parts[part].array("stored.offsets")
        start, end = int(offsets[block]), int(offsets[block + 1])
        if not 0 <= start <= end <= len(data):
            raise self._parts[part].segment.damaged("stored.offsets")
        return data[start:end].tobytes()
