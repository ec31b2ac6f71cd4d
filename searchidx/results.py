"""What a search gives back: a page of hits, and how each of them was scored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from searchidx.paper import Metric
from searchidx.record import Record, metric_json


@dataclass(frozen=True, slots=True)
class TermScore:
    """One term's part in one paper's score; `ranking.bm25f` has the formula.

    tf: occurrences per text field; weighted_tf, norm, idf, score: float32 values of the formula.
    """

    term: str
    df: int
    idf: float
    tf: dict[str, int]
    weighted_tf: float
    norm: float
    query_weight: float
    score: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a paper has its score: the terms' scores, added up in float32 in this order, give `score`."""

    terms: tuple[TermScore, ...]
    score: float
    length: dict[str, int]


@dataclass(frozen=True)
class Hit:
    """One paper found. The record is read from disk when first asked for.

    rank: from 1, over all pages. match: `title` or `id` when the query was the paper's own title or id, else None.
    snippet: HTML-escaped text with `<mark>` around matched words, when snippets were asked for.
    """

    rank: int
    id: str
    score: float
    read: Callable[[], Record] = field(repr=False, compare=False)
    match: str | None = None
    snippet: str | None = None
    explanation: Explanation | None = None

    @cached_property
    def record(self) -> Record:
        """The paper with everything extracted from it."""
        return self.read()

    @property
    def title(self) -> str:
        return self.record.paper.title

    def to_json(self) -> dict[str, Any]:
        """The hit as `search --json` and the REST interface print it."""
        record, paper = self.record, self.record.paper
        data: dict[str, Any] = {
            "rank": self.rank,
            "id": self.id,
            "title": paper.title,
            "score": self.score,
            "match": self.match,
            "date": paper.date,
            "year": paper.year,
            "venue": paper.venue,
            "authors": list(paper.authors),
            "source": list(paper.source),
            "has_code": record.code == "linked",
            "code": record.code,
            "repo": record.repo,
            "links": [link.to_json() for link in record.links],
            "datasets": [{"name": d.canonical, "role": d.role} for d in record.extraction.datasets],
            "metrics": [metric_json(metric) for metric in record.extraction.metrics],
            "snippet": self.snippet,
        }
        if self.explanation is not None:
            data["explanation"] = {
                "score": self.explanation.score,
                "length": self.explanation.length,
                "terms": [
                    {name: getattr(term, name) for name in TermScore.__dataclass_fields__}
                    for term in self.explanation.terms
                ],
            }
        return data


@dataclass(frozen=True, slots=True)
class Claim:
    """One reported number with the paper that reports it: a claim of an abstract, not a leaderboard entry."""

    record: Record
    metric: Metric

    def to_json(self) -> dict[str, Any]:
        """The claim as `results --json` prints it."""
        paper = self.record.paper
        return {
            "id": paper.id,
            "title": paper.title,
            "year": paper.year,
            **metric_json(self.metric),
            "code": self.record.code,
            "repo": self.record.repo,
            "url": self.record.url,
        }


@dataclass(frozen=True)
class Page:
    """One page of results.

    total: papers that match, on all pages. unknown: words of the query that no paper holds.
    facets: field -> value -> papers, most frequent first (years newest first), for the facets asked for.
    """

    query: str
    total: int
    page: int
    took_ms: float
    hits: tuple[Hit, ...]
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    did_you_mean: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The page as `search --json` and the REST interface print it."""
        return {
            "query": self.query,
            "total": self.total,
            "page": self.page,
            "took_ms": self.took_ms,
            "did_you_mean": self.did_you_mean,
            "unknown_words": list(self.unknown),
            "hits": [hit.to_json() for hit in self.hits],
            "facets": self.facets,
        }
