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
        ("We raise the overall naming performance by 7%.", ("unspecified", "7", "delta", None)),
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
        ("F1-score", "F1", "higher"),
        ("mean IoU", "mIoU", "higher"),
        ("word error rate", "WER", "lower"),
        ("FID score", "FID", "lower"),
        ("average success rate", "success rate", "higher"),
        ("navigation error", "navigation error", "lower"),
        ("frobness", "frobness", None),
        ("mean Average Precision", "mAP", "higher"),
        ("bleu score", "BLEU", "higher"),
        ("ROC-AUC", "AUC", "higher"),
        ("psnr", "PSNR", "higher"),
        ("error rates", "error rate", "lower"),
        ("QWX", "QWX", None),
        ("Grasping Accuracies", "grasping accuracy", "higher"),
    ],
)
def test_metric_names_have_one_spelling_and_a_direction(written: str, canonical: str, direction: str | None) -> None:
    assert canonical_metric(written) == canonical
    assert metric_direction(canonical) == direction


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # what a verb of change moves
        ("Our planner cuts wrong turns by nearly 65%.", [("wrong turns", "65", "delta", None)]),
        ("Waiting falls by up to 2.5x.", [("Waiting", "2.5", "ratio", None)]),
        (
            "It raises politeness by 9.5% and complexity by 21.5%.",
            [("politeness", "9.5", "delta", None), ("complexity", "21.5", "delta", None)],
        ),
        # methods and tasks are no quantities
        ("We improve the toy model by 4%.", [("unspecified", "4", "delta", None)]),
        # what stands behind the number
        ("We see a 20% increase in words per page.", [("words per page", "20", "delta", None)]),
        ("A reduction of 43% in the number of calls needed is seen.", [("number of calls", "43", "delta", None)]),
        ("It needs 30% lower peak torque.", [("peak torque", "30", "delta", None)]),
        ("We beat the rivals by 27% in novelty.", [("novelty", "27", "delta", None)]),
        ("It is 40% more efficient.", [("unspecified", "40", "delta", None)]),
        (
            "We measure a 5-20% discrepancy between them.",
            [("discrepancy", "5", "absolute", None), ("discrepancy", "20", "absolute", None)],
        ),
        ("Users like the ease of use (+31.5%).", [("ease of use", "31.5", "delta", None)]),
        # set by `of`
        ("The bot attains a draw ratio of 11.8 in play.", [("draw ratio", "11.8", "absolute", None)]),
        ("The hand exerts up to 30 N of grip force.", [("grip force", "30", "absolute", None)]),
        # a reduction named behind beats the metric of the clause before
        (
            "We see a 11.5% increase in success rate and a 18.5% reduction in unsafe moves.",
            [("success rate", "11.5", "delta", None), ("unsafe moves", "18.5", "delta", None)],
        ),
        # short forms, shared heads, gerunds
        ("We reach a relative pose error (RPE) of 2.5%.", [("RPE", "2.5", "absolute", None)]),
        ("The template matching score reaches 8.1.", [("template matching score", "8.1", "absolute", None)]),
        (
            "Tiles run faster by 3.1x while reducing memory footprint by 23%.",
            [("speedup", "3.1", "ratio", None), ("memory footprint", "23", "delta", None)],
        ),
        (
            "We beat previous methods when drawing roofs (+2.4 PSNR) and trees (+3.6 PSNR).",
            [("PSNR", "2.4", "delta", None), ("PSNR", "3.6", "delta", None)],
        ),
        ("It reaches a favorable WER of 7.2.", [("WER", "7.2", "absolute", None)]),
        (
            "We push the top-1 and top-20 accuracies on KITTI to 26% and 64%.",
            [("top-1 accuracy", "26", "absolute", "KITTI"), ("top-20 accuracy", "64", "absolute", "KITTI")],
        ),
        ("The Top-1 classification accuracy is 71%.", [("Top-1 classification accuracy", "71", "absolute", None)]),
        ("We score 88.5% on KITTI.", [("unspecified", "88.5", "absolute", "KITTI")]),
    ],
)
def test_the_quantity_is_what_grammar_ties_to_the_number(
    text: str, expected: list[tuple[str, str, str, str | None]]
) -> None:
    assert claims(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Accuracy is 83.8%, 0.6% more than before.", [("83.8", "absolute"), ("0.6", "delta")]),
        ("The margin over the runner-up is 0.3%.", [("0.3", "delta")]),
        ("The success rate exceeds 75%.", [("75", "absolute")]),
        ("It keeps 96% of the fully supervised performance.", [("96", "ratio")]),
        ("It gains 31% over the old one and keeps 96% of the human performance.", [("31", "delta"), ("96", "ratio")]),
        ("It has 24% the size of the smallest loaf.", [("24", "ratio")]),
        ("We reduce the oven memory to only 26%.", [("26", "ratio")]),
        ("We reduce the failure rate to 0.2%.", [("0.2", "absolute")]),
        ("Our loaves are preferred by bakers 66% of the time.", [("66", "absolute")]),
        ("We win by solving 91% of the hardest riddles.", [("91", "absolute")]),
        ("We get a lower docking error of 0.7.", [("0.7", "absolute")]),
        ("We see 27% and 31% baking time accelerations.", [("27", "delta"), ("31", "delta")]),
        ("Ours is 2.4% superior to the rivals in mAP.", [("2.4", "delta")]),
        ("We exceed the previous best 0.4 dB in PSNR.", [("0.4", "delta")]),
        ("It is up to 20x faster, or 50x on a GPU.", [("20", "ratio"), ("50", "ratio")]),
        ("The model outperforms Tool 2.0 by 4% accuracy.", [("4", "delta")]),
        ("Planning takes only 3 minutes.", [("3", "absolute")]),
        ("We win 171 of 182 tasks.", [("171", "absolute")]),
        ("We lengthen useful forecasts from 30 to 36 days.", [("36", "absolute")]),
        ("We map with 1% error, compared to a grid which attained 23% error.", [("1", "absolute")]),
        ("It needs $O(n^{-3.5})$ gradient computations.", []),
        ("We study 1) search accuracy, 2) reading speed, and 3) recall.", []),
        ("SSIM is 0.96 for 3.5-fold acceleration.", [("0.96", "absolute")]),
    ],
)
def test_levels_changes_and_ratios_are_told_apart(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(value, kind) for _, value, kind, _ in claims(text)] == expected


