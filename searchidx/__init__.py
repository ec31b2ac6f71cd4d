"""Offline search for machine-learning papers: full text, code links, dataset names, reported metrics.

import searchidx
report = searchidx.build(["corpus/"], "my.index")
with searchidx.open("my.index") as index:
    page = index.search("self-supervised depth", has_code=True, facets=["code", "dataset"])
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from searchidx.errors import SearchIdxError

if TYPE_CHECKING:
    from searchidx.care import Fault, GenerationInfo, Verification, generations, prune, rollback, verify
    from searchidx.extraction import extract
    from searchidx.index import Index
    from searchidx.indexing import BuildReport, build
    from searchidx.live import LiveIndex
    from searchidx.paper import DatasetMention, Extraction, Link, Listing, Metric, Paper
    from searchidx.record import Record
    from searchidx.results import Claim, Explanation, Hit, Page
    from searchidx.scoring import Weights
    from searchidx.updating import DeleteReport, MergeReport, UpdateReport, delete, merge, update

__version__ = "0.1.0"

__all__ = [
    "BuildReport",
    "Claim",
    "DatasetMention",
    "DeleteReport",
    "Explanation",
    "Extraction",
    "Fault",
    "GenerationInfo",
    "Hit",
    "Index",
    "Link",
    "Listing",
    "LiveIndex",
    "MergeReport",
    "Metric",
    "Page",
    "Paper",
    "Record",
    "SearchIdxError",
    "UpdateReport",
    "Verification",
    "Weights",
    "build",
    "delete",
    "extract",
    "generations",
    "merge",
    "open",
    "prune",
    "rollback",
    "update",
    "verify",
]

_HOMES = {
    "BuildReport": "indexing",
    "Claim": "results",
    "DatasetMention": "paper",
    "DeleteReport": "updating",
    "Explanation": "results",
    "Extraction": "paper",
    "Fault": "care",
    "GenerationInfo": "care",
    "Hit": "results",
    "Index": "index",
    "Link": "paper",
    "Listing": "paper",
    "LiveIndex": "live",
    "MergeReport": "updating",
    "Metric": "paper",
    "Page": "results",
    "Paper": "paper",
    "Record": "record",
    "UpdateReport": "updating",
    "Verification": "care",
    "Weights": "scoring",
    "build": "indexing",
    "delete": "updating",
    "extract": "extraction",
    "generations": "care",
    "merge": "updating",
    "prune": "care",
    "rollback": "care",
    "update": "updating",
    "verify": "care",
}


def open(path: str | Path, *, executor: str = "auto") -> Index:  # noqa: A001 - `searchidx.open` reads as what it is
    """The live generation of the index at `path`, as a snapshot. Raises IndexMissing or IndexDamaged.

    executor: `numba` (compiled, for many searches), `numpy` (for one), or `auto`: numba where it can be imported.
    """
    from searchidx.index import Index

    return Index(path, executor=executor)


def __getattr__(name: str) -> Any:
    """Load public names when first used: `import searchidx` alone stays light."""
    if name not in _HOMES:
        raise AttributeError(f"module 'searchidx' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"searchidx.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
