"""How many of the matching papers have each value of the facets.

Fields with few values are counted together: papers that agree in all of them are one class, matches are counted per
class in one pass over the rows, and a class's count is added to each of its values. Fields with many values (datasets,
metrics) are counted one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import islice, pairwise
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
#: So many sets of facets asked for together are remembered.
_MAX_LAYOUTS = 32


class _Joined(NamedTuple):
    """Fields counted together. of_row: the class of every row; classes, values: one entry for each value of each class,
    the values numbered through the fields; where: field -> which of these numbers are its own, in their order.
    """

    of_row: AnyArray
    n_classes: int
    classes: AnyArray
    values: AnyArray
    where: dict[str, slice]


class _Layout(NamedTuple):
    """Where the counts of some facets lie, all in one array of `size` numbers.

    names: of the facets, each once. begins, ends, int64: where the counts of each are. by_year: for each whether its
    values are years. labels: the value that each number counts. is_joined: whether some are counted together, with
    `_Joined`, whose numbers come first then. apart: (name, where) of the others.
    """

    names: tuple[str, ...]
    begins: AnyArray
    ends: AnyArray
    by_year: AnyArray
    labels: list[str]
    is_joined: bool
    apart: list[tuple[str, slice]]
    size: int


class Counting:
    """Facets of one snapshot. Safe to share between threads."""

    def __init__(self, snapshot: Snapshot, scorer: Scorer) -> None:
        self._snapshot = snapshot
        self._scorer = scorer
        self._asked = 0
        self._layouts: dict[tuple[str, ...], _Layout] = {}
        self._layouts_together: dict[tuple[str, ...], _Layout] = {}

    def facets(self, names: Sequence[str], rows: AnyArray) -> dict[str, dict[str, int]]:
        """Per facet value -> matching papers: the `MAX_FACET_VALUES` most frequent, ties by name; years newest first.

        names: each once. rows: rising, each once.
        """
        if not names:
            return {}
        self._asked += 1
        together = self._asked > WORTH_IT
        layouts, names = self._layouts_together if together else self._layouts, tuple(names)
        layout = layouts.get(names)
        if layout is None:
            if len(layouts) >= _MAX_LAYOUTS:
                layouts.clear()
            layout = layouts[names] = self._layout(names, together)
        return self._shown(layout, self._counts(layout, rows))

    def _layout(self, names: tuple[str, ...], together: bool) -> _Layout:
        is_joined = together and len(self._joined.where.keys() & set(names)) > 1
        where = dict(self._joined.where) if is_joined else {}
        labels = [label for name in where for label in self._labels(name)]
        apart = []
        for name in names:
            if name not in where:
                own = self._labels(name)
                where[name] = slice(len(labels), len(labels) + len(own))
                apart.append((name, where[name]))
                labels += own
        return _Layout(
            names=names,
            begins=np.array([where[name].start for name in names]),
            ends=np.array([where[name].stop for name in names]),
            by_year=np.array([name == "year" for name in names]),
            labels=labels,
            is_joined=is_joined,
            apart=apart,
            size=len(labels),
        )

    def _counts(self, layout: _Layout, rows: AnyArray) -> AnyArray:
        if layout.is_joined:
            of_row, n_classes, classes, values, _ = self._joined
            counts: AnyArray = self._scorer.tallies.count_by_class(
                of_row, n_classes, classes, values, layout.size, rows
            )
        else:
            counts = np.zeros(layout.size, np.int64)
        for name, where in layout.apart:
            if name == "year":
                counts[where] = np.bincount(self._years[rows], minlength=where.stop - where.start)
            else:
                self._scorer.add_values(name, rows, counts[where])
        return counts

    def _shown(self, layout: _Layout, counts: AnyArray) -> dict[str, dict[str, int]]:
        places, values, ends = self._scorer.tallies.most_frequent(
            counts, layout.begins, layout.ends, layout.by_year, MAX_FACET_VALUES
        )
        labels, found = map(layout.labels.__getitem__, places.tolist()), iter(values.tolist())
        shown, begin = {}, 0
        for name, end in zip(layout.names, ends.tolist(), strict=True):
            shown[name] = dict(islice(zip(labels, found, strict=True), end - begin))
            begin = end
        return shown

    @cached_property
    def _years(self) -> AnyArray:
        return self._snapshot.numbers(lambda segment: segment.years)

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
        ends = np.cumsum([0, *(len(self._labels(name)) for name in pairs)]).tolist()
        where = {name: slice(begin, end) for name, (begin, end) in zip(pairs, pairwise(ends), strict=True)}
        none = np.empty(0, np.int64)
        return _Joined(
            of_row=of_row.astype(np.uint16),
            n_classes=len(next(iter(members.values()), ())),
            classes=np.concatenate([none, *(its_classes for its_classes, _ in pairs.values())]),
            values=np.concatenate([none, *(values + where[name].start for name, (_, values) in pairs.items())]),
            where=where,
        )

    def _labels(self, name: str) -> list[str]:
        """The values of a field, by number; a year is its own number, 0 for years that are not known."""
        if name == "year":
            return [str(year) for year in range(int(self._years.max(initial=0)) + 1)]
        return self._snapshot.values(name).names

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
