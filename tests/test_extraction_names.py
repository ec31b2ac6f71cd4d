"""How far the name of a reported number reaches, and which of several names it has."""

import pytest

from searchidx.extraction import extract


def named(abstract: str) -> list[tuple[str, str]]:
    return [(m.metric, m.value) for m in extract("A title", abstract).metrics]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We reach BLEU scores of 21.5 and 30.1.", [("BLEU score", "21.5"), ("BLEU score", "30.1")]),
        ("We see walking speeds of 1.5 m/s and 2.1 m/s.", [("walking speed", "1.5"), ("walking speed", "2.1")]),
        ("We see correlations of 0.61 and 0.72.", [("correlation", "0.61"), ("correlation", "0.72")]),
        ("We reach mean docking errors of 2.1 mm.", [("mean docking error", "2.1")]),
        ("Our labeled F-scores are 71.5 and 69.2.", [("labeled F-score", "71.5"), ("labeled F-score", "69.2")]),
        ("We improve BLEU scores by 1.4.", [("BLEU", "1.4")]),
        ("We reach SQuAD F1-scores of 71.5 and 69.2.", [("F1-score", "71.5"), ("F1-score", "69.2")]),
        ("We reach BLEU and METEOR scores of 21.5 and 30.1.", [("BLEU", "21.5"), ("METEOR", "30.1")]),
        ("We cut docking errors by 20%.", [("docking errors", "20")]),
    ],
)
def test_each_of_several_scores_is_one_score(text: str, expected: list[tuple[str, str]]) -> None:
    assert named(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Our planner runs at 35 fps.", [("fps", "35")]),
        ("We see 75.2% mIoU at 83 FPS on cups.", [("mIoU", "75.2"), ("FPS", "83")]),
        ("We plan at a speed of 35 FPS.", [("speed", "35")]),
        ("Our planner runs at 35 Hz.", [("unspecified", "35")]),
    ],
)
def test_frames_per_second_are_a_measure(text: str, expected: list[tuple[str, str]]) -> None:
    assert named(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "We see shelf and aisle errors below 0.5 mm and 0.7 mm.",
            [("shelf errors", "0.5"), ("aisle errors", "0.7")],
        ),
        (
            "The average error and planning time are reduced by 61.5% and 22.5%.",
            [("average error", "61.5"), ("planning time", "22.5")],
        ),
        ("It lowers computation and labeling costs by 30%.", [("computation costs", "30"), ("labeling costs", "30")]),
        (
            "We gain 5.2%/2.4%, 6.1%/3.3%, and 9.8%/8.7% on mAP/Rank-1.",
            [("mAP", "5.2"), ("Rank-1", "2.4"), ("mAP", "6.1"), ("Rank-1", "3.3"), ("mAP", "9.8"), ("Rank-1", "8.7")],
        ),
        (
            "We improve cups by 21.3% and 18.2% and plates by 4.4% and 3.1% in terms of MAP and MRR.",
            [("MAP", "21.3"), ("MRR", "18.2"), ("MAP", "4.4"), ("MRR", "3.1")],
        ),
        ("It reaches an EM/F1 of 71.5/80.2.", [("EM", "71.5"), ("F1", "80.2")]),
        ("We see +3.1% and +2.2% improvements in MR and AP.", [("MR", "3.1"), ("AP", "2.2")]),
    ],
)
def test_numbers_and_names_in_one_order(text: str, expected: list[tuple[str, str]]) -> None:
    assert named(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We reduce assembly error by 12%.", [("assembly error", "12")]),
        ("We gain 5.1% shelf matching accuracy.", [("shelf matching accuracy", "5.1")]),
        ("We see 2.51 improvement over cups w.r.t ROUGE-1.", [("ROUGE-1", "2.51")]),
        ("We push ROUGE scores by 5.4%.", [("ROUGE", "5.4")]),
        ("We see Fleiss' kappa of 0.61.", [("Fleiss' kappa", "0.61")]),
        ("We raise Quux’s accuracy from 31% to 44%.", [("accuracy", "44")]),
        ("We reach an F1 measure of 0.81.", [("F1 measure", "0.81")]),
        ("We win by 4.3% AP@IoU=0.5.", [("AP@IoU=0.5", "4.3")]),
        ("It ranked third by the Shelf Score metric (70.6%).", [("Shelf Score", "70.6")]),
        ("It has a high shelf resolution of 1.2 mm.", [("shelf resolution", "1.2")]),
        ("We cut the probability of broken cups by 33%.", [("probability of broken cups", "33")]),
        (
            "It improves its success rate on KITTI by 2% and reduces Shelf Progress by 1.5m on SVHN.",
            [("success rate", "2"), ("Shelf Progress", "1.5")],
        ),
        ("We see 4.2%, and 3.7% 3DAP on cups.", [("3DAP", "4.2"), ("3DAP", "3.7")]),
    ],
)
def test_a_name_has_its_modifiers_and_no_more(text: str, expected: list[tuple[str, str]]) -> None:
    assert named(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It recovers 64% of the broken links.", [("unspecified", "64")]),
        ("It finds 47% of the errors.", [("unspecified", "47")]),
        ("It explains 64% of the variance.", [("variance", "64")]),
        ("We find that 91% graphs are valid.", [("unspecified", "91")]),
        ("We reach high accuracy (82% in-domain and 73% out-of-domain).", [("accuracy", "82"), ("accuracy", "73")]),
    ],
)
def test_shares_of_things_count_them(text: str, expected: list[tuple[str, str]]) -> None:
    assert named(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It reaches an MAE of 0.65, i.e. an improvement of 20% over cups.", [("MAE", "0.65"), ("MAE", "20")]),
        ("We cut expert effort by 4x, from 56% to 14% of cases.", [("expert effort", "4"), ("expert effort", "14")]),
        ("We see a large reduction in map size (about 30% at best).", [("map size", "30")]),
        (
            "We see a 7 times reduction in file size and 5% change in shelf depth.",
            [("file size", "7"), ("shelf depth", "5")],
        ),
        ("We see energy savings up to 4.7%.", [("energy", "4.7")]),
        ("Our cups break them at a high rate (72.6%).", [("rate", "72.6")]),
        (
            "Tests show that the update frequency of the estimation was found to be 33.7Hz.",
            [("update frequency", "33.7")],
        ),
        (
            "We improve the performance by 39% for Frob-6, 20% for Quux-2 and 15% for Xyz in exact match rates.",
            [("exact match rates", "39"), ("exact match rates", "20"), ("exact match rates", "15")],
        ),
        (
            "We see gains (4.8 points in Hindi and 5.9 points in English in F1-score).",
            [("F1-score", "4.8"), ("F1-score", "5.9")],
        ),
        (
            "We reach a 91.3 score on CIFAR-10, a 92.1 score on SVHN, and 87.5 on MNIST with F-score.",
            [("F-score", "91.3"), ("F-score", "92.1"), ("F-score", "87.5")],
        ),
    ],
)
def test_names_that_stand_away_from_their_number(text: str, expected: list[tuple[str, str]]) -> None:
    assert named(text) == expected
