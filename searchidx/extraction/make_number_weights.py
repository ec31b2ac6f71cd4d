"""Make `data/number_weights.json` from annotated papers.

    python -m searchidx.extraction.make_number_weights tests/annotations/*.jsonl dev.jsonl --papers PAPERS.jsonl.zst...

Choices learned by maximum likelihood: whether a number is a result or not (a logistic regression), and which of the
names around it a result has. Numbers of which the annotations do not tell, because the same value stands in a paper
more often than it is reported or under several names, are left out. The same input makes the same file. The shipped one
was made of these annotations, 4,639 papers, and of the 150 that the guideline came with, and abstracts of conferences,
the ACL Anthology and daily papers. What the rules say are features, so it is made anew when they change. Needs scipy
(`pip install '.[training]'`), which nothing else here does.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from searchidx.extraction import claims, datasets, metrics
from searchidx.extraction.annotated import read_annotated
from searchidx.extraction.learned_names import key_of
from searchidx.extraction.number_weights import FILE, SeenName, SeenNumber, Weights
from searchidx.extraction.reading import READ_LIMIT
from searchidx.paper import evidence_text

#: What the squares of the weights cost, in how many choices a feature is found, and weights below which are left out:
#: of numbers and of names.
_OF_NUMBERS, _OF_NAMES = (0.5, 3, 0.01), (1.0, 3, 0.05)


class Choice(NamedTuple):
    """What there is to choose from, each by its features, and the places of those that are right."""

    options: list[list[str]]
    right: list[int]


def see(paper: dict[str, Any]) -> tuple[list[SeenNumber], list[SeenName]]:
    """The numbers of a paper, the names of its results, and what the rules say of them."""
    ready = claims.read(evidence_text(paper["title"], paper["abstract"]), READ_LIMIT)
    weights = Weights(seen=[], named=[])
    metrics.find_metrics(ready.marked, datasets.find_mentions(ready.marked), ready.text, weights)
    return weights.seen or [], weights.named or []


def number_choices(paper: dict[str, Any], seen: list[SeenNumber]) -> list[Choice]:
    """Numbers of a paper that are certain to be results or not. Of equal values those that the rules take are results
    if they are as many as are reported."""
    reported = Counter(_value(claim["value"]) for claim in paper["metrics"])
    equal: dict[str, list[SeenNumber]] = defaultdict(list)
    for number in seen:
        equal[_value(number.value)].append(number)
    found: list[tuple[list[str], bool]] = []
    for value, numbers in equal.items():
        count = reported[value]
        if count == 0 or count >= len(numbers):
            found += [(number.features, count > 0) for number in numbers]
        elif sum(number.taken for number in numbers) == count:
            found += [(number.features, True) for number in numbers if number.taken]
    return [Choice([features, []], [0 if is_result else 1]) for features, is_result in found]


def name_choices(paper: dict[str, Any], named: list[SeenName]) -> list[Choice]:
    """Results of a paper whose name is among those to choose from; not where values are equal and names are not."""
    reported: dict[str, set[str]] = defaultdict(set)
    for claim in paper["metrics"]:
        reported[_value(claim["value"])].add(key_of(claim["metric"]))
    found: list[Choice] = []
    for one in named:
        names = reported[_value(one.value)]
        right = [place for place, name in enumerate(one.names) if key_of(name) in names]
        if len(names) == 1 and right and len(one.names) > 1:
            found.append(Choice(one.features, right))
    return found


def _value(text: str) -> str:
    """A number as values are compared: `0.50` is `.5`."""
    text = text.replace(",", "").replace(" ", "")
    try:
        return f"{float(text):g}"
    except ValueError:
        return text.lower()


def fit(choices: list[Choice], penalty: float, least_count: int, least_weight: float) -> dict[str, float]:
    """The weights that make the right options likely, sorted by feature; a choice of two is a logistic regression."""
    counts = Counter(feature for choice in choices for feature in {f for option in choice.options for f in option})
    kept = sorted(feature for feature, count in counts.items() if count >= least_count)
    place = {feature: index for index, feature in enumerate(kept)}
    options = [option for choice in choices for option in choice.options]
    columns = [[place[feature] for feature in option if feature in place] for option in options]
    inside = np.concatenate([np.array(row, dtype=np.int64) for row in columns])
    ends = np.cumsum([0, *map(len, columns)])
    matrix = csr_matrix((np.ones(len(inside)), inside, ends), shape=(len(options), len(kept)))
    turned = matrix.T.tocsr()
    sizes = np.array([len(choice.options) for choice in choices])
    begins = np.cumsum(sizes) - sizes
    right = np.zeros(len(options))
    for begin, choice in zip(begins, choices, strict=True):
        right[begin + np.array(choice.right)] = 1.0

    def loss(weights: Any) -> Any:
        scores = matrix @ weights
        scores = np.exp(scores - np.repeat(np.maximum.reduceat(scores, begins), sizes))
        of_all, of_right = np.add.reduceat(scores, begins), np.add.reduceat(scores * right, begins) + 1e-300
        likely = scores / np.repeat(of_all, sizes) - scores * right / np.repeat(of_right, sizes)
        value = (np.log(of_all) - np.log(of_right)).sum() + penalty / 2 * (weights @ weights)
        return value, turned @ likely + penalty * weights

    learned = minimize(loss, np.zeros(len(kept)), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    pairs = zip(kept, learned.tolist(), strict=True)
    return {feature: round(weight, 2) for feature, weight in pairs if abs(weight) >= least_weight}


def learn(papers: list[dict[str, Any]], seen: list[tuple[list[SeenNumber], list[SeenName]]]) -> Weights:
    """The weights learned from annotated papers. seen: of each paper."""
    pairs = list(zip(papers, seen, strict=True))
    numbers = [choice for paper, (found, _) in pairs for choice in number_choices(paper, found)]
    names = [choice for paper, (_, found) in pairs for choice in name_choices(paper, found)]
    return Weights(fit(numbers, *_OF_NUMBERS), fit(names, *_OF_NAMES))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("annotations", nargs="+", type=Path)
    parser.add_argument("--papers", nargs="+", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=FILE)
    options = parser.parse_args()
    annotated = read_annotated(options.annotations, options.papers)
    weights = learn(annotated, [see(paper) for paper in annotated])
    tables = {"numbers": weights.numbers, "names": weights.names}
    options.out.write_text(json.dumps(tables, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