def test_a_list_of_gains_goes_with_the_results_before_it() -> None:
    text = "We reach 84.1% accuracy on ImageNet and 51.3% AP on COCO. The margins over Foo are 0.5% and 1.5%."
    assert claims(text)[2:] == [("accuracy", "0.5", "delta", "ImageNet"), ("AP", "1.5", "delta", "COCO")]


def test_a_dataset_on_the_other_side_of_a_comparison_is_not_measured_on() -> None:
    assert claims("Convergence is 2 times faster than from Kinetics weights.") == [("speedup", "2", "ratio", None)]
    (claim,) = claims("Compared to the older set, KITTI, success rate rises to 80%.")
    assert claim == ("success rate", "80", "absolute", None)


def test_the_name_in_the_title_marks_a_sentence_as_own() -> None:
    text = "ToyNet runs at 49 steps per second. We describe its parts."
    assert [m.value for m in extract("ToyNet: a net of toys", text).metrics] == ["49"]


def test_a_clause_with_its_own_preposition_has_its_own_dataset() -> None:
    text = "We reach 84.1% accuracy on ImageNet, and on COCO 51.3% AP for boxes."
    assert [dataset for *_, dataset in claims(text)] == ["ImageNet", "COCO"]
    assert claims("Trained on our data rather than on KITTI, the success rate is 81%.")[0][3] is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "We beat all rivals by obtaining an overall accuracy of 71.4%.",
            ("overall accuracy", "71.4", "absolute", None),
        ),
        ("The arm shows a maximum average error of 0.4 mm.", ("maximum average error", "0.4", "absolute", None)),
        ("We gain 4% robust mIoU.", ("robust mIoU", "4", "delta", None)),
        ("Our planner runs in real time (30 fps).", ("fps", "30", "absolute", None)),
        ("We reduce collisions caused by blind spots by 41%.", ("collisions", "41", "delta", None)),
        ("We see a 31% improvement in the likelihood of speech.", ("likelihood of speech", "31", "delta", None)),
        ("Our finger bends to an angle of 112°.", ("angle", "112", "absolute", None)),
        ("The probe works with an average computing time of 7 s.", ("average computing time", "7", "absolute", None)),
        ("It recovers 64% of the broken links.", ("unspecified", "64", "absolute", None)),
        ("The gripper holds 97.5% of the time.", ("unspecified", "97.5", "absolute", None)),
        ("We see a 0.31 nats/pixel improvement over flows.", ("unspecified", "0.31", "delta", None)),
        ("It needs a 1.7x lower code entropy.", ("code entropy", "1.7", "ratio", None)),
        ("Our search finishes within 0.4 GPU-days.", ("unspecified", "0.4", "absolute", None)),
    ],
)
def test_quantities_nobody_listed_are_named_by_grammar(text: str, expected: tuple[str, str, str, str | None]) -> None:
    assert claims(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "We upsample the input by a factor of 4x.",
        "At a bending pressure of 70.5 kPa the finger closes.",
        "The videos are recorded at 25 fps.",
        "Models like Bard 3 make errors.",
    ],
)
def test_settings_with_units_are_no_results(text: str) -> None:
    assert claims(f"{text} We discuss why.") == []


def test_modifiers_joined_by_and_share_their_noun() -> None:
    assert claims("We gain 2.1% and 4.3% on top-5 verb and noun accuracy.") == [
        ("top-5 verb accuracy", "2.1", "delta", None),
        ("top-5 noun accuracy", "4.3", "delta", None),
    ]


def test_the_next_sentence_goes_on_about_the_metric_of_the_last() -> None:
    text = "We reach 81.2% accuracy. This exceeds the state of the art by 5.5%."
    assert claims(text)[1] == ("accuracy", "5.5", "delta", None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Our tool raises robustness—improving accuracy by 9%.", ("accuracy", "9", "delta", None)),
        ("We score well, scoring 0.71 on the hard part.", ("unspecified", "0.71", "absolute", None)),
        ("We see an improvement in parsing long texts of up to 57% in MRR.", ("MRR", "57", "delta", None)),
        ("We show that the link holds within a distance of 12 m.", ("distance", "12", "absolute", None)),
        ("Our model is 48\\% lighter.", ("unspecified", "48", "delta", None)),
        ("Our filter reduces the required training examples by 43%.", ("training examples", "43", "delta", None)),
        ("It adds only 0.02% (or 0.0002) parameters.", ("parameters", "0.02", "delta", None)),
        ("The judge agrees in only 13% of cases.", ("unspecified", "13", "absolute", None)),
        ("We get a 27% bitrate saving.", ("bitrate", "27", "delta", None)),
        ("Our parser reaches 71% UAS, while a recent neural parser reaches 68%.", ("UAS", "71", "absolute", None)),
        ("We reach a bounding box AP of 41.3.", ("bounding box AP", "41.3", "absolute", None)),
        ("The skills reach the same success rate, 0.41 seconds slower on average.", None),
    ],
)
def test_words_around_a_number_say_what_it_is(text: str, expected: tuple[str, str, str, str | None] | None) -> None:
    assert claims(text) == [expected or ("unspecified", "0.41", "delta", None)]


def test_improvements_ranging_from_one_to_another_are_two_changes() -> None:
    assert claims("We see improvements ranging from 3% to 9%.") == [
        ("unspecified", "3", "delta", None),
        ("unspecified", "9", "delta", None),
    ]


def test_a_dataset_in_a_later_part_of_the_sentence_is_not_of_the_numbers_before() -> None:
    text = "We improve a large model on parsing by 6.1%, as well as a small one on COCO by 5.2%."
    assert [dataset for _, _, _, dataset in claims(text)] == [None, "COCO"]


