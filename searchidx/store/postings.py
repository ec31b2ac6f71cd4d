"""Postings and positions of a segment: packed when it is finished, and read some terms at a time.

While a segment is written its postings are plain arrays (`PLAIN`): rows, occurrences per text field, positions. `pack`
puts in their place, in the forms of `ranking.packing`:

    postings.words                 uint16, of frequent terms' postings, term after term
    postings.rows, postings.codes  int32 and uint8, of rare terms' postings, term after term
    positions.bytes                uint8, of all postings but odd ones, field after field inside
    positions.starts               int64, where the positions of each term begin, and where the last end
    positions.skips                int64, where the positions of every `SKIP`-th posting begin
    postings.odd, .odd.FIELD       int64 and uint32: the numbers of odd postings, rising, and their counts
    positions.odd, .odd.starts     uint32 and int64: the positions of odd postings, and where those of each begin

Postings are numbered through all terms, as `postings.offsets` says; impacts lie in that order.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import numpy as np

from searchidx.errors import IndexDamaged
from searchidx.fields import TEXT_FIELDS
from searchidx.ranking.packing import (
    ABSTRACTS,
    FARTHEST,
    ODD,
    SKIP,
    TITLES,
    codes_in,
    codes_of,
    counts_of,
    rows_of,
    words_of,
)
from searchidx.store.files import Array, ArrayStream, ArrayWriter, PackedArrays, inside
from searchidx.store.strings import offsets_of, spans
from searchidx.store.threads import in_turn

TF_NAMES = [f"postings.tf.{field.name}" for field in TEXT_FIELDS]
#: The plain arrays of a segment being written.
PLAIN = ("plain.rows", *TF_NAMES, "positions.offsets", "positions.values")
_ODD_NAMES = [f"postings.odd.{field.name}" for field in TEXT_FIELDS]
#: Postings that are worked on at once, unless one term has more. A million take about 150 MB while they are merged; of
#: more, each takes longer, as their arrays leave the cache.
_AT_ONCE = 1_000_000


class Postings(NamedTuple):
    """Where one term stands. rows: rising; tfs: occurrences per text field, each of the shape of rows."""

    rows: Array
    tfs: tuple[Array, ...]

    @property
    def df(self) -> int:
        """Papers that hold the term in any text field."""
        return len(self.rows)


def chunks(offsets: Array) -> Iterator[tuple[int, int]]:
    """Runs of terms (first, last + 1) with a million postings at most, or of one term. offsets: of their postings."""
    first, n_terms = 0, len(offsets) - 1
    while first < n_terms:
        last = max(int(np.searchsorted(offsets, offsets[first] + _AT_ONCE, "right")) - 1, first + 1)
        yield first, last
        first = last


def array_damaged(path: Path, name: str) -> IndexDamaged:
    """The error that says an array's numbers make no sense. path: of its segment."""
    return IndexDamaged(path, f"{name} holds what makes no sense")


# --- packing ------------------------------------------------------------------------------------------------


def pack(writer: ArrayWriter, frequent: Array) -> None:
    """Put the packed arrays in the place of a writer's plain ones. frequent: the terms with range tables, rising.

    Threads pack some terms each, while what they made before is written.
    """
    offsets = writer.written("postings.offsets")
    is_frequent = np.zeros(len(offsets) - 1, bool)
    is_frequent[frequent] = True
    plain = _Plain(writer, is_frequent)
    with ExitStack() as files:
        streams = _Streams(writer, files)
        for packed in in_turn(plain.packed, chunks(offsets)):
            streams.append(packed)
        streams.finish()
    for name in PLAIN:
        writer.drop(name)


class _Packed(NamedTuple):
    """The postings of some consecutive terms, packed. The arrays have the names of the segment's; `starts`, `skips` and
    `odd_starts` count from the first of these terms.
    """

    words: Array
    rows: Array
    codes: Array
    bytes: Array
    starts: Array
    skips: Array
    odd: Array
    odd_tfs: list[Array]
    odd_positions: Array
    odd_starts: Array


