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
