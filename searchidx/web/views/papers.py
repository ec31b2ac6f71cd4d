"""One paper's page: everything known, each fact with its place in the text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from searchidx.index import Index
from searchidx.paper import UNSPECIFIED, DatasetMention, Link, Metric
from searchidx.record import Record
from searchidx.render import bibtex, claim_value
from searchidx.web import evidence
from searchidx.web.params import SearchParams
from searchidx.web.urls import safe_url
from searchidx.web.views.shared import (
    Anchor,
    Code,
    HitCard,
    author_anchor,
    card,
    code_of,
    dataset_href,
    date_words,
    day_anchor,
    plain,
    venue_anchor,
)

_SIMILAR = 6


@dataclass(frozen=True, slots=True)
class FactLine:
    """A fact in a list. name, sentence: see `evidence.Fact`; note: what kind it is; href: what it leads to."""

    name: str
    sentence: str | None
    label: str
    note: str
    href: str | None
    strong: str = ""


@dataclass(frozen=True, slots=True)
class PaperView:
    """Everything known of one paper."""

    id: str
    evidence: evidence.Evidence
    title: str
    authors: tuple[Anchor, ...]
    date: str | None
    venue: Anchor | None
    code: Code | None
    code_words: str
    actions: tuple[Anchor, ...]
    datasets: tuple[FactLine, ...]
    metrics: tuple[FactLine, ...]
    links: tuple[FactLine, ...]
    about: tuple[tuple[str, str], ...]
    keywords: tuple[Anchor, ...]
    sources: tuple[Anchor, ...]
    listings: tuple[tuple[str, Anchor | None], ...]
    similar: tuple[HitCard, ...]
    bibtex: str
    api: str


def paper(index: Index, id_: str) -> PaperView:
    """One paper with papers like it. Raises PaperMissing."""
    record = index.get(id_)
    held = record.paper
    found = evidence.read(record)
    similar = index.similar(held.id, limit=_SIMILAR)
    return PaperView(
        id=held.id,
        evidence=found,
        title=held.title,
        authors=tuple(map(author_anchor, dict.fromkeys(held.authors))),
        date=date_words(record),
        venue=venue_anchor(record),
        code=code_of(record),
        code_words=_code_words(record),
        actions=tuple(_actions(record)),
        datasets=tuple(map(_dataset_line, found.of("dataset"))),
        metrics=tuple(map(_metric_line, found.of("metric"))),
        links=tuple(map(_link_line, found.of("link"))),
        about=tuple(_about(record)),
        keywords=tuple(Anchor(word, plain(SearchParams(q=_as_words(word)))) for word in held.keywords),
        sources=tuple(Anchor(name, plain(SearchParams(source=(name,)))) for name in held.source if name.strip()),
        listings=tuple((listing.page, day_anchor(listing.date)) for listing in held.listings),
        similar=tuple(card(hit, SearchParams()) for hit in similar.hits),
        bibtex=bibtex([record]),
        api=f"/api/papers/{quote(held.id, safe='/')}",
    )


def _code_words(record: Record) -> str:
    words = {
        "released": "The abstract says that code is released, and names no repository.",
        "promised": "The abstract promises code.",
        "none": "Nothing is said of code.",
    }
    return words.get(record.code, "")


def _actions(record: Record) -> Iterable[Anchor]:
    """Where the paper can be read."""
    held = record.paper
    seen = set()
    candidates = [
        ("Read the paper", held.url),
        ("arXiv", f"https://arxiv.org/abs/{held.arxiv_id}" if held.arxiv_id else None),
        ("PDF", f"https://arxiv.org/pdf/{held.arxiv_id}" if held.arxiv_id else None),
        ("DOI", f"https://doi.org/{held.doi}" if held.doi else None),
    ]
    for label, url in candidates:
        href = safe_url(url)
        if href and href not in seen:
            seen.add(href)
            yield Anchor(label, href)


def _about(record: Record) -> Iterable[tuple[str, str]]:
    """What is known besides, as names and words."""
    held = record.paper
    yield "Id", held.id
    for name, value in (("arXiv", held.arxiv_id), ("DOI", held.doi), ("URL", held.url)):
        if value:
            yield name, value
    if held.upvotes is not None:
        yield "Votes", f"{held.upvotes:,}"
    for name, value in held.extra.items():
        if isinstance(value, str | int | float):
            yield name.replace("_", " ").capitalize(), str(value)


def _as_words(text: str) -> str:
    """A query for these words side by side, whatever signs they hold."""
    words = re.sub(r"[^\w\s.-]", " ", text).split()
    return f'"{" ".join(words)}"' if len(words) > 1 else "".join(words).lstrip("-")


def _dataset_line(fact: evidence.Fact) -> FactLine:
    assert isinstance(fact.value, DatasetMention)
    name, note = fact.value.canonical, "introduced here" if fact.value.role == "introduced" else ""
    if fact.value.name != name:
        note = ", ".join(filter(None, (f"written {fact.value.name}", note)))
    return FactLine(fact.name, fact.sentence, name, note, dataset_href(name))


def _metric_line(fact: evidence.Fact) -> FactLine:
    metric = fact.value
    assert isinstance(metric, Metric)
    name = "" if metric.metric == UNSPECIFIED else metric.metric
    kind = {"absolute": "", "delta": "gain or loss", "ratio": "ratio"}[metric.kind]
    note = ", ".join(filter(None, (f"on {metric.dataset}" if metric.dataset else "", kind)))
    href = plain(SearchParams(metric=(metric.canonical,))) if name and metric.canonical.strip() else None
    return FactLine(fact.name, fact.sentence, name or "metric not named", note, href, claim_value(metric))


def _link_line(fact: evidence.Fact) -> FactLine:
    link = fact.value
    assert isinstance(link, Link)
    label = link.url.partition("://")[2].rstrip("/") or link.url
    note = link.kind if link.origin == "abstract" else f"{link.kind}, named by the source"
    return FactLine(fact.name, fact.sentence, label, note, safe_url(link.url))
