"""What a query asks the ranking for: terms with weights, which of them stand side by side, which must be held."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from searchidx.acronyms import MEANS, parts_of
from searchidx.analysis import QueryWord


class Known(NamedTuple):
    """A word of a query, and the terms it is looked up by with their weights; none when no paper holds it.

    places: (term, position behind the word's first, weight) of what stands for the word where pairs are looked for: its
    parts when the index knows them all, else its first known term. width: how many positions it takes.
    """

    word: QueryWord
    terms: dict[str, float]
    places: tuple[tuple[str, int, float], ...]
    width: int


def known(word: QueryWord, terms: dict[str, float]) -> Known:
    """A word with its terms."""
    if all(part in terms for part in word.phrase):
        places = tuple((part, i, terms[part]) for i, part in enumerate(word.phrase))
    else:
        places = tuple((term, 0, weight) for term, weight in list(terms.items())[:1])
    return Known(word, terms, places, max(len(word.phrase), 1))


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


class Held(NamedTuple):
    """What a paper must hold: all terms (each once), and those of a phrase (none for no phrase) one after the other in
    one of these text fields (by number)."""

    terms: tuple[str, ...]
    phrase: tuple[str, ...]
    fields: tuple[int, ...]


def wanted(words: Sequence[Known]) -> tuple[Wanted, tuple[str, ...]]:
    """(what is asked for, words no paper holds) of a query's words in order. Stop words count only when alone."""
    any_telling = any(not each.word.is_stop for each in words)
    terms: dict[str, float] = {}
    unknown: dict[str, None] = {}
    places: list[tuple[str, int, float]] = []
    position = 0
    for word, its_terms, its_places, width in words:
        if not (word.is_stop and any_telling):
            if not its_terms:
                unknown[word.surface] = None
            for term, weight in its_terms.items():
                terms[term] = terms.get(term, 0.0) + weight
            for term, behind, weight in its_places:
                places.append((term, position + behind, weight))
        position += width
    telling = tuple(dict.fromkeys([term for term, _, _ in places]))
    return Wanted(terms, _pairs(places), telling, len(places)), tuple(unknown)


def _pairs(places: Sequence[tuple[str, int, float]]) -> tuple[Pair, ...]:
    pairs: dict[tuple[str, str, int], Pair] = {}
    for (first, at, weight), (second, then, other) in pairwise(places):
        key = first, second, then - at
        if first != second and key not in pairs:
            pairs[key] = Pair(*key, (weight, other))
    return tuple(pairs.values())


def as_written(term: str) -> str:
    """The term whose places say where a term stands: of an acronym's meaning, the acronym."""
    return term.partition(MEANS)[0] if MEANS in term else term