@pytest.mark.parametrize(
    "text",
    [
        "We measure the recall rate on a large set [9] of streets.",
        "Our algorithm has an edge correlation $1-\\alpha$ for all graphs.",
    ],
)
def test_citations_and_formulas_are_no_results(text: str) -> None:
    assert claims(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We beat nine rivals by at least 4.2% in AUC.", [("AUC", "4.2", "delta", None)]),
        ("We cut the queue load by a factor of 40.", [("queue load", "40", "ratio", None)]),
        (
            "We cut the planning cost by a factor of 5--8.",
            [("planning cost", "5", "ratio", None), ("planning cost", "8", "ratio", None)],
        ),
        ("Our sorter is 22% faster than the old one.", [("speedup", "22", "delta", None)]),
        ("The gate opening angle was increased by 31%.", [("gate opening angle", "31", "delta", None)]),
        ("The number of human labels can be reduced by 81%.", [("number of human labels", "81", "delta", None)]),
        ("We report a reduction of real-world trials by 74%.", [("real-world trials", "74", "delta", None)]),
        (
            "We cut CPU load by 41% and heap usage by 12%.",
            [("CPU load", "41", "delta", None), ("heap usage", "12", "delta", None)],
        ),
        ("We see a gain of 14.2% over rivals for tidiness.", [("tidiness", "14.2", "delta", None)]),
        ("We beat rivals by 3.1% in terms of the total yield.", [("total yield", "3.1", "delta", None)]),
        (
            "We gain 7.1% on F1, 12.4% on MAE and 9.3% on MSE.",
            [("F1", "7.1", "delta", None), ("MAE", "12.4", "delta", None), ("MSE", "9.3", "delta", None)],
        ),
        (
            "We obtain up to 2.1/3.4 F1 improvement over rivals.",
            [("F1", "2.1", "delta", None), ("F1", "3.4", "delta", None)],
        ),
        ("It needs 30% less the number of parameters.", [("number of parameters", "30", "delta", None)]),
        (
            "A 4 to 9-fold smaller model size suffices.",
            [("model size", "4", "ratio", None), ("model size", "9", "ratio", None)],
        ),
        ("We gain 3% in success weighted by path length (SPL).", [("SPL", "3", "delta", None)]),
        ("The mean toy placement error (TPE) is 3.4 mm.", [("mean toy placement error", "3.4", "absolute", None)]),
        ("The area under the curve (AUC) is 91.4%.", [("AUC", "91.4", "absolute", None)]),
        ("Results show 4.2% false-alarm rate.", [("false-alarm rate", "4.2", "absolute", None)]),
        ("We reach 71.2 Frob@5.", [("Frob@5", "71.2", "absolute", None)]),
        ("Our probes lose 12.4 TOYS points.", [("TOYS", "12.4", "delta", None)]),
        (
            "We reach a hit rate of 75%, a 15% improvement over rivals.",
            [("hit rate", "75", "absolute", None), ("hit rate", "15", "delta", None)],
        ),
        ("Our arm reaches a toy after 7.2 s on average.", []),
        ("The arm finds the toy in 7.2 s on average.", [("unspecified", "7.2", "absolute", None)]),
        ("The mean error is 3.1 mm with a standard deviation of 0.4 mm.", [("mean error", "3.1", "absolute", None)]),
        ("We reach 4.1 mm error with 7 degrees of freedom.", [("error", "4.1", "absolute", None)]),
        ("We see a drift of 2.1 m over 200 seconds.", [("drift", "2.1", "absolute", None)]),
        ("We win by over 1 dB in PSNR.", [("PSNR", "1", "delta", None)]),
        ("The mean error is 5.5 cm for a 42 cm long robot.", [("mean error", "5.5", "absolute", None)]),
        (
            "We raise accuracy to 83.4% (+8.1%) and 88.9% (+5.3%).",
            [
                ("accuracy", value, kind, None)
                for value, kind in (("83.4", "absolute"), ("8.1", "delta"), ("88.9", "absolute"), ("5.3", "delta"))
            ],
        ),
        (
            "It is 1.8x faster than FrobNet with 0.5% higher accuracy.",
            [("speedup", "1.8", "ratio", None), ("accuracy", "0.5", "delta", None)],
        ),
    ],
)
def test_names_kinds_and_values_as_papers_write_them(
    text: str, expected: list[tuple[str, str, str, str | None]]
) -> None:
    assert claims(text) == expected


def test_a_factor_behind_a_dataset_is_no_version_of_it() -> None:
    assert claims("We train to full accuracy on ImageNet 1.8x faster than rivals.") == [
        ("speedup", "1.8", "ratio", "ImageNet")
    ]


def test_a_dataset_is_no_metric() -> None:
    assert claims("Accuracy is high on Stanford Cars (91.0%), CIFAR-10 (95.0%) and SVHN (92.5%).") == [
        ("Accuracy", "91.0", "absolute", "Stanford Cars"),
        ("Accuracy", "95.0", "absolute", "CIFAR-10"),
        ("Accuracy", "92.5", "absolute", "SVHN"),
    ]


def test_data_without_a_name_are_not_the_named_ones() -> None:
    text = "We reach 0.62 Spearman correlation on SVHN and 0.91 Pearson correlation on an internal toy dataset."
    assert [dataset for *_, dataset in claims(text)] == ["SVHN", None]


def test_a_paper_that_brings_data_measures_on_them() -> None:
    text = "We introduce FrobQuest, a dataset of toys. Our best model achieves 41.7% mAP."
    assert claims(text) == [("mAP", "41.7", "absolute", "FrobQuest")]


def test_data_brought_later_in_the_text_and_written_in_two_ways_are_one_dataset() -> None:
    text = "On the Frob-Quest dataset we test. We introduce FrobQuest, a dataset of toys. Our best model has 41.7% mAP."
    assert [dataset for *_, dataset in claims(text)] == ["Frob-Quest"]


def test_a_dataset_with_a_number_of_its_own_is_no_member_of_the_list_before() -> None:
    text = "It gains 4.0 and 1.9 points of F1 with toys on SVHN, and +2.0 on COCO."
    assert [dataset for *_, dataset in claims(text)] == ["SVHN", "SVHN", "COCO"]


def test_frame_rates_belong_to_no_dataset_named_later() -> None:
    text = "Our tracker runs at 110 frames per second on one GPU, providing the best results on SVHN."
    assert claims(text) == [("frames per second", "110", "absolute", None)]


