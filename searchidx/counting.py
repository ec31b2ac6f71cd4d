"""How many of the matching papers have each value of the facets.

Fields with few values are counted together: papers that agree in all of them are one class, matches are counted per
class in one pass over the rows, and a class's count is added to each of its values. Fields with many values (datasets,
metrics) are counted one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchidx.fields import FACETS, MAX_FACET_VALUES
from searchidx.scoring import Scorer
from searchidx.store.snapshot import Snapshot

AnyArray = npt.NDArray[Any]

#: A field of at most so many values is counted together with others: a paper's values are bits of one number.
MAX_JOINED_VALUES = 62
#: Classes are made when a snapshot is asked so often: making them takes as long as many countings.
WORTH_IT = 3
#: More classes than this (of 2^16 at most) and counting them costs as much as counting field by field.
MAX_CLASSES = 1 << 14


class _Joined(NamedTuple):
    """Fields counted together. of_row: the class of every row; classes, values: one entry for each value of each class,
    the values numbered through the fields; where: field -> which of these numbers are its own.
    """

    of_row: AnyArray
    n_classes: int
    classes: AnyArray
    values: AnyArray
    n_values: int
    where: dict[str, slice]


class Counting:
    """Facets of one snapshot. Safe to share between threads."""

    def __init__(self, snapshot: Snapshot, scorer: Scorer) -> None:
        self._snapshot = snapshot
        self._scorer = scorer
        self._asked = 0

    def facets(self, names: Sequence[str], rows: AnyArray) -> dict[str, dict[str, int]]:
        """Per facet value -> matching papers: the `MAX_FACET_VALUES` most frequent, ties by name; years newest first.

        rows: rising, each once.
        """
        if not names:
            return {}
        self._asked += 1
        together = [name for name in names if name in self._joined.where] if self._asked > WORTH_IT else []
        counts = self._count_together(together, rows) if len(together) > 1 else {}
        return self._shown({name: counts[name] if name in counts else self._count(name, rows) for name in names})

    def _shown(self, counts: dict[str, AnyArray]) -> dict[str, dict[str, int]]:
        ends = np.cumsum([len(own) for own in counts.values()])
        by_place = np.array([name == "year" for name in counts])
        places, values, ends = self._scorer.tallies.most_frequent(
            np.concatenate([*counts.values()]), ends, by_place, MAX_FACET_VALUES
        )
        numbers, found = places.tolist(), values.tolist()
        shown, begin = {}, 0
        for name, end in zip(counts, ends.tolist(), strict=True):
            names = self._years_shown if name == "year" else self._snapshot.values(name).names
            shown[name] = dict(zip(map(names.__getitem__, numbers[begin:end]), found[begin:end], strict=True))
            begin = end
        return shown

    def _count(self, name: str, rows: AnyArray) -> AnyArray:
        if name == "year":
            return np.bincount(self._years[rows], minlength=1)  # years that come first are 0: not known
        return self._scorer.count_values(name, rows)

    def _count_together(self, names: Sequence[str], rows: AnyArray) -> dict[str, AnyArray]:
        of_row, n_classes, classes, values, n_values, where = self._joined
        counts = self._scorer.tallies.count_by_class(of_row, n_classes, classes, values, n_values, rows)
        return {name: counts[where[name]] for name in names}

    @cached_property
    def _years(self) -> AnyArray:
        return self._snapshot.numbers(lambda segment: segment.years)

    @cached_property
    def _years_shown(self) -> list[str]:
        return [str(year) for year in range(self._n_values("year"))]

    @cached_property
    def _joined(self) -> _Joined:
        fields = {field.name: self._bits(field.name) for field in FACETS if field.name != "year"}
        keys = {name: bits for name, bits in fields.items() if bits is not None} | {"year": self._years}
        of_row: AnyArray = np.zeros(self._snapshot.n_rows, np.int64)
        members: dict[str, AnyArray] = {}
        for name, key in keys.items():
            distinct, place = np.unique(key, return_inverse=True)
            classes, finer = np.unique(of_row * len(distinct) + place, return_inverse=True)
            if len(classes) > MAX_CLASSES:
                continue
            coarser, of_key = np.divmod(classes, max(len(distinct), 1))
            members = {other: held[coarser] for other, held in members.items()} | {name: distinct[of_key]}
            of_row = finer
        pairs = {name: _values_of(held) if name != "year" else _numbers(held) for name, held in members.items()}
        ends = np.cumsum([0, *(self._n_values(name) for name in pairs)]).tolist()
        where = {name: slice(begin, end) for name, (begin, end) in zip(pairs, pairwise(ends), strict=True)}
        none = np.empty(0, np.int64)
        return _Joined(
            of_row=of_row.astype(np.uint16),
            n_classes=len(next(iter(members.values()), ())),
            classes=np.concatenate([none, *(its_classes for its_classes, _ in pairs.values())]),
            values=np.concatenate([none, *(values + where[name].start for name, (_, values) in pairs.items())]),
            n_values=ends[-1],
            where=where,
        )

    def _n_values(self, name: str) -> int:
        """How many numbers the values of a field have; a year is its own number."""
        return int(self._years.max(initial=0)) + 1 if name == "year" else len(self._snapshot.values(name).names)

    def _bits(self, name: str) -> AnyArray | None:
        """A number per row with a bit for each of its values; None when there are too many values."""
        known = self._snapshot.values(name)
        if len(known.names) > MAX_JOINED_VALUES:
            return None
        found = []
        for part, numbers in zip(self._snapshot.parts, known.numbers, strict=True):
            column = part.segment.column(name)
            rows = np.repeat(np.arange(part.segment.n_rows), np.diff(column.offsets))
            bits = np.zeros(part.segment.n_rows, np.int64)
            np.bitwise_or.at(bits, rows, np.int64(1) << numbers[column.values].astype(np.int64))
            found.append(bits)
        return np.concatenate(found) if found else np.empty(0, np.int64)


def _values_of(bits: AnyArray) -> tuple[AnyArray, AnyArray]:
    """(classes, values): one entry for each bit of each class."""
    flags = (bits[:, None] >> np.arange(MAX_JOINED_VALUES)) & 1
    classes, values = np.nonzero(flags)
    return classes, values


def _numbers(numbers: AnyArray) -> tuple[AnyArray, AnyArray]:
    """(classes, values) where every class has one value."""
    return np.arange(len(numbers)), numbers
