"""Numbers taken for results and named by their weight, and how the weights are learned."""

import pytest

from searchidx.extraction import claims, datasets, metrics
from searchidx.extraction.number_weights import SeenName, SeenNumber, Weights, shipped
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


def test_times_passed_settings_in_brackets_and_what_others_do_are_never_taken_in() -> None:
    weights = Weights({"number": 9.0})
    assert read("Our arm reaches a toy after 7.2 s.", weights) == ()
    assert read("Our best net uses a momentum (0.8).", weights) == ()
    assert read("Existing frogs can hop up to 0.4 m.", weights) == ()


def named(abstract: str, weights: Weights) -> list[str]:
    return [metric.metric for metric in read(abstract, weights)]


def test_a_number_without_a_name_gets_the_one_that_weighs_most() -> None:
    text = "The jumping height is 17% on the frob slope."
    assert named(text, Weights({"number": 9.0})) == ["unspecified"]
    weights = Weights({"number": 9.0}, {"source=phrase": -2.0, "last=height": 2.0, "words=2": 3.0})
    assert named(text, weights) == ["jumping height"]


def test_a_name_that_is_hardly_better_does_not_replace_what_the_rules_say() -> None:
    text = "The jumping height is 17% on the frob slope."
    assert named(text, Weights({"number": 9.0}, {"last=height": 0.3})) == ["unspecified"]


def test_a_listed_name_beside_its_number_stays() -> None:
    weights = Weights({}, {"unnamed": 9.0, "source=phrase": 9.0})
    assert named("The frob slope reaches an accuracy of 84.1%.", weights) == ["accuracy"]


def test_names_seen_are_those_to_choose_from_and_none_is_renamed() -> None:
    seen: list[SeenName] = []
    weights = Weights({}, {"unnamed": 9.0}, named=seen)
    assert named("The frob slope reaches an accuracy of 84.1%.", weights) == ["accuracy"]
    assert {"accuracy", "frob slope", "slope", "unspecified"} <= set(seen[0].names)
    assert seen[0].names[seen[0].ruled] == "accuracy"
    assert {"last=accuracy", "near=lof", "ruled=beside"} <= set(seen[0].features[seen[0].ruled])


def test_the_shipped_weights_are_few_and_finite() -> None:
    for weights in (shipped().numbers, shipped().names):
        assert 100 < len(weights) < 20_000
        assert all(abs(weight) < 20 for weight in weights.values())


def test_weights_are_learned_from_numbers_that_are_certain_to_be_results_or_not() -> None:
    pytest.importorskip("scipy")
    from searchidx.extraction.make_number_weights import fit, number_choices

    def seen(value: str, taken: bool, feature: str) -> SeenNumber:
        return SeenNumber(value, taken, [feature])

    paper = {"metrics": [{"value": "0.50"}, {"value": "7"}]}
    numbers = [seen(".5", False, "a"), seen("7", True, "b"), seen("7", False, "c"), seen("3", False, "d")]
    found = number_choices(paper, numbers)
    assert found == [([["a"], []], [0]), ([["b"], []], [0]), ([["d"], []], [1])]
    weights = fit(found * 3, 0.5, 3, 0.01)
    assert weights["a"] > 0 > weights["d"]
    assert "c" not in weights


def test_names_are_learned_where_the_right_one_is_among_those_to_choose_from() -> None:
    pytest.importorskip("scipy")
    from searchidx.extraction.make_number_weights import fit, name_choices

    paper = {"metrics": [{"value": "5", "metric": "F1-score"}, {"value": "6", "metric": "speed"}]}
    five = SeenName("5.0", ["F1 score", "unspecified"], 1, [["a"], ["b"]])
    assert name_choices(paper, [five, SeenName("6", ["accuracy", "unspecified"], 0, [["a"], ["b"]])]) == [
        ([["a"], ["b"]], [0])
    ]
    weights = fit(name_choices(paper, [five] * 3), 1.0, 3, 0.01)
    assert weights["a"] > 0 > weights["b"]
