"""What acronyms mean in an index, decided over its live papers (`acronyms` says how texts explain them)."""

from __future__ import annotations

from collections import Counter

import numpy as np

from searchidx.acronyms import MEANS, clear_meaning
from searchidx.scoring import Scorer
from searchidx.store.snapshot import Part, Snapshot

_FIELD = "acronym"
_MAX_LETTERS = 8
_MAX_REMEMBERED = 100_000


class Meanings:
    """The meanings of acronyms over one snapshot. Safe to share between threads."""

    def __init__(self, snapshot: Snapshot, scorer: Scorer) -> None:
        self._snapshot = snapshot
        self._scorer = scorer
        self._known: dict[str, str | None] = {}

    def of(self, term: str) -> str | None:
        """The meaning of a term, when it is an acronym that the papers explain, clearly in one way; else None."""
        if not 2 <= len(term) <= _MAX_LETTERS:
            return None
        try:
            return self._known[term]
        except KeyError:
            pass
        counts: Counter[str] = Counter()
        for part in self._snapshot.parts:
            counts.update(_explanations(part, f"{term}{MEANS}".encode("utf-8", "replace")))
        meaning = clear_meaning(counts.items(), self._scorer.df(term)) if counts else None
        if len(self._known) >= _MAX_REMEMBERED:
            self._known.clear()
        self._known[term] = meaning
        return meaning


def _explanations(part: Part, prefix: bytes) -> dict[str, int]:
    """Meaning -> live papers of one part that give it, of the meanings that begin so."""
    column = part.segment.column(_FIELD)
    first = last = column.keys.lower_bound(prefix)
    while last < len(column.keys) and column.keys[last].startswith(prefix):
        last += 1
    if first == last:
        return {}
    entries = np.flatnonzero((column.values >= first) & (column.values < last))
    if part.deleted is not None:
        rows = np.searchsorted(column.offsets, entries, "right") - 1
        entries = entries[~part.deleted[rows]]
    counts = np.bincount(column.values[entries] - first, minlength=last - first).tolist()
    return {column.names.text(first + i): n for i, n in enumerate(counts) if n}
