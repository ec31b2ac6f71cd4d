"""Simple questions as numbers: words side by side, words that must all be held, one phrase.

Most queries are that. Looked up, weighed and paired in Python they take as long as finding the papers, so the words
that were met are written down once, as the kernels read them (`ranking.book`), and a question is the numbers of its
words. What it gives is what `wanted.wanted`, `planning.Plan` and `CompiledScorer` give; whatever is not as simple is
theirs: operators, fields, filters inside the query, words that no paper holds, ids and titles pasted, questions that
ask in sentences.

Invariants: a number, once given, means the same as long as the glossary lives. Arrays only grow, by being replaced;
what has been handed out (`Book`) keeps its own alive. A word has its record before it is found by name.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from searchidx.analysis import QueryWord, query_words
from searchidx.compiled import Book, CompiledScorer, Words
from searchidx.query import FIELD_PREFIXES, MAX_CHARS, MAX_TERMS
from searchidx.questions import may_ask, without_asking
from searchidx.ranking import bm25f
from searchidx.ranking.book import ALL, ANY, BOOK, N_PLACE_COLUMNS, PHRASE
from searchidx.scoring import Mask
from searchidx.store.keys import key_hashes
from searchidx.wanted import Known, as_written

Array = npt.NDArray[np.int64]
Best = tuple[Array, bm25f.Floats]

#: Queries that are words side by side and nothing else: they need no parser.
PLAIN = re.compile(
    rf"(?!.*(?:(?:^|\s)(?:-|(?i:{'|'.join(FIELD_PREFIXES)}):)|\b(?:AND|OR|NOT)\b|&&))[\w\s.,;:'?!/&@#%$\\^-]*",
    re.DOTALL,
)
_MAX_WORDS = 200_000
#: One word may have hundreds of parts.
_MAX_TERMS, _MAX_CELLS = 400_000, 8_000_000
#: What may mean more than its words do one by one: markup, which is unwrapped before words are told apart.
_MARKUP = re.compile(r"[\\$^]")


class Glossary:
    """The words of one scorer's queries. Safe to share between threads.

    known: what a word of a query stands for (`Matcher.known`). keys: those under which a paper would be meant by a text
    that was pasted.
    """

    def __init__(
        self, scorer: CompiledScorer, known: Callable[[QueryWord], Known], keys: Callable[[str], Sequence[str]]
    ) -> None:
        self._scorer = scorer
        self._known = known
        self._keys = keys
        self._numbers: dict[str, int] = {}
        #: Those among them whose texts may be asking sentences.
        self._asking: dict[str, int] = {}
        self._terms: dict[str, int] = {}
        #: Whether so much is known that a new glossary should take over.
        self.is_full = False
        self._learning = threading.Lock()
        n_segments = len(scorer.snapshot.parts)
        self._cells = _Growing(np.empty(4096, np.int64))
        self._places = _Growing(np.empty((256, n_segments, N_PLACE_COLUMNS), np.int64))
        self._idf = _Growing(np.empty(256, np.float64))
        self._written = _Growing(np.empty(256, np.int64))
        self._book = self._bound()

    def read(self, text: str) -> Words | None:
        """A text as a simple question; None when a first look says that it is none."""
        found = _words_of(text)
        if found is None:
            return None
        words, way = found
        try:
            numbers = [*map(self._numbers.__getitem__, words)]
        except KeyError:
            learnt = self._learn(text, words, way)
            if learnt is None:
                return None
            numbers = learnt
        # the book last: it has all words that have numbers
        return Words(self._book, np.array(numbers, np.int64), way, key_hashes(self._keys(text)))

    def best(self, words: Words, k: int, allowed: Mask | None) -> Best | None:
        """(rows, scores) of the k best papers, ties by id; None when it is no simple question after all.

        allowed: the live rows that may come, None for all.
        """
        return self._scorer.ask(words, k, allowed)

    def best_of_each(self, asked: Sequence[Words], k: int, allowed: Mask | None) -> list[Best | None]:
        """`best` of many in one call, which lets other threads go on."""
        return self._scorer.ask_each(asked, k, allowed)

    def rows(self, words: Words, allowed: Mask | None) -> Array:
        """The rows that hold any of the words, rising, where `best` has an answer to them."""
        return self._scorer.rows_asked_for(words, allowed)

    def n_rows(self, words: Words, allowed: Mask | None) -> int:
        """How many there are."""
        return self._scorer.n_asked_for(words, allowed)

    def _learn(self, text: str, words: Sequence[str], way: int) -> list[int] | None:
        """The numbers of words, of which some may be new or may ask; None when the text is no simple question."""
        if without_asking(text) != text:
            return None
        numbers = []
        for word in words:
            if way == PHRASE and _MARKUP.search(word):
                return None
            number = self._numbers.get(word, self._asking.get(word, -1))
            if number < 0:
                if not PLAIN.fullmatch(word):
                    return None
                number = self._add(word)
            numbers.append(number)
        return numbers

    def _add(self, word: str) -> int:
        """The number of a new word."""
        meant = [self._known(each) for each in query_words(word)]
        with self._learning:
            number = self._cells.append([len(meant), *(cell for each in meant for cell in self._record(each))])
            self._book = self._bound()
            (self._asking if may_ask(word) or _MARKUP.search(word) else self._numbers)[word] = number
            n_words = len(self._numbers) + len(self._asking)
            self.is_full = n_words > _MAX_WORDS or len(self._terms) > _MAX_TERMS or self._cells.size > _MAX_CELLS
        return number

    def _record(self, meant: Known) -> list[int]:
        """What the kernels need of one word."""
        phrase = [self._term(term) for term in meant.word.phrase]
        terms = [(self._term(term), _bits(weight)) for term, weight in meant.terms.items()]
        places = [(self._term(term), behind, _bits(weight)) for term, behind, weight in meant.places]
        if any(some[0] < 0 for some in (*terms, *places)):  # as a word that no paper holds: no simple question
            terms, places = [], []
        head = [int(meant.word.is_stop), meant.width, len(terms), len(places), len(phrase)]
        return head + [number for some in (*terms, *places) for number in some] + phrase

    def _term(self, term: str) -> int:
        """The number of a term, -1 for one that no paper holds."""
        number = self._terms.get(term)
        if number is None:
            entry = self._scorer.term(term)
            if entry is None:
                number = -1
            else:
                own = as_written(term)
                written = self._term(own) if own != term else self._idf.size
                self._places.append([entry.places])
                self._idf.append([entry.idf])
                number = self._written.append([written])
            self._terms[term] = number
        return number

    def _bound(self) -> Book:
        arrays = (self._cells, self._places, self._idf, self._written)
        sizes = {
            "cells": _address(self._cells.array),
            "n_cells": len(self._cells.array),
            "term_places": _address(self._places.array),
            "term_idf": _address(self._idf.array),
            "term_written": _address(self._written.array),
            "n_terms": len(self._idf.array),
            "n_segments": len(self._scorer.snapshot.parts),
        }
        state = np.array([sizes[name] for name in BOOK], np.int64)
        return Book(state, tuple(each.array for each in arrays), MAX_TERMS)


class _Growing:
    """An array with room for more behind its first `size` entries; when there is none, a larger one takes its place."""

    def __init__(self, array: npt.NDArray[Any]) -> None:
        self.array = array
        self.size = 0

    def append(self, entries: Sequence[Any]) -> int:
        """Where the entries now are."""
        at, end = self.size, self.size + len(entries)
        if end > len(self.array):
            larger = np.empty((max(end, 2 * len(self.array)), *self.array.shape[1:]), self.array.dtype)
            larger[:at] = self.array[:at]
            self.array = larger
        self.array[at:end] = entries
        self.size = end
        return at


def _words_of(text: str) -> tuple[list[str], int] | None:
    """(the words of a simple question, the way they are asked for), None for what is none by its first look."""
    if len(text) > MAX_CHARS:
        return None
    words, way = text.split(), ANY
    first = text[:1]
    if first == '"':
        inner = text[1:-1]
        # of capitals alone, or of other characters than ASCII, the words of a phrase are told apart all together
        if len(text) < 3 or text[-1] != '"' or '"' in inner or not inner.isascii() or inner.isupper():
            return None
        words, way = inner.split(), PHRASE
    elif first == "+":
        if not all(word[0] == "+" for word in words):
            return None
        words, way = [word[1:] for word in words], ALL
    elif "AND" in words:
        if len(words) % 2 == 0 or any(word != "AND" for word in words[1::2]):
            return None
        words, way = words[::2], ALL
    return (words, way) if words else None


def _bits(weight: float) -> int:
    return int(np.float64(weight).view(np.int64))


def _address(values: npt.NDArray[Any]) -> int:
    return int(values.ctypes.data)