class _Plain:
    """The plain arrays of a segment, and which terms are frequent."""

    def __init__(self, writer: ArrayWriter, is_frequent: Array) -> None:
        self._is_frequent = is_frequent
        self._offsets = writer.written("postings.offsets")
        self._rows = writer.written("plain.rows")
        self._tfs = [writer.written(name) for name in TF_NAMES]
        self._place = writer.written("positions.offsets")
        self._positions = writer.written("positions.values")

    def packed(self, terms: tuple[int, int]) -> _Packed:
        """The terms first .. last - 1."""
        first, last = terms
        edges = self._offsets[first : last + 1]
        held = slice(int(edges[0]), int(edges[-1]))
        rows, tfs = self._rows[held], [tf[held] for tf in self._tfs]
        positions = self._positions[int(self._place[first]) : int(self._place[last])]
        counts = np.asarray(np.sum(tfs, axis=0, dtype=np.int64))
        codes = codes_of(tfs)
        if positions.max(initial=0) > FARTHEST:
            codes[np.maximum.reduceat(positions, np.cumsum(counts) - counts) > FARTHEST] = ODD
        packed = np.repeat(self._is_frequent[first:last], np.diff(edges))
        is_odd = codes == ODD
        odd, of_odd = np.flatnonzero(is_odd), np.repeat(is_odd, counts)
        before = offsets_of(np.where(is_odd, 0, counts))
        return _Packed(
            words=words_of(rows[packed], codes[packed]),
            rows=rows[~packed],
            codes=codes[~packed],
            bytes=positions[~of_odd].astype(np.uint8),
            starts=before[edges[:-1] - held.start],
            skips=before[-held.start % SKIP : -1 : SKIP],
            odd=held.start + odd,
            odd_tfs=[tf[odd] for tf in tfs],
            odd_positions=positions[of_odd],
            odd_starts=offsets_of(counts[odd])[:-1],
        )


class _Streams:
    """The packed arrays being written, some terms at a time."""

    def __init__(self, writer: ArrayWriter, files: ExitStack) -> None:
        def stream(name: str, dtype: str) -> ArrayStream:
            return files.enter_context(ArrayStream(writer, name, dtype))

        self._words = stream("postings.words", "<u2")
        self._rows, self._codes = stream("postings.rows", "<i4"), stream("postings.codes", "u1")
        self._odd, *self._odd_tfs = stream("postings.odd", "<i8"), *(stream(name, "<u4") for name in _ODD_NAMES)
        self._odd_positions = stream("positions.odd", "<u4")
        self._odd_starts = stream("positions.odd.starts", "<i8")
        self._bytes = stream("positions.bytes", "u1")
        self._starts, self._skips = stream("positions.starts", "<i8"), stream("positions.skips", "<i8")

    def append(self, packed: _Packed) -> None:
        """Write the next terms."""
        self._words.append(packed.words)
        self._rows.append(packed.rows)
        self._codes.append(packed.codes)
        self._starts.append(self._bytes.length + packed.starts)
        self._skips.append(self._bytes.length + packed.skips)
        self._bytes.append(packed.bytes)
        self._odd.append(packed.odd)
        for stream, tf in zip(self._odd_tfs, packed.odd_tfs, strict=True):
            stream.append(tf)
        self._odd_starts.append(self._odd_positions.length + packed.odd_starts)
        self._odd_positions.append(packed.odd_positions)

    def finish(self) -> None:
        """Write where the last positions end."""
        self._starts.append(np.array([self._bytes.length]))
        self._odd_starts.append(np.array([self._odd_positions.length]))


# --- reading ------------------------------------------------------------------------------------------------


class Positions(NamedTuple):
    """Where one term stands. Of most postings the positions are in one array, of odd ones in another.

    is_odd, ends: of every posting of the term; where its positions end in its array.
    """

    even: Array
    odd: Array
    is_odd: Array
    ends: Array

    def of(self, postings: Array, counts: Array) -> Array:
        """The positions of some postings, one after the other, field after field inside.

        postings: numbers from the term's first. counts: how many positions each has.
        """
        starts, odd = self.ends[postings] - counts, self.is_odd[postings]
        if not odd.any():
            return self.even[spans(starts, counts)]
        positions, of_odd = np.empty(int(counts.sum()), np.uint32), np.repeat(odd, counts)
        positions[of_odd] = self.odd[spans(starts[odd], counts[odd])]
        positions[~of_odd] = self.even[spans(starts[~odd], counts[~odd])]
        return positions


