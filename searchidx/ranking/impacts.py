"""Quantised scores made at build time, and where their maxima lie: what the pruning kernels read.

Every posting's score under the default weights is rounded **up** to a multiple of one step (the segment's highest
score / 255) and kept in 8 bits. Rows are cut into ranges of 2^shift; for frequent terms the highest impact of every
range, and where the range begins among the term's postings, are tabled. A sum of impacts is thus an upper bound of the
score, less than one step too high per term, and a sum of range maxima an upper bound for every paper of a range.
Block-max pruning over ranges: compare Ding and Suel, SIGIR 2011, and Mallia et al., SIGIR 2024.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchidx.ranking import bm25f

AnyArray = npt.NDArray[Any]

HIGHEST = 255
#: Rows per range: its accumulators (4 bytes each) fit the first-level cache beside the postings.
SHIFT = 11
#: A term is frequent when it has this many postings per range on average, and at least MIN_FREQUENT.
PER_RANGE = 8
MIN_FREQUENT = 256
_CHUNK = 4_000_000


class Impacts(NamedTuple):
    """Impacts of P postings of T terms in rows cut into R ranges; F terms are frequent.

    impacts: uint8 (P,). step: the score one impact stands for.
    terms: int32 (F,), rising, the frequent ones. maxima: uint8 (F * R,).
    starts: int32 (F * (R + 1),), first posting of the range, from the term's own first.
    """

    impacts: AnyArray
    step: float
    terms: AnyArray
    maxima: AnyArray
    starts: AnyArray


def n_ranges(n_rows: int) -> int:
    """How many ranges the rows are cut into, at least 1."""
    return max((n_rows + (1 << SHIFT) - 1) >> SHIFT, 1)


def make(
    offsets: AnyArray,
    rows: AnyArray,
    tfs: Sequence[AnyArray],
    norms: bm25f.Floats,
    boosts: Sequence[float],
) -> Impacts:
    """The impacts of all postings; see `Impacts`. offsets, rows, tfs: as a segment holds them."""
    df = np.diff(offsets)
    idf = np.log1p((len(norms) - df + 0.5) / (df + 0.5)).astype(np.float32)

    def scores(start: int, end: int, idf_: bm25f.Floats) -> AnyArray:
        tf = bm25f.weighted([values[start:end] for values in tfs], boosts)
        return bm25f.term_scores(tf, norms[rows[start:end]], idf_)

    chunks = _term_chunks(offsets)
    highest = 0.0
    for first, last in chunks:
        idf_ = np.repeat(idf[first:last], df[first:last])
        highest = max(highest, float(scores(int(offsets[first]), int(offsets[last]), idf_).max(initial=0)))
    step = highest / HIGHEST or 1.0
    impacts = np.empty(len(rows), np.uint8)
    for first, last in chunks:
        start, end = int(offsets[first]), int(offsets[last])
        exact = scores(start, end, np.repeat(idf[first:last], df[first:last])).astype(np.float64)
        impacts[start:end] = np.clip(np.ceil(exact / step), 1, HIGHEST)
    return Impacts(impacts, step, *_range_tables(offsets, rows, impacts, n_ranges(len(norms))))


def _term_chunks(offsets: AnyArray) -> list[tuple[int, int]]:
    """Runs of terms (first, last + 1) with about `_CHUNK` postings each, to bound memory."""
    chunks = []
    first, n_terms = 0, len(offsets) - 1
    while first < n_terms:
        last = max(int(np.searchsorted(offsets, offsets[first] + _CHUNK, "right")) - 1, first + 1)
        chunks.append((first, last))
        first = last
    return chunks


def _range_tables(
    offsets: AnyArray, rows: AnyArray, impacts: AnyArray, ranges: int
) -> tuple[AnyArray, AnyArray, AnyArray]:
    """(terms, maxima, starts) of the frequent terms."""
    frequent = np.flatnonzero(np.diff(offsets) >= max(MIN_FREQUENT, PER_RANGE * ranges))
    maxima = np.zeros((len(frequent), ranges), np.uint8)
    starts = np.zeros((len(frequent), ranges + 1), np.int32)
    edges = np.arange(ranges + 1) << SHIFT
    for number, term in enumerate(frequent.tolist()):
        start, end = int(offsets[term]), int(offsets[term + 1])
        places = np.searchsorted(rows[start:end], edges)
        starts[number] = places
        filled = np.flatnonzero(np.diff(places))
        maxima[number, filled] = np.maximum.reduceat(impacts[start:end], places[:-1][filled])
    return frequent.astype(np.int32), maxima.ravel(), starts.ravel()
