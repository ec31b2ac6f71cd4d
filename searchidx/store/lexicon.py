"""Texts to numbers of raw words, and raw words to numbers of terms.

A `Lexicon` numbers both as they are first met, and expands each distinct raw word once. `PlainLexicon` does it with the
analyser, a text at a time; `bulk.BulkLexicon` compiled, many texts at once, with the same words and terms.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice, pairwise
from typing import Any, NamedTuple, Protocol

import numpy as np

from searchidx.analysis import Vocabulary, expand, without_latex
from searchidx.store.files import Array, encode
from searchidx.store.strings import Strings


class Texts(NamedTuple):
    """Some texts, unwrapped from LaTeX markup, as compiled code wants them.

    data: uint8, UTF-8, behind each text a line feed. lengths: int32, bytes per text with that line feed. plain: uint8,
    1 for a text of ASCII alone.
    """

    data: Array
    lengths: Array
    plain: Array

    def each(self) -> Iterator[str]:
        """One text after the other."""
        data = self.data.tobytes()
        for start, end in pairwise(accumulate(self.lengths.tolist(), initial=0)):
            yield _decoded(data[start : end - 1])

    def text(self, number: int) -> str:
        """One text."""
        start = int(self.lengths[:number].sum())
        return _decoded(self.data[start : start + int(self.lengths[number]) - 1].tobytes())


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")


def packed(texts: Iterable[str]) -> Texts:
    """These texts. A lone surrogate, which is part of no word, comes through."""
    unwrapped = [without_latex(text) for text in texts]
    lines = [text.encode("utf-8", "surrogatepass") for text in unwrapped]
    return Texts(
        np.frombuffer(b"\n".join([*lines, b""]), np.uint8),
        np.fromiter((len(line) + 1 for line in lines), np.int32, len(lines)),
        np.fromiter(map(str.isascii, unwrapped), np.uint8, len(lines)),
    )


def joined(parts: Sequence[Texts]) -> Texts:
    """The texts of all parts, one after the other; arrays of its own."""
    return Texts(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


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

    def tokenise(self, texts: Texts) -> Tokens:
        """The raw words of the next texts."""

    def expand(self, tokens: Tokens) -> None:
        """Take in the raw words that are new in these tokens; each must come, in the order they were made."""

    def table(self) -> Table:
        """The expansions of all raw words taken in."""

    def terms(self) -> Strings:
        """All terms, in the order of their numbers."""


class PlainLexicon:
    """In Python; for few texts, or without numba."""

    def __init__(self) -> None:
        self._vocabulary = Vocabulary()
        self._terms = _Numbering()
        self._starts, self._widths = array("i", [0]), array("i")
        self._entries, self._offsets = array("i"), array("i")

    def tokenise(self, texts: Texts) -> Tokens:
        """See `Lexicon`."""
        words, counts = array("i"), array("q")
        known = len(self._vocabulary)
        for text in texts.each():
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

    def terms(self) -> Strings:
        """See `Lexicon`."""
        return Strings.of(encode(self._terms))


class _Numbering(dict[str, int]):
    """Strings numbered as they are first met."""

    def __missing__(self, value: str) -> int:
        number = self[value] = len(self)
        return number
