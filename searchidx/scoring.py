"""Scores and the best rows of one segment: one formula, two executors.

`Scorer` is numpy and needs nothing else: it adds up the scores of every paper. `CompiledScorer` prunes with the
segment's impacts (`ranking.kernels`) and gives the same rows, order and float32 scores about five times sooner (0.12
against 0.61 ms for author keywords over 87,247 papers), but its first use in a process costs the import of numba:
right for a server, a batch or a notebook, wrong for one question from the command line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from searchidx.errors import UsageError
from searchidx.fields import K1, TEXT_FIELDS, B
from searchidx.ranking import bm25f, impacts
from searchidx.ranking.facets import count_values
from searchidx.ranking.phrases import Occurrences, phrase_rows
from searchidx.ranking.topk import best_rows
from searchidx.store.segment import Column, Segment

AnyArray = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]

EXECUTORS = ("auto", "numba", "numpy")


@dataclass(frozen=True)
class Weights:
    """The numbers of the ranking formula that a caller may change."""

    boosts: tuple[float, ...] = tuple(field.boost for field in TEXT_FIELDS)
    k1: float = K1
    b: float = B


class Scorer:
    """BM25F over one segment with one set of weights. Safe to share between threads."""

    def __init__(self, segment: Segment, weights: Weights) -> None:
        self.segment = segment
        self.weights = weights
        total = sum(w * n for w, n in zip(weights.boosts, segment.total_lengths, strict=True))
        self.avgdl = total / segment.n_rows if segment.n_rows else 0.0

    @cached_property
    def norms(self) -> bm25f.Floats:
        """The formula's length part for every paper."""
        lengths = [self.segment.lengths(field.name) for field in TEXT_FIELDS]
        return bm25f.norms(lengths, self.weights.boosts, self.avgdl, k1=self.weights.k1, b=self.weights.b)

    def holds(self, term: str) -> bool:
        """Whether any paper holds the term in a text field."""
        return self.segment.terms.find(term.encode("utf-8", "replace")) >= 0

    def scores(self, terms: dict[str, float]) -> bm25f.Floats:
        """The score of every paper, float32; 0 where no term stands. terms: term -> its weight in the query."""
        scores = np.zeros(self.segment.n_rows, np.float32)
        for term, weight in terms.items():
            postings = self.segment.postings(term)
            if postings is None:
                continue
            tf = bm25f.weighted(postings.tfs, self.weights.boosts)
            idf = np.float32(weight) * bm25f.idf(self.segment.n_rows, postings.df)
            scores[postings.rows] += bm25f.term_scores(tf, self.norms[postings.rows], idf)
        return scores

    def top(
        self, terms: dict[str, float], k: int, allowed: Mask | None, *, must_hold: bool = True
    ) -> tuple[AnyArray, bm25f.Floats]:
        """(rows, scores) of the k best papers, ties by row.

        allowed: the papers that may come; None for all. must_hold: only papers that hold one of the terms come;
        without it every allowed paper does, the others with score 0.
        """
        scores = self.scores(terms)
        candidates = self.holding_any(terms) if must_hold else np.ones(len(scores), bool)
        if allowed is not None:
            candidates &= allowed
        rows = best_rows(scores, np.flatnonzero(candidates), k)
        return rows, scores[rows]

    def top_of(self, terms: dict[str, float], k: int, rows: AnyArray) -> tuple[AnyArray, bm25f.Floats]:
        """(rows, scores) of the k best of some rows (rising), ties by row."""
        scores = self.score_rows(terms, rows)
        order = np.argsort(-scores, kind="stable")[:k]
        return rows[order], scores[order]

    def holding_all(self, terms: Sequence[str]) -> AnyArray:
        """Rows that hold all of the terms (at least one), rising."""
        found: AnyArray | None = None
        for term in terms:
            postings = self.segment.postings(term)
            rows = np.empty(0, np.int32) if postings is None else postings.rows
            found = rows if found is None else np.intersect1d(found, rows, assume_unique=True)
        return np.asarray(found, np.int64)

    def phrase(self, terms: Sequence[str], fields: Sequence[int]) -> AnyArray:
        """Rows where the terms follow one another inside one of these text fields (by number), rising."""
        occurrences = []
        for offset, term in enumerate(terms):
            number = self.segment.terms.find(term.encode("utf-8", "replace"))
            if number < 0:
                return np.empty(0, np.int64)
            postings = self.segment.postings_of(number)
            positions, _ = self.segment.positions_of(number)
            occurrences.append((Occurrences(postings.rows, postings.tfs, positions), offset))
        return phrase_rows(occurrences, fields)

    def count_values(self, column: Column, rows: AnyArray) -> AnyArray:
        """How many of the rows (rising, each once) hold each value of a column."""
        return count_values(column.values, column.offsets, len(column.names), rows)

    def score_rows(self, terms: dict[str, float], rows: AnyArray) -> bm25f.Floats:
        """The scores of some papers, as `scores` gives them."""
        scores = np.zeros(len(rows), np.float32)
        norm = self.norms[rows]
        for term, weight in terms.items():
            postings = self.segment.postings(term)
            if postings is None:
                continue
            places = np.minimum(np.searchsorted(postings.rows, rows), postings.df - 1)
            holds = postings.rows[places] == rows
            tf = bm25f.weighted([values[places] for values in postings.tfs], self.weights.boosts)
            idf = np.float32(weight) * bm25f.idf(self.segment.n_rows, postings.df)
            scores += np.where(holds, bm25f.term_scores(tf, norm, idf), np.float32(0))
        return scores

    def holding_any(self, terms: dict[str, float]) -> Mask:
        """True for papers that hold any of the terms."""
        mask = np.zeros(self.segment.n_rows, bool)
        for term in terms:
            if postings := self.segment.postings(term):
                mask[postings.rows] = True
        return mask


