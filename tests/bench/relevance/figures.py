"""Figures of rankings, by `ir_measures`, and whether the difference of two is more than chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

N_PERMUTATIONS = 10_000
SEED = 20_261_122
#: Sums of the same figures in another order differ by rounding; they are the same difference.
_ROUNDING = 1e-12

PerQuery = dict[str, float]


class Measure(NamedTuple):
    """A measure by its name in `ir_measures`, the depth it looks to and its settings. label: what tables call it."""

    label: str
    name: str
    depth: int
    settings: Mapping[str, Any] = {}

    def made(self) -> Any:
        import ir_measures

        return getattr(ir_measures, self.name)(**self.settings) @ self.depth


def per_query(
    rankings: Mapping[str, Sequence[str]], qrels: Mapping[str, Mapping[str, int]], measures: Sequence[Measure]
) -> dict[str, PerQuery]:
    """label -> query -> figure, for every query of `qrels`; one that found nothing has 0.

    rankings: query -> document ids, best first. qrels: query -> document id -> grade.
    """
    import ir_measures

    judged = [ir_measures.Qrel(q, doc, grade) for q, grades in qrels.items() for doc, grade in grades.items()]
    run = [
        # tools sort by score and then by id: scores that fall by one keep the engine's own order
        ir_measures.ScoredDoc(query, doc, float(-place))
        for query, docs in rankings.items()
        for place, doc in enumerate(docs)
    ]
    found = {}
    for measure in measures:
        # one at a time: when asked for together, the gains that one measure declares are used for all
        values = {value.query_id: value.value for value in ir_measures.iter_calc([measure.made()], judged, run)}
        found[measure.label] = {query: float(values.get(query, 0.0)) for query in qrels}
    return found


def mean(figures: PerQuery) -> float:
    return sum(figures.values()) / len(figures)


def randomisation(first: PerQuery, second: PerQuery) -> float:
    """The p-value of the paired two-sided randomisation test on the mean difference over the same queries.

    If both were equally good, either could have had either figure of a query: the signs of the differences are drawn
    `N_PERMUTATIONS` times, with a fixed seed, and the share of draws at least as far from 0 as what was seen is p. What
    was seen counts as one draw more, so p is never 0.
    """
    differences: npt.NDArray[np.float64] = np.array([first[query] - second[query] for query in first])
    differences = differences[differences != 0]
    seen = abs(differences.sum())
    signs = np.random.default_rng(SEED).choice((-1.0, 1.0), (N_PERMUTATIONS, len(differences)))
    as_far = np.count_nonzero(np.abs(signs @ differences) >= seen - _ROUNDING)
    return float((as_far + 1) / (N_PERMUTATIONS + 1))


def holm(ps: Mapping[str, float]) -> dict[str, float]:
    """p-values of several comparisons, adjusted by Holm's method so that all hold together."""
    adjusted: dict[str, float] = {}
    least = 0.0
    for place, (name, p) in enumerate(sorted(ps.items(), key=lambda item: item[1])):
        least = max(least, min(1.0, p * (len(ps) - place)))
        adjusted[name] = least
    return adjusted
