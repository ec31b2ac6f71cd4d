"""Reported numbers: value, metric, kind, dataset, evidence."""

import pytest

from searchidx.extraction import canonical_metric, extract, metric_direction


def claims(abstract: str) -> list[tuple[str, str, str, str | None]]:
    return [(m.metric, m.value, m.kind, m.dataset) for m in extract("A title", abstract).metrics]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We reach 84.1% top-1 accuracy on ImageNet.", ("top-1 accuracy", "84.1", "absolute", "ImageNet")),
        ("Our FID of 2.81 on CIFAR-10 is low.", ("FID", "2.81", "absolute", "CIFAR-10")),
        ("We improve accuracy by 2.3%.", ("accuracy", "2.3", "delta", None)),
        ("A 1.4% improvement in mAP was seen.", ("mAP", "1.4", "delta", None)),
        ("We gain +1.4 BLEU.", ("BLEU", "1.4", "delta", None)),
        ("Our method is 3.5x faster.", ("speedup", "3.5", "ratio", None)),
        ("We obtain a speedup of 12 times.", ("speedup", "12", "ratio", None)),
        ("It has 2x higher throughput.", ("throughput", "2", "ratio", None)),
        ("We need 60% fewer actions.", ("actions", "60", "delta", None)),
        ("We outperform the baseline by 7%.", ("unspecified", "7", "delta", None)),
        ("We reach a success rate of 91\\% in the real world.", ("success rate", "91", "absolute", None)),
        ("The mean localization error is 0.059 m.", ("mean localization error", "0.059", "absolute", None)),
        ("We get an HIoT of 71.2%.", ("HIoT", "71.2", "absolute", None)),
    ],
)
def test_one_number_is_read_with_all_that_belongs_to_it(text: str, expected: tuple[str, str, str, str | None]) -> None:
    assert claims(text) == [expected]


def test_a_pair_carries_the_reached_value_and_where_it_came_from() -> None:
    (metric,) = extract("A title", "We raise the SPICE score from 23.5 to 26.2.").metrics
    assert (metric.value, metric.from_value, metric.kind) == ("26.2", "23.5", "absolute")


def test_a_range_is_two_entries() -> None:
    assert claims("Accuracy improves by 1.5%-2.3%.") == [
        ("Accuracy", "1.5", "delta", None),
        ("Accuracy", "2.3", "delta", None),
    ]
    assert [(value, kind) for _, value, kind, _ in claims("It runs 5-500x faster.")] == [
        ("5", "ratio"),
        ("500", "ratio"),
    ]


def test_numbers_in_a_list_share_their_metric_and_take_the_datasets_in_order() -> None:
    assert claims("We obtain 0.78 and 0.76 mAP on KITTI and nuScenes, respectively.") == [
        ("mAP", "0.78", "absolute", "KITTI"),
        ("mAP", "0.76", "absolute", "nuScenes"),
    ]


def test_two_metrics_and_two_numbers_go_one_to_one() -> None:
    assert claims("We cut parameters and FLOPs by 78% and 32%.") == [
        ("parameters", "78", "delta", None),
        ("FLOPs", "32", "delta", None),
    ]


def test_one_number_over_several_datasets_is_pooled() -> None:
    assert claims("We outperform prior work by 4.5% accuracy on KITTI, nuScenes and SVHN.") == [
        ("accuracy", "4.5", "delta", None)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "We use 10% of the labels and 5 datasets.",
        "Our 7 billion parameter model has 32 layers.",
        "We train ResNet-50 on 3D data in 2021 with top-5 candidates.",
        "Values are 95% confidence intervals (CI: 0.83-0.87).",
        "In 2 steps, (1) we crop and (2) we pad 64 images.",
        "The images have 1920 x 1080 pixels.",
        "",
    ],
)
def test_sizes_settings_and_counts_are_no_results(text: str) -> None:
    assert claims(text) == []


def test_numbers_before_the_paper_speaks_of_itself_are_background() -> None:
    text = "Earlier models reach 76.5% accuracy. In this paper, we reach 80.1% accuracy."
    assert [value for _, value, _, _ in claims(text)] == ["80.1"]


def test_deviations_and_the_other_side_of_a_comparison_are_left_out() -> None:
    assert [value for _, value, _, _ in claims("We get a Dice score of 0.86 ± 0.06 versus 0.71.")] == ["0.86"]


def test_the_sentence_is_kept_as_evidence_and_the_span_points_at_the_value() -> None:
    title, abstract = "A title", "We propose X. It reaches 84.1% accuracy. The end."
    (metric,) = extract(title, abstract).metrics
    assert metric.sentence == "It reaches 84.1% accuracy."
    assert metric.span is not None
    assert f"{title}\n{abstract}"[slice(*metric.span)] == metric.value
    assert (metric.unit, metric.canonical) == ("%", "accuracy")


def test_a_link_in_the_evidence_stays_as_it_was() -> None:
    (metric,) = extract("A title", "We reach 84.1% accuracy, see https://github.com/toylab/toynet.").metrics
    assert metric.sentence == "We reach 84.1% accuracy, see https://github.com/toylab/toynet."


@pytest.mark.parametrize(
    ("written", "canonical", "direction"),
    [
        ("Top-1 accuracy", "accuracy", "higher"),
        ("acc.", "accuracy", "higher"),
        ("F1-score", "f1", "higher"),
        ("mean IoU", "miou", "higher"),
        ("word error rate", "wer", "lower"),
        ("FID score", "fid", "lower"),
        ("average success rate", "success rate", "higher"),
        ("navigation error", "navigation error", "lower"),
        ("frobness", "frobness", None),
    ],
)
def test_metric_names_have_one_spelling_and_a_direction(written: str, canonical: str, direction: str | None) -> None:
    assert canonical_metric(written) == canonical
    assert metric_direction(canonical) == direction
