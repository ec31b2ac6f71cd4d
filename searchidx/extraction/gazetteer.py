"""The shipped lists of dataset names, loaded at first use, and the look-up of one spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from searchidx.extraction import runs
from searchidx.extraction.dataset_patterns import HARDWARE
from searchidx.extraction.names import dataset_key

#: What is hyphened to a dataset's name without being part of it: `ImageNet-pretrained`, `COCO-style`.
_DESCRIBING = re.compile(
    r"(?:(?:pre-?)?trained|style|like|based|scale|level|only|specific|(?:fine-?)?tuned|sized?|format|related|"
    r"derived|optimal|type|"
    r"quality|free|aware|centric|wide|inspired|initiali[sz]ed|supervised|tested|validated|style|compatible|"
    r"pre-?training|to-\w+)\Z"
)
_BENCH = re.compile(
    r"(?:[A-Za-z0-9][-_ ]?(?:[Bb]ench|BENCH|Bench(?:mark)?s?)|"
    r"Bench\w*)(?:[-_]?[A-Za-z]{0,3}\d{0,5}(?:\.\d)?[A-Za-z]?|[-_][A-Z][A-Za-z]{0,8})\Z"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One listed name. sure: a dataset wherever it stands; else only where the context says so, in this spelling."""

    surface: str
    canonical: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Listed names by key, names that are no datasets, and the most words a listed name has."""

    entries: dict[str, Entry]
    refused: frozenset[str]
    longest: int

    def find(self, surface: str) -> Entry | None:
        """The entry of a spelling, when its letter case fits."""
        entry = self.entries.get(dataset_key(surface))
        if entry is None:
            return None
        if surface == entry.surface:
            return entry
        if not entry.sure:
            return None
        # `Cola` is not `CoLA`: a merely capitalised word must be listed like that
        if runs.is_plain(surface) and not runs.is_plain(entry.surface) and len(surface) < 6:
            return None
        return entry

    def inside(self, token: str) -> tuple[str, bool] | None:
        """(name, whether it is the whole token) when a sure name is a hyphened part: `Split-CIFAR100`, `COCO-style`."""
        if "-" not in token and "_" not in token:
            return None
        parts = re.split(r"([-_])", token)
        for first in range(0, len(parts), 2):
            for last in range(len(parts), first, -2):
                piece = "".join(parts[first:last])
                entry = self.entries.get(dataset_key(piece)) if len(piece) >= 4 else None
                if entry is None or not entry.sure or (first, last) == (0, len(parts)):
                    continue
                if not runs.is_name_like(piece) or (runs.is_plain(piece) and piece != entry.surface):
                    continue
                return self._cut(parts, first, last)
        return None

    @staticmethod
    def _cut(parts: list[str], first: int, last: int) -> tuple[str, bool] | None:
        tail = "".join(parts[last:]).lstrip("-_")
        if tail and _DESCRIBING.match(tail):
            return "".join(parts[:last]), False
        if tail.islower() and len(tail) > 3 and tail not in ("mini", "tiny", "full", "hard", "easy", "stuff"):
            return "".join(parts[:last]), False
        lead = "".join(parts[:first]).rstrip("-_")
        if lead.lower() in ("non", "post", "pre", "in", "real", "un"):
            return None
        return "".join(parts), True


@lru_cache(maxsize=runs.CACHED_WORDS)
def find(surface: str) -> Entry | None:
    """The entry of a spelling in the shipped gazetteer, when its letter case fits."""
    return load().find(surface)


@lru_cache(maxsize=runs.CACHED_WORDS)
def is_no_name(word: str) -> bool:
    """Whether a word is known to name something else (a task, a modality), or is a quantity or hardware."""
    return word in load().refused or HARDWARE.match(word) is not None


@lru_cache(maxsize=runs.CACHED_WORDS)
def is_bench_name(token: str) -> bool:
    """Whether a name calls itself a benchmark: `MMBench`, `NAS-Bench-101`."""
    return (
        _BENCH.search(token) is not None and len(token) > 5 and token not in ("Benchmark", "Benchmarks", "Benchmarking")
    )


@lru_cache(maxsize=1)
def load() -> Gazetteer:
    """The shipped gazetteer; read once."""
    data = resources.files("searchidx.extraction").joinpath("data")
    entries: dict[str, Entry] = {}
    longest = 1
    for line in data.joinpath("datasets.tsv").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        surface, canonical, kind = line.split("\t")
        entries.setdefault(dataset_key(surface), Entry(surface, canonical, kind == "S"))
        longest = max(longest, surface.count(" ") + 1)
    refused = frozenset(data.joinpath("not_datasets.txt").read_text(encoding="utf-8").splitlines())
    return Gazetteer(entries, refused, longest)
