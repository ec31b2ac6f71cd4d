"""The compiled kernels: the k best rows of a union, an intersection, a phrase; counting matches.

Exact: what the impacts leave possible is scored again in float32 with the formula of `bm25f`, in the order of the
query's terms, so rows, order and scores are those of a plain loop. Ties go to the lower row.

A query is arrays over its terms: `begin`, `end` (postings), `weight` (int32: the weight in the query in units of
1 / WEIGHT_UNIT, rounded up), `idf` (of the term, times its exact weight), `table` (its row in the range tables, or -1
for a rare term). Rows pass when `allowed` is empty or nonzero for them. Sums of impacts are integers: they vectorise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

F = TypeVar("F", bound=Callable[..., Any])
AnyArray = npt.NDArray[Any]

#: The weights queries usually have (1, 2, 0.4, 0.7) are whole multiples of 1 / WEIGHT_UNIT.
WEIGHT_UNIT = 20
_BLOCK = 64


def compiled(function: F) -> F:
    """The function compiled when first called; kept on disk where some cache directory can be written."""
    try:
        return cast(F, numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # a read-only installation and no home directory: compile anew in every process
        return cast(F, numba.njit(nogil=True)(function))


@compiled
def _sift_down(heap: AnyArray, value: int, size: int) -> None:
    """Put `value` in place of the smallest of a min-heap."""
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= value:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = value


@compiled
def _range_bounds(
    rows: AnyArray,
    impacts: AnyArray,
    begin: AnyArray,
    end: AnyArray,
    weight: AnyArray,
    table: AnyArray,
    maxima: AnyArray,
    shift: int,
    n_ranges: int,
) -> AnyArray:
    """An upper bound, in steps, of every range's scores."""
    bounds = np.zeros(n_ranges, np.int32)
    for t in range(len(begin)):
        w = weight[t]
        if table[t] >= 0:
            base = table[t] * n_ranges
            for r in range(n_ranges):
                bounds[r] += w * np.int32(maxima[base + r])
            continue
        at = begin[t]
        while at < end[t]:
            r = rows[at] >> shift
            highest = impacts[at]
            at += 1
            while at < end[t] and rows[at] >> shift == r:
                highest = max(highest, impacts[at])
                at += 1
            bounds[r] += w * np.int32(highest)
    return bounds


