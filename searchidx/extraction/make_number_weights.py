"""Make `data/number_weights.json` from annotated papers.

    python -m searchidx.extraction.make_number_weights tests/annotations/*.jsonl dev.jsonl --papers PAPERS.jsonl.zst...

A logistic regression over the numbers of the papers: which are results. Numbers of which the annotations do not tell,
because the same value stands in a paper more often than it is reported, are left out. The same input makes the same
file. The shipped one was made of these annotations and of those that the guideline came with, and abstracts of
conferences, the ACL Anthology and daily papers. What the rules say are features, so it is made anew when they change.
Needs scipy (`pip install '.[training]'`), which nothing else here does.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from searchidx.extraction import claims, datasets, metrics
from searchidx.extraction.annotated import read_annotated
from searchidx.extraction.number_weights import FILE, SeenNumber, Weights
from searchidx.extraction.reading import READ_LIMIT
from searchidx.paper import evidence_text

Example = tuple[list[str], bool]
#: What the squares of the weights cost; how many numbers a feature is found at; weights below the last are left out.
_PENALTY, _LEAST_COUNT, _LEAST_WEIGHT = 0.5, 3, 0.01


def see(paper: dict[str, Any]) -> list[SeenNumber]:
    """The numbers of a paper and what the rules say of them."""
    ready = claims.read(evidence_text(paper["title"], paper["abstract"]), READ_LIMIT)
    seen: list[SeenNumber] = []
    metrics.find_metrics(ready.marked, datasets.find_mentions(ready.marked), ready.text, Weights(seen=seen))
    return seen


def examples(paper: dict[str, Any], seen: list[SeenNumber]) -> list[Example]:
    """Numbers of a paper that are certain to be results or not. Of equal values those that the rules take are results
    if they are as many as are reported."""
    reported = Counter(_value(claim["value"]) for claim in paper["metrics"])
    equal: dict[str, list[SeenNumber]] = defaultdict(list)
    for number in seen:
        equal[_value(number.value)].append(number)
    found: list[Example] = []
    for value, numbers in equal.items():
        count = reported[value]
        if count == 0 or count >= len(numbers):
            found += [(number.features, count > 0) for number in numbers]
        elif sum(number.taken for number in numbers) == count:
            found += [(number.features, True) for number in numbers if number.taken]
    return found


def _value(text: str) -> str:
    """A number as values are compared: `0.50` is `.5`."""
    text = text.replace(",", "").replace(" ", "")
    try:
        return f"{float(text):g}"
    except ValueError:
        return text.lower()


def fit(found: list[Example]) -> dict[str, float]:
    """The weights of a logistic regression, sorted by feature."""
    counts = Counter(feature for features, _ in found for feature in features)
    kept = sorted(feature for feature, count in counts.items() if count >= _LEAST_COUNT)
    place = {feature: index for index, feature in enumerate(kept)}
    columns = [[place[feature] for feature in features if feature in place] for features, _ in found]
    ends = np.cumsum([0, *map(len, columns)])
    inside = np.concatenate([np.array(row, dtype=np.int64) for row in columns])
    matrix = csr_matrix((np.ones(len(inside)), inside, ends), shape=(len(found), len(kept)))
    turned = matrix.T.tocsr()
    signs = np.array([1.0 if is_result else -1.0 for _, is_result in found])

    def loss(weights: Any) -> Any:
        margins = signs * (matrix @ weights)
        value = np.logaddexp(0, -margins).sum() + _PENALTY / 2 * (weights @ weights)
        return value, turned @ (-signs / (1 + np.exp(margins))) + _PENALTY * weights

    learned = minimize(loss, np.zeros(len(kept)), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    pairs = zip(kept, learned.tolist(), strict=True)
    return {feature: round(weight, 2) for feature, weight in pairs if abs(weight) >= _LEAST_WEIGHT}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("annotations", nargs="+", type=Path)
    parser.add_argument("--papers", nargs="+", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=FILE)
    options = parser.parse_args()
    annotated = read_annotated(options.annotations, options.papers)
    numbers = fit([example for paper in annotated for example in examples(paper, see(paper))])
    options.out.write_text(json.dumps({"numbers": numbers}, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
