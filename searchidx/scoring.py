"""Scores and the best rows of a snapshot: one formula, two executors.

`Scorer` is numpy and needs nothing else: it adds up the scores of every paper. `CompiledScorer` prunes with the
segments' impacts (`ranking.kernels`) and gives the same rows, order and float32 scores about five times sooner (0.12
against 0.61 ms for author keywords over 87,247 papers), but its first use in a process costs the import of numba:
right for a server, a batch or a notebook, wrong for one question from the command line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchidx.errors import UsageError
from searchidx.fields import K1, TEXT_FIELDS, B
from searchidx.ranking import bm25f, impacts
from searchidx.ranking.facets import count_values
from searchidx.ranking.phrases import Occurrences, phrase_rows
from searchidx.store.segment import Postings, mean_length
from searchidx.store.snapshot import Part, Snapshot

AnyArray = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]

EXECUTORS = ("auto", "numba", "numpy")
_MAX_REMEMBERED = 200_000
#: From so many segments on, one call of a kernel is faster than a search of each in Python.
_MANY_PARTS = 4


@dataclass(frozen=True)
class Weights:
    """The numbers of the ranking formula that a caller may change."""

    boosts: tuple[float, ...] = tuple(field.boost for field in TEXT_FIELDS)
    k1: float = K1
    b: float = B


class Scorer:
    """BM25F over one snapshot with one set of weights. Safe to share between threads."""

    def __init__(self, snapshot: Snapshot, weights: Weights) -> None:
        self.snapshot = snapshot
        self.weights = weights
        self.avgdl = mean_length(snapshot.total_lengths, snapshot.n_papers, weights.boosts)

    @cached_property
    def norms(self) -> bm25f.Floats:
        """The formula's length part for every row."""
        lengths = [self.snapshot.numbers(lambda s, n=f.name: s.lengths(n)) for f in TEXT_FIELDS]  # type: ignore[misc]
        boosted = bm25f.weighted(lengths, self.weights.boosts)
        return bm25f.norms(boosted, self.avgdl, k1=self.weights.k1, b=self.weights.b)

    def df(self, term: str) -> int:
        """Live papers that hold the term in a text field."""
        postings = self.snapshot.postings(term)
        return postings.df if postings else 0

    def scores(self, terms: dict[str, float]) -> bm25f.Floats:
        """The score of every row, float32; 0 where no term stands. terms: term -> its weight in the query."""
        scores = np.zeros(self.snapshot.n_rows, np.float32)
        for term, weight in terms.items():
            postings = self.snapshot.postings(term)
            if postings is not None:
                scores[postings.rows] += self._term_scores(postings, weight)
        return scores

    def _term_scores(self, postings: Postings, weight: float) -> bm25f.Floats:
        tf = bm25f.weighted(postings.tfs, self.weights.boosts)
        idf = np.float32(weight) * bm25f.idf(self.snapshot.n_papers, postings.df)
        return bm25f.term_scores(tf, self.norms[postings.rows], idf)

    def top(
        self, terms: dict[str, float], k: int, allowed: Mask | None, *, must_hold: bool = True
    ) -> tuple[AnyArray, bm25f.Floats]:
        """(rows, scores) of the k best papers, ties by id.

        allowed: the rows that may come; None for all live ones. must_hold: only papers that hold one of the terms come;
        without it every allowed paper does, the others with score 0.
        """
        scores = self.scores(terms)
        candidates = self.holding_any(terms) if must_hold else None
        if allowed is not None:
            candidates = allowed if candidates is None else candidates & allowed
        rows = self.snapshot.live_rows() if candidates is None else np.flatnonzero(candidates)
        return self._first(rows, scores[rows], k)

    def _first(self, rows: AnyArray, scores: bm25f.Floats, k: int) -> tuple[AnyArray, bm25f.Floats]:
        """The k best of some rows (rising) by score, then by id."""
        places = self.snapshot.first(scores, rows, k)
        return rows[places], scores[places]

    def top_of(self, terms: dict[str, float], k: int, rows: AnyArray) -> tuple[AnyArray, bm25f.Floats]:
        """(rows, scores) of the k best of some rows (rising), ties by id."""
        return self._first(rows, self.score_rows(terms, rows), k)

    def holding_all(self, terms: Sequence[str]) -> AnyArray:
        """Live rows that hold all of the terms (at least one), rising."""
        found: AnyArray | None = None
        for term in terms:
            postings = self.snapshot.postings(term)
            rows = np.empty(0, np.int32) if postings is None else postings.rows
            found = rows if found is None else np.intersect1d(found, rows, assume_unique=True)
        return np.asarray(found, np.int64)

    def phrase(self, terms: Sequence[str], fields: Sequence[int]) -> AnyArray:
        """Live rows where the terms follow one another inside one of these text fields (by number), rising."""
        encoded = [term.encode("utf-8", "replace") for term in terms]
        rows = np.concatenate([np.empty(0, np.int64), *(_phrase_in(p, encoded, fields) for p in self.snapshot.parts)])
        return rows if self.snapshot.live is None else rows[self.snapshot.live[rows]]

    def count_values(self, field: str, rows: AnyArray) -> AnyArray:
        """How many of the rows (rising, each once) hold each of the field's `Snapshot.values`."""
        values = self.snapshot.values(field)
        counts = np.zeros(len(values.names), np.int64)
        for part, numbers in zip(self.snapshot.parts, values.numbers, strict=True):
            first, last = np.searchsorted(rows, [part.base, part.end])
            column = part.segment.column(field)
            counts[numbers] += count_values(column.values, column.offsets, len(numbers), rows[first:last] - part.base)
        return counts

    def score_rows(self, terms: dict[str, float], rows: AnyArray) -> bm25f.Floats:
        """The scores of some live rows, as `scores` gives them."""
        scores = np.zeros(len(rows), np.float32)
        norm = self.norms[rows]
        for term, weight in terms.items():
            postings = self.snapshot.postings(term)
            if postings is None:
                continue
            places = np.minimum(np.searchsorted(postings.rows, rows), postings.df - 1)
            holds = postings.rows[places] == rows
            tf = bm25f.weighted([values[places] for values in postings.tfs], self.weights.boosts)
            idf = np.float32(weight) * bm25f.idf(self.snapshot.n_papers, postings.df)
            scores += np.where(holds, bm25f.term_scores(tf, norm, idf), np.float32(0))
        return scores

    def holding_any(self, terms: Iterable[str]) -> Mask:
        """True for live rows that hold any of the terms."""
        mask = np.zeros(self.snapshot.n_rows, bool)
        for term in terms:
            if postings := self.snapshot.postings(term):
                mask[postings.rows] = True
        return mask

    def rows_of_hash(self, value: int) -> list[int]:
        """`Snapshot.rows_of_hash`."""
        return self.snapshot.rows_of_hash(value)


