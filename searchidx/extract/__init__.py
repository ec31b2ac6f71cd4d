"""Facts stated in a paper's title and abstract: links, code, datasets, reported numbers."""

from __future__ import annotations

from searchidx.extract import claims, datasets, metrics
from searchidx.extract.links import normalise_repo
from searchidx.extract.names import canonical_dataset, canonical_metric, metric_direction
from searchidx.paper import Extraction, evidence_text

__all__ = [
    "EXTRACTOR_VERSION",
    "canonical_dataset",
    "canonical_metric",
    "extract",
    "metric_direction",
    "normalise_repo",
]

EXTRACTOR_VERSION = 1
_READ_LIMIT = 20_000


def extract(title: str, abstract: str) -> Extraction:
    """Everything the title and abstract state."""
    ready = claims.read(evidence_text(title, abstract), _READ_LIMIT)
    links, lists = claims.find_links(ready)
    mentions = datasets.find_mentions(ready.masked, ready.sentences)
    return Extraction(
        links=links,
        repo=claims.own_repo(links),
        code=claims.state(ready, links, lists),
        datasets=datasets.collect(mentions),
        metrics=metrics.find_metrics(ready.masked, ready.sentences, mentions, ready.text),
    )
