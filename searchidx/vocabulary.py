"""The words of a snapshot: which terms begin so, which are spelt nearly so, and how papers write a term.

Terms are stems (`segment` stands for "segmentation"), but what people type, cut short or mistype are words. Two ways
lead from a stem to the words it stands for. `ENDINGS` gives the words it may stand for, without looking at any paper:
enough to measure how far a mistyped word is off. `Vocabulary.spellings` reads some of the papers that hold the term,
and says how they write it.

Everything here hangs on live papers alone and goes by the order of paper ids, so an index that was updated gives the
same words as one built anew.
"""

from __future__ import annotations

import re
from bisect import insort
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import chain, pairwise
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from searchidx.analysis import RAW_WORD, clean, expand, stem
from searchidx.families import IRREGULAR
from searchidx.fields import TEXT_FIELDS, held_texts
from searchidx.record import load_paper
from searchidx.scoring import Scorer
from searchidx.store.files import StringTable
from searchidx.store.snapshot import Snapshot

AnyArray = npt.NDArray[Any]
K = TypeVar("K")
V = TypeVar("V")
_TITLE = [field.name for field in TEXT_FIELDS].index("title")
#: Never shown in capitals: a query would read them as operators.
OPERATORS = frozenset(("and", "or", "not"))

#: Terms that a word with * or ~ stands for at most, the most frequent (or nearest) ones.
MAX_EXPANSIONS = 64
#: Papers read to see how a term is written, and to see whether it is ever written so. A term of no more papers is known
#: for certain; of more frequent ones a word that one paper in a hundred writes is found with 99 %.
_SAMPLE = 32
_LARGE_SAMPLE = 512
_MAX_REMEMBERED = 20_000
#: Texts kept: the first papers of one frequent term are mostly those of another.
_MAX_TEXTS = 4_000

#: What English words have behind their stem, most frequent first: 98 % of the different words of 8,754 abstracts.
ENDINGS = (
    *("", "s", "e", "ing", "ed", "es", "ic", "al", "ation", "ion", "er", "able", "ly", "ive", "ate", "ions", "ated"),
    *("ity", "ers", "ations", "ical", "ating", "ically", "ates", "ally", "ness", "ized", "ability", "ent", "ization"),
    *("d", "ics", "y", "ous", "ize", "izing", "ance", "ence", "ings", "ative", "ely", "ional", "ively", "ant", "ment"),
    *("ator", "ting", "ible", "izes", "ities", "l", "ement", "ping", "ators", "ication", "als", "ably", "ently", "ful"),
    *("ered", "ality", "ency", "ivity", "ped", "ling", "icity", "ents", "ibility", "ences", "ately", "ously", "ments"),
    *("ational", "ering", "ances", "alization", "ingly", "ism", "led", "ning", "ted", "ies", "ring", "ioning", "or"),
    *("eous", "ionally", "iveness", "eness", "izations", "atively", "alized", "ements", "eable", "ives", "fully"),
    *("izer", "ging", "encies", "ming", "ants", "alize", "edly", "ications", "antly", "is"),
)
#: Stems that lose a letter first: `studi` and `study`, `share` and `sharing`, `probabl` and `probability`.
_CHANGED = {"i": ("y", "ying", "ication"), "e": ("ing", "ings", "able"), "l": ("ility", "ilities")}
_LONGEST_ENDING = max(map(len, ENDINGS))
_IRREGULAR: dict[str, list[str]] = {}
for _word in IRREGULAR:
    _IRREGULAR.setdefault(stem(_word), []).append(_word)
#: What may follow where a word was cut off inside its ending.
_CONTINUATIONS = tuple(sorted({ending[place:] for ending in ENDINGS for place in range(len(ending) + 1)}))


class Near(NamedTuple):
    """A term in `df` papers that stands for a word, or may do so, that is `distance` letters off."""

    distance: int
    df: int
    term: str
    word: str


