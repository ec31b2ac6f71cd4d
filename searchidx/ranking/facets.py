"""Counting the values of columns over matching rows, without a Python loop over rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

AnyArray = npt.NDArray[Any]


def count_values(values: AnyArray, offsets: AnyArray, n_values: int, rows: AnyArray) -> AnyArray:
    """How many of the rows hold each value, shape (n_values,).

    values, offsets: row r holds values[offsets[r] : offsets[r + 1]], each at most once. rows: each at most once.
    """
    matching = np.zeros(len(offsets) - 1, bool)
    matching[rows] = True
    flags = np.repeat(matching, np.diff(offsets))
    return np.bincount(values[flags], minlength=n_values)


def rows_with(values: AnyArray, offsets: AnyArray, wanted: AnyArray) -> AnyArray:
    """Rows that hold any of the wanted values, rising.

    wanted: bool per value.
    """
    places = np.flatnonzero(wanted[values])
    return np.unique(np.searchsorted(offsets, places, "right") - 1)


def count_by_class(
    of_row: AnyArray, n_classes: int, classes: AnyArray, values: AnyArray, n_values: int, rows: AnyArray
) -> AnyArray:
    """How many of the rows hold each value, int64, shape (n_values,), where rows of one class hold the same values.

    of_row: the class of every row. classes, values: an entry for each value of each class; there may be values that no
    class has. rows: each at most once.
    """
    per_class = np.bincount(of_row[rows], minlength=n_classes)
    # sums of whole numbers below 2^53 are exact
    counts: AnyArray = np.bincount(values, weights=per_class[classes], minlength=n_values).astype(np.int64)
    return counts


def most_frequent(
    counts: AnyArray, begins: AnyArray, ends: AnyArray, by_place: AnyArray, k: int
) -> tuple[AnyArray, AnyArray, AnyArray]:
    """(places in counts, their counts, where those of each field end): what is shown of the counts of some fields.

    Field f has the counts from begins[f] to ends[f] - 1. Of these are shown the k (at least 1) largest above 0, largest
    first, equal ones by place; or, where by_place is nonzero, all above 0 but the first one, last place first.
    """
    room = 0
    for field in range(len(ends)):
        room += ends[field] - begins[field]
    found, n_found, ends_found = np.empty(room, np.int64), 0, np.empty(len(ends), np.int64)
    for field in range(len(ends)):
        own = counts[begins[field] : ends[field]]
        places, n = np.flatnonzero(own), len(own)
        if by_place[field]:
            places = places[places > 0][::-1]
        else:
            keys = own[places] * n + (n - 1 - places)  # all different, so that no tie is left to chance
            if len(keys) > k:
                keys = np.partition(keys, len(keys) - k)[len(keys) - k :]
            keys.sort()
            places = n - 1 - keys[::-1] % n
        found[n_found : n_found + len(places)] = places + begins[field]
        n_found += len(places)
        ends_found[field] = n_found
    found = found[:n_found]
    return found, counts[found], ends_found
