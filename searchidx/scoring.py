"""Scores and the best rows of a snapshot: one formula (`ranking.bm25f`, `ranking.nearness`), two executors.

`Scorer` is numpy and needs nothing else: it adds up the terms' scores of every paper, and looks at positions where a
paper may still be among the best. `CompiledScorer` prunes with the
segments' impacts (`ranking.kernels`) and gives the same rows, order and float32 scores far sooner (0.17 against
2.8 ms for author keywords over 87,540 papers), but its first use in a process costs the import of numba:
right for a server, a batch or a notebook, wrong for one question from the command line.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchidx.acronyms import MEANS, parts_of
from searchidx.errors import UsageError
from searchidx.fields import K1, NO_ABSTRACT, TEXT_FIELDS, B
from searchidx.ranking import bm25f, facets, impacts, nearness, packing
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

EXECUTORS = ("auto", "numba", "numpy")
_MAX_REMEMBERED = 200_000
_MAX_MEANINGS = 10_000
#: Rows of which the best is looked at when a bound for the k-th best of all is wanted.
_BLOCK = 64
#: From so many segments on, one call of a kernel is faster than a search of each in Python.
_MANY_PARTS = 4


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

    def tops(self, wanted: Sequence[Wanted], k: int, allowed: Mask | None) -> list[tuple[AnyArray, bm25f.Floats]]:
        """`top` of many queries, of papers that hold one of their terms; compiled code lets go of Python meanwhile."""
        return [self.top(each, k, allowed) for each in wanted]

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

        held: every wanted term is among its terms, or stands wherever one of them does; so is every term of its phrase.
        None when this executor has no shorter way than finding all of them, and then `top_of`.
        """
        return None

    # --- rows -----------------------------------------------------------------------------------------------

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
        """How many of the rows (rising, each once) hold each of the field's `Snapshot.values`."""
        values = self.snapshot.values(field)
        counts = np.zeros(len(values.names), np.int64)
        for part, numbers in zip(self.snapshot.parts, values.numbers, strict=True):
            first, last = np.searchsorted(rows, [part.base, part.end])
            column = part.segment.column(field)
            counts[numbers] += facets.count_values(
                column.values, column.offsets, len(numbers), rows[first:last] - part.base
            )
        return counts

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


_NO_PHRASE = np.empty(0, np.int64)
_NO_PAIRS = np.empty((0, 3), np.int64)


class _Asked(NamedTuple):
    """A query as the kernels take it."""

    parts: AnyArray
    places: AnyArray
    idf: AnyArray
    numbers: AnyArray
    pairs: AnyArray
    strengths: AnyArray
    telling: AnyArray


def _joined(asked: Sequence[_Asked]) -> _Asked:
    """Queries of one scorer, one behind the other."""
    last = asked[-1]  # whose parts are all there are: looking terms up may have added some
    joined = {
        name: np.concatenate([getattr(one, name) for one in asked])
        for name in ("places", "idf", "pairs", "strengths", "telling")
    }
    return last._replace(**joined)


class _Term(NamedTuple):
    """A term as the kernels know it. places: int64 (parts, N_PLACE_COLUMNS). idf: a float32, as lists of numbers become
    arrays soonest."""

    places: AnyArray
    idf: float
    df: int