#: Terms by their length.
_Table = dict[int, list[str]]


class Remembered(Generic[K, V]):
    """What was made for each key; all is forgotten when it is too much. Safe to share between threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: dict[K, V] = {}

    def get_or_make(self, key: K, make: Callable[[], V]) -> V:
        """What was made for a key, made now if it was not."""
        try:
            return self._made[key]
        except KeyError:
            pass
        if len(self._made) >= self._most:
            self._made = {}
        made = self._made[key] = make()
        return made


class Vocabulary:
    """The words of one snapshot. Safe to share between threads: what two of them find out is the same."""

    def __init__(self, snapshot: Snapshot, scorer: Scorer) -> None:
        self.snapshot = snapshot
        self.scorer = scorer
        self._tables: dict[str, _Table] = {}
        self._begun: Remembered[str, tuple[tuple[str, int], ...]] = Remembered(_MAX_REMEMBERED)
        self._nearest: Remembered[tuple[str, int, bool], tuple[Near, ...]] = Remembered(_MAX_REMEMBERED)
        self._spelt: Remembered[str, Counter[str]] = Remembered(_MAX_REMEMBERED)
        self._texts: Remembered[int, tuple[str, str]] = Remembered(_MAX_TEXTS)

    # --- words cut short ------------------------------------------------------------------------------------

    def beginning(self, prefix: str) -> tuple[tuple[str, int], ...]:
        """(term, its papers) of the words that begin so, most papers first, ties by term; at most `MAX_EXPANSIONS`.

        A term belongs here when it begins so itself, or when one of its first papers (by id, `_LARGE_SAMPLE`) writes it
        with a word that does: `segmenta` gives `segment`.
        """
        return self._begun.get_or_make(prefix, lambda: self._find_beginning(prefix))

    def _find_beginning(self, prefix: str) -> tuple[tuple[str, int], ...]:
        bounds: dict[str, int] = {}
        for part in self.snapshot.parts:
            for number in _beginning_in(part.segment.terms, prefix):
                start, end = part.segment.posting_range(number)
                term = part.segment.terms.text(number)
                bounds[term] = bounds.get(term, 0) + end - start
        bounds |= {term: self.scorer.df(term) for term in self._shorter(prefix)}
        return self._most_frequent(bounds)

    def _shorter(self, prefix: str) -> list[str]:
        """Known terms that do not begin so but stand for words that do."""
        if not (prefix.isascii() and prefix.isalpha()):
            return []
        stems = {stem(prefix + rest) for rest in _CONTINUATIONS}
        known = sorted(s for s in stems if not s.startswith(prefix) and self.scorer.df(s))
        return [term for term in known if self.is_ever_written(term, prefix)]

    def is_ever_written(self, term: str, prefix: str) -> bool:
        """Whether one of the first papers of a term (by id, `_LARGE_SAMPLE`) writes it with a word that begins so."""
        for row in self._first_rows(term, _LARGE_SAMPLE):
            text = self._text(row)[1].lower()
            if prefix in text and any(
                raw.startswith(prefix) and _is_written(raw, term) for raw in RAW_WORD.findall(text)
            ):
                return True
        return False

    def _most_frequent(self, bounds: dict[str, int]) -> tuple[tuple[str, int], ...]:
        """The terms of most live papers. bounds: term -> papers, deleted ones included."""
        order = sorted(bounds, key=lambda term: (-bounds[term], term))
        if self.snapshot.live is None:
            return tuple((term, bounds[term]) for term in order[:MAX_EXPANSIONS])
        found: list[tuple[int, str]] = []
        for term in order:
            if len(found) >= MAX_EXPANSIONS and -found[MAX_EXPANSIONS - 1][0] > bounds[term]:
                break  # no later one can be more frequent than those found
            if df := self.scorer.df(term):
                insort(found, (-df, term))
        return tuple((term, -df) for df, term in found[:MAX_EXPANSIONS])

    # --- words mistyped -------------------------------------------------------------------------------------

    def near(self, word: str, most: int, first: bool = True) -> tuple[Near, ...]:
        """Terms that stand for a word at most `most` letters off, nearest first, then most papers, then by term.

        A letter off: one put in, left out or changed, or two neighbours swapped (optimal string alignment). At most
        `MAX_EXPANSIONS`. word: lower case. first: whether the first letter must agree.
        """
        return self._nearest.get_or_make((word, most, first), lambda: self._find_near(word, most, first))

    def _find_near(self, word: str, most: int, first: bool) -> tuple[Near, ...]:
        table = self._table(word[:1] if first else "")
        plain = word.isascii() and word.isalpha()
        terms = {*chain.from_iterable(_close(table, part, room) for part, room in _stumps(word, most))}
        if plain:
            terms.update(stem(other) for other in _within(word, IRREGULAR, most) if not first or other[0] == word[0])
        found = []
        for term in sorted(terms):
            distance, nearest = _nearest(word, term, most) if plain else (_osa(word, [term], most)[0], term)
            if distance <= most and (df := self.scorer.df(term)):
                found.append(Near(distance, df, term, nearest))
        return tuple(sorted(found, key=lambda near: (near.distance, -near.df, near.term))[:MAX_EXPANSIONS])

    def _table(self, letter: str) -> _Table:
        """All terms that begin with a letter, of deleted papers too; with "" all terms there are."""
        table = self._tables.get(letter)
        if table is None:
            terms: set[str] = set()
            for part in self.snapshot.parts:
                strings = part.segment.terms
                terms.update(map(strings.text, _beginning_in(strings, letter)) if letter else strings.all())
            table = {}
            for term in terms:
                table.setdefault(len(term), []).append(term)
            self._tables[letter] = table
        return table

    # --- words as papers write them -------------------------------------------------------------------------

    def spellings(self, term: str) -> Counter[str]:
        """How the first papers (by id, at most `_SAMPLE`) that hold a term write it, and how often."""
        return self._spelt.get_or_make(term, lambda: self._find_spellings(term))

    def _find_spellings(self, term: str) -> Counter[str]:
        found: Counter[str] = Counter()
        beginning = _words_beginning(term[0])
        for row in self._first_rows(term, _SAMPLE):
            for raw in beginning.findall(self._text(row)[1]):
                written = next((word for word in (raw, raw.partition("-")[0]) if _is_written(word, term)), None)
                if written is not None:
                    found[written] += 1
        return found

    def spelled(self, term: str, wanted: Callable[[str], bool]) -> str | None:
        """The most frequent of a term's spellings that are wanted (given in lower case), None when there is none.

        Without capitals when it is ever written so: names keep theirs, the first word of a sentence does not.
        """
        counts: Counter[str] = Counter()
        shown: dict[str, str] = {}
        for spelling, count in sorted(self.spellings(term).items(), key=lambda item: (-item[1], item[0])):
            lower = spelling.lower()
            if wanted(lower):
                counts[lower] += count
                shown.setdefault(lower, spelling)
                if spelling == lower or lower in OPERATORS:
                    shown[lower] = lower
        return shown[min(counts, key=lambda word: (-counts[word], word))] if counts else None

    def _first_rows(self, term: str, most: int) -> Sequence[int]:
        """The first papers, by id, that hold a term."""
        postings = self.snapshot.postings(term)
        if postings is None:
            return ()
        edges = np.searchsorted(postings.rows, [part.base for part in self.snapshot.parts] + [self.snapshot.n_rows])
        if self.snapshot.in_id_order:
            edges = edges[[0, -1]]
        first = [postings.rows[a : min(b, a + most)] for a, b in pairwise(edges.tolist())]
        return self.snapshot.ordered(np.concatenate(first).tolist())[:most]

    def title(self, row: int) -> str:
        """The title of a paper."""
        return self._text(row)[0]

    def _text(self, row: int) -> tuple[str, str]:
        """A paper's title, and its title and abstract, cleaned."""
        return self._texts.get_or_make(row, lambda: self._read_text(row))

    def _read_text(self, row: int) -> tuple[str, str]:
        stored = self.snapshot.stored(row)
        try:
            held = held_texts(load_paper(stored["paper"]))
            return held[_TITLE], clean("\n".join(held))
        except (KeyError, TypeError) as exc:
            raise self.snapshot.part_of(row).segment.damaged("stored.bytes") from exc


