"""Scores and the best rows of a snapshot, by one formula (`ranking.bm25f`, `ranking.nearness`).

`Scorer` is numpy and needs nothing else: it adds up the terms' scores of every paper, and looks at positions where a
paper may still be among the best. `compiled.CompiledScorer` answers the same with compiled kernels.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from searchidx.acronyms import MEANS, parts_of
from searchidx.fields import K1, NO_ABSTRACT, TEXT_FIELDS, B
from searchidx.ranking import bm25f, facets, nearness
from searchidx.ranking.nearness import COVERAGE, NEARNESS
from searchidx.ranking.phrases import (
    Occurrences,
    common_rows,
    count_together,
    loose_rows,
    phrase_counts,
    phrase_rows,
)
from searchidx.store.postings import Postings
from searchidx.store.snapshot import Part, Snapshot
from searchidx.wanted import Held, Pair, Wanted, as_written

AnyArray = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]

_MAX_MEANINGS = 10_000
#: Rows of which the best is looked at when a bound for the k-th best of all is wanted.
_BLOCK = 64


@dataclass(frozen=True)
class Weights:
    """The numbers of the ranking formula that a caller may change; with the last two at 0 it is plain BM25F."""

    boosts: tuple[float, ...] = tuple(field.boost for field in TEXT_FIELDS)
    k1: float = K1
    b: float = B
    nearness: float = NEARNESS
    coverage: float = COVERAGE

    @property
    def fit_impacts(self) -> bool:
        """Whether the impacts that segments were written with hold."""
        return (self.boosts, self.k1, self.b) == (Weights.boosts, Weights.k1, Weights.b)


class Scorer:
    """The ranking formula over one snapshot with one set of weights. Safe to share between threads."""

    def __init__(self, snapshot: Snapshot, weights: Weights) -> None:
        self.snapshot = snapshot
        self.weights = weights
        self.avgdl = snapshot.mean_length(weights.boosts)
        #: What counts over small arrays: `ranking.facets`, or the same compiled.
        self.tallies: ModuleType = facets
        self._meanings: dict[str, Postings | None] = {}

    def norms(self, rows: AnyArray) -> bm25f.Floats:
        """The formula's length part of some rows; of all at once they would take longer than most questions."""
        return bm25f.norms(self._lengths[rows], self.avgdl, k1=self.weights.k1, b=self.weights.b)

    @cached_property
    def _lengths(self) -> bm25f.Floats:
        """The weighted length of every row."""
        if self.weights.boosts == Weights.boosts:
            return self.snapshot.numbers(lambda segment: segment.boosted_lengths)
        lengths = [self.snapshot.numbers(lambda s, n=f.name: s.lengths(n)) for f in TEXT_FIELDS]  # type: ignore[misc]
        return bm25f.weighted(bm25f.counted(lengths, NO_ABSTRACT), self.weights.boosts)

    @cached_property
    def _title_lengths(self) -> AnyArray:
        return self.snapshot.numbers(lambda segment: segment.lengths(TEXT_FIELDS[0].name))

    # --- terms ----------------------------------------------------------------------------------------------

    def postings(self, term: str) -> Postings | None:
        """The postings of a term, or of an acronym's meaning, in live papers; None when there are none."""
        if MEANS not in term:
            return self.snapshot.postings(term)
        try:
            return self._meanings[term]
        except KeyError:
            pass
        postings = self._either(*parts_of(term))
        if len(self._meanings) >= _MAX_MEANINGS:
            self._meanings.clear()
        self._meanings[term] = postings
        return postings

    def _either(self, acronym: str, long_form: Sequence[str]) -> Postings | None:
        """Every place where an acronym or its long form stands, as one term's postings."""
        found = [self._phrase_postings(part, long_form) for part in self.snapshot.parts]
        short = self.snapshot.postings(acronym)
        if short is not None:
            found.append(Postings(short.rows, tuple(tf.astype(np.int64) for tf in short.tfs)))
        rows, places = np.unique(np.concatenate([p.rows for p in found]), return_inverse=True)
        tfs = [
            np.bincount(places, weights=np.concatenate([p.tfs[f] for p in found]), minlength=len(rows))
            for f in range(len(TEXT_FIELDS))
        ]
        keep = slice(None) if self.snapshot.live is None else self.snapshot.live[rows]
        either = Postings(rows[keep], tuple(tf[keep].astype(np.uint32) for tf in tfs))
        return either if either.df else None

    @staticmethod
    def _phrase_postings(part: Part, terms: Sequence[str]) -> Postings:
        occurrences = _occurrences_of(part, terms)
        if occurrences is None:
            return Postings(np.empty(0, np.int64), tuple(np.empty(0, np.int64) for _ in TEXT_FIELDS))
        rows, counts = phrase_counts(list(zip(occurrences, range(len(terms)), strict=True)))
        return Postings(rows + part.base, counts)

    def df(self, term: str) -> int:
        """Live papers that hold the term in a text field."""
        postings = self.postings(term)
        return postings.df if postings else 0

    def idf(self, term: str) -> np.float32:
        """How rare the term is; see `bm25f.idf`."""
        return bm25f.idf(self.snapshot.n_papers, self.df(term))

    def telling(self, term: str) -> float:
        """What a word weighs in a query for the kind of term it is (`bm25f.telling`); 1 for one that no paper holds."""
        postings = self.postings(term)
        if postings is None:
            return 1.0
        occurrences = sum(int(tf.sum(dtype=np.int64)) for tf in postings.tfs)
        return bm25f.telling(float(bm25f.idf(self.snapshot.n_papers, postings.df)), occurrences, postings.df)

    # --- scores ---------------------------------------------------------------------------------------------

    def scores(self, terms: dict[str, float]) -> bm25f.Floats:
        """The sum over terms for every row, float32; 0 where no term stands. terms: term -> its weight in the query."""
        scores = np.zeros(self.snapshot.n_rows, np.float32)
        for term, weight in terms.items():
            postings = self.postings(term)
            if postings is not None:
                scores[postings.rows] += self._term_scores(postings, weight)
        return scores

    def _term_scores(self, postings: Postings, weight: float) -> bm25f.Floats:
        tf = bm25f.weighted(postings.tfs, self.weights.boosts)
        idf = np.float32(weight) * bm25f.idf(self.snapshot.n_papers, postings.df)
        return bm25f.term_scores(tf, self.norms(postings.rows), idf)

    def score_rows(self, wanted: Wanted, rows: AnyArray) -> bm25f.Floats:
        """The scores of some live rows, in any order."""
        scores = self._sums(wanted.terms, rows)
        if not self._most(wanted) > 1:
            return scores
        order = np.argsort(rows, kind="stable")
        scores[order] = self._with_the_rest(wanted, rows[order], scores[order])
        return scores

    def _sums(self, terms: dict[str, float], rows: AnyArray) -> bm25f.Floats:
        """`scores` of some rows."""
        scores = np.zeros(len(rows), np.float32)
        norm = self.norms(rows)
        for term, weight in terms.items():
            postings = self.postings(term)
            if postings is None:
                continue
            places, holds = _places_of(postings, rows)
            tf = bm25f.weighted([values[places] for values in postings.tfs], self.weights.boosts)
            idf = np.float32(weight) * bm25f.idf(self.snapshot.n_papers, postings.df)
            scores += np.where(holds, bm25f.term_scores(tf, norm, idf), np.float32(0))
        return scores

    def _with_the_rest(self, wanted: Wanted, rows: AnyArray, scores: bm25f.Floats) -> bm25f.Floats:
        """The scores of some rows (rising) from their sums over terms."""
        for pair in wanted.pairs:
            scores = scores + self.pair_scores(pair, rows)
        return scores + self.title_scores(wanted, rows, scores)

    def title_scores(self, wanted: Wanted, rows: AnyArray, scores: bm25f.Floats) -> bm25f.Floats:
        """What words of the query in the titles of some live rows add to these scores."""
        lengths = self._title_lengths[rows]
        return nearness.title_scores(scores, self.covered(wanted, rows), lengths, self.weights.coverage)

    def _most(self, wanted: Wanted) -> float:
        """How many times the sum over terms a score may be."""
        near = self.weights.nearness if wanted.pairs else 0.0
        return nearness.most(wanted.n_places, near, self.weights.coverage if wanted.telling else 0.0)

    def pair_idf(self, pair: Pair) -> np.float32:
        """What a pair's saturated count is multiplied by."""
        first = np.float32(pair.weights[0]) * self.idf(pair.first)
        second = np.float32(pair.weights[1]) * self.idf(pair.second)
        return np.float32(np.float32(self.weights.nearness) * np.sqrt(first * second))

    def pair_scores(self, pair: Pair, rows: AnyArray) -> bm25f.Floats:
        """What a pair adds to the scores of some live rows (rising)."""
        tf = bm25f.weighted(self.pair_counts(pair, rows), self.weights.boosts)
        return bm25f.term_scores(tf, self.norms(rows), self.pair_idf(pair))

    def pair_counts(self, pair: Pair, rows: AnyArray) -> list[AnyArray]:
        """How often a pair's words stand together in each text field of some live rows (rising), int64."""
        counts = [np.zeros(len(rows), np.int64) for _ in TEXT_FIELDS]
        for part in self.snapshot.parts:
            here = slice(*np.searchsorted(rows, [part.base, part.end]).tolist())
            found = _occurrences_of(part, [as_written(pair.first), as_written(pair.second)])
            if found is not None and here.stop > here.start:
                first, second = found
                together = count_together(first, second, pair.distance, rows[here] - part.base)
                for count, values in zip(counts, together, strict=True):
                    count[here] = values
        return counts

    def covered(self, wanted: Wanted, rows: AnyArray) -> AnyArray:
        """How many of the telling terms stand in the titles of some live rows, int64."""
        covered = np.zeros(len(rows), np.int64)
        for term in wanted.telling:
            if postings := self.postings(term):
                places, holds = _places_of(postings, rows)
                covered += holds & (postings.tfs[0][places] > 0)
        return covered

    # --- the best -------------------------------------------------------------------------------------------

    def top(
        self, wanted: Wanted, k: int, allowed: Mask | None, *, must_hold: bool = True
    ) -> tuple[AnyArray, bm25f.Floats]:
        """(rows, scores) of the k best papers, ties by id.

        allowed: the rows that may come; None for all live ones. must_hold: only papers that hold one of the terms come;
        without it every allowed paper does, the others with score 0.
        """
        sums = self.scores(wanted.terms)
        if allowed is not None:
            sums[~allowed] = 0
        if (floor := _reached_by(sums, k)) > 0:
            rows = np.flatnonzero(sums * self._most(wanted) >= floor)
            return self._best(wanted, rows, sums[rows], k)
        candidates = self.holding_any(wanted.terms) if must_hold else None
        if allowed is not None:
            candidates = allowed if candidates is None else candidates & allowed
        rows = self.snapshot.live_rows() if candidates is None else np.flatnonzero(candidates)
        return self._best(wanted, rows, sums[rows], k)

    def _best(self, wanted: Wanted, rows: AnyArray, sums: bm25f.Floats, k: int) -> tuple[AnyArray, bm25f.Floats]:
        """The k best of some rows (rising) from their sums over terms."""
        if (most := self._most(wanted)) > 1:
            if 0 < k < len(rows):
                kth = np.partition(sums, len(sums) - k)[len(sums) - k]
                possible = sums * most >= kth
                rows, sums = rows[possible], sums[possible]
            sums = self._with_the_rest(wanted, rows, sums)
        return self._first(rows, sums, k)

    def _first(self, rows: AnyArray, scores: bm25f.Floats, k: int) -> tuple[AnyArray, bm25f.Floats]:
        """The k best of some rows (rising) by score, then by id."""
        places = self.snapshot.first(scores, rows, k)
        return rows[places], scores[places]

    def top_of(self, wanted: Wanted, k: int, rows: AnyArray) -> tuple[AnyArray, bm25f.Floats]:
        """(rows, scores) of the k best of some rows (rising), ties by id."""
        return self._best(wanted, rows, self._sums(wanted.terms, rows), k)

    def top_holding(
        self, wanted: Wanted, held: Held, k: int, allowed: Mask | None
    ) -> tuple[AnyArray, bm25f.Floats] | None:
        """`top` of the papers that hold all that is asked for.

        held: some wanted term is among its terms, or stands wherever one of them does; every term of its phrase is.
        None when this executor has no shorter way than finding all of them, and then `top_of`.
        """
        return None

    # --- rows -----------------------------------------------------------------------------------------------

    def ids(self, rows: AnyArray) -> list[str]:
        """The ids of some rows' papers. rows: int64. Raises IndexDamaged."""
        return self.snapshot.ids(rows.tolist())

    def holding_all(self, terms: Sequence[str]) -> AnyArray:
        """Live rows that hold all of the terms (at least one), rising."""
        found = [np.empty(0, np.int32) if (held := self.postings(term)) is None else held.rows for term in terms]
        return np.asarray(common_rows(found), np.int64)

    def phrase(self, terms: Sequence[str], fields: Sequence[int]) -> AnyArray:
        """Live rows where the terms follow one another inside one of these text fields (by number), rising."""
        rows = np.concatenate([np.empty(0, np.int64), *(_phrase_in(p, terms, fields) for p in self.snapshot.parts)])
        return rows if self.snapshot.live is None else rows[self.snapshot.live[rows]]

    def loose(self, terms: Sequence[str], gap: int, fields: Sequence[int]) -> AnyArray:
        """Live rows where the terms follow in order with at most `gap` words among them; see `phrases.loose_rows`."""
        found = [np.empty(0, np.int64)]
        for part in self.snapshot.parts:
            occurrences = _occurrences_of(part, terms)
            if occurrences is not None:
                found.append(loose_rows(occurrences, gap, fields) + part.base)
        rows = np.concatenate(found)
        return rows if self.snapshot.live is None else rows[self.snapshot.live[rows]]

    def count_values(self, field: str, rows: AnyArray) -> AnyArray:
        """How many of the rows (rising, each once) hold each of the field's `Snapshot.values`, int64."""
        counts = np.zeros(len(self.snapshot.values(field).names), np.int64)
        self.add_values(field, rows, counts)
        return counts

    def add_values(self, field: str, rows: AnyArray, counts: AnyArray) -> None:
        """Add `count_values` to counts."""
        values = self.snapshot.values(field)
        for part, numbers in zip(self.snapshot.parts, values.numbers, strict=True):
            first, last = np.searchsorted(rows, [part.base, part.end])
            column = part.segment.column(field)
            counts[numbers] += facets.count_values(
                column.values, column.offsets, len(numbers), rows[first:last] - part.base
            )

    def rows_holding_any(self, terms: Iterable[str], allowed: Mask | None) -> AnyArray:
        """Live rows that hold any of the terms, rising. allowed: the live rows that may come; None for all."""
        mask = self.holding_any(terms)
        return np.flatnonzero(mask if allowed is None else mask & allowed)

    def holding_any(self, terms: Iterable[str]) -> Mask:
        """True for live rows that hold any of the terms."""
        mask = np.zeros(self.snapshot.n_rows, bool)
        for term in terms:
            if postings := self.postings(term):
                mask[postings.rows] = True
        return mask

    def rows_of_hash(self, value: int) -> list[int]:
        """`Snapshot.rows_of_hash`."""
        return self.snapshot.rows_of_hash(value)