def test_what_differs_in_its_unit_is_said_twice() -> None:
    text = "We solve each case in under 1 ms. The robot reaches lateral speeds up to 1 m/s."
    assert [m.unit for m in extract("A title", text).metrics] == ["ms", "m/s"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We reach 91% docking success rates.", [("docking success rates", "91")]),
        ("The mean errors are 2.1 mm and 3.4 mm.", [("mean errors", "2.1"), ("mean errors", "3.4")]),
        (
            "We reach Dice scores of 0.81 and 0.79. The small model has a Dice score of 0.72.",
            [("Dice score", "0.81"), ("Dice score", "0.79"), ("Dice score", "0.72")],
        ),
    ],
)
def test_a_name_is_plural_where_it_is_written_so(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(metric, value) for metric, value, *_ in claims(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We see average Prec@50 gains of 4.1%.", [("average Prec@50", "4.1")]),
        ("We reach an average F1 of 71.3%.", [("average F1", "71.3")]),
        ("We raise pass@1 accuracy by 5.2%.", [("pass@1 accuracy", "5.2")]),
        ("We reach 81.9% top-1 fine-tuning accuracy.", [("top-1 fine-tuning accuracy", "81.9")]),
        ("We reach a pass@1 performance of 41.2%.", [("pass@1", "41.2")]),
        ("It has a mean absolute error of 1.3 mm.", [("mean absolute error", "1.3")]),
        ("We reach 7.1% weight relative error.", [("weight relative error", "7.1")]),
        ("We see a 7.1% relative error reduction.", [("error", "7.1")]),
        ("Our Mean Per Joint Position Error is 41 mm.", [("Mean Per Joint Position Error", "41")]),
        ("We see a 9% LPIPS error reduction.", [("LPIPS error", "9")]),
        ("The half total error rates (HTERs) reach 4.2%.", [("HTER", "4.2")]),
        ("The average mAP over IoU thresholds rises to 41.2%.", [("average mAP", "41.2")]),
    ],
)
def test_modifiers_left_of_a_head_belong_to_its_name(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(metric, value) for metric, value, *_ in claims(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The feasible wire saving of up to 40% is large.", [("wire", "40")]),
        ("The crumb drop of 9% is small.", [("crumb", "9")]),
        ("We see a significant reduction of 30%.", [("unspecified", "30")]),
        ("The fuel burned by the old pump is reduced to 30%.", [("fuel burned", "30")]),
        ("The smallest docking interval of all rose from 18% to 42%.", [("smallest docking interval", "42")]),
        ("We see an improvement of 20% of the packing time.", [("packing time", "20")]),
        ("Our pruner removes over 90% of the dead branches.", [("dead branches", "90")]),
        ("We save at most 70% of replies and 80% of tears.", [("replies", "70"), ("tears", "80")]),
        ("We raise the percentage of tidy rooms from 51% to 82%.", [("percentage of tidy rooms", "82")]),
        ("We lower the training cost of a wide range of models (big ones) by 3x.", [("training cost", "3")]),
        ("These stores show a neatness up to 12 times higher than others.", [("neatness", "12")]),
        ("Its peak load capacity is 12% higher than before.", [("peak load capacity", "12")]),
        ("We compile 3x more x86 loops than others.", [("x86 loops", "3")]),
    ],
)
def test_subject_verb_and_noun_of_change_name_the_quantity(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(metric, value) for metric, value, *_ in claims(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We gain 3.1% for the new spice balance metric.", [("spice balance", "3.1")]),
        ("We see a 4-fold increase in the Crumbs Per Loaf (CPL) metric.", [("CPL", "4")]),
        ("We see mean performance gains of 51% in parking error.", [("parking error", "51")]),
        ("Our arm finds the toy in 93% of trials.", [("unspecified", "93")]),
        ("Our arm sorts 86% of the red objects.", [("unspecified", "86")]),
        (
            "We reach 31.6 mAP with 25 FPS and 36.9 mAP with 12.3 FPS.",
            [("mAP", "31.6"), ("FPS", "25"), ("mAP", "36.9"), ("FPS", "12.3")],
        ),
        ("Our guess is 4x-9x more accurate than others.", [("accuracy", "4"), ("accuracy", "9")]),
        ("The new riddles are 27% more novel than others.", [("novelty", "27")]),
        ("It is 1.2x more energy efficient.", [("energy efficiency", "1.2")]),
    ],
)
def test_words_say_what_is_measured_or_that_nothing_is(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(metric, value) for metric, value, *_ in claims(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We reduce the number of false positive sightings by 41%.", [("number of false positive sightings", "41")]),
        ("Our model reduces the size of the old one by 15x.", [("size", "15")]),
        ("We raise the probability of finding toys by 33%.", [("probability of finding toys", "33")]),
        ("It reduces the required amount of training toys by up to 25%.", [("amount of training toys", "25")]),
        ("It is shown to reduce MUD by 17%.", [("MUD", "17")]),
        ("We cut the MAC count on the robot by 10x.", [("MAC count", "10")]),
        ("We see a 72% improvement in the number of seen rooms.", [("number of seen rooms", "72")]),
        ("We see a 14-fold improvement in the shelf space.", [("shelf space", "14")]),
        ("We see a 12% improvement in bread.", [("unspecified", "12")]),
        ("There is a decrease on belt length of 21% on average.", [("belt length", "21")]),
        ("The mean reduction of lid torques is around 64%.", [("lid torques", "64")]),
        ("They show a 31% time improvement.", [("time", "31")]),
        ("We achieve 82% size reduction.", [("size", "82")]),
        ("The maximal packing ratio reaches 78%.", [("maximal packing ratio", "78")]),
        ("The median percentage of hidden frames is 68%.", [("median percentage of hidden frames", "68")]),
        ("We save 80% of steering and braking costs.", [("unspecified", "80")]),
    ],
)
def test_what_a_verb_or_noun_of_change_moves_is_a_quantity(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(metric, value) for metric, value, *_ in claims(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We observed maximum docking errors of 2.1 mm.", [("maximum docking error", "2.1")]),
        ("It has shown speed improvements up to 3x.", [("speed", "3")]),
        ("The parser has a respectable F1 score of 52.7.", [("F1 score", "52.7")]),
        ("We beat the rivals, improving AUC from 0.61 to 0.72.", [("AUC", "0.72")]),
        ("It has a 4x shorter training time.", [("training time", "4")]),
        ("It makes 9x smaller rotation errors.", [("rotation errors", "9")]),
        ("Our walker scores 71.3% for MODAL on SVHN.", [("MODAL", "71.3")]),
        ("The overall mean opinion score is 4.1.", [("overall mean opinion score", "4.1")]),
    ],
)
def test_participles_and_comparatives_are_no_part_of_a_name(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(metric, value) for metric, value, *_ in claims(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The correlation coefficient is 0.71.", [("correlation coefficient", "0.71")]),
        ("We gain 10.1% in Dice coefficient.", [("Dice coefficient", "10.1")]),
        ("It has a memory footprint of 2.6 MB.", [("memory footprint", "2.6")]),
        ("We reach a docking success ratio of 91%.", [("docking success ratio", "91")]),
        ("We reduce the number of recipe computations by 63%.", [("number of recipe computations", "63")]),
        ("The weighted average F1 score is 71.2%.", [("weighted average F1 score", "71.2")]),
        ("The max docking error is 3.1 mm.", [("max docking error", "3.1")]),
        ("The averaged accuracy is 81%.", [("averaged accuracy", "81")]),
        ("The new law produced maximum docking errors of 3.1 mm.", [("maximum docking error", "3.1")]),
        ("We reach a mean area under the curve of 91%.", [("mean area under the curve", "91")]),
        ("We reach a speedup ratio of 4x.", [("speedup", "4")]),
        ("We need only 19% of the old memory consumption.", [("old memory consumption", "19")]),
        ("We beat all by 4.1% in terms of strict F1 scores.", [("strict F1 score", "4.1")]),
        ("We see 3.2% gains in average accuracy scores.", [("average accuracy", "3.2")]),
        ("We reach a near-lossless docking accuracy of 91%.", [("docking accuracy", "91")]),
        ("We gain 19% in the F1 docking score.", [("F1 docking score", "19")]),
        ("We reduce the length of the long walk by 87%.", [("length of the long walk", "87")]),
        ("We cut the time taken by oven checks by 14%.", [("time taken by oven checks", "14")]),
    ],
)
def test_names_reach_as_far_as_their_words_do(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(metric, value) for metric, value, *_ in claims(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "We beat the rivals by almost 7x on the hard streets in terms of docking error rate.",
            [("docking error rate", "7")],
        ),
        (
            "We beat others by 12% and 20% on big streets in terms of docking depth.",
            [("docking depth", "12"), ("docking depth", "20")],
        ),
        ("We beat the rivals by 4.7% in terms of MOSS.", [("MOSS", "4.7")]),
        ("We raise the cleaned-recall from 61.5% to 66.1%.", [("cleaned-recall", "66.1")]),
        ("We cut the time needed to bake bread of any size with very little butter by over 65%.", [("time", "65")]),
        ("It finds the best toy in 78% of cases when considering all six parameters.", [("unspecified", "78")]),
    ],
)
def test_what_a_number_is_in_terms_of_may_stand_far_behind_it(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(metric, value) for metric, value, *_ in claims(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We increase the speed by 7x.", [("speed", "7")]),
        ("It has an oven speed 30 times faster than the old one.", [("oven speed", "30")]),
        ("We see a speed up of up to 12x.", [("speedup", "12")]),
        ("We see an average speedup of 7x.", [("average speedup", "7")]),
        ("It is better in speed (3x faster).", [("speedup", "3")]),
        (
            "The parsing time of our tool is 14 to 52 times faster than others.",
            [("parsing time", "14"), ("parsing time", "52")],
        ),
        ("The oven run time is 90 times smaller than before.", [("oven run time", "90")]),
        ("The new oven is 90 times faster than before.", [("speedup", "90")]),
    ],
)
def test_a_speed_is_named_a_speedup_is_not(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(metric, value) for metric, value, *_ in claims(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "We see 25% smaller landing errors and 30% smaller fluctuations of paths.",
            [("landing errors", "25"), ("fluctuations of paths", "30")],
        ),
        ("Our bound gives 3.1 times larger safe radii than theirs.", [("safe radii", "3.1")]),
        ("It needs an 80% smaller vocabulary.", [("vocabulary", "80")]),
        ("We obtain 7% higher TOSHA than rivals.", [("TOSHA", "7")]),
        ("Our net is up to 60% more compact.", [("compactness", "60")]),
        ("Our net has 12x larger toys such as BigToy.", [("toys", "12")]),
        ("A wrist increases the range of motion by 140% for cups.", [("range of motion", "140")]),
        ("The toy density can be 40x higher.", [("toy density", "40")]),
        (
            "We report an improvement in the tidy mean metric from 81.2% to 84.3%.",
            [("tidy mean", "84.3")],
        ),
        ("We see an increase in the breaking load of toys from 4.7 kN to 6.3 kN.", [("breaking load", "6.3")]),
    ],
)
def test_comparatives_and_nouns_of_change_say_what_differs(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(m.metric, m.value) for m in extract("A title", text).metrics] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Our brace cuts the peak of landing force up to 31%.", [("peak of landing force", "31", "delta")]),
        ("Our toy reduces collisions (up to 90%) in cups.", [("collisions", "90", "delta")]),
        ("Our toy reduces shaking – at least 80% – of cups.", [("shaking", "80", "delta")]),
        ("We outperform weak rivals up to 7.1%.", [("unspecified", "7.1", "delta")]),
        (
            "We improve honesty in Frob ($\\uparrow$ 41%), Quux ($\\uparrow$ 43%), and Bar($\\uparrow$ 47%).",
            [("honesty", "41", "delta"), ("honesty", "43", "delta"), ("honesty", "47", "delta")],
        ),
        ("We reach 0.71 Toy-F1 here.", [("Toy-F1", "0.71", "absolute")]),
        (
            "FrobNet beats BarNet by 21% and the much larger QuuxNet by 9% in top-1 accuracy.",
            [("top-1 accuracy", "21", "delta"), ("top-1 accuracy", "9", "delta")],
        ),
        (
            "We see gains of 4% on cups and 5% on plates in terms of mIoU.",
            [("mIoU", "4", "delta"), ("mIoU", "5", "delta")],
        ),
        (
            "We beat it by 21% while cutting toys by 9% in training time.",
            [("unspecified", "21", "delta"), ("training time", "9", "delta")],
        ),
    ],
)
def test_changes_without_by_and_lists_of_gains_are_named(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(m.metric, m.value, m.kind) for m in extract("A title", text).metrics] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "We reach 92.9% for ZODA on a set of cups, beating the best toy by 1.4%.",
            [("ZODA", "92.9"), ("ZODA", "1.4")],
        ),
        ("Our robot saves up to 40% battery.", [("battery", "40")]),
        ("The toy mass can be reduced up to 98%.", [("toy mass", "98")]),
        ("The energy consumed in walking is reduced by 40%.", [("energy consumed", "40")]),
        ("We see a 9% increase in toy understanding.", [("toy understanding", "9")]),
        ("We see a 9% reduction in mean severity showing its worth.", [("mean severity", "9")]),
        ("Our picks per minute are increased by 15%.", [("picks per minute", "15")]),
        ("We minimize lateral deviation to 4.6%.", [("lateral deviation", "4.6")]),
        (
            "On cups we score 47.4 AP and 49.0 AP. Such achievement exceeds the best by 4.6% of all.",
            [("AP", "47.4"), ("AP", "49.0"), ("AP", "4.6")],
        ),
    ],
)
def test_gains_are_of_what_was_reached_and_saved(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(m.metric, m.value) for m in extract("A title", text).metrics] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Our toy cuts FLOPs and memory by at least 50%.", [("FLOPs", "50", "delta"), ("memory", "50", "delta")]),
        ("Our toy cuts RMSE and MAE by 41% and 52%.", [("RMSE", "41", "delta"), ("MAE", "52", "delta")]),
        (
            "We see 25% smaller cup errors and 10-20% smaller plate drifts.",
            [("cup errors", "25", "delta"), ("plate drifts", "10", "delta"), ("plate drifts", "20", "delta")],
        ),
        (
            "We see a coverage of 83% to 95% depending on the toy.",
            [("coverage", "83", "absolute"), ("coverage", "95", "absolute")],
        ),
        ("We see 0.91 AUC ROC.", [("AUC ROC", "0.91", "absolute")]),
        (
            "We cut the memory footprint while increasing the performance of toys by 10%.",
            [("unspecified", "10", "delta")],
        ),
        ("We improve F1 performance by 10%.", [("F1", "10", "delta")]),
        ("At the same training time, our toy outperforms theirs by 10%.", [("unspecified", "10", "delta")]),
        ("To speed up the search, we find 56% more toys.", [("toys", "56", "delta")]),
        ("We see a zero-shot performance of 20.6 F1.", [("F1", "20.6", "absolute")]),
        ("We see a position error no greater than 7.7 mm.", [("position error", "7.7", "absolute")]),
        (
            "We see great gains over earlier 3D toys (12.6% on cups, 6.3% on plates).",
            [("unspecified", "12.6", "delta"), ("unspecified", "6.3", "delta")],
        ),
        ("Our coder optimizes 3.4% in terms of compression ratio.", [("compression ratio", "3.4", "delta")]),
    ],
)
def test_small_words_between_metric_and_number(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(m.metric, m.value, m.kind) for m in extract("A title", text).metrics] == expected


