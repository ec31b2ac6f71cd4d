"""What a search gives back: a page of hits, and how each of them was scored."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from searchidx.extraction import metric_direction
from searchidx.paper import UNSPECIFIED, Metric
from searchidx.record import Record, metric_json, number


@dataclass(frozen=True, slots=True)
class TermScore:
    """One part of one paper's score; `ranking.bm25f` and `ranking.nearness` have the formula.

    kind: `term`; `pair`, two words that stand in the paper as in the query; or `title`, words of the query in the
    title. term: the term, the two terms, or "". tf: occurrences per text field. df: papers that hold the term.
    weighted_tf, norm, idf, score: float32 values of the formula; a pair's idf has its weight in it. What a kind has
    not is None.
    """

    term: str
    df: int | None
    idf: float | None
    tf: dict[str, int]
    weighted_tf: float | None
    norm: float | None
    query_weight: float
    score: float
    kind: str = "term"


@dataclass(frozen=True, slots=True)
class WordTerms:
    """What the analyser made of one word of the query. role: `scored`, `stop word` or `in no paper`."""

    word: str
    role: str
    terms: dict[str, float]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a paper has its score: those of its parts, added up in float32 in this order, give `score`.

    terms: of terms, then pairs, then the title. length: of the paper's text fields, in positions.
    """

    terms: tuple[TermScore, ...]
    score: float
    length: dict[str, int]

    def to_json(self) -> dict[str, Any]:
        """As `search --explain --json` prints it."""
        return asdict(self)


class Hit:
    """One paper found. Its record is read when first asked for, by its row.

    rank: from 1, over all pages. score: the ranking score, 0 when browsing.
    match: `title` or `id` when the query was the paper's own title or id, else None.
    snippet: HTML-escaped text with `<mark>` around matched words, when snippets were asked for. also: ids of near
    duplicates on the page that are not shown, when folding was asked for.
    """

    # what most hits have not stands here, for a search of a hundred makes a hundred
    match: str | None = None
    also: tuple[str, ...] = ()
    snippet: str | None = None
    explanation: Explanation | None = None

    _record: Record | None = None

    def __init__(
        self,
        rank: int,
        id: str,  # noqa: A002 - the attribute's name
        score: float,
        read: Callable[[int], Record],
        row: int,
    ) -> None:
        self.rank = rank
        self.id = id
        self.score = score
        self._read = read
        self._row = row

    def __repr__(self) -> str:
        return f"Hit(rank={self.rank}, id={self.id!r}, score={self.score:.4f})"

    @property
    def record(self) -> Record:
        """The paper with everything extracted from it."""
        if self._record is None:
            self._record = self._read(self._row)
        return self._record

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
            "also": list(self.also),
        }
        if self.explanation is not None:
            data["explanation"] = self.explanation.to_json()
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


def sorted_claims(claims: Sequence[Claim]) -> list[Claim]:
    """Claims by metric, most frequent metric first, then absolute before other kinds, then best first, then by id.

    Whether more is better depends on the metric, where that is known; else more comes first. What is no number is last.
    """
    frequency = Counter(claim.metric.canonical for claim in claims)

    def place(claim: Claim) -> tuple[bool, int, str, bool, float, str]:
        name = claim.metric.canonical
        value = number(claim.metric.value)
        size = value if isinstance(value, float) else math.nan
        better = size if metric_direction(name) == "lower" else -size
        return (
            name == UNSPECIFIED,
            -frequency[name],
            name,
            claim.metric.kind != "absolute",
            math.inf if math.isnan(better) else better,
            claim.record.paper.id,
        )

    return sorted(claims, key=place)


class Page:
    """One page of results.

    page: its number, from 1. facets: field -> value -> papers, most frequent first (years newest first), for the
    facets asked for. unknown: words of the query that no paper holds. analysis: what the analyser made of the query,
    when an explanation was asked for. note: how the query was read, where that is not as written; None as a rule.
    """

    def __init__(
        self,
        query: str,
        total: int | Callable[[], int],
        page: int,
        took_ms: float,
        hits: Sequence[Hit],
        facets: dict[str, dict[str, int]] | None = None,
        unknown: Sequence[str] = (),
        did_you_mean: str | Callable[[], str | None] | None = None,
        analysis: Sequence[WordTerms] = (),
        note: str | None = None,
    ) -> None:
        self.query = query
        self.page = page
        self.took_ms = took_ms
        self.hits = tuple(hits)
        self.facets = facets or {}
        self.unknown = tuple(unknown)
        self._did_you_mean = did_you_mean
        self.analysis = tuple(analysis)
        self.note = note
        self._total = total

    def __repr__(self) -> str:
        return f"Page(query={self.query!r}, page={self.page}, hits={list(self.hits)!r})"

    @property
    def total(self) -> int:
        """Papers that match, on all pages. Counted when first asked for: the best ten are found without counting."""
        if not isinstance(self._total, int):
            self._total = self._total()
        return self._total

    @property
    def did_you_mean(self) -> str | None:
        """The query with better spellings for words no paper holds, None when there are none; found when asked for."""
        if callable(self._did_you_mean):
            self._did_you_mean = self._did_you_mean()
        return self._did_you_mean

    @did_you_mean.setter
    def did_you_mean(self, text: str | None) -> None:
        self._did_you_mean = text

    def to_json(self) -> dict[str, Any]:
        """The page as `search --json` and the REST interface print it."""
        return {
            "query": self.query,
            "total": self.total,
            "page": self.page,
            "took_ms": self.took_ms,
            "did_you_mean": self.did_you_mean,
            "unknown_words": list(self.unknown),
            "note": self.note,
            "hits": [hit.to_json() for hit in self.hits],
            "facets": self.facets,
            **({"analysis": [asdict(word) for word in self.analysis]} if self.analysis else {}),
        }
