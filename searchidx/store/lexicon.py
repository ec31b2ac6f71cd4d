"""Texts to numbers of raw words, and raw words to numbers of terms.

A `Lexicon` numbers both as they are first met, and expands each distinct raw word once. `PlainLexicon` does it with the
analyser, a text at a time; `bulk.BulkLexicon` compiled, many texts at once, with the same words and terms.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import islice
from typing import Any, NamedTuple, Protocol

import numpy as np

from searchidx.analysis import Vocabulary, expand
from searchidx.store.files import Array, encode


class Tokens(NamedTuple):
    """The raw words of some texts.

    words: int32, their numbers, one text after the other. counts: int64, words per text. new: what `Lexicon.expand`
    needs of those met for the first time.
    """

    words: Array
    counts: Array
    new: Any


class Table(NamedTuple):
    """Expansions of W raw words as arrays, E entries in all; int32, every one.

    Word w takes widths[w] positions, and has the entries starts[w] to starts[w + 1] - 1: each a term, and its offset
    from the word's position. starts: (W + 1,). terms, offsets: (E,). widths: (W,).
    """

    starts: Array
    terms: Array
    offsets: Array
    widths: Array


class Lexicon(Protocol):
    """Raw words and terms, both numbered from 0. One thread may tokenise while another one does all the rest."""

    def tokenise(self, texts: Sequence[str]) -> Tokens:
        """The raw words of the next texts."""

    def expand(self, tokens: Tokens) -> None:
        """Take in the raw words that are new in these tokens; each must come, in the order they were made."""

    def table(self) -> Table:
        """The expansions of all raw words taken in."""

    def terms(self) -> list[bytes]:
        """All terms as UTF-8, in the order of their numbers."""


class PlainLexicon:
    """In Python; for few texts, or without numba."""

    def __init__(self) -> None:
        self._vocabulary = Vocabulary()
        self._terms = _Numbering()
        self._starts, self._widths = array("i", [0]), array("i")
        self._entries, self._offsets = array("i"), array("i")

    def tokenise(self, texts: Sequence[str]) -> Tokens:
        """See `Lexicon`."""
        words, counts = array("i"), array("q")
        known = len(self._vocabulary)
        for text in texts:
            numbers = self._vocabulary.number(text)
            words.extend(numbers)
            counts.append(len(numbers))
        new = list(islice(self._vocabulary, known, None))
        return Tokens(np.array(words, np.int32), np.array(counts, np.int64), new)

    def expand(self, tokens: Tokens) -> None:
        """See `Lexicon`."""
        for terms, width in map(expand.__wrapped__, tokens.new):  # each comes once: nothing to remember
            for term, offset in terms:
                self._entries.append(self._terms[term])
                self._offsets.append(offset)
            self._starts.append(len(self._entries))
            self._widths.append(width)

    def table(self) -> Table:
        """See `Lexicon`."""
        return Table(*(np.array(part, np.int32) for part in (self._starts, self._entries, self._offsets, self._widths)))

    def terms(self) -> list[bytes]:
        """See `Lexicon`."""
        return encode(self._terms)


class _Numbering(dict[str, int]):
    """Strings numbered as they are first met."""

    def __missing__(self, value: str) -> int:
        number = self[value] = len(self)
        return number