def _phrase_in(part: Part, terms: Sequence[bytes], fields: Sequence[int]) -> AnyArray:
    """Rows of one part with the phrase, rising, deleted ones too."""
    occurrences = []
    for offset, term in enumerate(terms):
        number = part.segment.find_term(term)
        if number < 0:
            return np.empty(0, np.int64)
        postings = part.segment.postings_of(number)
        positions, _ = part.segment.positions_of(number)
        occurrences.append((Occurrences(postings.rows, postings.tfs, positions), offset))
    return phrase_rows(occurrences, fields) + part.base


class _Term(NamedTuple):
    """A term as the kernels know it. places: int64 (parts, 3)."""

    places: AnyArray
    idf: np.float32
    df: int


class CompiledScorer(Scorer):
    """The same with the compiled kernels. Needs the segments' impacts, which hold for the default weights alone."""

    def __init__(self, snapshot: Snapshot, weights: Weights) -> None:
        super().__init__(snapshot, weights)
        from searchidx.ranking import kernels

        self._kernels = kernels
        self._parts = np.array([list(_addresses(part).values()) for part in snapshot.parts], np.int64)
        n_ranges = [impacts.n_ranges(part.segment.n_rows) for part in snapshot.parts]
        self._parts[1:, kernels.FIRST_RANGE] = np.cumsum(n_ranges[:-1])
        norm = bm25f.norm_parts(self.avgdl, k1=weights.k1, b=weights.b)
        self._numbers = np.array([*weights.boosts, *norm], np.float32)
        low, high = impacts.drift(self.avgdl, [part.segment.avgdl for part in snapshot.parts])
        # float32 lengths and norms are off by less than a millionth
        self._low, self._high = low * (1 - 1e-5), high * (1 + 1e-5)
        self._live = np.empty(0, np.uint8) if snapshot.live is None else snapshot.live.view(np.uint8)
        self._known: dict[str, _Term | None] = {}
        self._columns: dict[str, AnyArray] = {}

    @cached_property
    def norms(self) -> bm25f.Floats:
        """The formula's length part for every row."""
        boosted = self.snapshot.numbers(lambda segment: segment.boosted_lengths)
        return bm25f.norms(boosted, self.avgdl, k1=self.weights.k1, b=self.weights.b)

    def _term(self, term: str) -> _Term | None:
        """What the kernels need of a term, remembered; None for a term no live paper holds. Raises IndexDamaged."""
        try:
            return self._known[term]
        except KeyError:
            pass
        places = np.empty((len(self._parts), 3), np.int64)
        encoded = np.frombuffer(term.encode("utf-8", "replace"), np.uint8)
        df, fault = self._kernels.look_up(self._parts, encoded, self._live, places)
        if fault:
            part, code = divmod(fault, len(self._kernels.FAULTS))
            raise self.snapshot.parts[part].segment.damaged(self._kernels.FAULTS[code])
        entry = _Term(places, bm25f.idf(self.snapshot.n_papers, df), df) if df else None
        if len(self._known) > _MAX_REMEMBERED:
            self._known.clear()
        self._known[term] = entry
        return entry

    def _query(self, terms: dict[str, float]) -> tuple[AnyArray, AnyArray]:
        """(places, idf) of the terms that papers hold; see `ranking.kernels`."""
        found, idf = [], []
        for term, weight in terms.items():
            entry = self._term(term)
            if entry is not None:
                found.append(entry.places)
                idf.append(entry.idf if weight == 1.0 else np.float32(weight) * entry.idf)
        return self._stacked(found), np.array(idf, np.float32)

    def _stacked(self, places: Sequence[AnyArray]) -> AnyArray:
        return np.array(places, np.int64).reshape(-1, len(self._parts), 3)

    def df(self, term: str) -> int:
        entry = self._term(term)
        return entry.df if entry else 0

    def top(
        self, terms: dict[str, float], k: int, allowed: Mask | None, *, must_hold: bool = True
    ) -> tuple[AnyArray, bm25f.Floats]:
        places, idf = self._query(terms)
        passing = self._live if allowed is None else allowed.view(np.uint8)
        rows, scores = self._kernels.union(
            self._parts,
            places,
            idf,
            self._numbers,
            passing,
            self._low,
            self._high,
            k,
            self.snapshot.in_id_order,
        )
        if not self.snapshot.in_id_order:
            rows, scores = self._first(rows, scores, k)
        if must_hold or len(rows) == k:
            return rows, scores
        # allowed papers without any of the terms come last, in the order of ids
        rest = self.snapshot.live_rows() if allowed is None else np.flatnonzero(allowed)
        rest = rest[~np.isin(rest, rows, assume_unique=True)]
        fill, zeros = self._first(rest, np.zeros(len(rest), np.float32), k - len(rows))
        return np.concatenate((rows, fill)), np.concatenate((scores, zeros))

    def top_of(self, terms: dict[str, float], k: int, rows: AnyArray) -> tuple[AnyArray, bm25f.Floats]:
        places, idf = self._query(terms)
        in_order = self.snapshot.in_id_order
        rows, scores = self._kernels.top_of(rows, self._parts, places, idf, self._numbers, k, in_order)
        return (rows, scores) if self.snapshot.in_id_order else self._first(rows, scores, k)

    def score_rows(self, terms: dict[str, float], rows: AnyArray) -> bm25f.Floats:
        places, idf = self._query(terms)
        return self._kernels.score_rows(rows, self._parts, places, idf, self._numbers)

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
        return self._alive(self._kernels.phrase(self._parts, places, 0 in fields, 1 in fields))

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

    def rows_of_hash(self, value: int) -> list[int]:
        if len(self._parts) < _MANY_PARTS:
            return super().rows_of_hash(value)
        found: list[int] = self._kernels.rows_of_hash(self._parts, np.uint64(value), self._live).tolist()
        return sorted(found)


