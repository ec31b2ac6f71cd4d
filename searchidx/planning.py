"""The plan of one search: which terms are scored, which rows match (found when needed), which are shown first.

Simple queries get short cuts, all with the same answers: words side by side match where they score, a lone phrase or a
conjunction of words is a list of rows; anything else is a mask made from the query's tree (`matching`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Sized
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from searchidx import query as q
from searchidx.analysis import QueryWord
from searchidx.compiled import Words
from searchidx.fields import TEXT_FIELDS
from searchidx.filters import Filters
from searchidx.glossary import Glossary
from searchidx.matching import Matcher
from searchidx.scoring import Mask, Scorer
from searchidx.wanted import Held, Known, Wanted, as_written

AnyArray = npt.NDArray[Any]


class Plan:
    """What a query asks for: the terms that are scored, the rows that match (found when needed), the rows shown first.

    tree: None for an id pasted as it is, and for words side by side. pinned: row -> why (`id`, `title`). words: those
    of the query, for explaining. note: what the user should know of how the query was read.
    """

    def __init__(
        self,
        matcher: Matcher,
        scorer: Scorer,
        tree: q.Group | None,
        wanted: Wanted,
        narrow: Filters,
        pinned: dict[int, str],
        unknown: tuple[str, ...] = (),
        words: Sequence[Known] = (),
        note: str | None = None,
    ) -> None:
        self._matcher = matcher
        self._scorer = scorer
        self._tree = tree
        self.wanted = wanted
        self.terms = wanted.terms
        self._narrow = narrow
        self.pinned = pinned
        self.unknown = unknown
        self.words = words
        self.note = note
        #: Whether papers match when they hold a scored term and pass the filters, and only then.
        self.is_union = bool(self.terms) and (tree is None or _is_plain(tree))

    @cached_property
    def _simple_rows(self) -> AnyArray | None:
        """The rows of a query that is one phrase or a conjunction of words, rising; None for any other query."""
        if self._tree is None or self.pinned:
            return None
        if (phrase := _phrase(self._tree)) is not None:
            rows = self._scorer.phrase(_terms_of(phrase), phrase.fields)
        elif conjunction := self._conjunction:
            rows = self._scorer.holding_all(conjunction)
        else:
            return None
        return rows[self._matcher.narrowed(self._narrow)[rows]] if self._narrow else rows

    @cached_property
    def rows(self) -> AnyArray:
        """The rows that match, rising."""
        if self.is_union and not self.pinned:
            return self._scorer.rows_holding_any(self.terms, self.passing)
        return np.flatnonzero(self.mask) if self._simple_rows is None else self._simple_rows

    @cached_property
    def mask(self) -> Mask:
        """True for every row that matches."""
        if self.is_union:
            mask = self._scorer.holding_any(self.terms)
        elif self._simple_rows is not None:
            mask = self._matcher.none()
            mask[self._simple_rows] = True
        elif self._tree is not None:
            mask = self._matcher.mask(self._tree)
        else:
            mask = self._matcher.none()
        if self.pinned:
            mask[list(self.pinned)] = True
        if self._narrow:
            mask &= self._matcher.narrowed(self._narrow)
        if (live := self._matcher.snapshot.live) is not None:
            mask &= live
        return mask

    @cached_property
    def held(self) -> Held | None:
        """What a paper must hold to match, where that is some terms, scored ones among them, and perhaps a phrase.

        None for other queries.
        """
        if self._tree is None or self.pinned:
            return None
        if (phrase := _phrase(self._tree)) is not None:
            held = Held(tuple(dict.fromkeys(_terms_of(phrase))), _terms_of(phrase), phrase.fields)
        else:
            held = Held(self._conjunction, (), ())
        # who holds nothing that is scored comes last and by id: not the kernels' to find
        is_scored = any(term in held.terms or as_written(term) in held.terms for term in self.terms)
        return held if is_scored else None

    @cached_property
    def _conjunction(self) -> tuple[str, ...]:
        """The terms of `+a +b` or `a AND b`, if the query is that, each word one term that papers hold; else none."""
        known = [self._matcher.known(word).terms for word in _all_of(self._tree)] if self._tree is not None else []
        return tuple(dict.fromkeys(term for terms in known for term in terms)) if all(map(_is_one, known)) else ()

    @property
    def allowed(self) -> Mask | None:
        """What may come among the best: the filters' mask where the terms say the rest, None for everything."""
        return self.passing if self.is_union else self.mask

    @property
    def passing(self) -> Mask | None:
        """The live rows that pass the filters, None for all rows."""
        return self._matcher.passing(self._narrow)

    @property
    def shown_first(self) -> list[int]:
        """The pinned rows that pass the filters, in the order of ids."""
        rows = self._matcher.snapshot.ordered(list(self.pinned))
        return [row for row in rows if self.mask[row]] if self._narrow else rows

    def total(self) -> int:
        """How many rows match."""
        if "rows" in self.__dict__:
            return len(self.rows)
        return int(np.count_nonzero(self.mask)) if self._simple_rows is None else len(self._simple_rows)


