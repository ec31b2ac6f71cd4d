"""The best rows of a score array, ties by row (rows stand in the order of paper ids)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

AnyArray = npt.NDArray[Any]


def best_rows(scores: AnyArray, candidates: AnyArray, k: int) -> AnyArray:
    """The k best of `candidates` (rising row numbers), best score first, equal scores by row.

    scores: one per row of the index. Ties at the k-th place are broken by row too: a bare argpartition would leave
    them to chance.
    """
    values = scores[candidates]
    if 0 < k < len(values):
        kth = np.partition(values, len(values) - k)[len(values) - k]
        keep = values >= kth
        candidates, values = candidates[keep], values[keep]
    order = np.argsort(-values, kind="stable")[:k]
    return candidates[order]
