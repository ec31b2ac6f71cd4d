"""Facts stated in a paper's title and abstract: links, code, datasets, reported numbers.

Pure functions of their arguments: no network, no I/O but the package's own data files, read at the first use. What they
find are claims of the text, not checked against anything; each keeps its span in `evidence_text(title, abstract)`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from searchidx.extraction.links import normalise_repo
from searchidx.extraction.names import canonical_dataset, canonical_metric, metric_direction
from searchidx.paper import Extraction

__all__ = [
    "EXTRACTOR_VERSION",
    "TOGETHER",
    "canonical_dataset",
    "canonical_metric",
    "extract",
    "extract_all",
    "metric_direction",
    "normalise_repo",
]

#: Raised whenever the same text may give other facts than before.
EXTRACTOR_VERSION = 9
#: How many texts are read together: enough for the caches, few enough for memory.
TOGETHER = 320


def extract(title: str, abstract: str) -> Extraction:
    """What a paper's title and abstract state: links with kinds, its repository, code state, datasets, metrics.

    Never raises on any text. Links are found in the whole text, the rest in its first 20,000 characters. Everything
    comes in order of first appearance, each link, dataset and claim once.
    """
    return _readers()[0](title, abstract)


def extract_all(texts: Sequence[tuple[str, str]]) -> list[Extraction]:
    """What `extract` gives for each title and abstract, sooner where there are many: see `reading.read_all`."""
    _, read_all = _readers()
    return [found for first in range(0, len(texts), TOGETHER) for found in read_all(texts[first : first + TOGETHER])]


@lru_cache(maxsize=1)
def _readers() -> tuple[Callable[[str, str], Extraction], Callable[[Sequence[tuple[str, str]]], list[Extraction]]]:
    # most importers never extract: the patterns are compiled at the first call
    from searchidx.extraction.reading import read, read_all

    return read, read_all
