"""Did you mean: other spellings for the words of a query that no paper holds.

A suggestion is a word that papers write, found in the papers themselves. None is better than a bad one: what is not
surely a slip (a short word, a name nobody wrote about) stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchidx import query as q
from searchidx.analysis import clean, query_words
from searchidx.errors import QueryError
from searchidx.store.postings import Postings
from searchidx.vocabulary import Near, Vocabulary

AnyArray = npt.NDArray[Any]

#: Papers that must hold a word one letter off (two letters off), by the letters of the word typed; the last holds for
#: longer ones too. The shorter a word, the likelier it is that something new is spelt nearly like something else. Over
#: 87,540 papers 93 % of random slips in words of titles are repaired, and of surnames no paper holds 1 % are changed
#: (8 % in lower case).
_MIN_PAPERS = {
    1: {4: 1_000, 5: 500, 6: 100, 7: 30, 8: 5},
    2: {7: 2_000, 8: 1_000, 9: 200, 10: 30},
}
#: The index these numbers are for; in a smaller one fewer papers say as much.
_OF_PAPERS = 87_000
#: So many times as many for a word with a capital where others have none: it may well be a name.
_NAME = 20
#: Slips in the first letter are rare: a word with another one must be so much likelier; none is looked for when a word
#: with the same is as frequent as this.
_OTHER_FIRST = 0.02
_FREQUENT = 500
#: Papers that must hold two words side by side (or a word put together) before one is taken for a slip for the other.
_MIN_PAPERS_APART = 5
_SHORTEST_PART = 3
#: Shorter words are not written with a capital in headlines.
_HEADLINE = 5
#: Candidates whose papers are read, and words of the query that they are held against.
_MAX_READ = 6
_MAX_CONTEXT = 8


class _Case(Enum):
    """How a word stands among the others. NAME: it alone begins with a capital; ODD: it has capitals inside."""

    PLAIN = 1
    NAME = 2
    ODD = 3


class _Word(NamedTuple):
    """A word of the query's text, from start to end. unknown: whether no paper holds it."""

    text: str
    start: int
    end: int
    unknown: bool
    case: _Case