def _address(values: AnyArray) -> int:
    assert values.flags.c_contiguous
    return int(values.ctypes.data)


def _addresses(part: Part) -> dict[str, int]:
    """One row of the kernels' `parts`, but for the number of the first range, in the order of `kernels.COLUMNS`."""
    array = part.segment.arrays.array
    tfs = [array(f"postings.tf.{field.name}") for field in TEXT_FIELDS]
    return {
        "base": part.base,
        "n_rows": part.segment.n_rows,
        "first_range": 0,
        "n_terms": len(array("terms.offsets")) - 1,
        "term_bytes": _address(array("terms.bytes")),
        "n_term_bytes": len(array("terms.bytes")),
        "term_offsets": _address(array("terms.offsets")),
        "posting_offsets": _address(array("postings.offsets")),
        "n_postings": len(array("postings.rows")),
        "rows": _address(array("postings.rows")),
        "impacts": _address(array("impacts")),
        "tf0": _address(tfs[0]),
        "tf0_size": tfs[0].itemsize,
        "tf1": _address(tfs[1]),
        "tf1_size": tfs[1].itemsize,
        "lengths": _address(part.segment.boosted_lengths),
        "frequent": _address(array("ranges.terms")),
        "n_frequent": len(array("ranges.terms")),
        "maxima": _address(array("ranges.maxima")),
        "starts": _address(array("ranges.starts")),
        "positions": _address(array("positions.values")),
        "n_positions": len(array("positions.values")),
        "position_size": array("positions.values").itemsize,
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

    Other than the default weights are scored by numpy: the impacts do not hold for them.
    """
    if executor not in EXECUTORS:
        raise UsageError(f"unknown executor {executor!r}; known are {', '.join(EXECUTORS)}")
    weights = weights or Weights()
    if executor == "numpy" or weights != Weights() or not snapshot.n_papers:
        return Scorer(snapshot, weights)
    try:
        return CompiledScorer(snapshot, weights)
    except ImportError:
        if executor == "numba":
            raise UsageError("numba cannot be imported; pip install numba, or use the numpy executor") from None
        return Scorer(snapshot, weights)
