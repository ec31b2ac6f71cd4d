"""What goes where when segments are merged: sorted unions of strings, and the new row of every live row.

Ids, terms and keywords stand sorted in every segment. Their union is found without an object per string.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from searchidx.store.files import Array, StringTable
from searchidx.store.segment import Segment
from searchidx.store.strings import Strings, in_order, joined, offsets_of, spans

BoolArray = npt.NDArray[np.bool_]

#: Strings of the largest table that are put in order at once, with those of the other tables that lie between them.
_RANGE = 250_000


def check_offsets(segment: Segment, name: str, end: int) -> None:
    """Raise IndexDamaged unless these offsets rise from 0 to `end`."""
    offsets = segment.arrays.array(name)
    if offsets[0] != 0 or offsets[-1] != end or (offsets[1:] < offsets[:-1]).any():
        raise segment.damaged(name)


# --- strings ------------------------------------------------------------------------------------------------


def strings_of(segment: Segment, name: str) -> Strings:
    """A string table of a segment. Raises IndexDamaged."""
    data, offsets = segment.arrays.array(f"{name}.bytes"), segment.arrays.array(f"{name}.offsets")
    check_offsets(segment, f"{name}.offsets", len(data))
    return Strings(data, offsets)


def union(tables: Sequence[Strings]) -> tuple[Strings, list[Array]]:
    """(the distinct strings of sorted tables, sorted; per table the numbers of its strings therein, int32).

    Ranges of strings are taken one after the other, which bounds memory and keeps what is sorted in the cache. The
    numbers of a table that was not sorted fall somewhere.
    """
    numbers = [np.empty(len(table), np.int32) for table in tables]
    found: list[Strings] = []
    total = 0
    for starts, ends in pairwise(_cuts(tables)):
        cut = list(zip(tables, starts, ends, strict=True))
        strings = joined([table.between(start, end) for table, start, end in cut])
        order, opens = in_order(strings)
        number = np.empty(len(order), np.int32)
        number[order] = np.cumsum(opens) + (total - 1)
        done = 0
        for (_, start, end), mine in zip(cut, numbers, strict=True):
            mine[start:end] = number[done : done + end - start]
            done += end - start
        found.append(strings.take(order[opens]))
        total += len(found[-1])
    return joined(found), numbers


def _cuts(tables: Sequence[Strings]) -> list[list[int]]:
    """Per edge of a range its place in every table; equal strings are in one range."""
    views = [StringTable(table.data, table.offsets) for table in tables]
    largest = max(views, key=len, default=())
    cuts = [[0] * len(tables)]
    for number in range(_RANGE, len(largest), _RANGE):
        # never falling, even in a table that is not sorted
        cuts.append([max(view.lower_bound(largest[number]), last) for view, last in zip(views, cuts[-1], strict=True)])
    return [*cuts, [len(table) for table in tables]]


# --- rows ---------------------------------------------------------------------------------------------------


class Part(NamedTuple):
    """One segment to be merged.

    live: its live rows, rising. new: int32 (n_rows,), the merged row of each row, -1 for a dead one; as rows stand in
    the order of ids in every segment, it rises in the live ones.
    """

    segment: Segment
    live: Array
    new: Array

    def array(self, name: str) -> Array:
        """An array of the segment."""
        return self.segment.arrays.array(name)

    @property
    def is_whole(self) -> bool:
        """Whether all of its rows are live."""
        return len(self.live) == self.segment.n_rows


@dataclass(frozen=True, slots=True)
class Plan:
    """Where every live row goes.

    ids: of the merged rows. part_of, row_of: int32 (n_rows,), the place in `parts` of each merged row's part, and its
    row there.
    """

    parts: list[Part]
    ids: Strings
    part_of: Array
    row_of: Array

    @property
    def n_rows(self) -> int:
        """Rows of the merged segment."""
        return len(self.ids)

    def forget(self) -> None:
        """Let go of what was read of the parts' files so far: memory is bounded, the files are not."""
        for part in self.parts:
            part.segment.arrays.forget()

    def per_row(self, arrays: Sequence[Array], dtype: npt.DTypeLike) -> Array:
        """One number per merged row, from an array of each part."""
        merged = np.empty(self.n_rows, dtype)
        for part, values in zip(self.parts, arrays, strict=True):
            merged[part.new[part.live]] = values[part.live]
        return merged

    def entries(self, offsets: Sequence[Array]) -> tuple[Array, Array]:
        """(the entries of the merged rows, row after row; how many each row has), of a table with several per row.

        offsets: int64 (n_rows + 1,) for each part's table. Entries are numbered through the tables of all parts.
        """
        bases = offsets_of(np.array([edges[-1] for edges in offsets], np.int64))
        starts = [edges[:-1] + base for edges, base in zip(offsets, bases[:-1], strict=True)]
        counts = self.per_row([np.diff(edges) for edges in offsets], np.int64)
        return spans(self.per_row(starts, np.int64), counts), counts


def plan_of(opened: Sequence[tuple[Segment, BoolArray | None]]) -> Plan:
    """The plan for segments and their live rows (None: all); segments without any are left out.

    Raises ValueError for an id that is live twice and for a mask of another shape, IndexDamaged.
    """
    lives = [(segment, rows) for segment, live in opened if len(rows := _live_rows(segment, live))]
    tables = [strings_of(segment, "ids").take(rows) for segment, rows in lives]
    ids, numbers = union(tables)
    parts: list[Part] = []
    part_of, row_of = np.empty(len(ids), np.int32), np.empty(len(ids), np.int32)
    for (segment, live), number in zip(lives, numbers, strict=True):
        check_rising(segment, "ids.bytes", number)
        new = np.full(segment.n_rows, -1, np.int32)
        new[live] = number
        part_of[number], row_of[number] = len(parts), live
        parts.append(Part(segment, live, new))
    if len(ids) < sum(map(len, tables)):
        twice = int(np.argmax(np.bincount(np.concatenate(numbers))))
        id_ = ids.between(twice, twice + 1).data.tobytes().decode(errors="replace")
        raise ValueError(f"two live rows have the id {id_!r}")
    return Plan(parts, ids, part_of, row_of)


def _live_rows(segment: Segment, live: BoolArray | None) -> Array:
    if live is None:
        return np.arange(segment.n_rows)
    if live.shape != (segment.n_rows,) or live.dtype != bool:
        raise ValueError(f"a mask of shape {live.shape} and type {live.dtype} for {segment.n_rows} rows")
    return np.flatnonzero(live)


def check_rising(segment: Segment, name: str, numbers: Array) -> None:
    """Raise IndexDamaged unless the numbers rise: strings that were not sorted, or twice in their table."""
    if (numbers[1:] <= numbers[:-1]).any():
        raise segment.damaged(name)