def test_a_sentence_about_other_data_takes_no_dataset_from_before() -> None:
    before = "On ImageNet, our net reaches 47.4 AP with small nets and 49.0 AP with big nets. "
    assert claims(before + "With toys it achieves an AP of 59.3.")[-1] == ("AP", "59.3", "absolute", "ImageNet")
    assert claims(before + "On four toy datasets it gains 3% AP.")[-1] == ("AP", "3", "delta", None)
    assert claims(before + "Such achievement exceeds earlier performance by 4.6 and 4.4, respectively.")[-2:] == [
        ("AP", "4.6", "delta", "ImageNet"),
        ("AP", "4.4", "delta", "ImageNet"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We beat A by margins of 2.1% on cups and 3.4% on plates in terms of top-1 accuracy.", ["top-1 accuracy"] * 2),
        ("Our parser gets 74.1% and 72.3% on two treebanks, measured by F-score.", ["F-score", "F-score"]),
        ("It finds 51.2% on the first half and 36.3% on the second half in F1 score.", ["F1 score", "F1 score"]),
        ("We gain 4.5% in tidiness and 6.1% in NDCG.", ["tidiness", "NDCG"]),
        ("We reach 76.4%, 6.7 mm and 11 s for DSC, HD95 and inference time.", ["DSC", "HD95", "inference time"]),
        ("It reaches LAS 95.2%, UAS 96.3% and LB 98.4%.", ["LAS", "UAS", "LB"]),
        ("We obtain a high sparsity of 89.3% on the small model.", ["sparsity"]),
        ("It gives 9x faster planning performance.", ["speedup"]),
        ("It gives a 4x decoding speedup.", ["decoding speedup"]),
        ("It reaches 40 mm accuracy at 125 ms speed.", ["accuracy", "speed"]),
        ("We report tagging – 93.1% (F1-score) and parsing – 86% (F1-score).", ["F1-score", "F1-score"]),
        ("Our score is high: 83.1 (+3.5) F1 score on the tests.", ["F1 score", "F1 score"]),
        ("The detection-rate rises from 54% to 72%.", ["detection-rate"]),
        ("We raise the macro-f1 by 2.1% and cut GFlops by 30%.", ["macro-f1", "GFlops"]),
        ("We find accuracy drops of 3%.", ["accuracy"]),
        ("A performance of 84.2% strongly supports the idea.", ["unspecified"]),
        ("Rolling is 39% less efficient.", ["unspecified"]),
        ("We see a minor decrease of up to 5% in the acceptability of texts.", ["acceptability"]),
        ("It leads the field (65.5% dev, 59.2% test).", ["unspecified", "unspecified"]),
        ("On KITTI, KITTI's detection accuracy is 49.9%.", ["detection accuracy"]),
    ],
)
def test_the_clause_names_what_the_words_beside_a_number_do_not(text: str, expected: list[str]) -> None:
    assert [name for name, _, _, _ in claims(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We reach an F1 of 0.74 in subtask 5.1 and 0.68 in subtask 5.2.", ["0.74", "0.68"]),
        ("The best F1-scores achieved for subtask 1 and 2 were 0.79 and 0.64.", ["0.79", "0.64"]),
        ("We test accuracy with models of 1.6 and 3.1 billion parameters.", []),
        ("We reach an F1 of 0.91 and 2.3 million parameters suffice.", ["0.91"]),
        ("Our planner has an error of 0.8 and 1.2 m.", ["0.8", "1.2"]),
        ("We reach an Elo of 1450.", ["1450"]),
        ("We rank 6 out of 28 (macro F1: 72.7).", ["72.7"]),
        ("The accuracy is measured on 378 point clouds.", []),
        ("We read accuracy off 10-20 minutes long films.", []),
        ("We use only 3% to 6% of the images.", []),
        ("Our method reaches an F1 of 27.5%, outperforming the official baseline score of 4.3%.", ["27.5"]),
        ("We reach 24.0 dB PSNR, beating the net Frobber which reaches a PSNR of 22.3 dB.", ["24.0"]),
        ("We report a word error rate of 29% over a baseline of 62%.", ["29"]),
        ("It is as good as its teacher (91.4 vs. 91.1 F1 score).", ["91.4"]),
        ("It grasped the cup in 49/50 of the single trials.", ["49/50"]),
        ("We outperform it in 17 out of 20 classes.", ["17"]),
        ("The gripper lifts 8 times its own weight.", ["8"]),
        ("The result is close to the best F1 with 0.013 difference.", ["0.013"]),
        ("Filtering takes 0.15 s per megapixel.", ["0.15"]),
    ],
)
def test_numbers_that_are_names_or_belong_to_others_are_told_from_results(text: str, expected: list[str]) -> None:
    assert [value for _, value, _, _ in claims(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We win by a large margin, i.e., 5.0% on cups and 3.2% on plates.", ["delta", "delta"]),
        ("Our result is 7% (78.4% to 85.4%) higher.", ["delta", "absolute"]),
        ("We gain 0.9 BLEU in translating from Frob to Wug and 0.2 BLEU in the other way.", ["delta", "delta"]),
        ("The accuracy was improved to 90% recall and 96% precision.", ["absolute", "absolute"]),
        ("More than 70% of decision accuracy is reached.", ["absolute"]),
        ("It retains more than 99% of the accuracy.", ["ratio"]),
        ("We improve recall by 1.4% for A and 1.0 for B.", ["delta", "delta"]),
    ],
)
def test_asides_and_places_between_do_not_hide_a_change(text: str, expected: list[str]) -> None:
    assert [kind for _, _, kind, _ in claims(text)] == expected