class Simple:
    """A `Plan` of what the glossary has answered: best papers are known, all else is found when it is asked for.

    full: makes the plan of the same query.
    """

    pinned: Mapping[int, str] = {}
    unknown: tuple[str, ...] = ()
    note: str | None = None

    def __init__(self, glossary: Glossary, asked: Words, passing: Mask | None, full: Callable[[], Plan]) -> None:
        self._glossary = glossary
        self._asked = asked
        self._passing = passing
        self._make_full = full

    @cached_property
    def _full(self) -> Plan:
        return self._make_full()

    @cached_property
    def rows(self) -> AnyArray:
        """The rows that match, rising."""
        return self._glossary.rows(self._asked, self._passing) if self._asked.is_union else self._full.rows

    def total(self) -> int:
        """How many rows match."""
        if not self._asked.is_union:
            return self._full.total()
        return len(self.rows) if "rows" in self.__dict__ else self._glossary.n_rows(self._asked, self._passing)

    @property
    def words(self) -> Sequence[Known]:
        """As of `Plan`."""
        return self._full.words

    @property
    def wanted(self) -> Wanted:
        """As of `Plan`."""
        return self._full.wanted

    @property
    def terms(self) -> dict[str, float]:
        """As of `Plan`."""
        return self._full.terms


def _is_plain(tree: q.Group) -> bool:
    """Only ranked words side by side, each free to stand in any text field."""
    return (
        bool(tree.should)
        and not (tree.must or tree.must_not or tree.narrow)
        and all(isinstance(n, q.Word) and len(n.fields) == len(TEXT_FIELDS) for n in tree.should)
    )


def _phrase(tree: q.Group) -> q.Phrase | None:
    """The phrase a query consists of, if that is all."""
    if len(tree.should) == 1 and not (tree.must or tree.must_not or tree.narrow):
        node = tree.should[0]
        return node if isinstance(node, q.Phrase) else None
    return None


def _terms_of(phrase: q.Phrase) -> tuple[str, ...]:
    """The terms of a phrase, one per position."""
    return tuple(term for word in phrase.words for term in word.phrase)


def _all_of(tree: q.Group) -> list[QueryWord]:
    """The words of `+a +b` or `a AND b`, each free to stand in any text field, if the tree is that; else none."""
    nodes = tree.must or tree.should
    if tree.must_not or tree.narrow or (tree.must and tree.should):
        return []
    if len(nodes) == 1 and isinstance(nodes[0], q.And):
        nodes = nodes[0].nodes
    elif not tree.must:
        return []
    words = [node.word for node in nodes if isinstance(node, q.Word) and len(node.fields) == len(TEXT_FIELDS)]
    return words if len(words) == len(nodes) else []


def _is_one(values: Sized) -> bool:
    return len(values) == 1
