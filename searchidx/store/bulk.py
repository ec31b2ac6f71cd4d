"""Many texts at once, compiled: the lexicon of whole corpora. Importing this imports numba.

What the kernels leave to Python is what few texts or words need, and happens once for each distinct one: LaTeX markup,
characters not met before, stems, and words of more than letters and hyphens.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from searchidx.analysis import RAW_WORD, clean, clean_character, expand, stem
from searchidx.store import compounds, scanning
from searchidx.store.files import Array, encode
from searchidx.store.lexicon import Table, Texts, Tokens
from searchidx.store.strings import Strings, offsets_of

_CODE_POINTS = 0x110000


class WordTable:
    """Distinct strings of bytes, numbered as they are first met; `arrays` and `state` are what `scanning` works on."""

    def __init__(self) -> None:
        self.state = np.zeros(2, np.int64)
        self._slots = np.zeros(1 << 16, np.uint64)
        self._arena = np.empty(1 << 19, np.uint8)
        self._ends = np.zeros(1 << 15, np.int64)

    def __len__(self) -> int:
        return int(self.state[scanning.KNOWN])

    @property
    def arrays(self) -> tuple[Array, Array, Array]:
        """(slots, arena, ends); others when the table has grown."""
        return self._slots, self._arena, self._ends

    def grow(self) -> None:
        """Twice the room."""
        self._arena = np.concatenate((self._arena, np.empty_like(self._arena)))
        self._ends = np.concatenate((self._ends, np.empty_like(self._ends)))
        self._slots = np.zeros(2 * len(self._slots), np.uint64)
        scanning.fill_slots(self.arrays, len(self))

    def number(self, text: Array, starts: Array, ends: Array) -> Array:
        """The numbers of the words text[starts[i] : ends[i]], int32."""
        cuts = np.zeros((len(starts), 3), np.uint64)
        cuts[:, 0], cuts[:, 1] = starts, ends
        words = np.empty(len(starts), np.int32)
        while not scanning.number_words(text, cuts, self.arrays, self.state, words):
            self.grow()
        return words

    def number_all(self, values: Sequence[bytes]) -> Array:
        """The numbers of these words, int32."""
        starts = np.zeros(len(values) + 1, np.int64)
        np.cumsum([len(value) for value in values], out=starts[1:])
        return self.number(_buffer(b"".join(values)), starts[:-1], starts[1:])

    def since(self, first: int) -> tuple[Array, Array]:
        """(text, starts) of the words from number `first` on; with the end of the last behind the starts."""
        ends = self._ends[first : len(self) + 1]
        return self._arena[ends[0] : ends[-1]].copy(), ends - ends[0]


def _buffer(data: bytes) -> Array:
    """The bytes, writable: a kernel is compiled once more for arrays that are not."""
    return np.frombuffer(bytearray(data), np.uint8)


class BulkLexicon:
    """See `lexicon.Lexicon`."""

    def __init__(self) -> None:
        self._words = WordTable()
        self._cleaner = _Cleaner()
        self._terms = _Terms()

    def tokenise(self, texts: Texts) -> Tokens:
        """See `Lexicon`."""
        known = len(self._words)
        words, counts = self._scanned(texts)
        if counts.min(initial=0) < 0:
            words, counts = self._with_hard_texts(texts, words, counts)
        return Tokens(words, counts, self._words.since(known))

    def _scanned(self, texts: Texts) -> tuple[Array, Array]:
        """(words, counts), -1 for the texts left out."""
        source = (texts.data, offsets_of(texts.lengths), texts.plain)
        words, counts = np.empty(len(texts.data) // 2 + 1, np.int32), np.empty(len(texts.lengths), np.int64)
        progress = np.zeros(2, np.int64)
        while problem := scanning.tokenise(
            source, self._cleaner.arrays, self._words.arrays, self._words.state, progress, words, counts
        ):
            if problem == scanning.TABLE_FULL:
                self._words.grow()
            elif problem == scanning.WORDS_FULL:
                words = np.concatenate((words, np.empty_like(words)))
            else:
                self._cleaner.learn_from(source, progress[scanning.TEXT])
        return words[: progress[scanning.WRITTEN]].copy(), counts

    def _with_hard_texts(self, texts: Texts, words: Array, counts: Array) -> tuple[Array, Array]:
        """(words, counts) with those of the texts left out, cut by the analyser, at their places."""
        hard = counts < 0
        cut = [RAW_WORD.findall(clean(texts.text(t))) for t in np.flatnonzero(hard).tolist()]
        counts[hard] = [len(raws) for raws in cut]
        theirs = self._words.number_all([raw.encode() for raws in cut for raw in raws])
        return _interleaved(hard, counts, theirs, words), counts

    def expand(self, tokens: Tokens) -> None:
        """See `Lexicon`."""
        self._terms.add(*tokens.new)

    def table(self) -> Table:
        """See `Lexicon`."""
        return self._terms.table()

    def terms(self) -> Strings:
        """See `Lexicon`."""
        return Strings(*self._terms.known.since(0))


def _interleaved(chosen: Array, counts: Array, theirs: Array, others: Array) -> Array:
    """The values of groups in their order. counts: values per group; `theirs` are of the chosen groups."""
    is_theirs = np.repeat(chosen, counts)
    merged = np.empty(len(is_theirs), np.int32)
    merged[is_theirs] = theirs
    merged[~is_theirs] = others
    return merged


class _Cleaner:
    """What `analysis.clean` makes of each character, as far as it is known."""

    def __init__(self) -> None:
        # a place and, in the lowest 8 bits, a length
        self._characters = np.zeros(_CODE_POINTS, np.int32)
        self._replacements = b" "  # so that no place is 0, which means unknown
        self._learn(range(128))

    @property
    def arrays(self) -> tuple[Array, Array]:
        """(characters, replacements) for `scanning`."""
        return self._characters, _buffer(self._replacements)

    def learn_from(self, packed: tuple[Array, Array, Array], first: int) -> None:
        """Enter all characters of the texts from `first` on."""
        self._learn(scanning.unknown_characters(packed, first, self._characters).tolist())

    def _learn(self, points: Iterable[int]) -> None:
        for point in points:
            cleaned = clean_character(chr(point))
            if cleaned is None or any(c.isdecimal() and not c.isascii() for c in cleaned):
                self._characters[point] = scanning.HARD  # the scanner knows no digits but ASCII's
                continue
            encoded = "".join(c if c.isascii() or c.isalnum() else " " for c in cleaned).encode()
            self._characters[point] = len(self._replacements) << 8 | len(encoded)
            self._replacements += encoded


class _Terms:
    """The terms of raw words; see `compounds` for entries."""

    def __init__(self) -> None:
        self.known = WordTable()
        self._unstemmed = WordTable()
        self._stems = np.empty(0, np.int32)  # the term of each unstemmed string
        self._counts: list[Array] = []
        self._entries: list[Array] = []
        self._offsets: list[Array] = []

    def add(self, text: Array, starts: Array) -> None:
        """The next raw words, text[starts[i] : starts[i + 1]]."""
        n_words = len(starts) - 1
        room = 2 * (len(text) + n_words)
        out, cuts = np.empty(3 * len(text), np.uint8), np.empty((room, 2), np.int64)
        stemmed, offsets, counts = np.empty(room, bool), np.empty(room, np.int32), np.empty(n_words, np.int64)
        n = compounds.take_apart(text, starts, out, cuts, stemmed, offsets, counts)
        entries = self._terms_of(out, cuts[:n], stemmed[:n])
        offsets = offsets[:n]
        hard = counts == 0
        if hard.any():
            expansions = [expand.__wrapped__(text[a:b].tobytes().decode()) for a, b in _spans(starts, hard)]
            counts[hard] = [len(terms) for terms, _ in expansions]
            theirs = [entry for terms, _ in expansions for entry in terms]
            entries = _interleaved(hard, counts, self.known.number_all(encode(t for t, _ in theirs)), entries)
            offsets = _interleaved(hard, counts, np.array([offset for _, offset in theirs], np.int32), offsets)
        left = compounds.drop_repeated(entries, offsets, counts)
        self._counts.append(counts)
        self._entries.append(entries[:left].copy())
        self._offsets.append(offsets[:left].copy())

    def _terms_of(self, out: Array, cuts: Array, stemmed: Array) -> Array:
        """The terms of entries."""
        terms = np.empty(len(cuts), np.int32)
        terms[~stemmed] = self.known.number(out, *cuts[~stemmed].T)
        known = len(self._unstemmed)
        unstemmed = self._unstemmed.number(out, *cuts[stemmed].T)
        new = Strings(*self._unstemmed.since(known)).listed()
        stems = self.known.number_all([stem(string.decode()).encode() for string in new])
        self._stems = np.concatenate((self._stems, stems))
        terms[stemmed] = self._stems[unstemmed]
        return terms

    def table(self) -> Table:
        """See `Lexicon`."""
        counts, offsets = _joined(self._counts), _joined(self._offsets)
        starts = np.zeros(len(counts) + 1, np.int32)
        np.cumsum(counts, out=starts[1:])
        # positions have no gaps: a word is as wide as its last entry says
        return Table(starts, _joined(self._entries), offsets, offsets[starts[1:] - 1] + 1)


def _spans(starts: Array, chosen: Array) -> Iterable[tuple[int, int]]:
    return zip(starts[:-1][chosen].tolist(), starts[1:][chosen].tolist(), strict=True)


def _joined(parts: Sequence[Array]) -> Array:
    return np.concatenate([np.empty(0, np.int32), *parts], dtype=np.int32)