class PostingsReader:
    """The postings of a segment, unpacked some terms at a time: those with the numbers first .. last - 1."""

    def __init__(self, arrays: PackedArrays, n_rows: int) -> None:
        self._n_rows = n_rows
        self._path = arrays.path
        self._array = arrays.array
        self._offsets = arrays.array("postings.offsets")
        self._frequent = arrays.array("ranges.terms")
        n_terms = len(self._offsets) - 1
        if not inside(self._frequent, n_terms) or (self._frequent[1:] <= self._frequent[:-1]).any():
            raise self._damaged("ranges.terms")
        #: How many postings of frequent terms stand before each of them, and how many there are.
        self.before = np.zeros(len(self._frequent) + 1, np.int64)
        np.cumsum(self._offsets[self._frequent + 1] - self._offsets[self._frequent], out=self.before[1:])
        starts = arrays.array("ranges.starts")
        self._starts = starts.reshape(len(self._frequent), -1) if len(self._frequent) else starts.reshape(0, 1)

    def _damaged(self, name: str) -> IndexDamaged:
        return array_damaged(self._path, name)

    def numbers(self, first: int, last: int) -> tuple[int, int]:
        """(first, last + 1) of the terms' postings. Raises IndexDamaged."""
        start, end = int(self._offsets[first]), int(self._offsets[last])
        if not 0 <= start <= end <= len(self._array("impacts")):
            raise self._damaged("postings.offsets")
        return start, end

    def _frequent_ones(self, first: int, last: int) -> tuple[int, int]:
        """The places of the frequent ones of these terms in the range tables: from .. to - 1."""
        if last == first + 1:
            place = int(np.searchsorted(self._frequent, first))
            return place, place + int(place < len(self._frequent) and self._frequent[place] == first)
        begin, end = np.searchsorted(self._frequent, (first, last)).tolist()
        return begin, end

    def _own(self, first: int, last: int) -> tuple[slice, slice]:
        """Where the words of the terms' frequent postings are, and rows and codes of the rare ones."""
        start, end = self.numbers(first, last)
        begin, stop = self._frequent_ones(first, last)
        words = slice(int(self.before[begin]), int(self.before[stop]))
        rare = slice(start - words.start, end - words.stop)
        if not 0 <= words.start <= words.stop <= len(self._array("postings.words")):
            raise self._damaged("postings.offsets")
        if not 0 <= rare.start <= rare.stop <= len(self._array("postings.rows")):
            raise self._damaged("postings.offsets")
        return words, rare

    def rows(self, first: int, last: int) -> Array:
        """The rows of the terms' postings, int32, each one of the segment's. Raises IndexDamaged."""
        words, rare = self._own(first, last)
        found = self._put(first, last, self._rows_of_frequent(first, last, words), self._array("postings.rows")[rare])
        if not inside(found, self._n_rows):
            raise self._damaged("postings.rows")
        return found

    def _rows_of_frequent(self, first: int, last: int, words: slice) -> Array:
        begin, end = self._frequent_ones(first, last)
        rows = np.empty(words.stop - words.start, np.int32)
        for place in range(begin, end):
            here = slice(int(self.before[place]), int(self.before[place + 1]))
            starts = self._starts[place]
            if starts[0] != 0 or starts[-1] != here.stop - here.start or (starts[1:] < starts[:-1]).any():
                raise self._damaged("ranges.starts")
            rows[here.start - words.start : here.stop - words.start] = rows_of(
                self._array("postings.words")[here], starts
            )
        return rows

    def _put(self, first: int, last: int, frequent: Array, rare: Array) -> Array:
        """What the terms' postings have, in their order, from what frequent and rare ones have."""
        if not len(rare):
            return frequent
        if not len(frequent):
            return rare
        start, end = self.numbers(first, last)
        is_frequent = np.zeros(end - start, bool)
        for term in self._frequent[slice(*self._frequent_ones(first, last))].tolist():
            is_frequent[int(self._offsets[term]) - start : int(self._offsets[term + 1]) - start] = True
        if np.count_nonzero(is_frequent) != len(frequent) or len(frequent) + len(rare) != end - start:
            raise self._damaged("postings.offsets")
        both = np.empty(end - start, rare.dtype)
        both[is_frequent], both[~is_frequent] = frequent, rare
        return both

    def counts(self, first: int, last: int) -> tuple[Array, ...]:
        """Occurrences of the terms' postings in title and abstract, unsigned. Raises IndexDamaged."""
        words, rare = self._own(first, last)
        frequent = codes_in(self._array("postings.words")[words])
        codes = self._put(first, last, frequent, self._array("postings.codes")[rare])
        if ((codes >= TITLES * ABSTRACTS) & (codes != ODD)).any():
            raise self._damaged("postings.codes")
        counts = counts_of(codes)
        odd = np.flatnonzero(codes == ODD)
        if not len(odd):
            return counts
        places = self._places_of_odd(self.numbers(first, last)[0] + odd)
        wide = tuple(tf.astype(np.uint32) for tf in counts)
        for tf, name in zip(wide, _ODD_NAMES, strict=True):
            tf[odd] = self._array(name)[places]
        return wide

    def _places_of_odd(self, numbers: Array) -> Array:
        """Where odd postings (rising, not none) stand in their table. Raises IndexDamaged when one does not."""
        known = self._array("postings.odd")
        places = np.searchsorted(known, numbers)
        if places[-1] >= len(known) or (known[places] != numbers).any():
            raise self._damaged("postings.odd")
        return np.asarray(places)

    def positions(self, first: int, last: int, counts: Array) -> Array:
        """The positions of the terms' postings, field after field inside, unsigned. Raises IndexDamaged.

        counts: how many each posting has, which are the occurrences that `counts` gives.
        """
        even, is_odd, odd, _ = self._even_and_odd(first, last, counts)
        if not len(odd):
            return even
        positions = np.empty(len(even) + len(odd), np.uint32)
        of_odd = np.repeat(is_odd, counts)
        positions[of_odd], positions[~of_odd] = odd, even
        return positions

    def positions_of(self, term: int, counts: Array) -> Positions:
        """Where one term stands. counts: as in `positions`. Raises IndexDamaged."""
        even, is_odd, odd, odd_ends = self._even_and_odd(term, term + 1, counts)
        ends = np.cumsum(np.where(is_odd, 0, counts))
        ends[is_odd] = odd_ends
        return Positions(even, odd, is_odd, ends)

    def _even_and_odd(self, first: int, last: int, counts: Array) -> tuple[Array, Array, Array, Array]:
        """(positions of all but odd postings; which postings are odd; their positions; where those of each end)."""
        starts, packed = self._array("positions.starts"), self._array("positions.bytes")
        start, end = int(starts[first]), int(starts[last])
        if not 0 <= start <= end <= len(packed):
            raise self._damaged("positions.starts")
        even = packed[start:end]
        first_posting, end_of_postings = self.numbers(first, last)
        numbers = self._array("postings.odd")
        begin, stop = np.searchsorted(numbers, (first_posting, end_of_postings)).tolist()
        own = numbers[begin:stop] - first_posting
        if begin > stop or not inside(own, len(counts)):
            raise self._damaged("postings.odd")
        odd, is_odd = self._odd_positions(begin, stop), np.zeros(len(counts), bool)
        is_odd[own] = True
        odd_ends = np.cumsum(counts[is_odd])
        n_odd = int(odd_ends[-1]) if len(odd_ends) else 0
        if len(odd) != n_odd or len(even) != counts.sum() - n_odd:
            raise self._damaged("positions.starts")
        return even, is_odd, odd, odd_ends

    def _odd_positions(self, begin: int, stop: int) -> Array:
        """The positions of the odd postings with these places in their table."""
        starts, values = self._array("positions.odd.starts"), self._array("positions.odd")
        start, end = int(starts[begin]), int(starts[stop])
        if not 0 <= start <= end <= len(values):
            raise self._damaged("positions.odd.starts")
        return values[start:end]
