"""Texts read by every extractor in turn; imported at the first `extract`, as compiling its patterns takes time."""

from __future__ import annotations

from collections.abc import Sequence

from searchidx.extraction import claims, datasets, metrics
from searchidx.paper import CodeStatement, Extraction, Link, Metric, evidence_text

#: Links are found in the whole text, everything else in its beginning: real abstracts end long before.
READ_LIMIT = 20_000


def read(title: str, abstract: str) -> Extraction:
    """Everything that `extract` promises."""
    ready = claims.read(evidence_text(title, abstract), READ_LIMIT)
    links, lists = claims.find_links(ready)
    state = claims.state(ready, links, lists)
    mentions = datasets.find_mentions(ready.marked)
    return _together(links, state, mentions, metrics.find_metrics(ready.marked, mentions, ready.text))


def read_all(texts: Sequence[tuple[str, str]]) -> list[Extraction]:
    """The same of many titles and abstracts.

    One extractor reads all texts, then the next: only at its first are its code and tables in no processor's cache.
    """
    ready = [claims.read(evidence_text(*text), READ_LIMIT) for text in texts]
    found = [claims.find_links(text) for text in ready]
    states = [claims.state(text, *links) for text, links in zip(ready, found, strict=True)]
    mentions = [datasets.find_mentions(text.marked) for text in ready]
    reported = [
        metrics.find_metrics(text.marked, named, text.text) for text, named in zip(ready, mentions, strict=True)
    ]
    return list(map(_together, (links for links, _ in found), states, mentions, reported))


def _together(
    links: tuple[Link, ...], state: CodeStatement, mentions: list[datasets.Mention], reported: tuple[Metric, ...]
) -> Extraction:
    return Extraction(links, claims.own_repo(links), state, datasets.collect(mentions), reported)
