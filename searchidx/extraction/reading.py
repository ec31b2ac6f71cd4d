"""One text read by every extractor in turn; imported at the first `extract`, as compiling its patterns takes time."""

from __future__ import annotations

from searchidx.extraction import claims, datasets, metrics
from searchidx.paper import Extraction, evidence_text

#: Links are found in the whole text, everything else in its beginning: real abstracts end long before.
READ_LIMIT = 20_000


def read(title: str, abstract: str) -> Extraction:
    """Everything that `extract` promises."""
    ready = claims.read(evidence_text(title, abstract), READ_LIMIT)
    links, lists = claims.find_links(ready)
    mentions = datasets.find_mentions(ready.marked)
    return Extraction(
        links=links,
        repo=claims.own_repo(links),
        code=claims.state(ready, links, lists),
        datasets=datasets.collect(mentions),
        metrics=metrics.find_metrics(ready.marked, mentions, ready.text),
    )
