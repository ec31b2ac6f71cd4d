"""Sentence spans of an abstract, found in one pass.

Scientific prose breaks naive splitters at `et al.`, `e.g.`, `vs.` and inside URLs; abstracts also glue sentences
together (`at low cost.To achieve this`). The spans returned here are what metrics cite as evidence.
"""

from __future__ import annotations

import re
import string
from bisect import bisect_right
from collections.abc import Sequence

from searchidx.paper import Span

#: Behind the mark that ends a sentence: closing quotes or brackets, then white space; or a capitalised word, glued.
_NEXT_BEGINS = r"""["'”’)\]}*]{0,4}(?:\s{1,8}(?=[A-Z0-9"'“‘(\[{\\$`*+α-ωΑ-Ω\ufffc])|(?=[A-Z][a-z]{1,15}\s))"""
#: Ends of sentences, empty lines among them. It opens with one set of characters, which `re` skips to quickly.
_END = re.compile(rf"[.!?\n](?:(?<=\n)\s{{0,8}}\n\s{{0,8}}|(?<!\n){_NEXT_BEGINS})")
#: .. and of a text where all are stops, as nearly all abstracts are: `re` skips to one character in half the time.
_STOP = re.compile(rf"\.{_NEXT_BEGINS}")
#: Words whose full stop does not end a sentence (compared in lower case, without the last stop).
_ABBREVIATIONS = frozenset(
    "e.g i.e et al cf vs v.s fig figs eq eqs sec tab resp approx ca viz etc. w.r.t wrt a.k.a aka st dr prof mr "
    "ms mrs no "
    "vol pp incl excl est abs rel std dev max min ref refs s.t i.i.d u.s ph.d sq avg acc".split()
)
_WORD_CHARACTERS = string.ascii_letters + "."
_LONGEST_ABBREVIATION = 12
_OPENERS = frozenset(
    "It We The In Our This These To For However On With By As Experiments Extensive Results A An Moreover Finally Then "
    "Here Based From When While Code Specifically Unlike Compared Using At Such They".split()
)
_NEXT_WORD = re.compile(r"(?P<word>[A-Za-z]*)")
_LOOK_BACK = 16
#: So many letters in a row are part of no abbreviation and no initial.
_LONGER_THAN_ABBREVIATIONS = 7


def split(text: str, opaque: tuple[Span, ...] = ()) -> list[Span]:
    """Spans of the sentences of `text`, in order, without the white space between them.

    opaque: spans (URLs), sorted, inside which no sentence ends. The first line break (between title and abstract)
    always ends a sentence.
    """
    starts = [span[0] for span in opaque]
    spans: list[Span] = []
    begin = text.find("\n") + 1
    if begin > 0:
        _append(text, 0, begin, spans)
    only_stops = text.find("!", begin) < 0 and text.find("?", begin) < 0 and text.find("\n", begin) < 0
    for match in (_STOP if only_stops else _END).finditer(text, begin):
        where, end = match.span()
        if text[where] == ".":
            # most stops stand behind a long word, which is no abbreviation
            letters = (
                text[where - _LONGER_THAN_ABBREVIATIONS : where] if where - begin >= _LONGER_THAN_ABBREVIATIONS else ""
            )
            is_long = end > where + 1 and letters.isalpha() and letters.isascii()
            if not is_long and not _stop_ends_sentence(text, where, end, begin):
                continue
        if starts:
            index = bisect_right(starts, where) - 1
            if index >= 0 and where < opaque[index][1]:
                continue
        _append(text, begin, end, spans)
        begin = end
    _append(text, begin, len(text), spans)
    return spans


def containing(sentences: Sequence[Span], position: int) -> Span:
    """The sentence that holds `position`; the nearest one before it when it stands between two."""
    index = bisect_right(sentences, position, key=lambda span: span[0]) - 1
    return sentences[max(index, 0)] if sentences else (0, 0)


def _stop_ends_sentence(text: str, where: int, end: int, begin: int) -> bool:
    """Whether the full stop at `where` ends a sentence rather than an abbreviation or an initial. end: where the next
    sentence may begin; begin: where this one began. Stops behind long words were settled before."""
    if end == where + 1:
        # glued: `cost.To` ends a sentence, `Node.Js `, `U.S.A` and `3.The` do not
        return text[where - 1 : where].islower() and text[max(where - 3, begin) : where].isalpha()
    tail = text[max(begin, where - _LOOK_BACK) : where]
    word = tail[len(tail.rstrip(_WORD_CHARACTERS)) :][-_LONGEST_ABBREVIATION:]
    last = word.lower()
    if last in _ABBREVIATIONS or last.rpartition(".")[2] in ("al", "vs"):
        return False
    # one capital letter is an initial (`J. Doe`), except before a word that opens sentences (`propose X. It`)
    if len(last) == 1 and word.isupper():
        following = _NEXT_WORD.match(text, end)
        return following is not None and following["word"] in _OPENERS
    return True


def _append(text: str, start: int, end: int, spans: list[Span]) -> None:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))
