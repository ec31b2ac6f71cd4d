"""Which numbers are reported results, with what unit, and whether they are levels, changes or ratios."""

import pytest

from searchidx.extraction import extract

Claim = tuple[str, str, str | None, str]


def claims(abstract: str) -> list[Claim]:
    return [(m.metric, m.value, m.unit, m.kind) for m in extract("A title", abstract).metrics]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We weigh toys with a mean error of 1.7g.", ("mean error", "1.7", "g", "absolute")),
        ("Our mean tracking error is 4-mm.", ("mean tracking error", "4", "mm", "absolute")),
        ("The arm has a turning speed of 35°/s.", ("turning speed", "35", "°/s", "absolute")),
        ("We plan with a latency of \\sim3.5 ms.", ("latency", "3.5", "ms", "absolute")),
        ("We improve accuracy by $\\approx4\\%$.", ("accuracy", "4", "%", "delta")),
        ("We obtain a speedup of 31{\\texttimes}.", ("speedup", "31", "x", "ratio")),
        ("It is 4, 200 times faster than rivals.", ("speedup", "4, 200", "x", "ratio")),
        ("We improve the FID from $13.1$ to $9.2$ here.", ("FID", "9.2", None, "absolute")),
    ],
)
def test_units_and_numbers_as_papers_write_them(text: str, expected: Claim) -> None:
    assert claims(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "The mean error (ME) between the plan and the flight of each of the robots was 3.5 cm.",
            ("ME", "3.5", "cm", "absolute"),
        ),
        ("The maximum fingertip force is more than 80 N.", ("maximum fingertip force", "80", "N", "absolute")),
        ("The mean error did not exceed 2.4 mm.", ("mean error", "2.4", "mm", "absolute")),
        ("The mean error is computed as 2.4 mm.", ("mean error", "2.4", "mm", "absolute")),
        ("We see a mean accuracy (how far the tip is off) of 3.1 cm.", ("mean accuracy", "3.1", "cm", "absolute")),
        ("We see a mean error along the path of 3.1 cm.", ("mean error", "3.1", "cm", "absolute")),
        ("Placement errors vary from 2.1 to 3.4 cm.", ("Placement errors", "3.4", "cm", "absolute")),
        ("The accuracy for cups is found to be only 71.2%.", ("accuracy", "71.2", "%", "absolute")),
    ],
)
def test_the_subject_of_a_verb_of_being_has_its_number(text: str, expected: Claim) -> None:
    assert claims(text)[-1] == expected


def test_numbers_on_both_sides_of_a_slash_are_results() -> None:
    assert claims("We see a 3.91/4.02x speed-up on two ovens.") == [
        ("speedup", "3.91", "x", "ratio"),
        ("speedup", "4.02", "x", "ratio"),
    ]


def test_two_values_in_a_bracket_are_a_step_from_one_to_the_other() -> None:
    found = extract(
        "A title", "We set new bests on two sets, SVHN (0.791 to 0.843) and KITTI (0.944 to 0.961)."
    ).metrics
    assert [(m.from_value, m.value, m.dataset) for m in found] == [
        ("0.791", "0.843", "SVHN"),
        ("0.944", "0.961", "KITTI"),
    ]


def test_an_arrow_is_a_step_from_one_value_to_another() -> None:
    metrics = extract(
        "A title", "We improve accuracy on CIFAR-10 (71.4\\% $\\to$ 74.9\\%) and SVHN (80% → 83%)."
    ).metrics
    assert [(m.from_value, m.value, m.kind) for m in metrics] == [
        ("71.4", "74.9", "absolute"),
        ("80", "83", "absolute"),
    ]


