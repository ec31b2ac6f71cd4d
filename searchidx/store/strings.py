"""Tables of strings as arrays, put in order without an object per string: their bytes are compared as integers, seven
at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
import numpy.typing as npt

from searchidx.store.files import Array, ArrayWriter

#: Bytes of a string that are compared at once; the eighth of an integer says how many there are.
_WIDTH = 7
#: Integers of which the first n bytes are set, by n.
_MASKS = np.array([(256**n - 1) << (64 - 8 * n) for n in range(_WIDTH + 1)], np.uint64)


def offsets_of(counts: Array) -> Array:
    """Where things begin that follow each other, and where the last ends: int64 (N + 1,) for N counts."""
    offsets = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=offsets[1:])
    return offsets


def spans(starts: Array, counts: Array) -> Array:
    """The numbers starts[i] .. starts[i] + counts[i] - 1, for one i after the other."""
    ends = np.cumsum(counts, dtype=np.int64)
    numbers = np.repeat(starts - (ends - counts), counts)
    numbers += np.arange(len(numbers))
    return numbers


def concatenated(arrays: Iterable[Array], dtype: npt.DTypeLike = np.uint8) -> Array:
    """The arrays one after the other, in the type that holds them all and `dtype`."""
    return np.concatenate([*arrays, np.empty(0, dtype)])


@dataclass(frozen=True, slots=True)
class Strings:
    """N strings: number i is data[offsets[i] : offsets[i + 1]].

    data: uint8, UTF-8. offsets: int64 (N + 1,), from 0 to len(data).
    """

    data: Array
    offsets: Array

    @classmethod
    def of(cls, values: Sequence[bytes]) -> Self:
        """These strings."""
        return cls(np.frombuffer(b"".join(values), np.uint8), offsets_of(np.fromiter(map(len, values), np.int64)))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def listed(self) -> list[bytes]:
        """Every string, in order."""
        data = self.data.tobytes()
        return [data[a:b] for a, b in pairwise(self.offsets.tolist())]

    def take(self, numbers: Array) -> Strings:
        """The strings with these numbers, in their order; or those under a mask."""
        lengths = np.diff(self.offsets)[numbers]
        return Strings(self.data[spans(self.offsets[:-1][numbers], lengths)], offsets_of(lengths))

    def between(self, first: int, last: int) -> Strings:
        """The strings first .. last - 1."""
        start, end = self.offsets[first], self.offsets[last]
        return Strings(self.data[start:end], self.offsets[first : last + 1] - start)

    def write(self, writer: ArrayWriter, name: str) -> None:
        """Write the table, as `ArrayWriter.strings` does."""
        writer.array(f"{name}.bytes", self.data)
        writer.array(f"{name}.offsets", self.offsets)


def joined(tables: Sequence[Strings]) -> Strings:
    """The strings of all tables, one table after the other."""
    lengths = concatenated((np.diff(table.offsets) for table in tables), np.int64)
    return Strings(concatenated(table.data for table in tables), offsets_of(lengths))


def in_order(strings: Strings) -> tuple[Array, Array]:
    """(numbers of the strings in their order, bool: whether the string there differs from the one before it).

    Equal ones stay in the order they have. Strings that are equal so far are compared by their next bytes, until all
    differ or end.
    """
    padded = np.concatenate((strings.data, np.zeros(8, np.uint8)))
    words = np.ndarray((len(strings.data) + 1,), ">u8", padded, strides=(1,))  # eight bytes from any place on
    order = np.arange(len(strings))
    opens = np.zeros(len(strings), bool)
    opens[:1] = True
    places = order.copy()
    depth = 0
    while len(places):
        members = order[places]
        keys = _keys(words, strings.offsets[members] + depth, strings.offsets[members + 1])
        by_key = np.lexsort((keys, np.cumsum(opens[places]))) if depth else np.argsort(keys, kind="stable")
        order[places], keys = members[by_key], keys[by_key]
        opens[places[1:]] |= keys[1:] != keys[:-1]
        first = opens[places]
        alone = first & np.append(first[1:], True)
        places = places[~alone & ((keys & np.uint64(0xFF)) > _WIDTH)]
        depth += _WIDTH
    return order, opens


def _keys(words: Array, starts: Array, ends: Array) -> Array:
    """The bytes of strings between two places each, `_WIDTH` at most, as integers that compare like them.

    words: the eight bytes from any place on. The last byte of a key says how many bytes there are, more than `_WIDTH`
    counting as one more: a string comes before another that goes on with NUL.
    """
    left = np.minimum(ends - starts, _WIDTH + 1)
    keys: Array = words[starts].astype(np.uint64)
    keys &= _MASKS[np.minimum(left, _WIDTH)]
    keys |= left.astype(np.uint64)
    return keys


def ranks_of(order: Array) -> Array:
    """The place in an order of everything that is put in it, int32."""
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    return ranks
