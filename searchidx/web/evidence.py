"""A paper's title and abstract cut into sentences and pieces, so that a page can mark where every fact stands.

Facts are numbered in the order in which the page lists them: datasets, reported numbers, links. Records may come from
strangers: a span that points outside the text is no span.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from searchidx.extraction import sentences
from searchidx.paper import DatasetMention, Link, Metric, Span, evidence_text
from searchidx.record import Record

FactKind = Literal["dataset", "metric", "link"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One extracted fact. name: `f3`; sentence: the name of the sentence it stands in, None when it is in none."""

    name: str
    kind: FactKind
    value: DatasetMention | Metric | Link
    sentence: str | None


@dataclass(frozen=True, slots=True)
class Piece:
    """Text in which no fact begins or ends. facts: names of those that cover it; kind: of the first of them."""

    text: str
    facts: tuple[str, ...] = ()
    kind: FactKind | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, or (name None) the white space after one. told: whether some fact stands in it."""

    name: str | None
    pieces: tuple[Piece, ...]
    told: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """A paper's text with its facts. title, abstract: together every character, in order."""

    title: tuple[Sentence, ...]
    abstract: tuple[Sentence, ...]
    facts: tuple[Fact, ...]

    def of(self, kind: FactKind) -> tuple[Fact, ...]:
        """The facts of one kind."""
        return tuple(fact for fact in self.facts if fact.kind == kind)


def read(record: Record) -> Evidence:
    """The text of a paper with every fact in its place."""
    paper, found = record.paper, record.extraction
    text = evidence_text(paper.title, paper.abstract)
    told: list[tuple[FactKind, DatasetMention | Metric | Link]] = [
        *(("dataset", dataset) for dataset in found.datasets),
        *(("metric", metric) for metric in found.metrics),
        *(("link", link) for link in record.links),
    ]
    opaque = tuple(sorted(span for link in record.links if (span := _inside(link.span, text))))
    spans = sentences.split(text, opaque)
    names = {span: f"s{number}" for number, span in enumerate(spans)}
    facts, marks = [], []
    for number, (kind, value) in enumerate(told):
        span = _inside(value.span, text)
        home = sentences.containing(spans, span[0]) if span and spans else None
        facts.append(Fact(f"f{number}", kind, value, names[home] if home else None))
        if span:
            marks.append((span, facts[-1]))
    begin = len(paper.title) + 1
    return Evidence(
        tuple(_sentences(text, 0, begin - 1, names, marks)),
        tuple(_sentences(text, begin, len(text), names, marks)),
        tuple(facts),
    )


def _inside(span: Span | None, text: str) -> Span | None:
    return span if span and 0 <= span[0] < span[1] <= len(text) else None


def _sentences(
    text: str, begin: int, end: int, names: dict[Span, str], marks: list[tuple[Span, Fact]]
) -> list[Sentence]:
    """The sentences of a part of the text, what stands between them included."""
    found = []
    at = begin
    for (first, last), name in names.items():
        first, last = max(first, at), min(last, end)
        if first >= last:
            continue
        if at < first:
            found.append(Sentence(None, tuple(_pieces(text, at, first, marks))))
        pieces = tuple(_pieces(text, first, last, marks))
        found.append(Sentence(name, pieces, any(piece.facts for piece in pieces)))
        at = last
    if at < end:
        found.append(Sentence(None, tuple(_pieces(text, at, end, marks))))
    return found


def _pieces(text: str, begin: int, end: int, marks: list[tuple[Span, Fact]]) -> list[Piece]:
    """The text from begin to end, cut wherever a fact begins or ends."""
    here = [(span, fact) for span, fact in marks if span[0] < end and span[1] > begin]
    cuts = sorted({begin, end, *(place for span, _ in here for place in span if begin < place < end)})
    pieces = []
    for a, b in pairwise(cuts):
        facts = [fact for span, fact in here if span[0] <= a and b <= span[1]]
        pieces.append(Piece(text[a:b], tuple(fact.name for fact in facts), facts[0].kind if facts else None))
    return pieces