def _beginning_in(strings: StringTable, prefix: str) -> range:
    """The numbers of the strings that begin so."""
    encoded = prefix.encode("utf-8", "replace")
    return range(strings.lower_bound(encoded), strings.lower_bound(encoded + b"\xff"))  # no UTF-8 has the byte 255


@lru_cache(1_000)
def _words_beginning(letter: str) -> re.Pattern[str]:
    """What finds the words that begin with a letter, large or small; in compounds too, with what follows."""
    return re.compile(rf"(?<![^\W_])(?=[{re.escape(letter + letter.upper())}])(?:{RAW_WORD.pattern})")


def _is_written(raw: str, term: str) -> bool:
    """Whether a word as written stands for the term as a whole, not with one of its parts."""
    expansion = expand(raw)
    forms = expansion.terms if expansion.width == 1 else expansion.terms[:2]
    return any(form == term for form, _ in forms)


# --- distances ----------------------------------------------------------------------------------------------


def _distances(word: str, others: Sequence[str], most: int) -> AnyArray:
    """How many letters each of the others (at least one) is off; `most` + 1 for any that is more. uint8."""
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import cdist

    return np.asarray(cdist([word], others, scorer=OSA.distance, score_cutoff=most, dtype=np.uint8)[0])


def _osa(word: str, others: Sequence[str], most: int) -> list[int]:
    """`_distances` as a list."""
    distances: list[int] = _distances(word, others, most).tolist()
    return distances


