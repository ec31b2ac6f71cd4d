"""Several segments read as one: what a search sees of a generation.

Rows of a snapshot are numbered through its segments: row r of part p is `p.base + r`. A deleted paper keeps its row
until segments are merged, but is in nothing that a search reads here: postings, counts and lengths are those of the
live papers, so an index that was updated answers like one built anew. Inside a segment rows stand in the order of
paper ids; over several they do not, and ties are put in order by `first`.

    Part.deleted      bool (n_rows of its segment,), or None when nothing is deleted
    live              bool (n_rows,), or None when nothing is deleted in any part
    total_lengths     summed lengths per text field, of live papers
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchidx.fields import TEXT_FIELDS
from searchidx.ranking.facets import rows_with
from searchidx.store.files import Array
from searchidx.store.keys import key_hash
from searchidx.store.postings import Postings
from searchidx.store.segment import BOOSTS, Column, Segment, mean_length, n_without_abstract

Mask = npt.NDArray[np.bool_]


class Part(NamedTuple):
    """One segment of a snapshot. base: the snapshot's number of its first row."""

    segment: Segment
    base: int
    deleted: Mask | None

    @property
    def end(self) -> int:
        """The snapshot's number after its last row."""
        return self.base + self.segment.n_rows


class Values(NamedTuple):
    """The values of one keyword field over all parts, spellings with one key being one value, in the order of keys.

    names: as shown, by number. numbers: per part, the number of each of its column's ordinals, int32.
    """

    names: list[str]
    numbers: list[Array]


