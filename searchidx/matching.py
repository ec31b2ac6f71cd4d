"""From a query's tree and filters to the terms that are scored and the rows that match, over one snapshot.

Leaves to others: what the words mean (`query`), scores and the best k (`scoring`), what a row is (`store`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from searchidx import query as q
from searchidx.analysis import QueryWord, clean
from searchidx.extraction import canonical_dataset, canonical_metric, normalise_repo
from searchidx.fields import TEXT_FIELDS
from searchidx.filters import OPERATORS, Filters, MetricCondition, Range
from searchidx.meanings import Meanings
from searchidx.ranking import bm25f
from searchidx.scoring import Mask, Scorer
from searchidx.store.keys import fold
from searchidx.store.layout import METRIC_KINDS
from searchidx.store.segment import Column, MetricTable, Segment
from searchidx.store.snapshot import Snapshot
from searchidx.vocabulary import Vocabulary
from searchidx.wanted import Known, known

AnyArray = npt.NDArray[Any]
_MAX_REMEMBERED = 64  # masks, a byte per paper each
_MAX_TELLING = 200_000
_MAX_WORDS = 100_000
#: What words one letter farther off weigh together, against those that are nearer.
_FARTHER = 0.25


class Matcher:
    """Which rows of one snapshot match a tree. Safe to share between threads.

    scorer: what finds postings and phrases. Masks may hold rows of deleted papers; the `Plan` takes them out.
    """

    def __init__(self, snapshot: Snapshot, scorer: Scorer) -> None:
        self.snapshot = snapshot
        self.scorer = scorer
        self.vocabulary = Vocabulary(snapshot, scorer)
        self.meanings = Meanings(snapshot, scorer)
        self._narrowed: dict[Filters, Mask] = {}
        self._telling: dict[str, float] = {}
        self._known: dict[QueryWord, Known] = {}

    # --- words ----------------------------------------------------------------------------------------------

    def known(self, word: QueryWord) -> Known:
        """A word with the terms of it that the index holds, or those it falls back to when it holds none; remembered.

        An acronym stands for its long form too, where the papers are clear about it. A term weighs the more the more
        it tells (`bm25f.telling`).
        """
        found = self._known.get(word)
        if found is None:
            if len(self._known) >= _MAX_WORDS:
                self._known.clear()
            found = self._known[word] = known(word, self._known_terms(word))
        return found

    def _known_terms(self, word: QueryWord) -> dict[str, float]:
        if len(word.phrase) == 1 and not word.is_stop and (meaning := self.meanings.of(word.phrase[0])):
            return {meaning: self.telling(meaning)}
        return {term: weight * self.telling(term) for term, weight in self.own_terms(word).items()}

    def telling(self, term: str) -> float:
        """`Scorer.telling`, remembered."""
        try:
            return self._telling[term]
        except KeyError:
            pass
        if len(self._telling) >= _MAX_TELLING:
            self._telling.clear()
        weight = self._telling[term] = self.scorer.telling(term)
        return weight

    def own_terms(self, word: QueryWord) -> dict[str, float]:
        """The terms of `known` without what acronyms mean and what terms tell."""
        held = {t: w for t, w in zip(word.terms, word.weights, strict=True) if self._holds(t)}
        return held or {t: 1.0 for t in word.fallback if self._holds(t)}

    def _holds(self, term: str) -> bool:
        return self.scorer.df(term) > 0

    def words(self, tree: q.Group) -> list[Known]:
        """The words of a tree that count for ranking, in the order typed, with their terms."""
        return [self._looked_up(node) for node in q.scored_words(tree)]

    def _looked_up(self, node: q.Word | q.Prefix | q.Fuzzy) -> Known:
        if isinstance(node, q.Word):
            return self.known(node.word)
        return known(QueryWord(node.surface, (), (), (), (), is_stop=False), self.expanded(node))

    def expanded(self, node: q.Prefix | q.Fuzzy) -> dict[str, float]:
        """The terms that a word with * or ~ stands for (`Vocabulary`), and their weights.

        Together, but for what each tells, they weigh what one word does that is in as many papers as they are: a paper
        that holds all of them scores what a paper scores for one such word, and no paper wins by holding many. Each has
        the share that it has
        in their papers, for what is frequent is what was likely meant: `transf*` ranks by "transformer" and
        "transfer", whatever rare names begin so. Of the words `~` finds, all that are one letter farther off share a
        quarter: a mistake that far off is rarer, and an exact match must not lose to a frequent neighbour. (Lucene
        gives all a prefix finds the same score, which ranks by nothing, or adds up the best 50, which ranks by how many
        of them a paper holds.)
        """
        n_papers = self.snapshot.n_papers
        if isinstance(node, q.Prefix):
            levels = [dict(self.vocabulary.beginning(node.text))]
        else:
            near = self.vocabulary.near(node.text, node.distance)
            distances = sorted({found.distance for found in near})
            levels = [{found.term: found.df for found in near if found.distance == d} for d in distances]
        papers = sum(sum(level.values()) for level in levels)
        idf = self._idf(min(papers, n_papers))
        whole = sum(_FARTHER**place for place in range(len(levels)))
        return {
            term: _FARTHER**place / whole * df / sum(level.values()) * self.telling(term) * (idf / self._idf(df))
            for place, level in enumerate(levels)
            for term, df in level.items()
        }

    def _idf(self, df: int) -> float:
        return float(bm25f.idf(self.snapshot.n_papers, df))

    # --- trees ----------------------------------------------------------------------------------------------

    def mask(self, node: q.Node) -> Mask:
        """True for every row that matches."""
        match node:
            case q.Word():
                return self._holding(self.known(node.word).terms, node.fields)
            case q.Prefix() | q.Fuzzy():
                return self._holding(self.expanded(node), node.fields)
            case q.Loose():
                terms = [term for word in node.words for term in word.phrase]
                return self._rows(self.scorer.loose(terms, node.gap, node.fields))
            case q.Phrase():
                terms = [term for word in node.words for term in word.phrase]
                return self._rows(self.scorer.phrase(terms, node.fields))
            case q.Narrow():
                return self.narrowed(node.filters)
            case q.And():
                return np.asarray(np.logical_and.reduce([self.mask(child) for child in node.nodes]))
            case q.Or():
                return np.asarray(np.logical_or.reduce([self.mask(child) for child in node.nodes]))
            case q.Not():
                return ~self.mask(node.node)
            case q.Group():
                return self._group(node)

    def none(self) -> Mask:
        """A mask of no rows, to be changed by the caller."""
        return np.zeros(self.snapshot.n_rows, bool)

    def _all(self) -> Mask:
        return np.ones(self.snapshot.n_rows, bool)

    def _rows(self, rows: AnyArray) -> Mask:
        mask = np.zeros(self.snapshot.n_rows, bool)
        mask[rows] = True
        return mask

    def _group(self, group: q.Group) -> Mask:
        mask = self.narrowed(group.narrow).copy() if group.narrow else self._all()
        for node in group.must:
            mask &= self.mask(node)
        for node in group.must_not:
            mask &= ~self.mask(node)
        if group.should and not group.must:
            # "the cat" must not match every paper with "the"
            telling = [n for n in group.should if not (isinstance(n, q.Word) and n.word.is_stop)]
            mask &= np.logical_or.reduce([self.mask(node) for node in telling or group.should])
        return mask

    def _holding(self, terms: Iterable[str], fields: Sequence[int]) -> Mask:
        """Rows with any of the terms in one of the text fields."""
        if len(fields) == len(TEXT_FIELDS):
            return self.scorer.holding_any(terms)
        mask = self.none()
        for term in terms:
            if postings := self.scorer.postings(term):
                mask[postings.rows[np.logical_or.reduce([postings.tfs[f] > 0 for f in fields])]] = True
        return mask

    # --- filters --------------------------------------------------------------------------------------------

    def narrowed(self, filters: Filters) -> Mask:
        """True for every row that passes: any value inside a kind, all kinds. Remembered: not to be changed."""
        mask = self._narrowed.get(filters)
        if mask is None:
            mask = self._narrow(filters)
            mask.flags.writeable = False
            if len(self._narrowed) >= _MAX_REMEMBERED:
                self._narrowed.clear()
            self._narrowed[filters] = mask
        return mask

    def passing(self, filters: Filters) -> Mask | None:
        """The live rows that pass, None for all rows."""
        live = self.snapshot.live
        if not filters:
            return live
        narrowed = self.narrowed(filters)
        return narrowed if live is None else narrowed & live

    def _narrow(self, filters: Filters) -> Mask:
        mask = self._all()
        for name in ("code", "venue", "source"):
            if values := getattr(filters, name):
                mask &= self._any_value(name, [fold(value) for value in values])
        if filters.dataset:
            mask &= self._any_value("dataset", dataset_keys(filters.dataset))
        if filters.repo:
            repos = [fold(normalise_repo(value) or value) for value in filters.repo]
            mask &= self._any_value("repo", repos)
        if filters.author:
            mask &= self._author(filters.author)
        if filters.year:
            mask &= self._year(filters.year)
        if filters.metric:
            mask &= np.logical_or.reduce([self._metric(condition) for condition in filters.metric])
        return mask

    def _any_value(self, field: str, keys: Sequence[str]) -> Mask:
        """Rows that hold a value of one of these keys in a keyword field."""
        return self._rows(self.snapshot.rows_holding(field, lambda column: ordinals(column, keys)))

    def _author(self, names: Iterable[str]) -> Mask:
        """Authors whose name holds all words of one of the wanted names, whole and in any order."""
        wanted = [words for words in map(_name_words, names) if words]

        def matching(column: Column) -> list[int]:
            return [
                number
                for words in wanted
                for number in column.keys.containing(max(words, key=len).encode("utf-8", "replace"))
                if words <= _name_words(column.names.text(number))
            ]

        return self._rows(self.snapshot.rows_holding("author", matching))

    def _year(self, ranges: Iterable[Range]) -> Mask:
        years = self.snapshot.numbers(lambda segment: segment.years)
        inside = [(years >= r.low) & (years <= r.high) for r in ranges]
        return np.asarray(np.logical_or.reduce(inside) & (years > 0))

    def _metric(self, condition: MetricCondition) -> Mask:
        """Rows with such a claim. Comparisons look at absolute values only: a gain of 80 is no accuracy of 80."""
        mask = self.none()
        for part in self.snapshot.parts:
            table = part.segment.metrics
            keep = with_metric(part.segment, table, condition.metric)
            if condition.op:
                keep &= table.kind == METRIC_KINDS.index("absolute")
                keep &= np.asarray(OPERATORS[condition.op](table.value, condition.value))
            if condition.unit:
                units = part.segment.units
                same = [number for number, unit in enumerate(units) if unit.lower() == condition.unit.lower()]
                keep &= np.isin(table.unit, same)
            mask[table.row[keep] + part.base] = True
        return mask


def ordinals(column: Column, keys: Iterable[str]) -> list[int]:
    """The numbers of a column's values with these keys; unknown ones are left out."""
    found = (column.keys.find(key.encode("utf-8", "replace")) for key in keys)
    return [number for number in found if number >= 0]


def dataset_keys(names: Iterable[str]) -> list[str]:
    """The keys of these datasets, as written and in their canonical spelling."""
    return [fold(n) for name in names for n in (name, canonical_dataset(name))]


def with_metric(segment: Segment, table: MetricTable, metric: str) -> Mask:
    """The entries of a segment's table that report this metric, as written or in its canonical spelling."""
    keys = [fold(metric), fold(canonical_metric(metric))]
    return np.isin(table.metric, ordinals(segment.column("metric"), keys))


def on_dataset(segment: Segment, table: MetricTable, dataset: str) -> Mask:
    """The entries of a segment's table on this dataset, as written or in its canonical spelling."""
    return np.isin(table.dataset, ordinals(segment.column("dataset"), dataset_keys([dataset])))


_NOT_LETTERS = re.compile(r"[\W\d_]+")


def _name_words(name: str) -> frozenset[str]:
    return frozenset(_NOT_LETTERS.sub(" ", clean(name).casefold()).split())
