"""Numbers taken for results by their weight, and how the weights are learned."""

import pytest

from searchidx.extraction import claims, datasets, metrics
from searchidx.extraction.number_weights import SeenNumber, Weights, shipped
from searchidx.paper import Metric, evidence_text


def read(abstract: str, weights: Weights) -> tuple[Metric, ...]:
    ready = claims.read(evidence_text("A title", abstract), 20_000)
    return metrics.find_metrics(ready.marked, datasets.find_mentions(ready.marked), ready.text, weights)


def test_a_number_that_the_rules_leave_out_is_taken_in_by_its_weight() -> None:
    abstract = "We keep a confidence level of 95%."
    assert read(abstract, Weights({"number": -9.0})) == ()
    assert [metric.value for metric in read(abstract, Weights({"number": 9.0}))] == ["95"]


def test_counts_and_what_others_reach_are_never_taken_in_and_results_never_taken_out() -> None:
    assert read("We used 12 toys in 2019.", Weights({"number": 9.0})) == ()
    text = "We reach 84.1% accuracy, while the baseline only reaches 74.9%."
    assert [m.value for m in read(text, Weights({"number": 9.0}))] == ["84.1"]
    assert [m.value for m in read("We reach 84.1% accuracy.", Weights({"number": -9.0}))] == ["84.1"]


def test_what_is_seen_tells_what_the_rules_say() -> None:
    seen: list[SeenNumber] = []
    read("We reach 84.1% accuracy with 12 toys.", Weights(seen=seen))
    assert [(number.value, number.taken) for number in seen] == [("84.1", True), ("12", False)]
    assert {"l1=reach", "r1=accuracy", "shape=percent.", "taken=1"} <= set(seen[0].features)


def test_words_near_a_number_come_once_and_in_the_order_of_the_text() -> None:
    seen: list[SeenNumber] = []
    read("The toys and the frobs and the wugs reach 84.1% accuracy.", Weights(seen=seen))
    near = [feature for feature in seen[0].features if feature.startswith("left=")]
    assert near == ["left=^", "left=toys", "left=and", "left=the", "left=frobs", "left=wugs", "left=reach"]


def test_the_shipped_weights_are_few_and_finite() -> None:
    weights = shipped().numbers
    assert 100 < len(weights) < 10_000
    assert all(abs(weight) < 20 for weight in weights.values())


def test_weights_are_learned_from_numbers_that_are_certain_to_be_results_or_not() -> None:
    pytest.importorskip("scipy")
    from searchidx.extraction.make_number_weights import examples, fit

    def seen(value: str, taken: bool, feature: str) -> SeenNumber:
        return SeenNumber(value, taken, [feature])

    paper = {"metrics": [{"value": "0.50"}, {"value": "7"}]}
    numbers = [seen(".5", False, "a"), seen("7", True, "b"), seen("7", False, "c"), seen("3", False, "d")]
    found = examples(paper, numbers)
    assert found == [(["a"], True), (["b"], True), (["d"], False)]
    weights = fit(found * 3)
    assert weights["a"] > 0 > weights["d"]
    assert "c" not in weights