#: (first posting, last + 1, idf, row in the range tables or -1, first position) of a term.
_Term = tuple[int, int, np.float32, int, int]


class CompiledScorer(Scorer):
    """The same with the compiled kernels. Needs the segment's impacts, which hold for the default weights alone."""

    def __init__(self, segment: Segment, weights: Weights) -> None:
        super().__init__(segment, weights)
        from searchidx.ranking import kernels

        self._kernels = kernels
        arrays = segment.arrays
        self._rows, self._impacts = arrays.array("postings.rows"), arrays.array("impacts")
        self._tfs = tuple(arrays.array(f"postings.tf.{field.name}") for field in TEXT_FIELDS)
        self._maxima, self._starts = arrays.array("ranges.maxima"), arrays.array("ranges.starts")
        self._boosts = tuple(np.float32(boost) for boost in weights.boosts)
        self._frequent = {term: i for i, term in enumerate(arrays.array("ranges.terms").tolist())}
        self._known: dict[str, _Term | None] = {}
        self._positions = arrays.array("positions.values")
        self._position_offsets = arrays.array("positions.offsets")
        self._unit = kernels.WEIGHT_UNIT
        self._everyone = np.empty(0, np.uint8)

    @cached_property
    def norms(self) -> bm25f.Floats:
        """The formula's length part for every paper, as the segment holds it."""
        return self.segment.arrays.array("norms")

    def _term(self, term: str) -> _Term | None:
        """What the kernels need of a term, remembered; None for a term no paper holds."""
        try:
            return self._known[term]
        except KeyError:
            pass
        number = self.segment.terms.find(term.encode("utf-8", "replace"))
        entry = None
        if number >= 0:
            begin, end = self.segment.posting_range(number)
            idf = bm25f.idf(self.segment.n_rows, end - begin)
            entry = (begin, end, idf, self._frequent.get(number, -1), int(self._position_offsets[number]))
        if len(self._known) > 200_000:
            self._known.clear()
        self._known[term] = entry
        return entry

    def holds(self, term: str) -> bool:
        return self._term(term) is not None

    def _arrays(self, terms: dict[str, float]) -> tuple[AnyArray, AnyArray, AnyArray, AnyArray, AnyArray, int]:
        """(begin, end, idf, table, weight, slack) of the terms that papers hold; see `ranking.kernels`."""
        begin, end, idf, table, weight = [], [], [], [], []
        slack = 1
        for term, exact in terms.items():
            entry = self._term(term)
            if entry is None:
                continue
            whole, more = (self._unit, 0) if exact == 1.0 else _whole_weight(exact, self._unit)
            begin.append(entry[0])
            end.append(entry[1])
            idf.append(entry[2] if exact == 1.0 else np.float32(exact) * entry[2])
            table.append(entry[3])
            weight.append(whole)
            slack += whole + more
        return (
            np.array(begin, np.int64),
            np.array(end, np.int64),
            np.array(idf, np.float32),
            np.array(table, np.int64),
            np.array(weight, np.int32),
            slack,
        )

    def top(
        self, terms: dict[str, float], k: int, allowed: Mask | None, *, must_hold: bool = True
    ) -> tuple[AnyArray, bm25f.Floats]:
        begin, end, idf, table, weight, slack = self._arrays(terms)
        rows, scores = self._kernels.union(
            self._rows,
            self._impacts,
            self._tfs[0],
            self._tfs[1],
            self.norms,
            self._maxima,
            self._starts,
            begin,
            end,
            weight,
            idf,
            table,
            self._everyone if allowed is None else allowed.view(np.uint8),
            self._boosts[0],
            self._boosts[1],
            impacts.SHIFT,
            slack,
            k,
        )
        if must_hold or allowed is None or len(rows) == k:
            return rows, scores
        # allowed papers without any of the terms come last, in the order of rows
        rest = allowed.copy()
        rest[rows] = False
        fill = np.flatnonzero(rest)[: k - len(rows)]
        return np.concatenate((rows, fill)), np.concatenate((scores, np.zeros(len(fill), np.float32)))

    def top_of(self, terms: dict[str, float], k: int, rows: AnyArray) -> tuple[AnyArray, bm25f.Floats]:
        best: tuple[AnyArray, bm25f.Floats] = self._kernels.best(rows, self.score_rows(terms, rows), k)
        return best

    def score_rows(self, terms: dict[str, float], rows: AnyArray) -> bm25f.Floats:
        begin, end, idf, _, _, _ = self._arrays(terms)
        return self._kernels.score_rows(
            rows, self._rows, self._tfs[0], self._tfs[1], self.norms, begin, end, idf, self._boosts[0], self._boosts[1]
        )

    def holding_all(self, terms: Sequence[str]) -> AnyArray:
        found = [self._term(term) for term in terms]
        known = [entry for entry in found if entry is not None]
        if len(known) < len(found):
            return np.empty(0, np.int64)
        begin, end = np.array([e[0] for e in known], np.int64), np.array([e[1] for e in known], np.int64)
        return self._kernels.intersection(self._rows, begin, end)

    def phrase(self, terms: Sequence[str], fields: Sequence[int]) -> AnyArray:
        found = [self._term(term) for term in terms]
        known = [entry for entry in found if entry is not None]
        if len(known) < len(found):
            return np.empty(0, np.int64)
        return self._kernels.phrase(
            self._rows,
            self._tfs[0],
            self._tfs[1],
            self._positions,
            np.array([e[0] for e in known], np.int64),
            np.array([e[1] for e in known], np.int64),
            np.array([e[4] for e in known], np.int64),
            np.arange(len(known)),
            0 in fields,
            1 in fields,
        )

    def count_values(self, column: Column, rows: AnyArray) -> AnyArray:
        return self._kernels.count_facet(column.values, column.offsets, len(column.names), rows)

    def holding_any(self, terms: dict[str, float]) -> Mask:
        found = [entry for term in terms if (entry := self._term(term))]
        begin, end = np.array([e[0] for e in found], np.int64), np.array([e[1] for e in found], np.int64)
        flags = self._kernels.union_rows(self._rows, begin, end, self.segment.n_rows)
        return np.asarray(flags.view(bool))


def _whole_weight(weight: float, unit: int) -> tuple[int, int]:
    """(weight in whole units, rounded up; how far a sum of impacts may exceed the score for the rounding, in units)."""
    scaled = weight * unit
    nearest = round(scaled)
    if abs(scaled - nearest) < 1e-6:
        return nearest, 0
    return int(scaled) + 1, impacts.HIGHEST


def make(segment: Segment, weights: Weights | None, executor: str) -> Scorer:
    """The scorer for these weights. executor: `numba`, `numpy`, or `auto` (numba where it can be imported).

    Other than the default weights are scored by numpy: the impacts do not hold for them.
    """
    if executor not in EXECUTORS:
        raise UsageError(f"unknown executor {executor!r}; known are {', '.join(EXECUTORS)}")
    weights = weights or Weights()
    if executor == "numpy" or weights != Weights() or not segment.n_rows:
        return Scorer(segment, weights)
    try:
        return CompiledScorer(segment, weights)
    except ImportError:
        if executor == "numba":
            raise UsageError("numba cannot be imported; pip install numba, or use the numpy executor") from None
        return Scorer(segment, weights)