@lru_cache(1_000)
def _stumps(word: str, most: int) -> tuple[tuple[str, int], ...]:
    """(beginning of the word, letters a stem may be off it) for every place where its ending may begin."""
    if not (word.isascii() and word.isalpha()):
        return ((word, most),)
    stumps = []
    for cut in range(min(len(word) - 1, _LONGEST_ENDING + most + 1)):
        end = len(word) - cut
        room = most - min(_osa(word[end:], [*ENDINGS, *chain(*_CHANGED.values())] if cut else [""], most))
        if room >= 0:
            # a letter more: the stem may have another one at its end
            stumps.append((word[:end], room + bool(cut)))
    return tuple(stumps)


def _close(table: _Table, word: str, most: int) -> Iterable[str]:
    """The terms at most so many letters off a word."""
    lengths = range(len(word) - most, len(word) + most + 1)
    return chain.from_iterable(_within(word, table[length], most) for length in lengths if length in table)


def _within(word: str, others: Sequence[str], most: int) -> Iterable[str]:
    """Those of the others at most so many letters off."""
    return [others[place] for place in np.flatnonzero(_distances(word, others, most) <= most).tolist()]


def _nearest(word: str, term: str, most: int) -> tuple[int, str]:
    """(letters off, the word) of the nearest word that the term may stand for; `most` + 1 if it is farther."""
    words = [term]
    if term.isascii() and term.isalpha():
        words += [term + ending for ending in ENDINGS[1:]]
        words += [term[:-1] + ending for ending in _CHANGED.get(term[-1], ())]
        words += _IRREGULAR.get(term, ())
    off = zip(_osa(word, words, most), words, strict=True)
    real = ((d, w) for d, w in off if d <= most and (w == term or stem(w) == term))
    return min(real, key=lambda found: found[0], default=(most + 1, term))
