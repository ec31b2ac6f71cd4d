"""The part of an abstract (or of keywords) that shows why a paper was found, with the matched words marked.

Safe for HTML: everything but our own `<mark>` tags is escaped. For terminals `render` turns the marks into
colour and strips control characters.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from searchidx.analysis import RAW_WORD, STOP_WORDS, clean, expand
from searchidx.paper import Paper

MAX_CHARS = 280
OPEN, CLOSE = "<mark>", "</mark>"
_SENTENCE_END = re.compile(
    r"[.!?](?<! al\.)(?<! vs\.)(?<! cf\.)(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bFig\.) (?=[\"'(\[A-Z0-9$\\])"
)
_AROUND = ".,;:!?()[]\"'"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def paper_snippet(paper: Paper, terms: Collection[str]) -> str:
    """A snippet of a paper's abstract; of its keywords when these hold a matched term and the abstract none."""
    of_abstract = snippet(paper.abstract, terms)
    if OPEN in of_abstract or not paper.keywords:
        return of_abstract
    of_keywords = snippet(f"Keywords: {'; '.join(paper.keywords)}", terms)
    return of_keywords if OPEN in of_keywords else of_abstract


def snippet(text: str, terms: Collection[str], *, max_chars: int = MAX_CHARS) -> str:
    """The sentences with the most distinct matched terms, in their order, at most about `max_chars` long.

    A sentence that is too long alone is cut around its first match. Without any match, the beginning of the text.
    """
    tokens = (text if text.isprintable() else _CONTROL.sub(" ", text)).split()
    text = " ".join(tokens)
    begins = [0, *(end.end() for end in _SENTENCE_END.finditer(text))]
    sentences = [text[begin : end - 1] for begin, end in pairwise([*begins, len(text) + 1])]
    spans = _spans(text, tokens, begins, _wanted(tuple(terms)))
    chosen = _choose(sentences, spans, max_chars)
    pieces = []
    for number in chosen:
        sentence, marks = sentences[number], spans.get(number, [])
        left, right = _window(sentence, marks, max_chars)
        piece = _marked(sentence[left:right], [(a - left, b - left) for a, b, _ in marks if left <= a and b <= right])
        pieces.append(("… " if left else "") + piece + (" …" if right < len(sentence) else ""))
    gaps = [" " if b == a + 1 else " … " for a, b in pairwise(chosen)]
    return "".join(piece + gap for piece, gap in zip(pieces, [*gaps, ""], strict=True))


#: (start, end, term) of every word of which some term was searched for.
_Marks = list[tuple[int, int, str]]


class _Wanted(dict[str, _Marks]):
    """Token (what stands between blanks) -> words in it of which some of these terms was searched for; finds them when
    asked. Threads may share one: what two of them find is the same.
    """

    def __init__(self, terms: tuple[str, ...]) -> None:
        self._terms = frozenset(terms)
        #: Words that are not marked alone: those of "state-of-the-art" that stand everywhere.
        self._passed_over = STOP_WORDS if self._terms - STOP_WORDS else frozenset()
        self._tokens: set[str] = set()
        self._of: tuple[_Vocabulary | None, int] = (None, 0)

    def __missing__(self, token: str) -> _Marks:
        marks = self[token] = []
        for start, end, word in _words(token):
            term = next((term for term, _ in expand(word).terms if term in self._terms), None)
            if term is not None and word.lower() not in self._passed_over:
                marks.append((start, end, term))
        return marks

    def tokens(self, text: str, tokens: list[str]) -> set[str]:
        """All tokens met so far that hold such words, those of the text among them."""
        vocabulary = _learnt(text, tokens)
        size = len(vocabulary.tokens)
        if self._of[0] is not vocabulary or self._of[1] != size:
            self._tokens = set().union(*(vocabulary.standing.get(term, ()) for term in self._terms))
            self._of = vocabulary, size
        return self._tokens


_wanted = lru_cache(maxsize=64)(_Wanted)