class Speller:
    """Suggests spellings over one snapshot. Safe to share between threads."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._scorer = vocabulary.scorer

    def did_you_mean(self, text: str, unknown: Iterable[str], known: Iterable[str]) -> str | None:
        """The query with better spellings in place of unknown words, None when there are none.

        unknown: words of the query that no paper holds; known: terms of its other words. Nearer spellings come first,
        of equally near ones that which stands most often in papers with the query's other words.
        """
        try:
            words = _words(text, {word.lower() for word in unknown})
        except QueryError:
            return None
        context = [postings.rows for term in list(known)[:_MAX_CONTEXT] if (postings := self._postings(term))]
        changes = self._joined(text, words)
        for word in words:
            if word.unknown and not any(start <= word.start < end for start, end, _ in changes):
                better = self._corrected(word, context)
                if better is not None:
                    changes.append((word.start, word.end, better))
        for start, end, better in sorted(changes, reverse=True):
            text = text[:start] + better + text[end:]
        return text if changes else None

    def _postings(self, term: str) -> Postings | None:
        return self._scorer.postings(term)

    # --- one word -------------------------------------------------------------------------------------------

    def _corrected(self, word: _Word, context: Sequence[AnyArray]) -> str | None:
        """What was meant by one unknown word: one letter off, else two words without their blank, else two off."""
        text = clean(word.text).lower()
        if word.case is _Case.ODD:
            return self._apart(text)
        times = _NAME if word.case is _Case.NAME else 1
        return self._nearest(text, 1, context, times) or self._apart(text) or self._nearest(text, 2, context, times)

    def _nearest(self, word: str, distance: int, context: Sequence[AnyArray], times: int) -> str | None:
        """The best word so many letters off, held by `times` the papers that a word must be held by."""
        fewest = _MIN_PAPERS[distance]
        if len(word) < min(fewest):
            return None
        least = self._at_least(times * fewest[min(len(word), max(fewest))])
        near = self._rated(word, distance, context, least, same_first=True)
        if distance == 1 and not (near and near[0][1].df >= _FREQUENT):
            near += self._rated(word, distance, context, least, same_first=False)
        near.sort(key=lambda rated: (-rated[0], -rated[1].df, rated[1].term))
        for _, found in near[:_MAX_READ]:
            if spelling := self._written(found, word):
                return spelling
        return None

    def _rated(
        self, word: str, distance: int, context: Sequence[AnyArray], least: int, same_first: bool
    ) -> list[tuple[float, Near]]:
        """(how likely it was meant, the term) of terms exactly so many letters off, most likely first."""
        swapped = word[1::-1] + word[2:]
        rated = []
        for found in self._vocabulary.near(word, distance, same_first):
            if found.distance == distance and found.df >= least and (found.word[0] == word[0]) is same_first:
                likely = self._together(found.term, context) if context else found.df
                # letters swapped at the beginning are as frequent as anywhere; another first letter is rare
                rare = not same_first and found.word != swapped
                rated.append((likely * _OTHER_FIRST if rare else likely, found))
        rated.sort(key=lambda rated: (-rated[0], -rated[1].df, rated[1].term))
        return [(likely, found) for likely, found in rated if likely]  # never with the other words: not in this query

    def _together(self, term: str, context: Sequence[AnyArray]) -> float:
        """How much of the papers of each other word hold the term, added up."""
        postings = self._postings(term)
        if postings is None:
            return 0.0
        return sum(len(np.intersect1d(postings.rows, other, assume_unique=True)) / len(other) for other in context)

    def _written(self, found: Near, word: str) -> str | None:
        """The word as far off as the term promised, as papers write it most; None when none of those read does."""
        from rapidfuzz.distance import OSA

        written = self._vocabulary.spelled(
            found.term, lambda written: OSA.distance(word, written, score_cutoff=found.distance) == found.distance
        )
        if written is None and self._vocabulary.is_ever_written(found.term, found.word):
            return found.word
        return written

    def _at_least(self, papers: int) -> int:
        return max(1, papers * min(self._scorer.snapshot.n_papers, _OF_PAPERS) // _OF_PAPERS)

    # --- blanks ---------------------------------------------------------------------------------------------

    def _apart(self, word: str) -> str | None:
        """Two words whose blank was left out, if papers hold them side by side."""
        best, most = None, self._at_least(_MIN_PAPERS_APART) - 1
        for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
            left, right = word[:cut], word[cut:]
            terms = self._terms(left, right)
            if terms and all(self._scorer.df(term) > most for term in terms):
                count = len(self._scorer.phrase(terms, (0, 1)))
                if count > most and self._is_written(terms[0], left) and self._is_written(terms[-1], right):
                    best, most = f"{left} {right}", count
        return best

    def _joined(self, text: str, words: Sequence[_Word]) -> list[tuple[int, int, str]]:
        """Words that a blank too many took apart: (start, end, the one word)."""
        changes: list[tuple[int, int, str]] = []
        for left, right in pairwise(words):
            apart = text[left.end : right.start]
            if not (left.unknown or right.unknown) or apart.strip() or (changes and changes[-1][1] > left.start):
                continue
            whole = clean(left.text + right.text).lower()
            terms = self._terms(whole)
            known = len(terms) == 1 and self._scorer.df(terms[0]) >= self._at_least(_MIN_PAPERS_APART)
            if known and self._is_written(terms[0], whole):
                changes.append((left.start, right.end, whole))
        return changes

    def _terms(self, *words: str) -> list[str]:
        return [term for word in words for found in query_words(word) for term in found.phrase]

    def _is_written(self, term: str, word: str) -> bool:
        """Whether papers write the term exactly so, but for capitals."""
        return self._vocabulary.spelled(term, word.__eq__) is not None


def _words(text: str, unknown: set[str]) -> list[_Word]:
    """The words of a query's text, in order."""
    spans = list(q.word_spans(text))
    written = [text[a:b] for a, b in spans]
    shouted = len(written) > 1 and all(word.isupper() for word in written)
    headline = len(written) > 1 and all(word[0].isupper() or len(word) < _HEADLINE for word in written)

    def case(word: str) -> _Case:
        if shouted or word.islower():
            return _Case.PLAIN
        if not word[1:].islower():
            return _Case.ODD
        return _Case.PLAIN if headline else _Case.NAME

    return [
        _Word(word, a, b, clean(word).lower() in unknown, case(word))
        for word, (a, b) in zip(written, spans, strict=True)
    ]