def test_a_short_form_in_brackets_is_the_name_of_what_follows() -> None:
    assert claims("We obtain an area under the curve (AUC) of 0.72.") == [("AUC", "0.72", None, "absolute")]
    assert [claim[1] for claim in claims("We swim at 17 mm/s (0.4 body lengths per second) at 5 Hz of wiggling.")] == [
        "17",
        "0.4",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We see clear gains on long texts (e.g., 3.4% in accuracy).", [("accuracy", "3.4", "%", "delta")]),
        ("We win on toys (83.1% vs. 80.2%).", [("unspecified", "83.1", "%", "absolute")]),
        (
            "A gain in accuracy is seen, ranging from 0.4% to 2.1%.",
            [("accuracy", value, "%", "delta") for value in ("0.4", "2.1")],
        ),
        ("It reaches 13-20% lower miss rates.", [("miss rates", value, "%", "delta") for value in ("13", "20")]),
        ("The attack reaches a 45% drop rate.", [("drop rate", "45", "%", "absolute")]),
        ("Our probes see up to 3.1 BLEU points difference.", [("BLEU", "3.1", None, "delta")]),
        ("We achieve a 32% (absolute) error reduction.", [("error", "32", "%", "delta")]),
        (
            "We see gains (in accuracy) of 7.1% and 3.2%.",
            [("accuracy", value, "%", "delta") for value in ("7.1", "3.2")],
        ),
        ("We show improvements over earlier ones (about 4% in mAP).", [("mAP", "4", "%", "delta")]),
        ("We win in accuracy (average 13.1\\%$\\uparrow$).", [("accuracy", "13.1", "%", "delta")]),
        ("We can largely (up to 90%) reduce latency.", [("latency", "90", "%", "delta")]),
        ("Our method (with an accuracy of 57%) improves all.", [("accuracy", "57", "%", "absolute")]),
        ("Our cache shows a 62%-reduced latency.", [("latency", "62", "%", "delta")]),
        ("We raise AP to 47.2% (+ 1.7%).", [("AP", "47.2", "%", "absolute"), ("AP", "1.7", "%", "delta")]),
        ("This leads to 6%, 7% and 19% smaller error.", [("error", value, "%", "delta") for value in ("6", "7", "19")]),
        ("It reaches 91.2% accuracy and small memory gains.", [("accuracy", "91.2", "%", "absolute")]),
        ("It comes within 1.4 BLEU of the teacher.", [("BLEU", "1.4", None, "delta")]),
        ("We save memory with a loss of accuracy less than 0.2%.", [("accuracy", "0.2", "%", "delta")]),
        ("Our plans bring an additional 1.3% exact match.", [("exact match", "1.3", "%", "delta")]),
        ("We beat FrobNet by a large margin, 3.2% in accuracy.", [("accuracy", "3.2", "%", "delta")]),
    ],
)
def test_changes_are_told_from_levels(text: str, expected: list[Claim]) -> None:
    assert claims(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Our filter prunes over 80% of the search nodes.", [("search nodes", "80", "%", "delta")]),
        ("More than 70% of the layers can be removed.", [("layers", "70", "%", "delta")]),
        ("When we prune 70% of the layers, little changes.", []),
        ("We remove 10% of the training data.", []),
    ],
)
def test_a_share_done_away_with_is_a_change(text: str, expected: list[Claim]) -> None:
    assert claims(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Our cache consumes only 12% of the teacher's energy.", [("energy", "12", "%", "ratio")]),
        ("We tune only 0.4% of the model parameters.", [("model parameters", "0.4", "%", "ratio")]),
        ("We keep a positioning error of 3% of the map size.", [("positioning error", "3", "%", "absolute")]),
        ("Our probes are right 82% of the time.", [("unspecified", "82", "%", "absolute")]),
    ],
)
def test_a_share_of_a_cost_is_a_ratio(text: str, expected: list[Claim]) -> None:
    assert claims(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is accurate when the overlap is smaller than 30%.", []),
        ("It is accurate if the error is less than 30%.", []),
        ("The position error when lifting the cup is less than 2.1 mm.", [("position error", "2.1", "mm", "absolute")]),
        ("Our set is 12 times larger than earlier data sets.", []),
        ("We run at the belt velocity of 2-5 m/s.", []),
        ("We walk with a stride at a speed of 0.4 m/s.", [("speed", "0.4", "m/s", "absolute")]),
        ("We win by 13% at the extreme memory budget of 15%.", [("unspecified", "13", "%", "delta")]),
        ("The mAP at thresholds from 0.2 to 0.8 is high.", []),
        ("Across 40 hours of total driving time, we saw nothing.", []),
        ("We reach 81.2% accuracy, while the baseline only reaches 74.9%.", [("accuracy", "81.2", "%", "absolute")]),
        ("We lose less than a 0.4% drop in accuracy.", [("accuracy", "0.4", "%", "delta")]),
        ("Our arm can lift up to 8 kg of load.", [("load", "8", "kg", "absolute")]),
        ("Our arm weighs 8 kg.", []),
        ("Notably, 41% of participants chose our toys.", [("unspecified", "41", "%", "absolute")]),
        ("We asked for help with 41% of participants.", []),
        ("We can plan a grasp in 0.4 seconds.", [("unspecified", "0.4", "seconds", "absolute")]),
        ("We plan with data gathered in 80 s.", []),
        ("It bends further when the folding angle is 35 deg.", []),
        ("Our planner works at 12 ms per image.", [("unspecified", "12", "ms", "absolute")]),
        ("We show a minimum stiffness under 0.4 N/mm.", [("minimum stiffness", "0.4", "N/mm", "absolute")]),
        ("A tolerance of 0.3 mm is achieved.", [("tolerance", "0.3", "mm", "absolute")]),
        ("The finger exerts 14 N output force.", [("output force", "14", "N", "absolute")]),
        ("The finger works under 40 kPa pressure.", []),
        ("It is 1-2 orders of magnitude faster.", [("speedup", v, "orders of magnitude", "ratio") for v in ("1", "2")]),
        ("Our SNR is 10 times that of rivals.", [("SNR", "10", "x", "ratio")]),
        (
            "We obtain a speedup of 21x over FrobNet and 17x over QuuxNet.",
            [("speedup", "21", "x", "ratio"), ("speedup", "17", "x", "ratio")],
        ),
    ],
)
def test_results_are_told_from_settings(text: str, expected: list[Claim]) -> None:
    assert claims(text) == expected