class _Vocabulary(NamedTuple):
    """Tokens met so far and the terms they stand under: the analyser turned round, remembered.

    So most tokens of a text are passed over together instead of one by one. texts: hashes of texts whose tokens are all
    known; looking up each token in so large a set would wait for memory each time. A token is known only once it
    stands under its terms.
    """

    texts: set[int]
    tokens: set[str]
    standing: dict[str, set[str]]


_MAX_TOKENS = 200_000
_vocabulary = _Vocabulary(set(), set(), {})


def _learnt(text: str, tokens: list[str]) -> _Vocabulary:
    """A vocabulary with the tokens of the text."""
    global _vocabulary
    known = _vocabulary
    if (seen := hash(text)) in known.texts:
        return known
    if len(known.tokens) > _MAX_TOKENS:
        known = _vocabulary = _Vocabulary(set(), set(), {})
    for token in set(tokens) - known.tokens:
        for _, _, word in _words(token):
            for term, _ in expand(word).terms:
                known.standing.setdefault(term, set()).add(token)
        known.tokens.add(token)
    known.texts.add(seen)
    return known


def _words(token: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, the word cleaned) of every word in a token; a word in LaTeX with its markup (`$k$-NN`)."""
    if "$" in token or "\\" in token:
        inner = token.strip(_AROUND)
        if RAW_WORD.fullmatch(cleaned := clean(inner)):
            start = token.index(inner)
            yield start, start + len(inner), cleaned
            return
    for match in RAW_WORD.finditer(token):
        word = match.group()
        yield match.start(), match.end(), word if word.isascii() else clean(word)


def _spans(text: str, tokens: list[str], begins: list[int], wanted: _Wanted) -> dict[int, _Marks]:
    """Number of a sentence -> its marks, for those that have any. begins: where sentences begin in the text."""
    hits = wanted.tokens(text, tokens)
    places = [place for place, token in enumerate(tokens) if token in hits]
    ends = list(accumulate(map(len, tokens))) if places else []
    spans: dict[int, _Marks] = {}
    for place in places:
        token = tokens[place]
        begin = ends[place] - len(token) + place
        number = bisect_right(begins, begin) - 1
        at = begin - begins[number]
        if marks := wanted[token]:
            spans.setdefault(number, []).extend([(at + start, at + end, term) for start, end, term in marks])
    return spans


def _choose(sentences: list[str], spans: dict[int, _Marks], max_chars: int) -> list[int]:
    """Numbers of the sentences to show: greedily the one that adds most terms not yet shown, while there is room.

    Of equal sentences the first; the text's first when none has a term.
    """
    left = {number: {term for *_, term in marks} for number, marks in spans.items()}
    chosen: list[int] = []
    shown: set[str] = set()
    room = max_chars
    while left:
        number = max(left, key=lambda number: (len(left[number] - shown), -number))
        terms = left.pop(number)
        if chosen and (terms <= shown or len(sentences[number]) > room):
            break
        chosen.append(number)
        shown |= terms
        room -= len(sentences[number])
        if room <= 0:
            break
    return sorted(chosen) or [0]


def _window(sentence: str, marks: _Marks, max_chars: int) -> tuple[int, int]:
    """The part of a sentence to show: all of it if it is short, else around the first match, cut at blanks."""
    if len(sentence) <= max_chars:
        return 0, len(sentence)
    first = marks[0][0] if marks else 0
    left = max(0, min(first - max_chars // 4, len(sentence) - max_chars))
    if left:
        left = max(sentence.find(" ", left, first) + 1, 0) or left
    right = min(left + max_chars, len(sentence))
    if right < len(sentence):
        right = max(sentence.rfind(" ", left, right), left + max_chars // 2)
    return left, right


def _marked(text: str, marks: list[tuple[int, int]]) -> str:
    parts = []
    at = 0
    for start, end in marks:
        parts += [html.escape(text[at:start]), OPEN, html.escape(text[start:end]), CLOSE]
        at = end
    parts.append(html.escape(text[at:]))
    return "".join(parts)