def test_a_pair_may_begin_with_a_previous_value() -> None:
    (metric,) = extract("A title", "The error rate is cut from previous 4.81% to 1.36%.").metrics
    assert (metric.value, metric.from_value) == ("1.36", "4.81")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We gain 5.1% mIoU on GTA5 to Cityscapes and 4.3% mIoU on SYNTHIA to Cityscapes.", ["Cityscapes"] * 2),
        (
            "We gain 4.6%, 3.6% and 2.2% mAP on these three datasets, after tests of every kind on KITTI, nuScenes and "
            "SVHN with all known settings of the detector.",
            ["KITTI", "nuScenes", "SVHN"],
        ),
        (
            "On CIFAR-10 and SVHN datasets we get 99.3% and 98.2% in terms of accuracy on cups as well as 97.2% and "
            "96.4% in terms of F1 on plates.",
            ["CIFAR-10", "SVHN", "CIFAR-10", "SVHN"],
        ),
        (
            "It gains 4.5% over A and a 1.1% gain over B on CIFAR-100, with a 0.3% improvement on ImageNet.",
            ["CIFAR-100", "CIFAR-100", "ImageNet"],
        ),
        ("We gain 4.7% over the ImageNet-pretrained net.", [None]),
        ("We lead on KITTI and SVHN, e.g., our net gets 92%/90%/88% mAP on SVHN for A/B/C.", ["SVHN"] * 3),
        ("We test on the well known street scenes (KITTI) dataset. Our method reaches 59.6% accuracy.", ["KITTI"]),
    ],
)
def test_the_place_of_a_dataset_says_which_numbers_are_its_own(text: str, expected: list[str | None]) -> None:
    assert [dataset for _, _, _, dataset in claims(text)] == expected