class Snapshot:
    """Segments and what is deleted of them. Safe to share between threads.

    opened: (segment, its deleted rows or None), in any order.
    """

    def __init__(self, opened: Sequence[tuple[Segment, Mask | None]]) -> None:
        parts: list[Part] = []
        base = 0
        for segment, deleted in sorted(opened, key=lambda pair: _first_id(pair[0])):
            parts.append(Part(segment, base, deleted if deleted is not None and deleted.any() else None))
            base += segment.n_rows
        self.parts = tuple(parts)
        #: Rows, those of deleted papers included.
        self.n_rows = base
        self._bases = [part.base for part in parts]
        self.live = self._live()
        #: Live papers.
        self.n_papers = base if self.live is None else int(np.count_nonzero(self.live))
        self.total_lengths = self._total_lengths()
        #: Whether rows stand in the order of paper ids over all parts too.
        self.in_id_order = all(_ends_before(a.segment, b.segment) for a, b in pairwise(parts))
        self._values: dict[str, Values] = {}

    def _live(self) -> Mask | None:
        if all(part.deleted is None for part in self.parts):
            return None
        live = np.ones(self.n_rows, bool)
        for part in self.parts:
            if part.deleted is not None:
                live[part.base : part.end] = ~part.deleted
        live.flags.writeable = False
        return live

    def _total_lengths(self) -> tuple[int, ...]:
        totals = []
        for number, field in enumerate(TEXT_FIELDS):
            total = 0
            for segment, _, deleted in self.parts:
                total += segment.total_lengths[number]
                if deleted is not None:
                    total -= int(segment.lengths(field.name)[deleted].sum(dtype=np.int64))
                    if total < 0:
                        raise segment.damaged(f"lengths.{field.name}")
            totals.append(total)
        return tuple(totals)

    @cached_property
    def n_without_abstract(self) -> int:
        """Live papers without an abstract."""
        lengths = [(part.segment.lengths(TEXT_FIELDS[1].name), part.deleted) for part in self.parts]
        return sum(n_without_abstract(values if gone is None else values[~gone]) for values, gone in lengths)

    def mean_length(self, boosts: Sequence[float] = BOOSTS) -> float:
        """The mean of live papers' boosted lengths; see `segment.mean_length`."""
        return mean_length(self.total_lengths, self.n_papers, self.n_without_abstract, boosts)

    # --- rows -----------------------------------------------------------------------------------------------

    def part_of(self, row: int) -> Part:
        """The part that a row is in."""
        return self.parts[bisect_right(self._bases, row) - 1]

    def id(self, row: int) -> str:
        """The id of a row's paper."""
        part = self.part_of(row)
        return part.segment.ids.text(row - part.base)

    def ids(self, rows: list[int]) -> list[str]:
        """The ids of some rows' papers."""
        if len(self.parts) == 1:
            return self.parts[0].segment.ids.texts(rows)
        return [self.id(row) for row in rows]

    def stored(self, row: int) -> dict[str, Any]:
        """The record of a row, decoded. Raises IndexDamaged when it cannot be read."""
        part = self.part_of(row)
        return part.segment.stored(row - part.base)

    def live_rows(self) -> Array:
        """All rows but the deleted, rising."""
        return np.arange(self.n_rows) if self.live is None else np.flatnonzero(self.live)

    def rows_by_id(self) -> Iterator[int]:
        """All rows but the deleted, in the order of paper ids."""
        rows = self.live_rows()
        if self.in_id_order:
            return iter(rows.tolist())
        parts = [rows[(rows >= part.base) & (rows < part.end)].tolist() for part in self.parts]
        return heapq.merge(*parts, key=self._id_bytes)

    def _id_bytes(self, row: int) -> bytes:
        part = self.part_of(row)
        return part.segment.ids[row - part.base]

    def ordered(self, rows: Sequence[int]) -> list[int]:
        """The rows in the order of paper ids."""
        return sorted(rows) if self.in_id_order else sorted(rows, key=self._id_bytes)

    def first(self, scores: Array, rows: Array, k: int) -> Array:
        """Places of the k best of some rows: highest score first, equal scores by paper id.

        rows: rising, each once; scores: of the same shape. Ties at the k-th place are broken by id too.
        """
        if 0 < k < len(scores):
            kth = np.partition(scores, len(scores) - k)[len(scores) - k]
            places = np.flatnonzero(scores >= kth)
        else:
            kth, places = scores.min(initial=0), np.arange(len(scores))
        if self.in_id_order:
            return places[np.argsort(-scores[places], kind="stable")[:k]]
        better, tied = places[scores[places] > kth], places[scores[places] == kth]
        tied = tied[self._leading(rows[tied], k)]
        chosen = np.concatenate((better, tied)).tolist()
        chosen.sort(key=lambda place: (-scores[place], self._id_bytes(int(rows[place]))))
        return np.array(chosen[:k], np.int64)

    def _leading(self, rows: Array, k: int) -> Array:
        """Places of the first k rows of every part: of equal scores no others can be among the k first by id."""
        edges = np.searchsorted(rows, [*self._bases, self.n_rows])
        leading = [np.arange(a, min(b, a + k)) for a, b in pairwise(edges.tolist())]
        return np.concatenate(leading or [np.empty(0, np.int64)])

    def rows_of_key(self, key: str) -> list[int]:
        """Rows that may hold this identity key, rising; the caller checks the record."""
        return self.rows_of_hash(key_hash(key))

    def rows_of_hash(self, value: int) -> list[int]:
        """`rows_of_key` for a key's hash."""
        rows = []
        for segment, base, deleted in self.parts:
            rows += [base + row for row in segment.rows_of_hash(value) if deleted is None or not deleted[row]]
        return rows

    # --- terms ----------------------------------------------------------------------------------------------

    def postings(self, term: str) -> Postings | None:
        """The postings of a term in live papers, or None when there are none."""
        encoded = term.encode("utf-8", "replace")
        found = []
        for segment, base, deleted in self.parts:
            number = segment.find_term(encoded)
            if number < 0:
                continue
            postings = segment.postings_of(number)
            if deleted is not None:
                keep = ~deleted[postings.rows]
                postings = Postings(postings.rows[keep], tuple(tf[keep] for tf in postings.tfs))
            if postings.df:
                found.append(Postings(postings.rows + base if base else postings.rows, postings.tfs))
        if len(found) <= 1:
            return found[0] if found else None
        tfs = zip(*(postings.tfs for postings in found), strict=True)
        return Postings(np.concatenate([p.rows for p in found]), tuple(np.concatenate(tf) for tf in tfs))

    # --- columns --------------------------------------------------------------------------------------------

    def numbers(self, of: Callable[[Segment], Array]) -> Array:
        """One number per row, from an array of each segment."""
        arrays = [of(part.segment) for part in self.parts]
        return arrays[0] if len(arrays) == 1 else np.concatenate(arrays or [np.empty(0, np.int64)])

    def rows_holding(self, field: str, ordinals_of: Callable[[Column], Sequence[int]]) -> Array:
        """Rows that hold any of a keyword field's values, rising, deleted ones too.

        ordinals_of: the wanted values of one segment's column.
        """
        found = []
        for part in self.parts:
            column = part.segment.column(field)
            wanted = np.zeros(len(column.names), bool)
            wanted[ordinals_of(column)] = True
            if wanted.any():
                found.append(rows_with(column.values, column.offsets, wanted) + part.base)
        return np.concatenate(found) if found else np.empty(0, np.int64)

    def values(self, field: str) -> Values:
        """The values of a keyword field over all parts; the first part that has a key gives its spelling."""
        values = self._values.get(field)
        if values is None:
            values = self._values[field] = self._joined(field)
        return values

    def _joined(self, field: str) -> Values:
        shown: dict[bytes, str] = {}
        columns = [part.segment.column(field) for part in self.parts]
        keys = [column.keys.all_bytes() for column in columns]
        for column, mine in zip(columns, keys, strict=True):
            for key, name in zip(mine, column.names.all(), strict=True):
                shown.setdefault(key, name)
        number_of = {key: number for number, key in enumerate(sorted(shown))}
        numbers = [np.array([number_of[key] for key in mine], np.int32) for mine in keys]
        return Values([shown[key] for key in number_of], numbers)

    @cached_property
    def n_terms(self) -> int:
        """Distinct terms of the text fields; those of deleted papers count until segments are merged."""
        tables = [part.segment.terms for part in self.parts]
        return len(tables[0]) if len(tables) == 1 else len({term for table in tables for term in table.all_bytes()})


def _first_id(segment: Segment) -> bytes:
    return segment.ids[0] if segment.n_rows else b""


def _ends_before(first: Segment, second: Segment) -> bool:
    """Whether all ids of the first come before those of the second."""
    return not first.n_rows or not second.n_rows or first.ids[first.n_rows - 1] < second.ids[0]