@compiled
def _first_between(rows: AnyArray, low: int, high: int, row: int) -> int:
    """The first place of rows[low:high] that is not below `row`, by halving."""
    while low < high:
        middle = (low + high) // 2
        if rows[middle] < row:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def _first_at_or_after(rows: AnyArray, low: int, high: int, row: int) -> int:
    """The first place of rows[low:high] that is not below `row`, by galloping from `low`."""
    step = 1
    while low + step < high and rows[low + step] < row:
        step *= 2
    return _first_between(rows, low + (step // 2 if step > 1 else 0), min(high, low + step + 1), row)


@compiled
def exact_score(
    row: int,
    rows: AnyArray,
    tf0: AnyArray,
    tf1: AnyArray,
    begin: AnyArray,
    end: AnyArray,
    idf: AnyArray,
    norms: AnyArray,
    w0: np.float32,
    w1: np.float32,
) -> np.float32:
    """The formula for one row, term by term in float32."""
    total = np.float32(0)
    for t in range(len(begin)):
        low = _first_between(rows, begin[t], end[t], row)
        if low < end[t] and rows[low] == row:
            tf = w0 * np.float32(tf0[low]) + w1 * np.float32(tf1[low])
            total += idf[t] * (tf / (tf + norms[row]))
    return total


@compiled
def _best(rows: AnyArray, scores: AnyArray, n: int, k: int) -> tuple[AnyArray, AnyArray]:
    """The k best of the first n (row, score) pairs: by score, then by row."""
    by_row = np.argsort(rows[:n])
    rows_, scores_ = rows[:n][by_row], scores[:n][by_row]
    order = np.argsort(-scores_, kind="mergesort")[: min(k, n)]
    return rows_[order], scores_[order]


@compiled
def union(
    rows: AnyArray,
    impacts: AnyArray,
    tf0: AnyArray,
    tf1: AnyArray,
    norms: AnyArray,
    maxima: AnyArray,
    starts: AnyArray,
    begin: AnyArray,
    end: AnyArray,
    weight: AnyArray,
    idf: AnyArray,
    table: AnyArray,
    allowed: AnyArray,
    w0: np.float32,
    w1: np.float32,
    shift: int,
    slack: int,
    k: int,
) -> tuple[AnyArray, AnyArray]:
    """(rows, scores) of the k best papers that hold any of the terms.

    Ranges are visited best bound first; inside one, impacts are added into a small array. The first range whose bound
    cannot reach the k-th best ends the query. A sum of impacts is less than `slack` above the score, so papers within
    `slack` of the k-th best sum are kept and scored exactly.
    """
    n_rows = len(norms)
    n_ranges = max((n_rows + (1 << shift) - 1) >> shift, 1)
    n_terms = len(begin)
    bounds = _range_bounds(rows, impacts, begin, end, weight, table, maxima, shift, n_ranges)
    order = np.argsort(-bounds)
    heap = np.zeros(k, np.int32)
    filled = 0
    threshold = 1  # sums below it cannot be among the k best
    size = 1 << shift
    sums = np.zeros(size, np.int32)
    found = np.empty(size, np.int64)
    kept_rows = np.empty(size + 4 * k, np.int64)
    kept_sums = np.empty(size + 4 * k, np.int32)
    n_kept = 0
    for r in order:
        if bounds[r] < threshold:
            break
        base = r << shift
        top = min(base + size, n_rows)
        for t in range(n_terms):
            if table[t] >= 0:
                place = table[t] * (n_ranges + 1) + r
                at, stop = begin[t] + starts[place], begin[t] + starts[place + 1]
            else:
                at = _first_at_or_after(rows, begin[t], end[t], base)
                stop = _first_at_or_after(rows, at, end[t], top)
            _accumulate(sums, rows[at:stop], impacts[at:stop], base, weight[t])
        n_found = _candidates(sums, top - base, threshold, found)
        if n_kept + n_found > len(kept_rows):
            n_kept = _compact(kept_rows, kept_sums, n_kept, threshold)
            if n_kept + n_found > len(kept_rows):
                kept_rows = np.concatenate((kept_rows, np.empty(n_kept + size, np.int64)))
                kept_sums = np.concatenate((kept_sums, np.empty(n_kept + size, np.int32)))
        n_kept, filled = _keep(kept_rows, kept_sums, n_kept, heap, filled, found[:n_found], sums, base, allowed, slack)
        if filled == k:
            threshold = max(threshold, heap[0] - slack)
        sums[:] = 0
    n_kept = _compact(kept_rows, kept_sums, n_kept, threshold)
    scores = np.empty(n_kept, np.float32)
    for i in range(n_kept):
        scores[i] = exact_score(kept_rows[i], rows, tf0, tf1, begin, end, idf, norms, w0, w1)
    return _best(kept_rows, scores, n_kept, k)


@compiled
def _accumulate(sums: AnyArray, rows: AnyArray, impacts: AnyArray, base: int, weight: int) -> None:
    """Add one term's impacts into a range's sums. (A function of its own: the compiler makes far better code of it.)"""
    first = np.uint32(base)  # unsigned: a signed index would be tested for being below 0 (a tenth slower)
    for i in range(len(rows)):
        sums[np.uint32(rows[i]) - first] += weight * np.int32(impacts[i])


@compiled
def _highest(values: AnyArray) -> Any:
    highest = np.int32(0)
    for i in range(len(values)):
        highest = max(highest, values[i])
    return highest


@compiled
def _candidates(sums: AnyArray, n: int, threshold: int, found: AnyArray) -> int:
    """Write the places of the sums that reach the threshold (at least 1); returns how many.

    Most blocks hold none: their highest sum, found several at a time, says so.
    """
    n_found = 0
    for start in range(0, n, _BLOCK):
        stop = min(start + _BLOCK, n)
        if _highest(sums[start:stop]) < threshold:
            continue
        for i in range(start, stop):
            if sums[i] >= threshold:
                found[n_found] = i
                n_found += 1
    return n_found


@compiled
def _keep(
    kept_rows: AnyArray,
    kept_sums: AnyArray,
    n_kept: int,
    heap: AnyArray,
    filled: int,
    found: AnyArray,
    sums: AnyArray,
    base: int,
    allowed: AnyArray,
    slack: int,
) -> tuple[int, int]:
    """Take the candidates of one range that pass and still reach the k-th best; returns (kept, filled)."""
    k = len(heap)
    for i in found:
        total = sums[i]
        if filled == k and total < heap[0] - slack:
            continue
        if len(allowed) > 0 and allowed[base + i] == 0:
            continue
        kept_rows[n_kept] = base + i
        kept_sums[n_kept] = total
        n_kept += 1
        if filled < k or total > heap[0]:
            # a heap of zeros is a min-heap from the start: values push the zeros out of the root
            _sift_down(heap, total, k)
            filled = min(filled + 1, k)
    return n_kept, filled


@compiled
def _compact(rows: AnyArray, sums: AnyArray, n: int, threshold: int) -> int:
    """Drop the pairs below the threshold; returns how many are left."""
    left = 0
    for i in range(n):
        if sums[i] >= threshold:
            rows[left] = rows[i]
            sums[left] = sums[i]
            left += 1
    return left


@compiled
def union_rows(rows: AnyArray, begin: AnyArray, end: AnyArray, n_rows: int) -> AnyArray:
    """A flag per row: 1 where any of the terms stands."""
    flags = np.zeros(n_rows, np.uint8)
    for t in range(len(begin)):
        for i in range(begin[t], end[t]):
            flags[rows[i]] = 1
    return flags


@compiled
def count_facet(values: AnyArray, offsets: AnyArray, n_values: int, rows: AnyArray) -> AnyArray:
    """How many of the rows hold each value; row r holds values[offsets[r] : offsets[r + 1]]."""
    counts = np.zeros(n_values, np.int64)
    for row in rows:
        for i in range(offsets[row], offsets[row + 1]):
            counts[values[i]] += 1
    return counts


@compiled
def intersection(rows: AnyArray, begin: AnyArray, end: AnyArray) -> AnyArray:
    """Rows that hold all terms (each of `begin`, `end`), rising."""
    n_terms = len(begin)
    order = np.argsort(end - begin)
    first = order[0]
    found = np.empty(end[first] - begin[first], np.int64)
    n = 0
    for i in range(begin[first], end[first]):
        found[n] = rows[i]
        n += 1
    for j in range(1, n_terms):
        t = order[j]
        at, stop = begin[t], end[t]
        left = 0
        for i in range(n):
            at = _first_at_or_after(rows, at, stop, found[i])
            if at == stop:
                break
            if rows[at] == found[i]:
                found[left] = found[i]
                left += 1
        n = left
    return found[:n]


@compiled
def _position_starts(
    rows: AnyArray,
    tf0: AnyArray,
    tf1: AnyArray,
    begin: int,
    end: int,
    wanted: AnyArray,
    places: AnyArray,
    starts: AnyArray,
) -> None:
    """For each wanted row (rising, all among rows[begin:end]): its posting, and where its positions start."""
    j = 0
    position = 0
    for i in range(begin, end):
        if j == len(wanted):
            break
        if rows[i] == wanted[j]:
            places[j] = i
            starts[j] = position
            j += 1
        position += int(tf0[i]) + int(tf1[i])


@compiled
def _holds(values: AnyArray, low: int, high: int, wanted: int) -> bool:
    """Whether values[low:high] (a few numbers) holds `wanted`."""
    found = False
    for i in range(low, high):
        found |= bool(values[i] == wanted)
    return found


@compiled
def phrase(
    rows: AnyArray,
    tf0: AnyArray,
    tf1: AnyArray,
    positions: AnyArray,
    begin: AnyArray,
    end: AnyArray,
    first_position: AnyArray,
    offset: AnyArray,
    in0: bool,
    in1: bool,
) -> AnyArray:
    """Rows where all terms stand at their offsets inside one text field (in0, in1: fields looked at), rising."""
    found = intersection(rows, begin, end)
    n_terms = len(begin)
    places = np.empty((n_terms, len(found)), np.int64)
    starts = np.empty((n_terms, len(found)), np.int64)
    for t in range(n_terms):
        _position_starts(rows, tf0, tf1, begin[t], end[t], found, places[t], starts[t])
        starts[t] += first_position[t]
    n = 0
    for j in range(len(found)):
        matches = False
        for field in range(2):
            if matches or (field == 0 and not in0) or (field == 1 and not in1):
                continue
            low = starts[0, j] + (tf0[places[0, j]] if field == 1 else 0)
            high = low + (tf1[places[0, j]] if field == 1 else tf0[places[0, j]])
            for i in range(low, high):
                origin = np.int64(positions[i]) - offset[0]
                good = True
                for t in range(1, n_terms):
                    a = starts[t, j] + (tf0[places[t, j]] if field == 1 else 0)
                    b = a + (tf1[places[t, j]] if field == 1 else tf0[places[t, j]])
                    if not _holds(positions, a, b, origin + offset[t]):
                        good = False
                        break
                if good:
                    matches = True
                    break
        if matches:
            found[n] = found[j]
            n += 1
    return found[:n]


@compiled
def score_rows(
    wanted: AnyArray,
    rows: AnyArray,
    tf0: AnyArray,
    tf1: AnyArray,
    norms: AnyArray,
    begin: AnyArray,
    end: AnyArray,
    idf: AnyArray,
    w0: np.float32,
    w1: np.float32,
) -> AnyArray:
    """The formula for some rows, in any order."""
    scores = np.empty(len(wanted), np.float32)
    for i in range(len(wanted)):
        scores[i] = exact_score(wanted[i], rows, tf0, tf1, begin, end, idf, norms, w0, w1)
    return scores


@compiled
def best(wanted: AnyArray, scores: AnyArray, k: int) -> tuple[AnyArray, AnyArray]:
    """The k best of some rows by their scores: by score, then by row."""
    return _best(wanted, scores, len(wanted), k)
