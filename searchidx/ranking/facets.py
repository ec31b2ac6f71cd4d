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

    of_row: the class of every row. classes, values: an entry for each value of each class. rows: each at most once.
    """
    per_class = np.bincount(of_row[rows], minlength=n_classes)
    # sums of whole numbers below 2^53 are exact
    counts: AnyArray = np.bincount(values, weights=per_class[classes], minlength=n_values).astype(np.int64)
    return counts


def most_frequent(counts: AnyArray, k: int) -> AnyArray:
    """The places of the k (at least 1) largest counts above 0, largest first, equal ones by place."""
    places = np.flatnonzero(counts)
    n = len(counts)
    keys = counts[places] * n + (n - 1 - places)  # all different, so that no tie is left to chance
    if len(keys) > k:
        keys = np.partition(keys, len(keys) - k)[len(keys) - k :]
    keys.sort()
    result: AnyArray = n - 1 - keys[::-1] % n
    return result
