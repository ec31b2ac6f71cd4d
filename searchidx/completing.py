"""What a search box offers while somebody types: words that papers hold, and titles."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt

from searchidx import query as q
from searchidx.analysis import QueryWord, clean, query_words
from searchidx.errors import QueryError
from searchidx.fields import TEXT_FIELDS
from searchidx.matching import Matcher
from searchidx.scoring import Mask
from searchidx.vocabulary import Remembered

AnyArray = npt.NDArray[Any]

_TITLE = [field.name for field in TEXT_FIELDS].index("title")
#: The word being typed, at the end of the text.
_LAST_WORD = re.compile(r"(?<![^\W_])[^\W_]+(?:[-.@_'&][^\W_]+)*[-.@_'&]?\Z")
_FILTER = re.compile(rf"(?:^|\s|[-+(])(?:{'|'.join(q.FILTER_PREFIXES)}):\S*\Z", re.IGNORECASE)
#: How much of the offers titles may take when there are words enough, one in so many.
_TITLES_IN = 4
#: Words that titles are looked for by when only the beginning of one is typed.
_OPENINGS = 8
#: Titles read for each one offered: those that hold the words but do not begin with the text.
_READ_PER_TITLE = 4
_MAX_REMEMBERED = 1_000


class Completer:
    """Completions over one snapshot. Safe to share between threads."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._snapshot = matcher.snapshot
        self._vocabulary = matcher.vocabulary
        self._openings: Remembered[str, AnyArray] = Remembered(_MAX_REMEMBERED)

    def suggest(self, text: str, limit: int) -> list[str]:
        """Texts that the given one may become, at most `limit`; see `Index.suggest`."""
        if limit < 1 or len(text) > q.MAX_CHARS:
            return []
        if _FILTER.search(text):
            return []  # the values of filters are no words
        last = _LAST_WORD.search(text)
        head, prefix = (text[: last.start()], clean(last.group()).lower()) if last else (text, "")
        before = _words_before(head)
        found = self._completed(before, prefix, limit) if len(prefix) >= q.MIN_PREFIX else []
        words = [head + word for word in found if head + word != text]
        titles = self._titles(text, before, prefix, limit)
        n_titles = max(min(len(titles), limit // _TITLES_IN), limit - len(words))
        offered = {offer.casefold(): offer for offer in reversed([*words[: limit - n_titles], *titles[:n_titles]])}
        return list(reversed(offered.values()))[:limit]

    # --- words ----------------------------------------------------------------------------------------------

    def _completed(self, before: list[QueryWord], prefix: str, limit: int) -> list[str]:
        """Words that begin so and stand in papers with all the words before, most papers first, ties by term."""
        candidates = self._vocabulary.beginning(prefix)
        context = self._holding(before)
        if context is not None:
            candidates = tuple((term, self._n_holding(term, context)) for term, _ in candidates)
        spelled: dict[str, str] = {}
        for term, count in sorted(candidates, key=lambda found: (-found[1], found[0]))[: 2 * limit]:
            if count and (spelling := self._vocabulary.spelled(term, lambda word: word.startswith(prefix))):
                spelled.setdefault(spelling.lower(), spelling)
                if len(spelled) == limit:
                    break
        return list(spelled.values())

    def _holding(self, words: list[QueryWord]) -> Mask | None:
        """Papers that hold every one of the words; words that no paper holds and stop words do not count."""
        mask: Mask | None = None
        for word in words:
            terms = {} if word.is_stop else self._matcher.known(word).terms
            if terms:
                holding = self._matcher.scorer.holding_any(terms)
                mask = holding if mask is None else mask & holding
        return mask

    def _n_holding(self, term: str, mask: Mask) -> int:
        postings = self._snapshot.postings(term)
        return int(np.count_nonzero(mask[postings.rows])) if postings else 0

    # --- titles ---------------------------------------------------------------------------------------------

    def _titles(self, text: str, before: list[QueryWord], prefix: str, limit: int) -> list[str]:
        """Titles that begin with the text, in the order of paper ids."""
        wanted = " ".join(text.casefold().split())
        if not wanted:
            return []
        found = []
        for row in self._snapshot.ordered(self._beginning(before, prefix).tolist())[: limit * _READ_PER_TITLE]:
            title = " ".join(self._vocabulary.title(row).split())
            if title.casefold().startswith(wanted):
                found.append(title)
                if len(found) == limit:
                    break
        return found

    def _beginning(self, before: list[QueryWord], prefix: str) -> AnyArray:
        """Rows of papers whose title begins with the words before, and that hold a word that begins so, rising."""
        terms = [term for word in before for term in word.phrase]
        last = [term for term, _ in self._vocabulary.beginning(prefix)] if len(prefix) >= q.MIN_PREFIX else []
        if not terms:
            openings = [self._opening(term) for term in last[:_OPENINGS]]
            return np.unique(np.concatenate([np.empty(0, np.int64), *openings]))
        rows = self._opening(terms[0])
        if len(terms) > 1:
            rows = np.intersect1d(rows, self._matcher.scorer.phrase(terms, (_TITLE,)), assume_unique=True)
        return rows[self._matcher.scorer.holding_any(last)[rows]] if last else rows

    def _opening(self, term: str) -> AnyArray:
        """Rows of live papers whose title begins with a term, rising."""
        return self._openings.get_or_make(term, lambda: self._find_opening(term))

    def _find_opening(self, term: str) -> AnyArray:
        found = [np.empty(0, np.int64)]
        encoded = term.encode("utf-8", "replace")
        for segment, base, _ in self._snapshot.parts:
            number = segment.find_term(encoded)
            if number >= 0:
                postings = segment.postings_of(number)
                in_title = np.flatnonzero(postings.tfs[_TITLE] > 0)
                counts = segment.occurrences_of(number)[in_title]
                positions = segment.positions_of(number).of(in_title, counts)
                # a posting's positions in the title come first
                begins = np.cumsum(counts) - counts
                found.append(postings.rows[in_title[positions[begins] == 0]] + base)
        rows = np.concatenate(found)
        return rows if self._snapshot.live is None else rows[self._snapshot.live[rows]]


def _words_before(head: str) -> list[QueryWord]:
    """The words of what stands before the one being typed; quotes need not be closed yet."""
    head = head.replace('"', " ")
    try:
        return [word for a, b in q.word_spans(head) for word in query_words(head[a:b])]
    except QueryError:
        return []
