"""What the index holds of a record besides the record itself."""

from __future__ import annotations

from collections.abc import Sequence

from searchidx.acronyms import explained
from searchidx.fields import held_texts
from searchidx.identity import identity_keys
from searchidx.paper import UNSPECIFIED, Metric
from searchidx.record import Record, number
from searchidx.store.batches import MetricRow, Row

#: What a segment's column of votes holds; the record keeps the number as it was given.
_MOST_VOTES = 2**31 - 1


def row_of(record: Record, stored: bytes) -> Row:
    """The row of a record. stored: the record dumped."""
    paper, found, repo = record.paper, record.extraction, record.repo
    held = held_texts(paper)
    keywords: dict[str, Sequence[str]] = {
        "code": (record.code,),
        "dataset": [d.canonical for d in found.datasets],
        "metric": [m.canonical for m in found.metrics if m.canonical != UNSPECIFIED],
        "source": paper.source,
        "venue": (paper.venue,) if paper.venue else (),
        "author": paper.authors,
        "repo": (repo,) if repo else (),
        "acronym": explained(". ".join(held)),
    }
    keys = identity_keys(paper, shortest=0)
    if repo:
        keys.append(f"repo:{repo.lower()}")
    return Row(
        id=paper.id,
        texts=held,
        keywords=keywords,
        metrics=_metrics(record) if found.metrics else (),
        year=paper.year or 0,
        date=_date_number(paper.date) if paper.date else 0,
        upvotes=max(-_MOST_VOTES, min(paper.upvotes or 0, _MOST_VOTES)),
        keys=keys,
        stored=stored,
    )


def _metrics(record: Record) -> list[MetricRow]:
    canonical = {d.name: d.canonical for d in record.extraction.datasets}
    return [_metric(metric, canonical) for metric in record.extraction.metrics]


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
