"""Quantised term weights made when a segment is written, and where their maxima lie: what the pruning kernels read.

Of every posting the part of its score that hangs on the paper alone, tf / (tf + norm) under the default weights, is
rounded **up** to a multiple of 1 / 255 and kept in 8 bits. How rare the term is comes in at query time, so impacts
stay good when other segments join or papers are deleted; only the mean length they were made with may drift from the
index's own, and `drift` bounds what that does. Rows are cut into ranges of 2^shift; for frequent terms the highest
impact of every range, and where the range begins among the term's postings, are tabled. A weighted sum of impacts is
thus an upper bound of the score, less than one step too high per term, and a sum of range maxima an upper bound for
every paper of a range. Block-max pruning over ranges: compare Ding and Suel, SIGIR 2011, and Mallia et al., SIGIR 2024.
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

    impacts: uint8 (P,).
    terms: int32 (F,), rising, the frequent ones. maxima: uint8 (F * R,).
    starts: int32 (F * (R + 1),), first posting of the range, from the term's own first.
    """

    impacts: AnyArray
    terms: AnyArray
    maxima: AnyArray
    starts: AnyArray


def n_ranges(n_rows: int) -> int:
    """How many ranges the rows are cut into, at least 1."""
    return max((n_rows + (1 << SHIFT) - 1) >> SHIFT, 1)


def drift(avgdl: float, made_with: Sequence[float]) -> tuple[float, float]:
    """(low, high): how far tf / (tf + norm) may be from what the impacts stand for, as factors around 1.

    avgdl: the mean length that scores are computed with; made_with: the mean lengths of the segments' impacts. norm is
    a constant plus a part that goes as 1 / avgdl, so the fraction moves by less than the means' ratio.
    """
    ratios = [avgdl / made for made in made_with if made > 0 and avgdl > 0]
    return min([1.0, *ratios]), max([1.0, *ratios])


def make(
    offsets: AnyArray,
    rows: AnyArray,
    tfs: Sequence[AnyArray],
    norms: bm25f.Floats,
    boosts: Sequence[float],
) -> Impacts:
    """The impacts of all postings; see `Impacts`. offsets, rows, tfs: as a segment holds them."""
    impacts = np.empty(len(rows), np.uint8)
    for start in range(0, len(rows), _CHUNK):
        end = min(start + _CHUNK, len(rows))
        tf = bm25f.weighted([values[start:end] for values in tfs], boosts)
        exact = bm25f.term_scores(tf, norms[rows[start:end]], np.float32(1))
        # a little above the float32 value: rounded up it must not be below the true one
        impacts[start:end] = np.clip(np.ceil(exact * np.float32(HIGHEST * (1 + 1e-6))), 1, HIGHEST)
    terms, ranges = frequent_terms(offsets, len(norms)), n_ranges(len(norms))
    return Impacts(impacts, terms, *_range_tables(terms, offsets, rows, impacts, ranges))


def frequent_terms(offsets: AnyArray, n_rows: int) -> AnyArray:
    """The terms that have range tables, int32, rising. offsets: of the postings of every term."""
    least = max(MIN_FREQUENT, PER_RANGE * n_ranges(n_rows))
    return np.flatnonzero(np.diff(offsets) >= least).astype(np.int32)


def _range_tables(
    frequent: AnyArray, offsets: AnyArray, rows: AnyArray, impacts: AnyArray, ranges: int
) -> tuple[AnyArray, AnyArray]:
    """(maxima, starts) of the frequent terms."""
    maxima = np.zeros((len(frequent), ranges), np.uint8)
    starts = np.zeros((len(frequent), ranges + 1), np.int32)
    edges = np.arange(ranges + 1) << SHIFT
    for number, term in enumerate(frequent.tolist()):
        start, end = int(offsets[term]), int(offsets[term + 1])
        places = np.searchsorted(rows[start:end], edges)
        starts[number] = places
        filled = np.flatnonzero(np.diff(places))
        maxima[number, filled] = np.maximum.reduceat(impacts[start:end], places[:-1][filled])
    return maxima.ravel(), starts.ravel()
