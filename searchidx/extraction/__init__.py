"""Facts stated in a paper's title and abstract: links, code, datasets, reported numbers.

Pure functions of their arguments: no network, no I/O but the package's own data files, read at the first use. What they
find are claims of the text, not checked against anything; each keeps its span in `evidence_text(title, abstract)`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from searchidx.extraction.links import normalise_repo
from searchidx.extraction.names import canonical_dataset, canonical_metric, metric_direction
from searchidx.paper import Extraction

__all__ = [
    "EXTRACTOR_VERSION",
    "canonical_dataset",
    "canonical_metric",
    "extract",
    "metric_direction",
    "normalise_repo",
]

#: Raised whenever the same text may give other facts than before.
EXTRACTOR_VERSION = 4


def extract(title: str, abstract: str) -> Extraction:
    """What a paper's title and abstract state: links with kinds, its repository, code state, datasets, metrics.

    Never raises on any text. Links are found in the whole text, the rest in its first 20,000 characters. Everything
    comes in order of first appearance, each link, dataset and claim once.
    """
    return _reader()(title, abstract)


@lru_cache(maxsize=1)
def _reader() -> Callable[[str, str], Extraction]:
    # most importers never extract: the patterns are compiled at the first call
    from searchidx.extraction.reading import read

    return read
