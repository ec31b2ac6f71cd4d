"""What the index holds of a record besides the record itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from searchidx.acronyms import explained
from searchidx.fields import texts_held
from searchidx.identity import keys_of
from searchidx.paper import UNSPECIFIED, Extraction, Metric
from searchidx.record import number, repo_of
from searchidx.store.batches import MetricRow, Row

#: What a segment's column of votes holds; the record keeps the number as it was given.
_MOST_VOTES = 2**31 - 1


def row_of(paper: dict[str, Any], found: Extraction, stored: bytes, hashes: bytes = b"") -> Row:
    """The row of a paper, which is given in its `record.compact` form: a `Paper` takes longer to make than a row.

    stored: the record dumped. hashes: of all identity keys of the paper, if they are known.
    """
    get = paper.get
    held = texts_held(get)
    venue, date = get("venue"), get("date")
    repo = repo_of(found, get("code_urls", ()))
    keywords: dict[str, Sequence[str]] = {
        "code": ("linked" if repo else found.code,),
        "dataset": [d.canonical for d in found.datasets],
        "metric": [m.canonical for m in found.metrics if m.canonical != UNSPECIFIED],
        "source": get("source", ()),
        "venue": (venue,) if venue else (),
        "author": get("authors", ()),
        "repo": (repo,) if repo else (),
        "acronym": explained(". ".join(held)),
    }
    keys = [] if hashes else keys_of(paper["id"], paper["title"], get("arxiv_id"), get("doi"), shortest=0)
    if repo:
        keys.append(f"repo:{repo.lower()}")
    return Row(
        id=paper["id"],
        texts=held,
        keywords=keywords,
        metrics=_metrics(found) if found.metrics else (),
        year=get("year", 0),
        date=_date_number(date) if date else 0,
        upvotes=max(-_MOST_VOTES, min(get("upvotes", 0), _MOST_VOTES)),
        keys=keys,
        stored=stored,
        hashes=hashes,
    )


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