def _reached_by(sums: bm25f.Floats, k: int) -> float:
    """A sum that k rows or more reach, 0 when none is known: the k-th best of the best of every `_BLOCK` rows."""
    n_blocks = len(sums) // _BLOCK
    if not 0 < k <= n_blocks:
        return 0.0
    best = sums[: n_blocks * _BLOCK].reshape(n_blocks, _BLOCK).max(axis=1)
    return float(np.partition(best, n_blocks - k)[n_blocks - k])


def _places_of(postings: Postings, rows: AnyArray) -> tuple[AnyArray, Mask]:
    """(a posting for every row, whether it is the row's own)."""
    places = np.minimum(np.searchsorted(postings.rows, rows), postings.df - 1)
    return places, postings.rows[places] == rows


def _phrase_in(part: Part, terms: Sequence[str], fields: Sequence[int]) -> AnyArray:
    """Rows of one part with the phrase, rising, deleted ones too."""
    occurrences = _occurrences_of(part, terms)
    if occurrences is None:
        return np.empty(0, np.int64)
    return phrase_rows(list(zip(occurrences, range(len(terms)), strict=True)), fields) + part.base


def _occurrences_of(part: Part, terms: Sequence[str]) -> list[Occurrences] | None:
    """Where terms stand in one part, in deleted papers too; None when one stands nowhere."""
    found = []
    for term in terms:
        number = part.segment.find_term(term.encode("utf-8", "replace"))
        if number < 0:
            return None
        postings = part.segment.postings_of(number)
        found.append(Occurrences(postings.rows, postings.tfs, part.segment.positions_of(number).of))
    return found
