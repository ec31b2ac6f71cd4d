"""The part of an abstract that shows why a paper was found, with the matched words marked.

Safe for HTML: everything but our own `<mark>` tags is escaped. For terminals `render` turns the marks into
colour and strips control characters.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection
from itertools import pairwise

from searchidx.analysis import RAW_WORD, clean, expand

MAX_CHARS = 280
OPEN, CLOSE = "<mark>", "</mark>"
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[\"'(\[A-Z0-9$\\])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def snippet(text: str, terms: Collection[str], *, max_chars: int = MAX_CHARS) -> str:
    """The sentences with the most distinct matched terms, in their order, at most about `max_chars` long.

    A sentence that is too long alone is cut around its first match. Without any match, the beginning of the text.
    """
    text = " ".join(_CONTROL.sub(" ", text).split())
    sentences = _SENTENCE_END.split(text)
    spans = [_matches(sentence, terms) for sentence in sentences]
    chosen = _choose(sentences, spans, max_chars)
    pieces = []
    for number in chosen:
        sentence, marks = sentences[number], spans[number]
        left, right = _window(sentence, marks, max_chars)
        piece = _marked(sentence[left:right], [(a - left, b - left) for a, b, _ in marks if left <= a and b <= right])
        pieces.append(("… " if left else "") + piece + (" …" if right < len(sentence) else ""))
    gaps = [" " if b == a + 1 else " … " for a, b in pairwise(chosen)]
    return "".join(piece + gap for piece, gap in zip(pieces, [*gaps, ""], strict=True))


def _choose(sentences: list[str], spans: list[list[tuple[int, int, str]]], max_chars: int) -> list[int]:
    """Numbers of the sentences to show: greedily the one that adds most terms not yet shown, while there is room."""
    chosen: list[int] = []
    shown: set[str] = set()
    room = max_chars
    while True:
        gains = [(len({t for *_, t in marks} - shown), -i) for i, marks in enumerate(spans) if i not in chosen]
        best, number = max(gains, default=(0, 0))
        number = -number
        if (chosen and best == 0) or number in chosen or (chosen and len(sentences[number]) > room):
            return sorted(chosen)
        chosen.append(number)
        shown |= {term for *_, term in spans[number]}
        room -= len(sentences[number])
        if room <= 0:
            return sorted(chosen)


def _matches(sentence: str, terms: Collection[str]) -> list[tuple[int, int, str]]:
    """(start, end, term) of every word of which some term was searched for."""
    found = []
    for match in RAW_WORD.finditer(sentence):
        raw = match.group() if match.group().isascii() else clean(match.group())
        term = next((t for t, _ in expand(raw).terms if t in terms), None)
        if term is not None:
            found.append((match.start(), match.end(), term))
    return found


def _window(sentence: str, marks: list[tuple[int, int, str]], max_chars: int) -> tuple[int, int]:
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