def test_frame_rates_beside_shares_are_results_of_their_own() -> None:
    found = claims("We reach 28.1 mAP at 45 fps on a phone, 27.0 mAP at 90 fps on a desktop.")
    assert [(value, unit) for _, value, unit, _ in found] == [
        ("28.1", None),
        ("45", "fps"),
        ("27.0", None),
        ("90", "fps"),
    ]


def test_wins_of_all_are_counted() -> None:
    assert claims("Our small model outperforms the much larger earlier model on 23 of 34 directions.") == [
        ("unspecified", "23", "directions", "absolute")
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Our net beats even 10x larger models such as BigToy.", []),
        ("We train on a 20x larger dataset.", []),
        ("We see an error of 3.4 mm over a total flight distance of 50 m.", [("error", "3.4", "mm", "absolute")]),
        ("We see an average rate of 95%, 2000 Hz sampling.", [("average rate", "95", "%", "absolute")]),
        (
            "We see an error of 2 cm and 3 degrees.",
            [("error", "2", "cm", "absolute"), ("error", "3", "degrees", "absolute")],
        ),
        ("We see an error of 2 cm and 3 seconds.", [("error", "2", "cm", "absolute")]),
        (
            "It runs at 35 fps on a big toy, 21 FPS on a small toy, and 14 FPS on a phone.",
            [
                ("fps", "35", "fps", "absolute"),
                ("FPS", "21", "FPS", "absolute"),
                ("FPS", "14", "FPS", "absolute"),
            ],
        ),
    ],
)
def test_a_number_in_another_unit_is_of_another_quantity(text: str, expected: list[Claim]) -> None:
    assert claims(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We obtain a new SOTA 0.73 EPE.", [("EPE", "0.73", None, "absolute")]),
        ("We see a response time which can be as low as 6.3 ms.", [("response time", "6.3", "ms", "absolute")]),
        (
            "Its score is 71.5%, and it leads to a 2.1-point improvement in F1-score.",
            [("F1-score", "2.1", "points", "delta")],
        ),
        ("We get an F2-score of 0.55.", [("F2-score", "0.55", None, "absolute")]),
        ("We get a 32.60 exact match score.", [("exact match score", "32.60", None, "absolute")]),
        ("Our planner takes only 160 msec.", [("unspecified", "160", "msec", "absolute")]),
        (
            "We see 75.2% mIoU at 83 FPS on cups and 73.6% mIoU at 132 FPS.",
            [
                ("mIoU", "75.2", "%", "absolute"),
                ("FPS", "83", "FPS", "absolute"),
                ("mIoU", "73.6", "%", "absolute"),
                ("FPS", "132", "FPS", "absolute"),
            ],
        ),
    ],
)
def test_results_stand_behind_many_words_and_units(text: str, expected: list[Claim]) -> None:
    assert claims(text)[-len(expected) :] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We win compared to its peers with 6% improvements in all.", [("unspecified", "6", "%", "delta")]),
        (
            "It does better than earlier toy players and achieves 95.5% accuracy.",
            [("accuracy", "95.5", "%", "absolute")],
        ),
        ("Our cups give an 8.4x performance improvement.", [("unspecified", "8.4", "x", "ratio")]),
        (
            "We see a speedup of up to $2.69$x and 5.7×faster games.",
            [("speedup", v, "x", "ratio") for v in ("2.69", "5.7")],
        ),
        ("It has $2$-$4$x higher cup scores.", [("cup scores", v, "x", "ratio") for v in ("2", "4")]),
        ("We raise the F1 metric to 0.57 here.", [("F1", "0.57", None, "absolute")]),
        ("Our tracking error is smaller than 0.1 N.", [("tracking error", "0.1", "N", "absolute")]),
    ],
)
def test_what_stands_near_rivals_and_signs_may_be_a_result(text: str, expected: list[Claim]) -> None:
    assert claims(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Our agents complete as few as 3% of tasks.", [("unspecified", "3", "%", "absolute")]),
        ("We learn from a small subset (10%) of the toys.", []),
        ("We flip a large fraction (e.g., 90%) of the toys.", []),
        ("We see cups even when 60% of the cup is hidden.", []),
        ("They guess with high (86%, 92% resp.) accuracy.", [("accuracy", v, "%", "absolute") for v in ("86", "92")]),
        ("An older net resulted in lower success rate 56.7%.", [("success rate", "56.7", "%", "absolute")]),
        ("We see 21% − 64% improvements over toys.", [("unspecified", v, "%", "delta") for v in ("21", "64")]),
        ("The total size of toys can be reduced up to 98%.", [("total size", "98", "%", "delta")]),
        ("Our search took only 2.6 GPU hours.", [("unspecified", "2.6", "GPU hours", "absolute")]),
        (
            "We see an error of 0.1 mm while running at 18 fps.",
            [("error", "0.1", "mm", "absolute"), ("fps", "18", "fps", "absolute")],
        ),
    ],
)
def test_shares_done_are_results_and_shares_of_data_are_none(text: str, expected: list[Claim]) -> None:
    assert claims(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We solve it from 2 point matches and 3 points.", []),
        ("We need 22% of the computation cost of rivals.", [("computation cost", "22", "%", "ratio")]),
        ("We gain an average of 8.59% Macro-F.", [("Macro-F", "8.59", "%", "delta")]),
        (
            "Our toy raises helpfulness by 9.6%, honesty by 12.4% and length by 21.6%.",
            [
                ("helpfulness", "9.6", "%", "delta"),
                ("honesty", "12.4", "%", "delta"),
                ("length", "21.6", "%", "delta"),
            ],
        ),
    ],
)
def test_points_costs_and_lists_of_gains(text: str, expected: list[Claim]) -> None:
    assert claims(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We see a grip error of just 18[N].", [("grip error", "18", "N", "absolute")]),
        ("We see 4 N·m RMS error.", [("RMS error", "4", "N·m", "absolute")]),
        ("We reach a maximum speed of 3 m/sec.", [("maximum speed", "3", "m/sec", "absolute")]),
        ("We see a mean force error of -50.3 Ns/m.", [("mean force error", "50.3", "Ns/m", "absolute")]),
        ("We shorten latency by ∼38×.", [("latency", "38", "x", "ratio")]),
        (
            "We outdo the previous state-of-the-art while achieving 120x greater efficiency.",
            [("efficiency", "120", "x", "ratio")],
        ),
    ],
)
def test_units_in_brackets_and_of_torque(text: str, expected: list[Claim]) -> None:
    assert claims(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A spring improves lateral stiffness up to 4.2 times.", [("lateral stiffness", "4.2", "x", "ratio")]),
        ("The number of cups can be reduced by 5x.", [("number of cups", "5", "x", "ratio")]),
        ("We see a storage reduction of 6.9x.", [("storage", "6.9", "x", "ratio")]),
        ("Our dataset is 5x larger than all before.", []),
        ("Unlike toy datasets, our net is 8x more data-efficient.", [("data efficiency", "8", "x", "ratio")]),
        ("It needs 65x lesser network parameters.", [("network parameters", "65", "x", "ratio")]),
    ],
)
def test_what_grows_or_shrinks_by_a_factor(text: str, expected: list[Claim]) -> None:
    assert claims(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We found that 89.4% of the old letters were correctly read.", ["89.4"]),
        ("Our toy can correctly identify 73% of images.", ["73"]),
        ("The target is among the first in more than 64.9% of queries.", ["64.9"]),
        ("We came second with 62.7% harmonic mean F1 score.", ["62.7"]),
        ("We beat the previous state of the art, with 10.7% average gain in recall.", ["10.7"]),
        ("We are near human performance with 96% recall.", ["96"]),
        ("Our toy is good (96% v.s. 12% in recall).", ["96"]),
        ("We show that injecting 0.5% poisoned data reaches 20% error.", ["20"]),
        ("We come to 85.2% on unseen data.", ["85.2"]),
        ("We assume a 10% error in all lengths.", []),
        ("The lift capacity is found to be 1.2 kN at 10% breaking probability.", ["1.2"]),
        ("We reach 83.3% F1 and outperform the existing toy model (73.9%).", ["83.3"]),
        ("We outperform the existing toy model (3.9%).", ["3.9"]),
        ("We outperform the existing toy model (1,204.5%) in F1.", []),
        ("We report ROUGE-1,2 and reach 74.1 BLEU.", ["74.1"]),
    ],
)
def test_whose_shares_and_of_what(text: str, expected: list[str]) -> None:
    assert [value for _, value, _, _ in claims(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The gains are only marginal (around 0.5%).", [("0.5", "delta")]),
        ("We see clear improvements (of up to 4.6%) over others.", [("4.6", "delta")]),
        ("Our lamp leads to energy-savings of 86%.", [("86", "delta")]),
        ("We see gains in BLEU, of up to 7.1 BLEU.", [("7.1", "delta")]),
        ("We prune it with a drop of accuracy that is less than 1%.", [("1", "delta")]),
        ("We see a reduction in the use of salt (18%) and of rice (15%).", [("18", "delta"), ("15", "delta")]),
        ("We prune it at a loss of 0.2% in accuracy.", [("0.2", "delta")]),
        ("We see improvements in MAP above 15%.", [("15", "delta")]),
        ("We see a gain in accuracy equal to 15.4%.", [("15.4", "delta")]),
        ("We reach at least 67% and as much as 96% improvements of recall.", [("67", "delta"), ("96", "delta")]),
        ("We see a reduction of the planning time of approx. 70%.", [("70", "delta")]),
        ("We reach a reduction in travel time from 27% to 70%.", [("27", "delta"), ("70", "delta")]),
        ("We reach a saving of salt from 1,200% to 1,300%.", [("1,200", "delta"), ("1,300", "delta")]),
        ("We reach a reduction in recall error from 27% to 20%.", [("20", "absolute")]),
        ("The energy used by the lamp is reduced to about 30%.", [("30", "ratio")]),
        ("In our shop, a drop in accuracy, up to 80% remains.", [("80", "absolute")]),
        ("Our lamp outperforms the earlier baseline greatly (45%).", [("45", "delta")]),
        ("Our lamp beats previous work clearly (35% in AUC).", [("35", "delta")]),
        ("Our lamp beats the previous work (73.5%).", []),
        ("We see gains of 7.6% accuracy for tagging and 6.2 F1 for names.", [("7.6", "delta"), ("6.2", "delta")]),
        ("Our F1 is 86.8, which is 1.7 better than before.", [("86.8", "absolute"), ("1.7", "delta")]),
        ("Our entry exceeds the first one by 0.1521.", [("0.1521", "delta")]),
        ("The claw shows up to 7-fold change in stiffness.", [("7", "ratio")]),
        ("It lifts 2 times of its weight.", [("2", "ratio")]),
        ("We see speedups of 2.4x/2.6x.", [("2.4", "ratio"), ("2.6", "ratio")]),
    ],
)
def test_levels_changes_and_ratios_of_lists_and_costs(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(value, kind) for _, value, _, kind in claims(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We see an inter-annotator agreement of α = 0.57.", [("inter-annotator agreement", "0.57")]),
        ("Raters were of one mind (inter-rater agreement, gamma = 0.7).", [("inter-rater agreement", "0.7")]),
        ("Our agreement is substantial (κ = 0.71).", [("κ", "0.71")]),
        ("We set the rate of learning with alpha = 0.57.", []),
        ("Our inter-annotator agreement (k = 0.71) is fair.", [("inter-annotator agreement", "0.71")]),
        ("For agreement of cups, we use k-NN with k = 0.6.", []),
        ("F1 is best for cups (0.74), plates (0.78), and forks (0.71).", [("F1", v) for v in ("0.74", "0.78", "0.71")]),
        (
            "We find cups (0.74), plates (0.78), and forks (0.71).",
            [("unspecified", v) for v in ("0.74", "0.78", "0.71")],
        ),
        ("We bring cups (0.74), plates (0.78), and forks (0.71).", []),
        ("We set dropout (0.4), momentum (0.8), and weight decay (0.02).", []),
        ("Our best net uses a momentum (0.8), a dropout rate (0.2) and label smoothing (0.1).", []),
    ],
)
def test_agreement_and_lists_in_brackets(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(metric, value) for metric, value, _, _ in claims(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The inference time is reduced to 35%.", ("inference time", "35", "%", "ratio")),
        ("The training cost of our lamp was cut to 25%.", ("training cost", "25", "%", "ratio")),
        ("The energy consumption of the lamp is reduced to 15%.", ("energy consumption", "15", "%", "ratio")),
        ("The memory footprint is reduced to 30%.", ("memory footprint", "30", "%", "absolute")),
    ],
)
def test_a_cost_that_was_cut_keeps_its_whole_name(text: str, expected: Claim) -> None:
    assert claims(text) == [expected]