def test_who_takes_part_in_a_campaign_measures_on_it() -> None:
    text = "We describe our submission to the SemEval-2018 shared task on toys. Our system reaches 71.2% accuracy."
    (metric,) = extract("Toys at SemEval-2018", text).metrics
    assert metric.dataset == "SemEval-2018"
    text = "We compare with systems named at random in SemEval-2018. Our method reaches 71.2% accuracy."
    assert [m.dataset for m in extract("A title", text).metrics] == [None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The arm turns slowly, consuming 2.6 W power.", ("power", "2.6", "absolute", None)),
        ("We find it in every image, spending 16 ms on average.", ("unspecified", "16", "absolute", None)),
        ("Our plan has an error measure less than 1 mm.", ("error", "1", "absolute", None)),
        ("We see large reductions (28%) in the number of turns.", ("number of turns", "28", "delta", None)),
        ("We improve performance by 4.0 XVPQ points.", ("XVPQ", "4.0", "delta", None)),
        ("Holes accelerate all the large nets of today by a factor of 3.", ("speedup", "3", "ratio", None)),
        ("Caching accelerates Frobber's training by 12x.", ("speedup", "12", "ratio", None)),
        ("Our f-measures are 93.1%.", ("f-measure", "93.1", "absolute", None)),
    ],
)
def test_what_is_consumed_and_what_changes_in_brackets(text: str, expected: tuple[str, str, str, str | None]) -> None:
    assert claims(text) == [expected]


def test_shares_in_brackets_are_no_results() -> None:
    assert claims("We improve the result with a low amount (5% and 10%) of labelled data.") == []


def test_a_range_of_gains_is_no_step() -> None:
    assert [(value, kind) for _, value, kind, _ in claims("Improvements over A are from 6% to 18%.")] == [
        ("6", "delta"),
        ("18", "delta"),
    ]