class CompiledScorer(Scorer):
    """The same with the compiled kernels. Needs the segments' impacts, which hold for the default weights alone."""

    def __init__(self, snapshot: Snapshot, weights: Weights) -> None:
        super().__init__(snapshot, weights)
        from searchidx.ranking import kernels, tallies

        self._kernels = kernels
        self.tallies = tallies
        #: Rows of segments, then of the postings made for acronyms' meanings; only grown, by replacing it.
        self._parts = np.array([list(_addresses(part).values()) for part in snapshot.parts], np.int64)
        self._n_segments = len(self._parts)
        self._made: list[impacts.Impacts | AnyArray] = []  # keeps alive what `_parts` points into
        self._growing = threading.Lock()
        n_ranges = [impacts.n_ranges(part.segment.n_rows) for part in snapshot.parts]
        self._parts[1:, kernels.FIRST_RANGE] = np.cumsum(n_ranges[:-1])
        norm = bm25f.norm_parts(self.avgdl, k1=weights.k1, b=weights.b)
        self._numbers = np.array([*weights.boosts, *norm, weights.nearness, weights.coverage], np.float32)
        low, high = impacts.drift(self.avgdl, [part.segment.avgdl for part in snapshot.parts])
        # float32 lengths and norms are off by less than a millionth
        self._low, self._high = low * (1 - 1e-5), high * (1 + 1e-5)
        self._live = _flags(np.empty(0, bool) if snapshot.live is None else snapshot.live)
        self._known: dict[str, _Term | None] = {}
        self._columns: dict[str, AnyArray] = {}

    def _term(self, term: str) -> _Term | None:
        """What the kernels need of a term, remembered; None for a term no live paper holds. Raises IndexDamaged."""
        try:
            return self._known[term]
        except KeyError:
            pass
        places, df = self._look_up(term) if MEANS not in term else self._make(term)
        entry = _Term(places, float(bm25f.idf(self.snapshot.n_papers, df)), df) if df else None
        if len(self._known) > _MAX_REMEMBERED:
            self._known.clear()
        self._known[term] = entry
        return entry

    def _look_up(self, term: str) -> tuple[AnyArray, int]:
        """(places, df) of a term of the segments. Raises IndexDamaged."""
        places = np.empty((self._n_segments, self._kernels.N_PLACE_COLUMNS), np.int64)
        encoded = np.frombuffer(term.encode("utf-8", "replace"), np.uint8)
        df, fault = self._kernels.look_up(self._parts, encoded, self._live, places)
        if fault:
            part, code = divmod(fault, len(self._kernels.FAULTS))
            raise self.snapshot.parts[part].segment.damaged(self._kernels.FAULTS[code])
        return places, df

    def _make(self, meaning: str) -> tuple[AnyArray, int]:
        """(places, df) of an acronym's meaning, whose postings are made here and kept as long as the scorer."""
        postings = self.postings(meaning)
        places = np.zeros((self._n_segments, self._kernels.N_PLACE_COLUMNS), np.int64)
        if postings is None:
            return places, 0
        edges = np.searchsorted(postings.rows, [*(part.base for part in self.snapshot.parts), self.snapshot.n_rows])
        with self._growing:
            added: list[AnyArray] = []
            for p, part in enumerate(self.snapshot.parts):
                here = slice(int(edges[p]), int(edges[p + 1]))
                if here.start < here.stop:
                    rows = (postings.rows[here] - part.base).astype(np.int32)
                    made, table = self._source(p, rows, [tf[here].astype(np.uint32) for tf in postings.tfs])
                    places[p] = (0, len(rows), table, len(self._parts) + len(added), 0, 0)
                    added.append(made)
            self._parts = np.vstack((self._parts, *added))
        return places, postings.df

    def _source(self, p: int, rows: AnyArray, tfs: Sequence[AnyArray]) -> tuple[AnyArray, int]:
        """(a row for `_parts` with one term's postings in a part, the term's row in its range tables or -1)."""
        segment = self.snapshot.parts[p].segment
        norms = bm25f.norms(segment.boosted_lengths, segment.avgdl, k1=self.weights.k1, b=self.weights.b)
        made = impacts.make(np.array([0, len(rows)]), rows, tfs, norms, self.weights.boosts)
        codes = packing.codes_of(tfs)
        words, odd = packing.words_of(rows, codes), np.flatnonzero(codes == packing.ODD)
        odd_tfs = [tf[odd] for tf in tfs]
        self._made += [made, rows, codes, words, odd, *odd_tfs]
        source = self._parts[p].copy()
        column = self._kernels.COLUMNS.index
        for name, value in {
            "n_postings": len(rows),
            "words": _address(words),
            "rare_rows": _address(rows),
            "rare_codes": _address(codes),
            "odd": _address(odd),
            "n_odd": len(odd),
            "odd_title": _address(odd_tfs[0]),
            "odd_abstract": _address(odd_tfs[1]),
            "impacts": _address(made.impacts),
            "n_frequent": len(made.terms),
            "maxima": _address(made.maxima),
            "starts": _address(made.starts),
        }.items():
            source[column(name)] = value
        return source, 0 if len(made.terms) else -1

    def _query(self, wanted: Wanted) -> _Asked:
        """A query for `ranking.kernels`, of terms that papers hold."""
        found: list[AnyArray] = []
        idf: dict[str, float] = {}
        number: dict[str, int] = {}
        for term in wanted.terms:
            entry = self._term(term)
            if entry is not None:
                number[term] = len(found)
                found.append(entry.places)
                idf[term] = entry.idf
        weights = np.array([wanted.terms[term] for term in idf], np.float32)
        own_idf = np.array(list(idf.values()), np.float32)
        telling = bytearray(len(found))
        for term in wanted.telling:
            if term in number:
                telling[number[term]] = 1
        pairs: list[int] = []
        strengths: list[float] = []
        for first, second, distance, (weight, other) in wanted.pairs:
            one, two = as_written(first), as_written(second)
            for term in (one, two):
                if term not in number and (entry := self._term(term)) is not None:
                    number[term] = len(found)
                    found.append(entry.places)
            if one in number and two in number:
                pairs += (number[one], number[two], distance)
                for term in (first, second):
                    if term not in idf:
                        idf[term] = float(self.idf(term))
                strengths += (weight, idf[first], other, idf[second])
        return _Asked(
            self._parts,  # read after the terms were looked up, which may make postings and add parts for them
            self._stacked(found),
            weights * own_idf,
            self._numbers,
            np.array(pairs, np.int64).reshape(-1, 3) if pairs else _NO_PAIRS,
            np.array(strengths, np.float32).reshape(-1, 2, 2),
            np.frombuffer(telling, np.uint8),
        )

    def idf(self, term: str) -> np.float32:
        entry = self._term(term)
        return np.float32(entry.idf) if entry else super().idf(term)

    def _stacked(self, places: Sequence[AnyArray]) -> AnyArray:
        joined = np.frombuffer(bytearray().join([own.data for own in places]), np.int64)
        return joined.reshape(len(places), self._n_segments, self._kernels.N_PLACE_COLUMNS)

    def df(self, term: str) -> int:
        entry = self._term(term)
        return entry.df if entry else 0

    def top(
        self, wanted: Wanted, k: int, allowed: Mask | None, *, must_hold: bool = True
    ) -> tuple[AnyArray, bm25f.Floats]:
        rows, scores = self._pruned(wanted, k, allowed)
        if must_hold or len(rows) == k:
            return rows, scores
        # allowed papers without any of the terms come last, in the order of ids
        rest = self.snapshot.live_rows() if allowed is None else np.flatnonzero(allowed)
        rest = rest[~np.isin(rest, rows, assume_unique=True)]
        fill, zeros = self._first(rest, np.zeros(len(rest), np.float32), k - len(rows))
        return np.concatenate((rows, fill)), np.concatenate((scores, zeros))

    def _pruned(
        self,
        wanted: Wanted,
        k: int,
        allowed: Mask | None,
        held: int = 0,
        phrase: AnyArray = _NO_PHRASE,
        fields: int = 0,
    ) -> tuple[AnyArray, bm25f.Floats]:
        """The k best of the papers that hold a term; held, phrase, fields: see `kernels.union`."""
        rows, scores = self._kernels.union(
            *self._query(wanted),
            self._live if allowed is None else _flags(allowed),
            held,
            phrase,
            fields,
            self._low,
            self._high,
            self._most(wanted),
            k,
            self.snapshot.in_id_order,
        )
        return (rows, scores) if self.snapshot.in_id_order else self._first(rows, scores, k)

    def tops(self, wanted: Sequence[Wanted], k: int, allowed: Mask | None) -> list[tuple[AnyArray, bm25f.Floats]]:
        if len(wanted) < 2 or not self.snapshot.in_id_order:
            return super().tops(wanted, k, allowed)
        asked = [self._query(each) for each in wanted]
        begins = np.zeros((len(asked) + 1, 3), np.int64)
        np.cumsum([(len(one.places), len(one.idf), len(one.pairs)) for one in asked], axis=0, out=begins[1:])
        rows, scores, ends = self._kernels.unions(
            *_joined(asked),
            begins,
            self._live if allowed is None else _flags(allowed),
            self._low,
            self._high,
            np.array([self._most(each) for each in wanted]),
            k,
            True,
        )
        return [(rows[a:b], scores[a:b]) for a, b in pairwise([0, *ends.tolist()])]

    def top_holding(
        self, wanted: Wanted, held: Held, k: int, allowed: Mask | None
    ) -> tuple[AnyArray, bm25f.Floats] | None:
        # what is held and not scored adds nothing
        weights = wanted.terms | {term: 0.0 for term in held.terms if term not in wanted.terms}
        if len(weights) > self._kernels.MOST_HELD or any(self._term(term) is None for term in weights):
            return None
        number = {term: place for place, term in enumerate(weights)}
        places = np.array([number[term] for term in held.phrase], np.int64)
        everything = wanted._replace(terms=weights)
        return self._pruned(everything, k, allowed, (1 << len(weights)) - 1, places, _bits(held.fields))

    def top_of(self, wanted: Wanted, k: int, rows: AnyArray) -> tuple[AnyArray, bm25f.Floats]:
        in_order = self.snapshot.in_id_order
        rows, scores = self._kernels.top_of(rows, *self._query(wanted), self._high, k, in_order)
        return (rows, scores) if in_order else self._first(rows, scores, k)

    def score_rows(self, wanted: Wanted, rows: AnyArray) -> bm25f.Floats:
        scores: bm25f.Floats = self._kernels.score_rows(rows, *self._query(wanted))
        return scores

    def _all_places(self, terms: Sequence[str]) -> AnyArray | None:
        """The places of the terms, or None when one of them is in no live paper."""
        found = [self._term(term) for term in terms]
        known = [entry.places for entry in found if entry is not None]
        return self._stacked(known) if len(known) == len(found) else None

    def _alive(self, rows: AnyArray) -> AnyArray:
        return rows if self.snapshot.live is None else rows[self.snapshot.live[rows]]

    def holding_all(self, terms: Sequence[str]) -> AnyArray:
        places = self._all_places(terms)
        return np.empty(0, np.int64) if places is None else self._alive(self._kernels.intersection(self._parts, places))

    def phrase(self, terms: Sequence[str], fields: Sequence[int]) -> AnyArray:
        places = self._all_places(terms)
        if places is None:
            return np.empty(0, np.int64)
        return self._alive(self._kernels.phrase(self._parts, places, _bits(fields)))

    def count_values(self, field: str, rows: AnyArray) -> AnyArray:
        columns = self._columns.get(field)
        values = self.snapshot.values(field)
        if columns is None:
            columns = self._columns[field] = _column_addresses(self.snapshot, field)
        return self._kernels.count_values(columns, len(values.names), rows)

    def holding_any(self, terms: Iterable[str]) -> Mask:
        found = [entry.places for term in terms if (entry := self._term(term))]
        flags = self._kernels.union_rows(self._parts, self._stacked(found), self.snapshot.n_rows)
        mask: Mask = flags.view(bool)
        if self.snapshot.live is not None:
            mask &= self.snapshot.live
        return mask

    def rows_holding_any(self, terms: Iterable[str], allowed: Mask | None) -> AnyArray:
        found = [entry.places for term in terms if (entry := self._term(term))]
        flags = self._live if allowed is None else _flags(allowed)
        return self._kernels.matching_rows(self._parts, self._stacked(found), flags, self.snapshot.n_rows)

    def rows_of_hash(self, value: int) -> list[int]:
        if self._n_segments < _MANY_PARTS:
            return super().rows_of_hash(value)
        segments = self._parts[: self._n_segments]
        found: list[int] = self._kernels.rows_of_hash(segments, np.uint64(value), self._live).tolist()
        return sorted(found)


