"""What the index holds of a record besides the record itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from searchidx.acronyms import explained
from searchidx.fields import texts_held
from searchidx.identity import keys_of
from searchidx.paper import UNSPECIFIED, Extraction, Metric
from searchidx.record import code_of, number, repo_of
from searchidx.store.batches import MetricRow, Rows
from searchidx.store.keys import key_digests

#: What a segment's column of votes holds; the record keeps the number as it was given.
_MOST_VOTES = 2**31 - 1


def rows_of(
    papers: Sequence[dict[str, Any]], found: Sequence[Extraction], stored: Sequence[bytes], hashes: Sequence[bytes]
) -> Rows:
    """The rows of papers, which are given in their `record.compact` form: a `Paper` takes longer to make than a row.

    stored: the records dumped. hashes: of all identity keys of each paper, nothing where they are not known.
    """

    def column(name: str, default: Any = None) -> list[Any]:
        return [paper.get(name, default) for paper in papers]

    texts = list(texts_held(column))
    repos = list(map(repo_of, found, column("code_urls", ())))
    keywords: dict[str, Sequence[Sequence[str]]] = {
        "code": [(state,) for state in map(code_of, found, repos)],
        "dataset": [[d.canonical for d in facts.datasets] for facts in found],
        "metric": [[m.canonical for m in facts.metrics if m.canonical != UNSPECIFIED] for facts in found],
        "source": column("source", ()),
        "venue": [(venue,) if venue else () for venue in column("venue")],
        "author": column("authors", ()),
        "repo": [(repo,) if repo else () for repo in repos],
        "acronym": [explained(". ".join(fields)) for fields in texts],
    }
    return Rows(
        ids=column("id"),
        texts=texts,
        keywords=keywords,
        metrics=[_metrics(facts) if facts.metrics else () for facts in found],
        year=column("year", 0),
        date=[_date_number(date) if date else 0 for date in column("date")],
        upvotes=[max(-_MOST_VOTES, min(votes, _MOST_VOTES)) for votes in column("upvotes", 0)],
        hashes=list(map(_hashes, papers, hashes, repos)),
        stored=stored,
    )


def _hashes(paper: dict[str, Any], known: bytes, repo: str | None) -> bytes:
    """The hashes of all keys that find a paper."""
    if not known:
        keys = keys_of(paper["id"], paper["title"], paper.get("arxiv_id"), paper.get("doi"), shortest=0)
        known = key_digests(dict.fromkeys(keys))
    return known + key_digests([f"repo:{repo.lower()}"]) if repo else known


def _metrics(found: Extraction) -> list[MetricRow]:
    canonical = {d.name: d.canonical for d in found.datasets}
    return [_metric(metric, canonical) for metric in found.metrics]


def _metric(metric: Metric, canonical: dict[str, str]) -> MetricRow:
    """canonical: the spelling under which a dataset counts, by its name in the text."""
    value = number(metric.value)
    return MetricRow(
        metric=metric.canonical,
        value=value if isinstance(value, float) else float("nan"),
        unit=metric.unit or "",
        kind=metric.kind,
        dataset=canonical.get(metric.dataset or "", metric.dataset or ""),
    )


def _date_number(date: str) -> int:
    """YYYYMMDD, missing parts 0."""
    year, month, day = ([int(part) for part in date.split("-")] + [0, 0])[:3]
    return year * 10_000 + month * 100 + day