def test_an_unnamed_gain_in_performance_takes_no_name_from_the_sentence_before() -> None:
    text = "We raise recall by 1.4% for A and 1.0% for B. It brings 6.1% and 15.1% performance improvement."
    assert [name for name, _, _, _ in claims(text)] == ["recall", "recall", "unspecified", "unspecified"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We test on KITTI and SVHN. The gains are 4.5% and 5.1%, respectively.", ["KITTI", "SVHN"]),
        ("We test on KITTI and SVHN. We gain 6.6% and 6.3% on the above benchmarks.", ["KITTI", "SVHN"]),
        ("We test on KITTI and SVHN. We gain 6.6% and 6.3% for cups and plates, respectively.", [None, None]),
        ("We test on KITTI and SVHN. We gain 6.6%, 6.4% and 6.3%, respectively.", [None, None, None]),
    ],
)
def test_numbers_go_in_order_with_the_datasets_of_the_sentence_before(text: str, expected: list[str | None]) -> None:
    assert [dataset for _, _, _, dataset in claims(text)] == expected


def test_the_only_campaign_entered_is_measured_on_beside_other_data() -> None:
    text = (
        "We describe our submission to the SemEval-2018 shared task on toys. We train on ImageNet. Our system reaches "
        "71.2% accuracy."
    )
    (metric,) = extract("Toys at SemEval-2018", text).metrics
    assert metric.dataset == "SemEval-2018"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We reach a recall of 71.", "recall 71"),
        ("Our F1 is 76 (PPV of 83, and sensitivity of 71) here.", "F1 76, PPV 83, sensitivity 71"),
        ("The quality lies between 0 (bad) and 1 (good).", ""),
        ("We reach an F1 of 0.96 at factor 20 (disks) and 0.95 at factor 17 (rays).", "F1 0.96, F1 0.95"),
        ("We see high accuracy in two ways: 1) by day and 2) by night.", ""),
        ("We show that 1. accuracy is high and 2. recall is low.", ""),
        ("The best F-scores obtained were 0.72 and 0.55.", "F-score 0.72, F-score 0.55"),
        ("It raises the F1 score to 0.57 without hints and 0.60 with hints.", "F1 score 0.57, F1 score 0.60"),
        ("We get precision 0.87, recall 0.73 and F measure 0.78.", "precision 0.87, recall 0.73, F measure 0.78"),
        ("Our net achieves 78.6 on KITTI.", "unspecified 78.6"),
        ("Our best model achieves 48.8 under P@5.", "P@5 48.8"),
        ("We reach 79.2 BLEU, compared to earlier values of 67.1 and 66.1.", "BLEU 79.2"),
        ("It is better (49.1% vs. 42.3% and 71.1% vs. 54.6%).", "unspecified 49.1, unspecified 71.1"),
        ("We reach 97.2% recall, a 6 point improvement over the previous best of 91.6%.", "recall 97.2, recall 6"),
        ("We reach an F1 of 0.94, better than a single FRB (0.86).", "F1 0.94"),
    ],
)
def test_whole_numbers_and_pairs_of_numbers(text: str, expected: str) -> None:
    assert ", ".join(f"{name} {value}" for name, value, _, _ in claims(text)) == expected


def test_a_gain_in_brackets_leaves_the_level_before_it_one() -> None:
    assert [
        (value, kind) for _, value, kind, _ in claims("We push accuracy to 86.7% (4.6% absolute improvement).")
    ] == [
        ("86.7", "absolute"),
        ("4.6", "delta"),
    ]


def test_performance_of_another_is_what_a_share_is_of() -> None:
    assert [(value, kind) for _, value, kind, _ in claims("It achieved 94% performance of the in-domain system.")] == [
        ("94", "ratio")
    ]


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("FrobEval-2020 Task 8: Toys", "We name toys. The best team reached 71% F1 score.", ["FrobEval-2020 Task 8"]),
        ("A title", "The Dialtoy21 shared task consists of toys. We reach an F1 score of 71%.", ["Dialtoy21"]),
        ("A title", "We evaluate on KITTI. On a Baxter robot we reach a success rate of 84%.", [None]),
        ("A title", "We evaluate on KITTI. Human evaluation shows a win rate of 84%.", [None]),
        ("A title", "We evaluate on KITTI and toys. On both datasets we reach 84% accuracy.", [None]),
        ("A title", "We evaluate on KITTI. Our agreement is 0.7 kappa.", [None]),
        (
            "A title",
            "We present a new dataset called FROBT. A net reaches 0.7 F1 score, lower than on other datasets.",
            ["FROBT"],
        ),
        ("A title", "We present FROBT, a dataset of toys. The F1 score of a net is 12%.", ["FROBT"]),
        ("A title", "To train it we collect FROBT, a dataset of toys. The F1 score of a net is 12%.", [None]),
        (
            "A title",
            "On the challenging cross-domain context-dependent table reading benchmark SParC, we win. With hints "
            "we obtain 53.1% accuracy.",
            ["SParC"],
        ),
    ],
)
def test_where_no_dataset_is_named_the_papers_own_is_measured_on(
    title: str, text: str, expected: list[str | None]
) -> None:
    assert [m.dataset for m in extract(title, text).metrics] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Evaluated on SVHN, training on ImageNet improves the accuracy by 5.1%.", ["SVHN"]),
        (
            "We get 67.3% MOTA on MOT17 at 17 FPS and 89.4% MOTA on KITTI at 12 FPS.",
            ["MOT17", "MOT17", "KITTI", "KITTI"],
        ),
        ("We see gains in quality (+1 BLEU point) as well as in bias on WinoMT (+5% accuracy).", [None, "WinoMT"]),
    ],
)
def test_clauses_and_training_say_whose_a_number_is(text: str, expected: list[str | None]) -> None:
    assert [dataset for _, _, _, dataset in claims(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "We reach 65.1%/59.3% and 40.0%/32.5% mAP on KITTI and SVHN.",
            ["KITTI", "KITTI", "SVHN", "SVHN"],
        ),
        (
            "We test on KITTI and SVHN. It wins by margins of 5.9%/2.1% and 6.3%/3.0% on mAP/Rank-1, respectively.",
            ["KITTI", "KITTI", "SVHN", "SVHN"],
        ),
        ("We see gains of 1.1 BLEU on WMT14 En-De and IWSLT14 De->En translation tasks.", [None]),
    ],
)
def test_groups_of_numbers_go_with_datasets_and_languages_part_no_list(text: str, expected: list[str | None]) -> None:
    assert [dataset for _, _, _, dataset in claims(text)] == expected