def _flags(mask: Mask) -> AnyArray:
    """A mask as the kernels take it: never to be written to, for a kernel is compiled once more for arrays that are."""
    flags = mask.view(np.uint8)
    flags.flags.writeable = False
    return flags


def _bits(fields: Iterable[int]) -> int:
    """Text fields as the kernels take them: bit f for field f."""
    return sum(1 << field for field in fields)


def _address(values: AnyArray) -> int:
    assert values.flags.c_contiguous
    return int(values.ctypes.data)


def _addresses(part: Part) -> dict[str, int]:
    """One row of the kernels' `parts`, but for the number of the first range, in the order of `kernels.COLUMNS`."""
    array = part.segment.arrays.array
    title, abstract = (field.name for field in TEXT_FIELDS)
    return {
        "base": part.base,
        "n_rows": part.segment.n_rows,
        "first_range": 0,
        "n_terms": len(array("terms.offsets")) - 1,
        "term_bytes": _address(array("terms.bytes")),
        "n_term_bytes": len(array("terms.bytes")),
        "term_offsets": _address(array("terms.offsets")),
        "posting_offsets": _address(array("postings.offsets")),
        "n_postings": len(array("impacts")),
        "words": _address(array("postings.words")),
        "n_words": len(array("postings.words")),
        "words_before": _address(part.segment.reader.before),
        "rare_rows": _address(array("postings.rows")),
        "rare_codes": _address(array("postings.codes")),
        "odd": _address(array("postings.odd")),
        "n_odd": len(array("postings.odd")),
        "odd_title": _address(array(f"postings.odd.{title}")),
        "odd_abstract": _address(array(f"postings.odd.{abstract}")),
        "odd_starts": _address(array("positions.odd.starts")),
        "odd_positions": _address(array("positions.odd")),
        "n_odd_positions": len(array("positions.odd")),
        "impacts": _address(array("impacts")),
        "lengths": _address(part.segment.boosted_lengths),
        "title_lengths": _address(array(f"lengths.{title}")),
        "title_length_size": array(f"lengths.{title}").itemsize,
        "frequent": _address(array("ranges.terms")),
        "n_frequent": len(array("ranges.terms")),
        "maxima": _address(array("ranges.maxima")),
        "starts": _address(array("ranges.starts")),
        "position_starts": _address(array("positions.starts")),
        "positions": _address(array("positions.bytes")),
        "n_positions": len(array("positions.bytes")),
        "skips": _address(array("positions.skips")),
        "hashes": _address(array("keys.hashes")),
        "hash_rows": _address(array("keys.rows")),
        "n_hashes": len(array("keys.hashes")),
    }


