"""Links, their kinds, the paper's repository and the statement about its code, from one text."""

from __future__ import annotations

import re
from typing import NamedTuple

from searchidx.extraction import code as code_statement
from searchidx.extraction import hints, kinds, links, marks, sentences
from searchidx.extraction.marks import MASK, MarkedText
from searchidx.paper import CodeStatement, Link, LinkKind, Span

#: A longer sentence is a run of data, not prose; statements are looked for in its beginning.
_LONGEST_SENTENCE = 1500

#: A text without any of these holds no URL.
_URL_HINTS = ("http", "www.", "github", "available at ", ".gitlab.io")
_HOST_HINT = re.compile(r"\.[a-z]{2,6}/")
#: Nor does one without a slash and without a stop inside a word, which is sooner seen.
_STOP_INSIDE = re.compile(r"\.[\w-]")


class ReadText(NamedTuple):
    """A text made ready for the extractors: URLs masked with U+FFFC, sentences found and marked."""

    text: str
    masked: str
    urls: tuple[links.FoundUrl, ...]
    sentences: tuple[Span, ...]
    marked: MarkedText


def read(text: str, limit: int) -> ReadText:
    """`text` with its URLs found everywhere, and its first `limit` characters masked and split into sentences."""
    lowered = text.lower()
    found: list[links.FoundUrl] = []
    spans: tuple[Span, ...] = ()
    if _may_hold_urls(lowered):
        found, spans = links.find_urls(text)
    masked = text[:limit]
    for start, end in spans:
        if end <= limit:
            masked = masked[:start] + MASK * (end - start) + masked[end:]
    parts = tuple(sentences.split(masked, spans))
    known = lowered if masked is text and len(lowered) == len(text) else hints.lower_same_length(masked)
    return ReadText(text, masked, tuple(found), parts, MarkedText(masked, known, parts))


def _may_hold_urls(lowered: str) -> bool:
    slashed = "/" in lowered
    if not slashed and _STOP_INSIDE.search(lowered) is None:
        return False
    return hints.holds_any(lowered, _URL_HINTS) or (slashed and _HOST_HINT.search(lowered) is not None)


def find_links(ready: ReadText) -> tuple[tuple[Link, ...], frozenset[int]]:
    """(links with kinds, positions of the links that are lists of papers)."""
    result: list[Link] = []
    lists: set[int] = set()
    for found in ready.urls:
        context = _context(ready, found.span)
        kind = kinds.kind_of(found.url, context)
        result.append(Link(url=found.url, kind=kind, origin="abstract", span=found.span))
        if kind == "code" and kinds.is_paper_list(found.url, context):
            lists.add(found.span[0])
    return tuple(result), frozenset(lists)


def own_repo(found: tuple[Link, ...]) -> str | None:
    """`host/owner/name` of the paper's own repository, or None."""
    return kinds.own_repo([(link.url, link.kind) for link in found])


def state(ready: ReadText, found: tuple[Link, ...], lists: frozenset[int]) -> CodeStatement:
    """What the text says of the code. `released` in one sentence outweighs `promised` in another, unless a promise
    stands in the sentence of the code link itself."""
    title_end = ready.masked.find("\n")
    # the title names a topic, it releases nothing
    telling = [
        span
        for span, holds in zip(ready.sentences, ready.marked.holds, strict=True)
        if holds & marks.CODE and holds & marks.GIVING and span[0] > title_end
    ]
    stated = [code_statement.sentence_statement(_beginning(ready, span)) for span in telling]
    for link in found:
        if link.kind == "code" and link.span is not None and link.span[0] not in lists:
            start, end = sentences.containing(ready.sentences, link.span[0])
            promised = code_statement.promises(_beginning(ready, (start, end)))
            stated.append("promised" if promised else "released")
    if "released" in stated:
        return "released"
    return "promised" if "promised" in stated else "none"


def _beginning(ready: ReadText, span: Span) -> str:
    return ready.masked[span[0] : min(span[1], span[0] + _LONGEST_SENTENCE)]


def _context(ready: ReadText, span: Span) -> kinds.LinkContext:
    start, end = sentences.containing(ready.sentences, span[0])
    start, end = max(start, span[0] - 600), min(end, span[1] + 300)
    before_start = start
    for other in ready.urls:
        if start < other.span[1] <= span[0]:
            before_start = other.span[1]
    return kinds.LinkContext(
        before=code_statement.without_footnotes(ready.masked[before_start : span[0]]),
        after=ready.masked[span[1] : end],
        sentence=ready.masked[start:end],
    )


__all__ = ["MASK", "LinkKind", "ReadText", "find_links", "own_repo", "read", "state"]
