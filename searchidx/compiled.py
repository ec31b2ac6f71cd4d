"""The scorer with compiled kernels, and which scorer to make.

`CompiledScorer` prunes with the segments' impacts (`ranking.kernels`) and gives the same rows, order and float32 scores
as `Scorer` far sooner (0.17 against 2.8 ms for author keywords over 87,540 papers). But its first use in a process
costs the import of numba: right for a server, a batch or a notebook, wrong for one question from the command line.

Kernels read the arrays of segments by address: a row of numbers per segment (`_addresses`), followed by rows for
postings that were made here and are kept alive here. What they need of a term is looked up once (`Term`).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchidx.acronyms import MEANS
from searchidx.errors import UsageError
from searchidx.fields import TEXT_FIELDS
from searchidx.partner import LEAST_POSTINGS, desk_of_one, desk_of_partner
from searchidx.ranking import bm25f, impacts, packing
from searchidx.ranking.book import ANY, N_PLACE_COLUMNS
from searchidx.scoring import Mask, Scorer, Weights
from searchidx.store.snapshot import Part, Snapshot
from searchidx.wanted import Held, Wanted, as_written

AnyArray = npt.NDArray[Any]

EXECUTORS = ("auto", "numba", "numpy")
_MAX_REMEMBERED = 200_000
#: From so many segments on, one call of a kernel is faster than a search of each in Python.
_MANY_PARTS = 4

_NO_PHRASE = np.empty(0, np.int64)
_NONE_HELD = np.empty(0, np.uint8)
_ALL_FIELDS = (1 << len(TEXT_FIELDS)) - 1
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


class Term(NamedTuple):
    """A term as the kernels know it. places: int64 (parts, N_PLACE_COLUMNS). idf: a float32, as lists of numbers become
    arrays soonest."""

    places: AnyArray
    idf: float
    df: int


class Book(NamedTuple):
    """The words that are known by number (`glossary`). state: int64, the kernels' `book` (`ranking.book`), with
    addresses of the arrays in `held`, which live as long as this. most_words: of one question.
    """

    state: AnyArray
    held: tuple[AnyArray, ...]
    most_words: int


class Words(NamedTuple):
    """A simple question: words by their numbers in a book (int64), the way they are asked for (`ranking.book`), and the
    hashes (uint64, not to be written to) of keys that a paper must not have, for then it is what was asked for."""

    book: Book
    numbers: AnyArray
    way: int
    hashes: AnyArray

    @property
    def is_union(self) -> bool:
        """Whether papers match that hold any of the words."""
        return self.way == ANY


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
        self._limits = np.array([self._low, self._high, weights.nearness, weights.coverage])
        self._live = _flags(np.empty(0, bool) if snapshot.live is None else snapshot.live)
        self._known: dict[str, Term | None] = {}
        self._columns: dict[str, AnyArray] = {}
        self._desk = desk_of_partner() if snapshot.n_rows >= LEAST_POSTINGS else desk_of_one()

    def term(self, term: str) -> Term | None:
        """What the kernels need of a term, remembered; None for a term no live paper holds. Raises IndexDamaged."""
        try:
            return self._known[term]
        except KeyError:
            pass
        places, df = self._look_up(term) if MEANS not in term else self._make(term)
        entry = Term(places, float(bm25f.idf(self.snapshot.n_papers, df)), df) if df else None
        if len(self._known) > _MAX_REMEMBERED:
            self._known.clear()
        self._known[term] = entry
        return entry

    def _look_up(self, term: str) -> tuple[AnyArray, int]:
        """(places, df) of a term of the segments. Raises IndexDamaged."""
        places = np.empty((self._n_segments, N_PLACE_COLUMNS), np.int64)
        encoded = np.frombuffer(term.encode("utf-8", "replace"), np.uint8)
        df, fault = self._kernels.look_up(self._parts, encoded, self._live, places)
        if fault:
            part, code = divmod(fault, len(self._kernels.FAULTS))
            raise self.snapshot.parts[part].segment.damaged(self._kernels.FAULTS[code])
        return places, df

    def _make(self, meaning: str) -> tuple[AnyArray, int]:
        """(places, df) of an acronym's meaning, whose postings are made here and kept as long as the scorer."""
        postings = self.postings(meaning)
        places = np.zeros((self._n_segments, N_PLACE_COLUMNS), np.int64)
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
            entry = self.term(term)
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
                if term not in number and (entry := self.term(term)) is not None:
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
        entry = self.term(term)
        return np.float32(entry.idf) if entry else super().idf(term)

    def _stacked(self, places: Sequence[AnyArray]) -> AnyArray:
        joined = np.frombuffer(bytearray().join([own.data for own in places]), np.int64)
        return joined.reshape(len(places), self._n_segments, N_PLACE_COLUMNS)

    def df(self, term: str) -> int:
        entry = self.term(term)
        return entry.df if entry else 0

    def top(
        self, wanted: Wanted, k: int, allowed: Mask | None, *, must_hold: bool = True
    ) -> tuple[AnyArray, bm25f.Floats]:
        rows, scores = self._top(wanted, k, allowed, _NONE_HELD, _NO_PHRASE, 0)
        if must_hold or len(rows) == k:
            return rows, scores
        # allowed papers without any of the terms come last, in the order of ids
        rest = self.snapshot.live_rows() if allowed is None else np.flatnonzero(allowed)
        rest = rest[~np.isin(rest, rows, assume_unique=True)]
        fill, zeros = self._first(rest, np.zeros(len(rest), np.float32), k - len(rows))
        return np.concatenate((rows, fill)), np.concatenate((scores, zeros))

    def _top(
        self, wanted: Wanted, k: int, allowed: Mask | None, held: AnyArray, phrase: AnyArray, fields: int
    ) -> tuple[AnyArray, bm25f.Floats]:
        """(rows, scores) of the k best, ties by id; held, phrase, fields: as the kernels take them."""
        in_order = self.snapshot.in_id_order
        rows, scores = self._kernels.top(
            *self._query(wanted),
            self._passing(allowed),
            held,
            phrase,
            fields,
            self._low,
            self._high,
            self._most(wanted),
            k,
            in_order,
            self._desk,
        )
        return (rows, scores) if in_order else self._first(rows, scores, k)

    def _passing(self, allowed: Mask | None) -> AnyArray:
        return self._live if allowed is None else _flags(allowed)

    def ask(self, words: Words, k: int, allowed: Mask | None) -> tuple[AnyArray, bm25f.Floats] | None:
        """(rows, scores) of the k best papers that hold some words, ties by id; None where `kernels.ask` takes them for
        no simple question. allowed: as in `top`.
        """
        in_order = self.snapshot.in_id_order
        rows, scores, is_simple = self._kernels.ask(
            words.book.state,
            self._parts,
            self._numbers,
            self._limits,
            words.numbers,
            words.hashes,
            words.way,
            _ALL_FIELDS,
            self._passing(allowed),
            k,
            words.book.most_words,
            in_order,
            self._desk,
        )
        if not is_simple:
            return None
        return (rows, scores) if in_order else self._first(rows, scores, k)

    def ask_each(
        self, asked: Sequence[Words], k: int, allowed: Mask | None
    ) -> list[tuple[AnyArray, bm25f.Floats] | None]:
        """`ask` of many, in one call, which lets go of Python while it lasts."""
        if not self.snapshot.in_id_order or not asked:
            return [self.ask(words, k, allowed) for words in asked]
        ends = np.cumsum([(len(words.numbers), len(words.hashes), 0) for words in asked], axis=0)
        ends[:, 2] = [words.way for words in asked]
        hashes = np.concatenate([words.hashes for words in asked])
        hashes.flags.writeable = False  # as those of one question are; else `ask` would be compiled once more
        book = asked[-1].book  # which has whatever those before it have
        rows, scores, found = self._kernels.ask_each(
            book.state,
            self._parts,
            self._numbers,
            self._limits,
            np.concatenate([words.numbers for words in asked]),
            hashes,
            ends,
            _ALL_FIELDS,
            self._passing(allowed),
            k,
            book.most_words,
            desk_of_one(),
        )
        answers: list[tuple[AnyArray, bm25f.Floats] | None] = []
        begin = 0
        for end in found.tolist():
            answers.append((rows[begin:end], scores[begin:end]) if end >= 0 else None)
            begin = max(begin, end)
        return answers

    def rows_asked_for(self, words: Words, allowed: Mask | None) -> AnyArray:
        """The rows that hold any of the words, rising; of words that `ask` takes."""
        return self._kernels.rows_asked_for(
            words.book.state,
            self._parts,
            self._limits,
            words.numbers,
            self._passing(allowed),
            words.book.most_words,
            self.snapshot.n_rows,
        )

    def n_asked_for(self, words: Words, allowed: Mask | None) -> int:
        """How many rows `rows_asked_for` has."""
        n: int = self._kernels.n_asked_for(
            words.book.state, self._parts, self._limits, words.numbers, self._passing(allowed), words.book.most_words
        )
        return n

    def top_holding(
        self, wanted: Wanted, held: Held, k: int, allowed: Mask | None
    ) -> tuple[AnyArray, bm25f.Floats] | None:
        # what is held and not scored adds nothing
        weights = wanted.terms | {term: 0.0 for term in held.terms if term not in wanted.terms}
        if any(self.term(term) is None for term in weights):
            return None
        number = {term: place for place, term in enumerate(weights)}
        # where an acronym stands, what it means does
        flags = bytearray(term in held.terms or as_written(term) in held.terms for term in weights)
        phrase = np.array([number[term] for term in held.phrase], np.int64)
        everything = wanted._replace(terms=weights)
        return self._top(everything, k, allowed, np.frombuffer(flags, np.uint8), phrase, _bits(held.fields))

    def top_of(self, wanted: Wanted, k: int, rows: AnyArray) -> tuple[AnyArray, bm25f.Floats]:
        in_order = self.snapshot.in_id_order
        rows, scores = self._kernels.top_of(rows, *self._query(wanted), self._high, k, in_order)
        return (rows, scores) if in_order else self._first(rows, scores, k)

    def score_rows(self, wanted: Wanted, rows: AnyArray) -> bm25f.Floats:
        scores: bm25f.Floats = self._kernels.score_rows(rows, *self._query(wanted))
        return scores

    def _all_places(self, terms: Sequence[str]) -> AnyArray | None:
        """The places of the terms, or None when one of them is in no live paper."""
        found = [self.term(term) for term in terms]
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

    def add_values(self, field: str, rows: AnyArray, counts: AnyArray) -> None:
        columns = self._columns.get(field)
        if columns is None:
            columns = self._columns[field] = _column_addresses(self.snapshot, field)
        self._kernels.add_values(columns, rows, counts)

    def holding_any(self, terms: Iterable[str]) -> Mask:
        found = [entry.places for term in terms if (entry := self.term(term))]
        flags = self._kernels.union_rows(self._parts, self._stacked(found), self.snapshot.n_rows)
        mask: Mask = flags.view(bool)
        if self.snapshot.live is not None:
            mask &= self.snapshot.live
        return mask

    def rows_holding_any(self, terms: Iterable[str], allowed: Mask | None) -> AnyArray:
        found = [entry.places for term in terms if (entry := self.term(term))]
        return self._kernels.matching_rows(
            self._parts, self._stacked(found), self._passing(allowed), self.snapshot.n_rows
        )

    def ids(self, rows: AnyArray) -> list[str]:
        joined = self._kernels.joined_ids(self._parts, rows).tobytes()
        try:
            ids = joined.decode().split("\0")
        except UnicodeDecodeError:
            ids = []
        return ids if len(ids) == len(rows) else super().ids(rows)  # an id with a 0 in it, or a damaged one

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
        "ids": _address(array("ids.bytes")),
        "n_ids": len(array("ids.bytes")),
        "id_offsets": _address(array("ids.offsets")),
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
