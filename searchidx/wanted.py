"""What a query's words ask the ranking for: terms with weights, and which of them stand side by side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from searchidx.acronyms import MEANS, parts_of
from searchidx.analysis import QueryWord

#: A word of a query, and the terms it is looked up by with their weights; none when no paper holds it.
Known = tuple[QueryWord, dict[str, float]]


class Pair(NamedTuple):
    """Two terms that stand side by side in the query, stop words between them apart.

    distance: in positions, from the first to the second, stop words counted. weights: of each term where it stands.
    """

    first: str
    second: str
    distance: int
    weights: tuple[float, float]


class Wanted(NamedTuple):
    """terms: term -> its weight in the query; a term may be the meaning of an acronym (`acronyms`). pairs: each once.

    telling: the terms that stand for a word or a part of one, each once; of the several terms of a word only the first.
    n_places: how many such stand in the query, repeated ones counted.
    """

    terms: dict[str, float]
    pairs: tuple[Pair, ...] = ()
    telling: tuple[str, ...] = ()
    n_places: int = 0

    @property
    def shown(self) -> frozenset[str]:
        """The terms to mark in a text: of an acronym's meaning all it is made of."""
        plain = {term for term in self.terms if MEANS not in term}
        for meaning in self.terms.keys() - plain:
            acronym, long_form = parts_of(meaning)
            plain.update((acronym, *long_form))
        return frozenset(plain)


def wanted(words: Sequence[Known]) -> tuple[Wanted, tuple[str, ...]]:
    """(what is asked for, words no paper holds) of a query's words in order. Stop words count only when alone."""
    any_telling = any(not word.is_stop for word, _ in words)
    terms: dict[str, float] = {}
    unknown: dict[str, None] = {}
    places: list[tuple[str, int, float]] = []
    position = 0
    for word, known in words:
        if not (word.is_stop and any_telling):
            if not known:
                unknown[word.surface] = None
            for term, weight in known.items():
                terms[term] = terms.get(term, 0.0) + weight
            places += _places(word, known, position)
        position += max(len(word.phrase), 1)
    telling = tuple(dict.fromkeys(term for term, *_ in places))
    return Wanted(terms, _pairs(places), telling, len(places)), tuple(unknown)


def _places(word: QueryWord, known: dict[str, float], position: int) -> list[tuple[str, int, float]]:
    """(term, position, weight) of a word: its parts when the index knows them all, else its first known term."""
    if all(part in known for part in word.phrase):
        return [(part, position + i, known[part]) for i, part in enumerate(word.phrase)]
    return [(term, position, weight) for term, weight in list(known.items())[:1]]


def _pairs(places: Sequence[tuple[str, int, float]]) -> tuple[Pair, ...]:
    pairs: dict[tuple[str, str, int], Pair] = {}
    for (first, at, weight), (second, then, other) in pairwise(places):
        if first != second:
            pairs.setdefault((first, second, then - at), Pair(first, second, then - at, (weight, other)))
    return tuple(pairs.values())


def as_written(term: str) -> str:
    """The term whose places say where a term stands: of an acronym's meaning, the acronym."""
    return term.partition(MEANS)[0] if MEANS in term else term