def _column_addresses(snapshot: Snapshot, field: str) -> AnyArray:
    """The kernels' `columns` of a keyword field. The arrays are kept alive by the snapshot."""
    rows = []
    for part, numbers in zip(snapshot.parts, snapshot.values(field).numbers, strict=True):
        column = part.segment.column(field)
        arrays = (column.values, column.offsets, numbers)
        rows.append([part.base, part.segment.n_rows, *map(_address, arrays)])
    return np.array(rows, np.int64)


def make(snapshot: Snapshot, weights: Weights | None, executor: str) -> Scorer:
    """The scorer for these weights. executor: `numba`, `numpy`, or `auto` (numba where it can be imported).

    Other than the default boosts, k1 and b are scored by numpy: the impacts do not hold for them.
    """
    if executor not in EXECUTORS:
        raise UsageError(f"unknown executor {executor!r}; known are {', '.join(EXECUTORS)}")
    weights = weights or Weights()
    if executor == "numpy" or not weights.fit_impacts or not snapshot.n_papers:
        return Scorer(snapshot, weights)
    try:
        return CompiledScorer(snapshot, weights)
    except ImportError:
        if executor == "numba":
            raise UsageError("numba cannot be imported; pip install numba, or use the numpy executor") from None
        return Scorer(snapshot, weights)
